/**
 * What of a card is closed at first. Few open it, so it is neither in the page nor in what a tick tells:
 * a script asks for it when it opens, and anew with each tick while it is open.
 *
 * @module
 */
import type { Card, Fold } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Html } from "../html.ts";
import { FiguresBlock } from "./figures.tsx";
import { TableBlock } from "./table.tsx";

function foldsOf(card: Card): readonly Fold[] {
  return card.blocks.filter((block) => block.block === "fold");
}

/** One of a card by its place among them; undefined where there is none. */
export function findFold(id: string, place: number): Fold | undefined {
  const card = CARDS.find((card) => card.id === id);
  return card === undefined ? undefined : foldsOf(card)[place];
}

/** Its title, and a place. Without scripts a link leads to all figures of the card. */
export function FoldPlace({ card, fold }: { card: Card; fold: Fold }): Html {
  const place = foldsOf(card).indexOf(fold);
  return (
    <details class="more" data-fold={`fold?card=${card.id}&fold=${place}`}>
      <summary>{fold.title}</summary>
      <div>
        <a href={`proof?card=${card.id}`}>All figures of this card</a>
      </div>
    </details>
  );
}

/** What comes to the place. */
export function FoldContent({ fold, snapshot }: { fold: Fold; snapshot: Snapshot }): Html {
  return (
    <>
      {fold.blocks.map((block) =>
        block.block === "figures"
          ? <FiguresBlock block={block} snapshot={snapshot} />
          : <TableBlock block={block} snapshot={snapshot} />
      )}
    </>
  );
}

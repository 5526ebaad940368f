import { assert, assertEquals } from "@std/assert";
import { CARDS, metric, shownUnit } from "../../../collectors/catalogue.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import { FiguresBlock } from "../../../views/card/figures.tsx";
import { spell } from "../../../views/format.ts";
import { render } from "../../../views/html.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

const CSS = Deno.readTextFileSync(new URL("../../../static/card.css", import.meta.url));
/** `GB/s`: what the column of a unit before a ring has room for. */
const LETTERS_MOST = 4;

/** The longest that a unit gets, over all sizes of its numbers. */
function lettersOf(unit: string): number {
  const sizes = [1e-7, 1e-4, 0.1, 1, 1e4, 1e7, 1e10, 1e12];
  return Math.max(...sizes.map((size) => spell(size, unit).unit.length));
}

Deno.test("a card with a unit longer than GB/s among its figures has more room for it", () => {
  const roomy = [...CSS.matchAll(/\[aria-labelledby="title-(\w+)"\] \.kv \{[^}]*--unit:/g)]
    .map(([, id]) => id!);
  const long = CARDS.filter(({ blocks }) =>
    blocks.some((block) =>
      block.block === "figures" &&
      block.rows.some((row) => lettersOf(shownUnit(metric(row.metric))) > LETTERS_MOST)
    )
  );
  assertEquals(roomy, long.map(({ id }) => id));
  assert(roomy.length > 0);
});

Deno.test("FiguresBlock leaves out what a machine cannot have, where it has something else", () => {
  const names = (cells: Cells, refused: readonly string[]): readonly string[] => {
    const none = new CollectorError("not_supported", "Cannot find it");
    const { snapshot } = new HandFilled([cells, cells], {
      refused: Object.fromEntries(refused.map((collector) => [collector, none])),
    });
    const rows = [{ metric: "load_1m" }, { metric: "self_threads" }];
    const html = render(
      FiguresBlock({ block: { block: "figures", rows, sparse: true }, snapshot }),
    );
    return [...html.matchAll(/<dt>([^<]*)</g)].map(([, name]) => name!);
  };
  const cells = { "load_1m": 1, "self_threads": 1 };
  assertEquals(names(cells, []), ["Load, 1 min", "Threads"]);
  assertEquals(names(cells, ["self"]), ["Load, 1 min"]);
  // All are named where there is none, to say so.
  assertEquals(names(cells, ["self", "load"]), ["Load, 1 min", "Threads"]);
});

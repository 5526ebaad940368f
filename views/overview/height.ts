/**
 * How high a card will about be, so that cards of different heights can be packed without a script
 * that measures them. Where it is wrong, columns of cards stretch more.
 *
 * @module
 */
import type { Block, Card } from "../../collectors/card.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Problem } from "../../collectors/trust.ts";
import { alikeCauses } from "../alike_causes.ts";
import { breadthOf, namesOf } from "../card/table.tsx";

/** Of small text, in the narrowest column. */
const CHARACTERS_A_LINE = 52;
/** Padding, title and the space below the card, without the space below its last block. */
const HEADER = 3.6;
/** Space below a block. */
const GAP = 1;
const LINE = 1.2;
const REMEDY = 2.6;

/** Height of a card in a column, in rem. */
export function heightOf(card: Card, snapshot: Snapshot): number {
  return card.blocks.reduce((sum, block) => sum + blockHeight(block, snapshot), HEADER);
}

/** Height of the card that tells of all that is lacking. */
export function lackingHeight(entries: readonly (readonly Problem[])[]): number {
  return entries.reduce((sum, causes) => sum + entryHeight(causes), HEADER + 0.5);
}

/** Its title, and its causes. */
function entryHeight(causes: readonly Problem[]): number {
  return alikeCauses(causes).reduce((sum, { message, remedy }) => {
    const lines = Math.ceil(message.length / CHARACTERS_A_LINE);
    return sum + lines * LINE + (remedy === undefined ? 0 : REMEDY);
  }, 1.4 + GAP);
}

/** In rem, with the space below. The numbers follow from type size and padding in the style sheet. */
function blockHeight(block: Block, snapshot: Snapshot): number {
  switch (block.block) {
    case "headline":
      return 6;
    case "figures":
      return block.rows.length * 1.48 - 0.3 + GAP;
    case "parts":
      return 0;
    // Closed at first.
    case "fold":
      return 1.2 + GAP;
    case "bar":
      return 0.63 + GAP;
    case "table": {
      const { most, columns } = block;
      const count = namesOf(block, snapshot).length;
      const rows = Math.min(count, most) + (count > most ? 1 : 0);
      if (rows === 0) return 1.2 + GAP;
      // Many columns become lines of two labelled values in a narrow card.
      if (columns.length > 3) return rows * (2 + Math.ceil(columns.length / 2) * 1.4) + GAP;
      const row = breadthOf(block, snapshot) === "longest" ? 3.3 : 1.92;
      return 1.45 + rows * row + GAP;
    }
    case "grid":
      return 1.45 +
        block.rows.reduce((sum, { note }) => sum + (note === undefined ? 2.6 : 4.6), 0) + GAP;
    case "each":
      return Math.min(snapshot.instances(block.scope).length, 16) * 1.48 - 0.3 + GAP;
    case "chart":
      return (block.tall ? 14 : 9) + 1.95 + GAP;
  }
}

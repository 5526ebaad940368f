/**
 * How high a card will about be, so that cards of different heights can be packed without a script
 * that measures them. A card that turns out higher makes its rows grow; nothing is ever cut off.
 *
 * @module
 */
import type { Block, Card } from "../collectors/card.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import type { Problem } from "../collectors/trust.ts";

/** Steps that the style sheet has a class for. */
export const STEPS_LEAST = 6;
export const STEPS_MOST = 48;
/** Of small text, in the narrowest column. */
const CHARACTERS_A_LINE = 45;
/** Padding, title and the space below the card. */
const HEADER = 3.5;

/** Height of a card in one column, in steps of a rem; causes stand in the place of its blocks. */
export function stepsOf(card: Card, snapshot: Snapshot, causes: readonly Problem[]): number {
  const heights = causes.length > 0
    ? [2.5, ...causes.map(causeHeight)]
    : card.blocks.map((block) => heightOf(block, snapshot));
  const height = heights.reduce((sum, one) => sum + one, HEADER);
  return Math.max(STEPS_LEAST, Math.min(STEPS_MOST, Math.ceil(height)));
}

function causeHeight({ message, remedy }: Problem): number {
  const lines = Math.ceil(message.length / CHARACTERS_A_LINE);
  return lines * 1.1 + (remedy === undefined ? 0 : 2.5);
}

/** In rem, with the space below. The numbers follow from type size and padding in the style sheet. */
function heightOf(block: Block, snapshot: Snapshot): number {
  switch (block.block) {
    case "headline":
      return 6;
    case "figures":
      return 0.7 + block.rows.length * 1.48;
    case "bar":
      return 1.6;
    case "table": {
      const count = snapshot.instances(block.scope).length;
      const rows = Math.min(count, block.most) + (count > block.most ? 1 : 0);
      if (rows === 0) return 2.2;
      // Many columns become lines of their own in a narrow card.
      return 2.3 + rows * (block.columns.length > 3 ? 3.6 : 1.92);
    }
    case "each":
      return 1 + Math.min(snapshot.instances(block.scope).length, 16) * 1.5;
    case "chart":
      return block.tall ? 17 : 12;
  }
}

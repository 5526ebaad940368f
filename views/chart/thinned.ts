/**
 * The points of a line that are worth drawing, where there is room for few: straight lines between them
 * are nowhere far from the line itself (Ramer 1972, Douglas and Peucker 1973, by vertical distance and for
 * a number of points). A peak of a second stays a peak of a second, which points at regular distances
 * would make a hill.
 *
 * @module
 */

/** Closer than that nobody sees a difference, units of the picture. */
const OFF_LEAST = 0.5;
/** How many units of height it is worth to draw a step as what it is: an estimate, or exact. */
const WORTH_OF_STEP = 2;
/** The same of a step that is missing: more than any height, or noise would join what is around it. */
const WORTH_OF_GAP = 1000;

/** Points that come on top of the others where they are the ends of gaps: of so many there is a shape left. */
const GAP_ENDS_MOST = 16;

/** What a step is drawn as; it belongs to the point at its later end. */
const GAP = 0;
const EXACT = 1;
const ESTIMATED = 2;

/** What lies between two points that are drawn, and where it is worth most to draw a third. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly worth: number;
  /** Nothing joins its ends. */
  readonly missing: boolean;
}

/**
 * Indices to draw, in order: `most` of points at most, the ends of some gaps beside them, and one of what
 * is missing between two of them where that is all there is. `heights`: above any line, in units of the
 * picture; NaN where there is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { thinned } from "./thinned.ts";
 *
 * assertEquals(thinned(Float64Array.of(0, 0, 0, 9, 0, 0, 0), null, 5), [0, 2, 3, 4, 6]);
 * ```
 */
export function thinned(
  heights: Float64Array,
  shares: readonly number[] | null,
  most: number,
): readonly number[] {
  const first = heights.findIndex((height) => !Number.isNaN(height));
  if (first < 0) return [];
  const last = heights.findLastIndex((height) => !Number.isNaN(height));
  if (first === last) return [first];
  const steps = stepsOf(heights, shares);
  const pieces = [pieceOf(heights, steps, first, last)];
  let room = most;
  while (pieces.length + 1 < room) {
    let best = 0;
    for (let i = 1; i < pieces.length; i++) {
      if (pieces[i]!.worth > pieces[best]!.worth) best = i;
    }
    const { from, to, at, worth } = pieces[best]!;
    if (worth < OFF_LEAST) break;
    if (worth >= WORTH_OF_GAP && room < most + GAP_ENDS_MOST) room++;
    pieces.splice(best, 1, pieceOf(heights, steps, from, at), pieceOf(heights, steps, at, to));
  }
  const kept = [first];
  for (const { from, to, missing } of pieces) {
    if (missing) kept.push(from + 1);
    kept.push(to);
  }
  return kept;
}

/** What each step is, by the index of its later end; null where all are exact. */
function stepsOf(heights: Float64Array, shares: readonly number[] | null): Uint8Array | null {
  if (shares === null && !heights.includes(NaN)) return null;
  const steps = new Uint8Array(heights.length);
  for (let index = 1; index < steps.length; index++) {
    if (Number.isNaN(heights[index]! + heights[index - 1]!)) steps[index] = GAP;
    else steps[index] = shares === null || shares[index] === 1 ? EXACT : ESTIMATED;
  }
  return steps;
}

function pieceOf(heights: Float64Array, steps: Uint8Array | null, from: number, to: number): Piece {
  const slope = (heights[to]! - heights[from]!) / (to - from);
  let [at, worth, height] = [from, 0, heights[from]!];
  for (let index = from + 1; index < to; index++) {
    height += slope;
    // What is not there is off by NaN, which is not more than anything.
    const off = Math.abs(heights[index]! - height);
    if (off > worth) {
      worth = off;
      at = index;
    }
  }
  if (steps === null) return { from, to, at, worth, missing: false };
  const change = changeOf(heights, steps, from, to);
  if (change.worth > worth) ({ at, worth } = change);
  return { from, to, at, worth, missing: change.missing };
}

/** Where what a piece is drawn as begins to be wrong, and what it is worth to draw that point. */
function changeOf(
  heights: Float64Array,
  steps: Uint8Array,
  from: number,
  to: number,
): Pick<Piece, "at" | "worth" | "missing"> {
  const counts = [0, 0, 0];
  for (let index = from; index < to; index++) counts[steps[index + 1]!]! += 1;
  const gaps = counts[GAP]!;
  const missing = gaps === to - from;
  // Where there is a gap, what the rest is comes later.
  const isChange = (before: number, step: number): boolean =>
    gaps === 0 ? before !== step : (before === GAP) !== (step === GAP);
  let since = from;
  let [longest, at, lone] = [0, from, from];
  for (let index = from + 1; index < to; index++) {
    const [before, step] = [steps[index]!, steps[index + 1]!];
    if (before === GAP && step === GAP && !Number.isNaN(heights[index]!)) lone = index;
    if (isChange(before, step)) since = index;
    if (since > from && index + 1 - since > longest) [longest, at] = [index + 1 - since, since];
  }
  // A point between two gaps is a line of its own.
  if (missing && lone > from) return { at: lone, worth: 2 * WORTH_OF_STEP, missing };
  if (gaps > 0) return { at, worth: WORTH_OF_GAP * Math.min(gaps, to - from - gaps), missing };
  return { at, worth: WORTH_OF_STEP * (to - from - Math.max(...counts)), missing };
}

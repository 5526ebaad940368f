/**
 * Where a collector's window begins: many are read more seldom than there are rows, and a row repeats
 * what was read last.
 *
 * @module
 */

import { HEADER } from "../sampling/layout.ts";

/** A collector that did not read for this many rows has no window. */
const ROWS_BACK_MOST = 128;

/** Rows in the order of time; their numbers go on for ever, and the oldest are forgotten. */
export interface Rows {
  /** The newest row has number `count() - 1`. */
  count(): number;
  /** Number of the oldest row that is there; equals `count()` where there is none. */
  oldest(): number;
  /** Copies a row. False, with `into` worthless, where it is not there. */
  copy(number: number, into: Float64Array): boolean;
  /** One cell of a row; NaN where the row is not there. */
  cell(number: number, column: number): number;
}

export interface Found {
  readonly rows: Rows;
  readonly number: number;
}

/** What an earlier reading is looked for. */
export interface Sought {
  /** Number of the row to begin with, backwards. */
  readonly base: number;
  /** Column with the time of a collector's last reading. */
  readonly column: number;
  /** The time of the later reading; NaN where there was none, and so none before it. */
  readonly at: number;
  /** Sequence of the row that holds it. */
  readonly sequence: number;
}

/**
 * The newest row that holds an earlier reading, among `rows` or else among coarse ones, which go back
 * further. Null where nothing old enough is remembered.
 */
export function earlierReading(rows: Rows, coarse: Rows, sought: Sought): Found | null {
  const { base, column, at, sequence } = sought;
  if (Number.isNaN(at)) return null;
  const found = search(rows, base, column, at);
  if (found !== null || rows === coarse) return found;
  let newest = coarse.count() - 1;
  while (coarse.cell(newest, HEADER.sequence) >= sequence) newest--;
  return search(coarse, newest, column, at);
}

function search(rows: Rows, base: number, column: number, at: number): Found | null {
  const oldest = Math.max(rows.oldest(), base - ROWS_BACK_MOST + 1);
  for (let number = base; number >= oldest; number--) {
    if (rows.cell(number, column) < at) return { rows, number };
  }
  return null;
}

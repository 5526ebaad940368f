/**
 * The shapes of a picture of a series. Coordinates are whole numbers and relative, which is a fifth of
 * the work and half of the bytes of decimal ones.
 *
 * @module
 */
import { thinned } from "./thinned.ts";

/** Values of a line; null where there is none. */
export type Column = readonly (number | null)[];
/** Of a line the share of time counted of each value; null where all are 1. */
export type Shares = readonly number[] | null;

/** Coarse: each digit less is a tenth of a first visit's HTML, and a canvas takes its place. */
export const WIDTH = 150;
export const HEIGHT = 100;
/** Points drawn of a line at most. */
const POINTS_MOST = 18;

/** Places of points from the left; the newest is at the right. */
export function abscissas(seconds: readonly number[], spanSeconds: number): readonly number[] {
  const last = seconds.at(-1);
  if (last === undefined) return [];
  return seconds.map((at) => Math.round(WIDTH * (1 - (last - at) / spanSeconds)));
}

/** Sums from the first series upwards; null only where no series has a value. */
export function stacked(values: readonly Column[]): readonly Column[] {
  let below: Column | null = null;
  return values.map((column) => {
    const under = below;
    const sums = column.map((value, index) => {
      const base = under?.[index] ?? null;
      return value === null || base === null ? value ?? base : value + base;
    });
    below = sums;
    return sums;
  });
}

/** From the last point before to the first point after what is missing in all lines. */
export function voidsOf(values: readonly Column[]): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let last = -1;
  const length = Math.max(0, ...values.map((column) => column.length));
  for (let index = 0; index < length; index++) {
    if (values.every((column) => (column[index] ?? null) === null)) continue;
    if (last >= 0 && index - last > 1) found.push([last, index]);
    last = index;
  }
  return found;
}

/** Where a chart is an estimate: from the point before its first one to its last. */
export interface Doubt {
  readonly from: number;
  readonly to: number;
  /** The least of it. */
  readonly share: number;
}

/** Spans in which a line is an estimate; `all`: nothing is exact. */
export function doubtsOf(
  values: readonly Column[],
  shares: readonly Shares[],
): { readonly spans: readonly Doubt[]; readonly all: boolean } {
  const spans: Doubt[] = [];
  let exact = 0;
  let begun: number | null = null;
  const length = Math.max(0, ...values.map((column) => column.length));
  const isThere = (index: number): boolean =>
    values.some((column) => (column[index] ?? null) !== null);
  for (let index = 0; index < length; index++) {
    const share = Math.min(1, ...shares.map((column) => column?.[index] ?? 1));
    if (share === 1) {
      begun = null;
      // A step counts for the time before its point: there is none before the first.
      if (index > 0 && isThere(index)) exact++;
      continue;
    }
    const before = begun === null ? undefined : spans.pop();
    begun ??= index > 0 && isThere(index - 1) ? index - 1 : index;
    spans.push({ from: begun, to: index, share: Math.min(share, before?.share ?? 1) });
  }
  return { spans, all: exact === 0 && spans.length > 0 };
}

export interface PathOptions {
  readonly xs: readonly number[];
  /** The zero line, from the top. */
  readonly zero: number;
  /** Units for a value of 1; below 0 upwards. */
  readonly factor: number;
  /** The area down to the zero line as well. */
  readonly filled: boolean;
}

/**
 * A line through the points, or the area between them and the zero line, broken at each gap: what of it
 * is exact, and what is not.
 */
export function pathsOf(
  column: Column,
  shares: Shares,
  { xs, zero, factor, filled }: PathOptions,
): { readonly exact: string; readonly estimated: string } {
  const drawn = { exact: "", estimated: "" };
  let kind: keyof typeof drawn = "exact";
  let [x, y, start, points] = [0, 0, 0, 0];
  const end = (): void => {
    // A point between two gaps is a line too: its round cap is a dot.
    if (points === 1) drawn[kind] += "h0";
    if (filled && points > 0) drawn[kind] += `V${zero}H${start}Z`;
    points = 0;
  };
  const begin = (): void => {
    drawn[kind] += `M${x} ${y}`;
    start = x;
    points = 1;
  };
  let last = 0;
  for (const index of drawnOf(column, shares, factor)) {
    const value = column[index] ?? null;
    const least = shares === null ? 1 : Math.min(...shares.slice(last + 1, index + 1), 1);
    last = index;
    if (value === null) {
      end();
      continue;
    }
    const toX = xs[index]!;
    const toY = Math.round(zero + value * factor);
    const next = least < 1 ? "estimated" : "exact";
    if (points > 0 && next !== kind) {
      // The step belongs to its later end: this kind's line is done where the other's begins.
      if (points === 1) {
        drawn[kind] = drawn[kind].slice(0, drawn[kind].lastIndexOf("M"));
        points = 0;
      } else end();
      kind = next;
      begin();
    }
    if (points === 0) {
      kind = shares !== null && shares[index]! < 1 ? "estimated" : "exact";
      [x, y] = [toX, toY];
      begin();
      continue;
    }
    const down = toY - y;
    drawn[kind] += `${points === 1 ? "l" : " "}${toX - x}${down < 0 ? "" : " "}${down}`;
    points++;
    x = toX;
    y = toY;
  }
  end();
  return drawn;
}

function drawnOf(column: Column, shares: Shares, factor: number): Iterable<number> {
  if (column.length <= POINTS_MOST) return column.keys();
  const heights = new Float64Array(column.length);
  for (const [index, value] of column.entries()) {
    heights[index] = value === null ? NaN : value * factor;
  }
  return thinned(heights, shares, POINTS_MOST);
}

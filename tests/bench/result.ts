/** What a benchmark found, and how it is printed. @module */
import type { Spread } from "./windows.ts";

/** `smoke` runs with the tests, so that a benchmark never rots; its figures mean nothing. */
export type Size = "full" | "smoke";

/** What a caller may ask for beside the size. */
export interface Options {
  /** Of a window, or of the whole where a benchmark has one only. */
  readonly seconds?: number;
}

export type Result =
  | {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    /** What it must not exceed. */
    readonly most?: number;
    /** The windows whose median the value is. */
    readonly spread?: Spread;
  }
  /** Not measured, and what it needs. */
  | { readonly name: string; readonly missing: string };

/** The median of windows as a result. */
export function medianOf(
  spread: Spread,
  { name, unit, most }: { readonly name: string; readonly unit: string; readonly most?: number },
): Result {
  return { name, value: spread.median, unit, spread, ...(most === undefined ? {} : { most }) };
}

/** A line for a result: `tick, ratio to C   1.31 x [1.2..1.4]   at most 2: holds`. */
export function line(result: Result): string {
  const name = result.name.padEnd(50);
  if ("missing" in result) return `${name} not measured, needs ${result.missing}`;
  const { spread, unit, most } = result;
  const range = spread === undefined ? "" : ` [${short(spread.least)}..${short(spread.most)}]`;
  const value = `${short(result.value)} ${unit}${range}`.padEnd(18);
  if (most === undefined) return `${name} ${value}`.trimEnd();
  return `${name} ${value} at most ${most}: ${holds(result) ? "holds" : "DOES NOT HOLD"}`;
}

export function holds(result: Result): boolean {
  return "missing" in result || result.most === undefined || result.value <= result.most;
}

/** Four digits that count. */
export function short(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

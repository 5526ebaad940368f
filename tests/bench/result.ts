/** What a benchmark found, and how it is printed. @module */

/** `smoke` runs with the tests, so that a benchmark never rots; its figures mean nothing. */
export type Size = "full" | "smoke";

export type Result =
  | {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    /** What it must not exceed. */
    readonly most?: number;
  }
  /** Not measured, and what it needs. */
  | { readonly name: string; readonly missing: string };

/** A line for a result: `tick, ratio to C   1.31 x   at most 2: holds`. */
export function line(result: Result): string {
  const name = result.name.padEnd(50);
  if ("missing" in result) return `${name} not measured, needs ${result.missing}`;
  const value = `${Number(result.value.toPrecision(4))} ${result.unit}`.padEnd(18);
  if (result.most === undefined) return `${name} ${value}`.trimEnd();
  return `${name} ${value} at most ${result.most}: ${holds(result) ? "holds" : "DOES NOT HOLD"}`;
}

export function holds(result: Result): boolean {
  return "missing" in result || result.most === undefined || result.value <= result.most;
}

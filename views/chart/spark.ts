/**
 * The trend of a value, small enough for a row of a table, without a scale. `static/trace.js` does the
 * same in the browser.
 *
 * @module
 */
import type { Series } from "../../collectors/readings/series.ts";

/** Of the picture: its view box is `0 0 60 20`. Of each two units across the greatest value is drawn. */
const STEPS = 30;
const STEP = 2;
const BASE = 19;
const HEIGHT = 18;

/**
 * The `d` of a path through a column of the series over the span before its newest point, from 0 to its
 * greatest value, broken at each gap; empty where nothing was measured.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sparkPath } from "./spark.ts";
 *
 * const series = { seconds: [0, 30, 60], values: [[2, 1, 0]], shares: [null], sequence: 3 };
 * assertEquals(sparkPath(series, 0, 60), "M0,1h0L30,10L60,19");
 * ```
 */
export function sparkPath(series: Series, column: number, spanSeconds: number): string {
  const { seconds } = series;
  const values = series.values[column] ?? [];
  const now = seconds.at(-1);
  if (now === undefined) return "";
  const first = seconds.findIndex((at) => at >= now - spanSeconds);
  const most = Math.max(0, ...values.slice(first).map((value) => value ?? -1)) || 1;
  const dots: ([number, number] | null)[] = [];
  for (let index = first; index < seconds.length; index++) {
    const value = values[index] ?? null;
    const x = STEP * Math.round(STEPS * (1 - (now - seconds[index]!) / spanSeconds));
    const last = dots.at(-1) ?? null;
    if (value === null) dots.push(null);
    else {
      const y = BASE - Math.round(HEIGHT * value / most);
      if (last?.[0] === x) last[1] = Math.min(last[1], y);
      else dots.push([x, y]);
    }
  }
  // A lone point is a line of no length, which round ends make a dot.
  return dots.map((dot, index) => {
    if (dot === null) return "";
    return (dots[index - 1] ?? null) === null ? `M${dot}h0` : `L${dot}`;
  }).join("");
}

/** Which metrics are told of where nobody asked for some. @module */
import { MEASURED, type Metric, metric as metricOf, METRICS } from "../collectors/catalogue.ts";
import { inputs } from "../collectors/formula.ts";

/** Times of counters that have some of their own: the coverage of each reading says the same. */
const TIMES: ReadonlySet<string> = new Set(
  MEASURED.flatMap(({ counted, sourced }) =>
    counted === undefined || sourced === undefined ? [] : [counted.enabled, counted.running]
  ),
);

/** In the order of the catalogue. The others are there for who names them, and in `/metrics`. */
export const TOLD: readonly Metric[] = [...METRICS.values()].filter(({ id }) => !TIMES.has(id));

/** Has sums over groups: counters add up, and so do the terms of a formula over them; gauges do not. */
export function isSummed(entry: Metric): boolean {
  if (entry.kind !== "derived") return entry.kind === "counter";
  return inputs(entry.formula).some((id) => metricOf(id).kind === "counter");
}

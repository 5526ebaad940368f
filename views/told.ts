/** Which metrics are told of where nobody asked for some. @module */
import { MEASURED, type Metric, METRICS } from "../collectors/catalogue.ts";

/** Times of counters that have some of their own: the coverage of each reading says the same. */
const TIMES: ReadonlySet<string> = new Set(
  MEASURED.flatMap(({ counted, sourced }) =>
    counted === undefined || sourced === undefined ? [] : [counted.enabled, counted.running]
  ),
);

/** In the order of the catalogue. The others are there for who names them, and in `/metrics`. */
export const TOLD: readonly Metric[] = [...METRICS.values()].filter(({ id }) => !TIMES.has(id));

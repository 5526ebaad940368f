/**
 * Series as JSON columns: one list of times, and one list of values for each metric.
 *
 * @module
 */
import { metric, type Series, type SeriesKey, shownUnit } from "../collectors/mod.ts";

export interface SeriesColumn {
  readonly metric: string;
  readonly instance?: string;
  /** UCUM, as shown: a counter's is a rate's. */
  readonly unit: string;
  /** A value for each time; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface SeriesColumns {
  /** Seconds since 1970, oldest first. */
  readonly time_seconds: readonly number[];
  readonly series: readonly SeriesColumn[];
}

/** `count`: so many of the points, the oldest first; absent: all. */
export function columnsOf(
  keys: readonly SeriesKey[],
  series: Series,
  count = series.seconds.length,
): SeriesColumns {
  return {
    time_seconds: series.seconds.slice(0, count),
    series: keys.map(({ metric: id, instance }, index) => ({
      metric: id,
      ...(instance === undefined ? {} : { instance }),
      unit: shownUnit(metric(id)),
      values: series.values[index]!.slice(0, count),
    })),
  };
}

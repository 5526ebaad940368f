/**
 * Series as JSON columns: one list of times, and one list of values for each metric.
 *
 * @module
 */
import {
  type GroupKey,
  inputs,
  type Metric,
  metric,
  type Series,
  type SeriesKey,
  shownUnit,
} from "../collectors/mod.ts";

export interface SeriesColumn {
  readonly metric: string;
  readonly instance?: string;
  /** `socket:0`. */
  readonly group?: string;
  /** UCUM, as shown: a counter's is a rate's. */
  readonly unit: string;
  /** A value for each time; null where there is none. */
  readonly values: readonly (number | null)[];
  /**
   * Share of the time counted of each value: 1 for what is exact, below 1 for all that is not; null
   * where there is no value. Null for the whole column where all values are exact.
   */
  readonly coverage: readonly (number | null)[] | null;
}

export interface SeriesColumns {
  /** Seconds since 1970, oldest first. */
  readonly time_seconds: readonly number[];
  readonly series: readonly SeriesColumn[];
}

/** Six digits: more would be noise of the division. */
const DIGITS = 6;

/** `count`: so many of the points, the oldest first; absent: all. */
export function columnsOf(
  keys: readonly SeriesKey[],
  series: Series,
  count = series.seconds.length,
): SeriesColumns {
  return {
    time_seconds: series.seconds.slice(0, count),
    series: keys.map(({ metric: id, instance, group }, index) => ({
      metric: id,
      ...(instance === undefined ? {} : { instance }),
      ...(group === undefined ? {} : { group: printGroup(group) }),
      unit: shownUnit(metric(id)),
      values: series.values[index]!.slice(0, count),
      coverage: coverageOf(series, index, count),
    })),
  };
}

/** Whether the host has a value of a metric. It has none of what is made of values that it has not. */
export function isOfHost(entry: Metric): boolean {
  if (entry.kind === "derived") return inputs(entry.formula).map(metric).every(isOfHost);
  return entry.scope === "host" || entry.kind === "counter" || entry.across !== undefined;
}

/** As it is asked for: `socket:0`. */
export function printGroup({ grouping, name }: GroupKey): string {
  return `${grouping}:${name}`;
}

function coverageOf(
  { values, shares }: Series,
  index: number,
  count: number,
): readonly (number | null)[] | null {
  const column = shares[index]?.slice(0, count);
  if (column === undefined || column.every((share) => share === 1)) return null;
  return column.map((share, at) =>
    values[index]![at] === null ? null : Number(share.toPrecision(DIGITS))
  );
}

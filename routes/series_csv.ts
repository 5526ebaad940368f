/**
 * Series as a table for spreadsheets (RFC 4180): a row for each time, a column for each line. A cell is
 * empty where nothing was measured.
 *
 * Names of disks and interfaces are somebody's to choose, and a spreadsheet takes a cell for a formula
 * that begins with `=`, `+`, `-` or `@`. No cell here does: titles begin with the metric's id, have an
 * apostrophe where one may be cut apart, and all others are numbers and times.
 *
 * @module
 */
import type { Series, SeriesKey } from "../collectors/mod.ts";
import { type Cell, csvLine, plainText } from "../views/csv.ts";
import { timestamp } from "../views/format.ts";
import { columnsOf, type SeriesColumn } from "./series_json.ts";

interface Column {
  readonly title: string;
  readonly cells: readonly Cell[];
}

export function seriesCsv(keys: readonly SeriesKey[], found: Series): string {
  const { time_seconds: seconds, series } = columnsOf(keys, found);
  const columns = series.flatMap(columnsFor);
  const lines = [
    ["time", "time_seconds", ...columns.map(({ title }) => title)],
    ...seconds.map((at, row) => [
      timestamp(at * 1000),
      at,
      ...columns.map(({ cells }) => cells[row] ?? null),
    ]),
  ];
  return lines.map(csvLine).join("");
}

/** The values, and beside them their coverage where one of them is not exact. */
function columnsFor({ metric, instance, group, unit, values, coverage }: SeriesColumn): Column[] {
  const whose = instance ?? group;
  const of = whose === undefined ? "" : plainText(`{${whose}}`);
  const column = { title: `${metric}${of} [${unit}]`, cells: values };
  if (coverage === null) return [column];
  return [column, { title: `${metric}_coverage${of} [1]`, cells: coverage }];
}

/**
 * What a chart shows, as rows of a table: points, and between them the gaps and the marks, newest first.
 *
 * @module
 */
import type { Series } from "../../collectors/readings/series.ts";
import type { Mark } from "../../collectors/readings/marks.ts";

export interface Cell {
  readonly value: number | null;
  /** Below 1 where it is an estimate. */
  readonly share: number;
}

export type ChartRow =
  | { readonly row: "point"; readonly seconds: number; readonly cells: readonly Cell[] }
  /** Nothing was measured from the last point before to this one. */
  | { readonly row: "gap"; readonly seconds: number; readonly lastedSeconds: number }
  | { readonly row: "mark"; readonly seconds: number; readonly name: string };

export interface ChartRows {
  readonly rows: readonly ChartRow[];
  /** One of so many points has a row. */
  readonly every: number;
}

/** `most`: rows of points at most. Of more points each so many-th is taken as it was measured. */
export function chartRows(series: Series, marks: readonly Mark[], most: number): ChartRows {
  const { seconds, values, shares } = series;
  const measured = [...seconds.keys()].filter((index) =>
    values.some((column) => (column[index] ?? null) !== null)
  );
  const every = Math.max(1, Math.ceil(measured.length / most));
  const rows: ChartRow[] = [];
  measured.forEach((index, place) => {
    const before = measured[place - 1];
    if (before !== undefined && index - before > 1) {
      const lastedSeconds = seconds[index]! - seconds[before]!;
      rows.push({ row: "gap", seconds: seconds[index]!, lastedSeconds });
    }
    // Counted from the newest, which is always there.
    if ((measured.length - 1 - place) % every !== 0) return;
    const cells = values.map((column, line) => ({
      value: column[index] ?? null,
      share: shares[line]?.[index] ?? 1,
    }));
    rows.push({ row: "point", seconds: seconds[index]!, cells });
  });
  const first = seconds[0] ?? Infinity;
  for (const { seconds, text } of marks) {
    if (seconds >= first) rows.push({ row: "mark", seconds, name: text });
  }
  // What came at the same time stays in its order: a gap ends with its point.
  rows.sort((a, b) => a.seconds - b.seconds);
  return { rows: rows.reverse(), every };
}

/** A chart of the overview, or of one CPU, as a table, for those who hear it, and for who wants the numbers. @module */
import type { Chart } from "../../collectors/card.ts";
import { CARDS, metric, shownUnit } from "../../collectors/catalogue.ts";
import { CPU_PAGE } from "../../collectors/mod.ts";
import type { Series, SeriesKey } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { chartOf, linesOf } from "./chart.tsx";
import { type Cell, type ChartRow, chartRows } from "./rows.ts";
import { cpusHref } from "../cpus/choice.ts";
import { cpuCard } from "../cpus/one.tsx";
import { type Assets, document } from "../document.tsx";
import { countedShare, duration, instant, plural, spell, timestamp } from "../format.ts";
import type { Html } from "../html.ts";
import { type Span, spanName, SPANS } from "./span.ts";
import type { Mark } from "../../collectors/readings/marks.ts";

/** More cannot be listened to. */
const ROWS_MOST = 300;

/** Of `/chart/cpu_time`: the way up to `/`. */
export const ROOT = "../";

export interface ChartTableProps {
  readonly id: string;
  /** Whose chart it is; absent: the overview's. */
  readonly cpu?: string | undefined;
  readonly snapshot: Snapshot;
  /** The lines of `chartTableSeries(id, snapshot, cpu)`, in that order. */
  readonly series: Series;
  readonly span: Span;
  readonly marks?: readonly Mark[] | undefined;
}

/** The lines of a chart of the overview, or of a CPU; undefined where there is no chart of that id. */
export function chartTableSeries(
  id: string,
  snapshot: Snapshot,
  cpu?: string,
): readonly SeriesKey[] | undefined {
  const chart = find(id, snapshot, cpu);
  return chart === undefined ? undefined : linesOf(chart, snapshot).map(({ key }) => key);
}

function find(id: string, snapshot: Snapshot, cpu: string | undefined): Chart | undefined {
  return chartOf(cpu === undefined ? CARDS : [cpuCard(cpu, snapshot)], id);
}

export function chartTablePage(props: ChartTableProps, assets: Assets): string {
  const { id, cpu, snapshot, series, span } = props;
  const chart = find(id, snapshot, cpu)!;
  const title = cpu === undefined ? chart.title : `${CPU_PAGE.heading} ${cpu}: ${chart.title}`;
  const home = ROOT + (cpu === undefined ? `?span=${span}` : cpusHref({ cpu, span }, {}));
  const names = linesOf(chart, snapshot).map(({ name }) => name);
  const unit = shownUnit(metric(chart.series[0]!.metric));
  const { rows, every } = chartRows(series, props.marks ?? [], ROWS_MOST);
  const points = rows.filter(({ row }) => row === "point").length;
  return document({
    title: `${title}, ${snapshot.profile.hostname}`,
    assets,
    root: ROOT,
    children: (
      <article class="card values">
        <h1>{title}</h1>
        <p>
          {`${snapshot.profile.hostname}, up to ${instant(snapshot.wallMs).join(" ")}. `}
          {every === 1
            ? `${plural(points, "point")}, newest first.`
            : `${plural(points, "point")}, newest first: one of ${every}, each as it was measured.`}
          {" "}
          <a href={`${home}#chart-${id}`}>The chart</a>
        </p>
        <nav class="seg" aria-label="Span of the table">
          {SPANS.map((name) => (
            <a
              href={`?${cpu === undefined ? "" : `cpu=${cpu}&`}span=${name}`}
              aria-current={name === span ? "true" : undefined}
            >
              {spanName(name)}
            </a>
          ))}
        </nav>
        {rows.length === 0
          ? <p>Nothing was measured yet.</p>
          : (
            <section class="scroll" tabindex={0} aria-label={`Values of ${title}`}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Time, UTC</th>
                    {names.map((name) => <th scope="col">{name}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => <Row row={row} unit={unit} lines={names.length} />)}
                </tbody>
              </table>
            </section>
          )}
      </article>
    ),
  });
}

function Row(props: { row: ChartRow; unit: string; lines: number }): Html {
  const { row, unit, lines } = props;
  const iso = timestamp(row.seconds * 1000);
  // Tenths only where there are any.
  const fraction = Math.floor(row.seconds * 10) % 10 === 0 ? 19 : 21;
  return (
    <tr class={row.row}>
      <th scope="row">
        <time datetime={iso}>{iso.slice(11, fraction)}</time>
      </th>
      {row.row === "point"
        ? row.cells.map((cell) => <Value cell={cell} unit={unit} />)
        : (
          <td colspan={lines}>
            {row.row === "mark"
              ? `Mark: ${row.name}`
              : `Gap: nothing was measured for ${
                duration(Math.max(1, Math.round(row.lastedSeconds)))
              }`}
          </td>
        )}
    </tr>
  );
}

function Value(props: { cell: Cell; unit: string }): Html {
  const { cell: { value, share }, unit } = props;
  if (value === null) return <td class="na">not measured</td>;
  const { value: text, unit: suffix } = spell(value, unit);
  return (
    <td>
      <b>{text}</b>
      {suffix === "" ? "" : `\u00a0${suffix}`}
      {share < 1 ? <small>{` estimated ${countedShare(share, "\u00a0")}`}</small> : null}
    </td>
  );
}

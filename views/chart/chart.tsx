/**
 * Charts of a page. The figure carries all that the script in the browser needs to draw it live,
 * so that the script knows no metric by name.
 *
 * @module
 */
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Card, Chart, Shown } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import { type GroupKey, type Series, type SeriesKey, seriesName } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { scaleOf } from "../format.ts";
import type { Html } from "../html.ts";
import { nameOf } from "../standing.ts";
import { type Span, SPAN_USUAL } from "./span.ts";
import { inkOf, Picture } from "./svg_line.tsx";
import { groupName } from "../card/table.tsx";

/** Shown beside the whole; more lines than these cannot be told apart. */
const SPLIT_MOST = 4;

/** A line of a chart: what it draws, and its name in the legend. */
export interface ChartLine {
  readonly key: SeriesKey;
  readonly name: string;
}

/** The groups of the first grouping that makes several here; none where they are too many to tell apart. */
export function splitOf(
  id: string,
  groupings: readonly string[],
  snapshot: Snapshot,
): readonly GroupKey[] {
  const { scope } = metric(id);
  for (const grouping of groupings) {
    const names = snapshot.groups(scope, grouping);
    if (names.length < 2) continue;
    return names.length > SPLIT_MOST ? [] : names.map((name) => ({ grouping, name }));
  }
  return [];
}

/** The lines of a chart on this machine: its series, then the groups of a chart that is split. */
export function linesOf(chart: Chart, snapshot: Snapshot): readonly ChartLine[] {
  const lines = chart.series.map((shown) => ({ key: keyOf(shown), name: nameOf(shown) }));
  const [first] = chart.series;
  if (first === undefined || chart.split === undefined) return lines;
  const groups = splitOf(first.metric, chart.split, snapshot).map((group) => ({
    key: { metric: first.metric, group },
    name: groupName(group.grouping, group.name),
  }));
  return [...lines, ...groups];
}

/** Its first line is the whole of the others. */
function isSplit(chart: Chart, snapshot: Snapshot): boolean {
  return chart.split !== undefined && linesOf(chart, snapshot).length > 1;
}

function keyOf({ metric: id, instance }: Shown): SeriesKey {
  return instance === undefined ? { metric: id } : { metric: id, instance };
}

const KEYS = new WeakMap<readonly Card[], { shape: object; keys: readonly SeriesKey[] }>();

/** Every line of a page once, in the order of its columns in the series; the same while nobody comes or goes. */
export function chartKeys(cards: readonly Card[], snapshot: Snapshot): readonly SeriesKey[] {
  let known = KEYS.get(cards);
  if (known?.shape !== snapshot.shape) {
    KEYS.set(cards, known = { shape: snapshot.shape, keys: keysOf(cards, snapshot) });
  }
  return known.keys;
}

function keysOf(cards: readonly Card[], snapshot: Snapshot): readonly SeriesKey[] {
  const lines = chartsOf(cards).flatMap((chart) => linesOf(chart, snapshot));
  const keys = [...lines.map(({ key }) => key), ...trendsOf(cards).map(keyOf)];
  return [...new Map(keys.map((key) => [seriesName(key), key])).values()];
}

/** Which column of the page's series each trend draws. */
export function trendColumns(
  cards: readonly Card[],
  snapshot: Snapshot,
): ReadonlyMap<Shown, number> {
  const keys = chartKeys(cards, snapshot);
  let columns = TREND_COLUMNS.get(keys);
  if (columns === undefined) TREND_COLUMNS.set(keys, columns = trendColumnsOf(cards, keys));
  return columns;
}

const TREND_COLUMNS = new WeakMap<readonly SeriesKey[], ReadonlyMap<Shown, number>>();

function trendColumnsOf(
  cards: readonly Card[],
  keys: readonly SeriesKey[],
): ReadonlyMap<Shown, number> {
  const at = new Map(keys.map((key, index) => [seriesName(key), index]));
  return new Map(trendsOf(cards).map((shown) => [shown, at.get(seriesName(keyOf(shown)))!]));
}

function trendsOf(cards: readonly Card[]): readonly Shown[] {
  return cards.flatMap(({ blocks }) => blocks)
    .flatMap((block) =>
      block.block === "grid" ? block.rows.flatMap(({ trend }) => trend ?? []) : []
    );
}

/** The chart of that id on these cards. */
export function chartOf(cards: readonly Card[], id: string): Chart | undefined {
  return chartsOf(cards).find((chart) => chart.id === id);
}

/** Which columns of the page's series a chart draws. */
export function chartColumns(
  cards: readonly Card[],
  snapshot: Snapshot,
): ReadonlyMap<Chart, readonly number[]> {
  const at = new Map(chartKeys(cards, snapshot).map((key, index) => [seriesName(key), index]));
  return new Map(
    chartsOf(cards).map((chart) => [
      chart,
      linesOf(chart, snapshot).map(({ key }) => at.get(seriesName(key))!),
    ]),
  );
}

function chartsOf(cards: readonly Card[]): readonly Chart[] {
  return cards.flatMap((card) => card.blocks).filter((block) => block.block === "chart");
}

export interface ChartFigureProps {
  readonly chart: Chart;
  readonly columns: readonly number[];
  readonly series: Series;
  readonly snapshot: Snapshot;
  readonly spanSeconds: number;
  /** Its lines have their names and colours elsewhere in the card. */
  readonly named: boolean;
  /** Of its table. */
  readonly span?: Span | undefined;
  /** What else its table's address says: `cpu=0`; absent: the chart is the overview's. */
  readonly query?: string | undefined;
  readonly marks?: readonly Mark[] | undefined;
}

export function ChartFigure(props: ChartFigureProps): Html {
  const { chart, columns, series, snapshot, spanSeconds } = props;
  // One scale a chart: its lines have one unit.
  const unit = shownUnit(metric(chart.series[0]!.metric));
  const scale = scaleOf(unit);
  const names = linesOf(chart, snapshot).map(({ name }) => name);
  const main = isSplit(chart, snapshot);
  return (
    <figure
      class={chart.tall ? "chart tall" : "chart"}
      id={`chart-${chart.id}`}
      data-columns={columns.join(" ")}
      data-labels={JSON.stringify(names)}
      data-drawn={chart.style}
      data-scale={scale.kind}
      data-suffix={scale.suffix}
      data-small={scale.small}
      data-unit={unit}
      data-main={main ? "" : undefined}
      data-top={chart.top}
    >
      <figcaption>
        <h3>{chart.title}</h3>
        {props.named || names.length === 1 ? null : <Key names={names} main={main} />}
        <a href={tableHref(props)}>
          Table<span class="sr">{` of ${chart.title}`}</span>
        </a>
      </figcaption>
      <div class="plot">
        <Picture
          series={series}
          columns={columns}
          names={names}
          drawn={chart.style}
          top={chart.top}
          unit={unit}
          scale={scale}
          spanSeconds={spanSeconds}
          main={main}
          marks={props.marks}
        />
      </div>
    </figure>
  );
}

function tableHref({ chart, query, span }: ChartFigureProps): string {
  const asked = span === undefined || span === SPAN_USUAL ? undefined : `span=${span}`;
  const fields = [query, asked];
  const told = fields.filter((field) => field !== undefined).join("&");
  return `chart/${chart.id}${told === "" ? "" : `?${told}`}`;
}

function Key(props: { names: readonly string[]; main: boolean }): Html {
  return (
    <ul class="key">
      {props.names.map((name, index) => <li class={`sw ${inkOf(index, props.main)}`}>{name}</li>)}
    </ul>
  );
}

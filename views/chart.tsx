/**
 * Charts of the overview. The figure carries all that the script in the browser needs to draw it live,
 * so that the script knows no metric by name.
 *
 * @module
 */
import type { Card, Chart, Shown } from "../collectors/card.ts";
import { metric, shownUnit } from "../collectors/catalogue.ts";
import type { Series, SeriesKey } from "../collectors/series.ts";
import { scaleOf } from "./format.ts";
import type { Html } from "./html.ts";
import { nameOf } from "./standing.ts";
import { inkOf, Picture } from "./svg_line.tsx";

/** Every line of a page once, in the order of its columns in the series. */
export function chartKeys(cards: readonly Card[]): readonly SeriesKey[] {
  const keys = new Map<string, SeriesKey>();
  for (const shown of chartsOf(cards).flatMap((chart) => chart.series)) {
    const { metric: id, instance } = shown;
    keys.set(keyOf(shown), instance === undefined ? { metric: id } : { metric: id, instance });
  }
  return [...keys.values()];
}

/** Which columns of the page's series a chart draws. */
export function chartColumns(cards: readonly Card[]): ReadonlyMap<Chart, readonly number[]> {
  const at = new Map(chartKeys(cards).map((key, index) => [keyOf(key), index]));
  return new Map(
    chartsOf(cards).map((chart) => [chart, chart.series.map((shown) => at.get(keyOf(shown))!)]),
  );
}

function chartsOf(cards: readonly Card[]): readonly Chart[] {
  return cards.flatMap((card) => card.blocks).filter((block) => block.block === "chart");
}

function keyOf(key: SeriesKey | Shown): string {
  return `${key.metric}\n${key.instance ?? ""}`;
}

export interface ChartFigureProps {
  readonly chart: Chart;
  readonly columns: readonly number[];
  readonly series: Series;
  readonly spanSeconds: number;
  /** Its lines have their names and colours elsewhere in the card. */
  readonly named: boolean;
}

export function ChartFigure(props: ChartFigureProps): Html {
  const { chart, columns, series, spanSeconds } = props;
  // One scale a chart: its lines have one unit.
  const unit = shownUnit(metric(chart.series[0]!.metric));
  const scale = scaleOf(unit);
  const names = chart.series.map(nameOf);
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
      data-top={chart.top}
    >
      <figcaption>
        <h3>{chart.title}</h3>
        {props.named || names.length === 1 ? null : <Key names={names} />}
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
        />
      </div>
    </figure>
  );
}

function Key(props: { names: readonly string[] }): Html {
  return (
    <ul class="key">
      {props.names.map((name, index) => <li class={`sw ${inkOf(index)}`}>{name}</li>)}
    </ul>
  );
}

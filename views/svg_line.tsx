/**
 * A series as a picture, for pages without scripts and until the first sample arrives. Coordinates are
 * whole numbers and relative, which is a fifth of the work and half of the bytes of decimal ones.
 *
 * @module
 */
import type { Series } from "../collectors/series.ts";
import { axisLabel, niceTop, timeMarks } from "./axis.ts";
import { type Scale, spellOut } from "./format.ts";
import type { Html } from "./html.ts";

export interface PictureProps {
  readonly series: Series;
  /** Which columns of the series, in the order of the legend. */
  readonly columns: readonly number[];
  readonly names: readonly string[];
  readonly style: "line" | "stack" | "mirror";
  readonly top: number | undefined;
  readonly unit: string;
  readonly scale: Scale;
  readonly spanSeconds: number;
}

type Column = readonly (number | null)[];

const WIDTH = 600;
const HEIGHT = 400;
/** Points drawn of a line at most; of more, the least and the greatest of each few are kept. */
const POINTS_MOST = 150;
/** Colours of the style sheet, in the order of the legend. */
export const INKS = ["a", "b", "c", "d", "e"] as const;

export function inkOf(index: number): string {
  return INKS[index % INKS.length]!;
}

/** Geometry that stretches, words that do not, and the same in a sentence for those who hear it. */
export function Picture(props: PictureProps): Html {
  const { series, columns, style, scale, spanSeconds } = props;
  const values = columns.map((column): Column => series.values[column] ?? []);
  const drawn = style === "stack" ? stacked(values) : values;
  const top = props.top ?? niceTop(greatest(drawn), scale);
  const xs = abscissas(series.seconds, spanSeconds);
  const zero = style === "mirror" ? HEIGHT / 2 : HEIGHT;
  const unit = top === null ? 0 : zero / top;
  // Stacked areas hide those below them, so the highest is drawn first.
  const order = [...drawn.keys()];
  if (style === "stack") order.reverse();
  return (
    <div class="pic">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={sentence(props, values)}
      >
        {order.map((index) => {
          const sign = style === "mirror" && index % 2 === 1 ? -1 : 1;
          const path = pathOf(drawn[index]!, xs, zero, -unit * sign, style !== "line");
          return <path class={`${style} ${inkOf(index)}`} d={path} />;
        })}
      </svg>
      <Words top={top} mirrored={style === "mirror"} scale={scale} spanSeconds={spanSeconds} />
    </div>
  );
}

function Words(
  props: { top: number | null; mirrored: boolean; scale: Scale; spanSeconds: number },
): Html {
  const { top, mirrored, scale } = props;
  const lines = top === null
    ? [{ at: mirrored ? 50 : 100, value: 0 }]
    : mirrored
    ? [{ at: 0, value: top }, { at: 50, value: 0 }, { at: 100, value: top }]
    : [{ at: 0, value: top }, { at: 50, value: top / 2 }, { at: 100, value: 0 }];
  return (
    <svg class="words" aria-hidden="true">
      {lines.map(({ at, value }) => (
        <>
          <line class={value === 0 ? "zero" : ""} x2="100%" y1={`${at}%`} y2={`${at}%`} />
          <text dx="-8" y={`${at}%`} dy="4" text-anchor="end">{axisLabel(value, scale)}</text>
        </>
      ))}
      {timeMarks(props.spanSeconds).map(({ at, text }) => (
        <text
          x={`${(at * 100).toFixed(1)}%`}
          y="100%"
          dy="16"
          text-anchor={at === 0 ? "start" : at === 1 ? "end" : "middle"}
        >
          {text}
        </text>
      ))}
    </svg>
  );
}

function sentence(props: PictureProps, values: readonly Column[]): string {
  const parts = values.map((column, index) => {
    let least = Infinity;
    let most = -Infinity;
    for (const value of column) {
      if (value === null) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const name = props.names[index]!;
    if (most === -Infinity) return `${name}: not measured yet`;
    const last = column.at(-1) ?? null;
    const now = last === null ? "not measured now" : `now ${spellOut(last, props.unit)}`;
    return `${name}: ${now}, from ${spellOut(least, props.unit)} to ${spellOut(most, props.unit)}`;
  });
  return `${parts.join(". ")}.`;
}

/** Sums from the first series upwards; null only where no series has a value. */
function stacked(values: readonly Column[]): readonly Column[] {
  let below: Column | null = null;
  return values.map((column) => {
    const under = below;
    const sums = column.map((value, index) => {
      const base = under?.[index] ?? null;
      return value === null ? base : value + (base ?? 0);
    });
    below = sums;
    return sums;
  });
}

function greatest(values: readonly Column[]): number {
  let most = 0;
  for (const column of values) {
    for (const value of column) if (value !== null && value > most) most = value;
  }
  return most;
}

function abscissas(seconds: readonly number[], spanSeconds: number): readonly number[] {
  const last = seconds.at(-1) ?? 0;
  return seconds.map((at) => Math.round(WIDTH * (1 - (last - at) / spanSeconds)));
}

/** A line through the points, or the area between them and the zero line, broken at each gap. */
function pathOf(
  column: Column,
  xs: readonly number[],
  zero: number,
  factor: number,
  filled: boolean,
): string {
  let path = "";
  let x = 0;
  let y = 0;
  let start = -1;
  for (const index of thinned(column)) {
    const value = column[index] ?? null;
    if (value === null) {
      if (filled && start >= 0) path += `V${zero}H${start}Z`;
      start = -1;
      continue;
    }
    const toX = xs[index]!;
    const toY = Math.round(zero + value * factor);
    if (start < 0) {
      path += `M${toX} ${toY}l`;
      start = toX;
    } else {
      const down = toY - y;
      path += `${toX - x}${down < 0 ? down : ` ${down}`} `;
    }
    x = toX;
    y = toY;
  }
  if (filled && start >= 0) path += `V${zero}H${start}Z`;
  return path.replace(/l(?=[MVZ]|$)/g, "h0").replaceAll(" V", "V").replaceAll(" M", "M").trimEnd();
}

/** Indices to draw. Peaks stay: of each few points the least, the greatest and a gap are kept. */
function thinned(column: Column): Iterable<number> {
  if (column.length <= POINTS_MOST) return column.keys();
  const size = Math.ceil((2 * column.length) / POINTS_MOST);
  const kept: number[] = [];
  for (let from = 0; from < column.length; from += size) {
    const to = Math.min(from + size, column.length);
    let least = -1;
    let most = -1;
    let gap = -1;
    for (let index = from; index < to; index++) {
      const value = column[index] ?? null;
      if (value === null) gap = index;
      else {
        if (least < 0 || value < column[least]!) least = index;
        if (most < 0 || value >= column[most]!) most = index;
      }
    }
    const indices = new Set([least, most, gap, to === column.length ? to - 1 : -1]);
    kept.push(...[...indices].filter((index) => index >= 0).sort((a, b) => a - b));
  }
  return kept;
}

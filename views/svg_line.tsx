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
  readonly drawn: "line" | "stack" | "mirror";
  readonly top: number | undefined;
  readonly unit: string;
  readonly scale: Scale;
  readonly spanSeconds: number;
}

type Column = readonly (number | null)[];

/** Coarse: each digit less is a tenth of a first visit's HTML, and a canvas takes its place. */
const WIDTH = 300;
const HEIGHT = 200;
/** Points drawn of a line at most; of more, the least and the greatest of each few are kept. */
const POINTS_MOST = 32;
/** Colours of the style sheet, in the order of the legend. */
export const INKS = ["a", "b", "c", "d", "e"] as const;

export function inkOf(index: number): string {
  return INKS[index % INKS.length]!;
}

/** Geometry that stretches, words that do not, and the same in a sentence for those who hear it. */
export function Picture(props: PictureProps): Html {
  const { series, columns, drawn, scale, spanSeconds } = props;
  const values = columns.map((column): Column => series.values[column] ?? []);
  const lines = drawn === "stack" ? stacked(values) : values;
  const top = props.top ?? niceTop(greatest(lines), scale);
  const xs = abscissas(series.seconds, spanSeconds);
  const mirrored = drawn === "mirror";
  const empty = values.every((column) => column.every((value) => value === null));
  const zero = mirrored ? HEIGHT / 2 : HEIGHT;
  const unit = top === null ? 0 : zero / top;
  // Stacked areas hide those below them, so the highest is drawn first.
  const order = [...lines.keys()];
  if (drawn === "stack") order.reverse();
  return (
    <>
      <div class="pic">
        <Lines top={top} mirrored={mirrored} scale={scale} empty={empty} />
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={sentence(props, values)}
        >
          {voidsOf(values).map(([from, to]) => (
            <path class="void" d={`M${xs[from]} 0H${xs[to]}V${HEIGHT}H${xs[from]}Z`} />
          ))}
          {order.map((index) => {
            const factor = mirrored && index % 2 === 1 ? unit : -unit;
            const path = pathOf(lines[index]!, xs, zero, factor, drawn !== "line");
            return <path class={`${drawn} ${inkOf(index)}`} d={path} />;
          })}
        </svg>
      </div>
      <Times spanSeconds={spanSeconds} />
    </>
  );
}

interface LinesProps {
  readonly top: number | null;
  readonly mirrored: boolean;
  readonly scale: Scale;
  readonly empty: boolean;
}

function Lines(props: LinesProps): Html {
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
          <line class={value === 0 ? "zero" : undefined} x2="100%" y1={`${at}%`} y2={`${at}%`} />
          <text dx="-8" y={`${at}%`} dy="4" text-anchor="end">{axisLabel(value, scale)}</text>
        </>
      ))}
      {props.empty ? <text x="50%" y="50%" text-anchor="middle">not measured</text> : null}
    </svg>
  );
}

/** The time axis stands still, so the live chart keeps it. */
function Times(props: { spanSeconds: number }): Html {
  return (
    <svg class="words times" aria-hidden="true">
      {timeMarks(props.spanSeconds).map(({ at, text }) => (
        <text
          class={at > 0 && at < 1 ? "between" : undefined}
          x={`${(at * 100).toFixed(1)}%`}
          y="16"
          text-anchor={at === 0 ? "start" : at === 1 ? "end" : "middle"}
        >
          {text}
        </text>
      ))}
    </svg>
  );
}

/** From the last point before to the first point after what is missing in all lines. */
function voidsOf(values: readonly Column[]): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let last = -1;
  const length = Math.max(0, ...values.map((column) => column.length));
  for (let index = 0; index < length; index++) {
    if (values.every((column) => (column[index] ?? null) === null)) continue;
    if (last >= 0 && index - last > 1) found.push([last, index]);
    last = index;
  }
  return found;
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
      return value === null || base === null ? value ?? base : value + base;
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
  const last = seconds.at(-1);
  if (last === undefined) return [];
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
  let start = 0;
  let points = 0;
  const close = (): void => {
    // A point between two gaps is a line too: its round cap is a dot.
    if (points === 1) path += "h0";
    if (filled && points > 0) path += `V${zero}H${start}Z`;
    points = 0;
  };
  for (const index of thinned(column)) {
    const value = column[index] ?? null;
    if (value === null) {
      close();
      continue;
    }
    const toX = xs[index]!;
    const toY = Math.round(zero + value * factor);
    if (points === 0) {
      path += `M${toX} ${toY}`;
      start = toX;
    } else {
      const down = toY - y;
      path += `${points === 1 ? "l" : " "}${toX - x}${down < 0 ? "" : " "}${down}`;
    }
    points++;
    x = toX;
    y = toY;
  }
  close();
  return path;
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

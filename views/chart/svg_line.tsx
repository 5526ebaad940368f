/**
 * A series as a picture, for pages without scripts and until the first sample arrives.
 *
 * @module
 */
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Series } from "../../collectors/readings/series.ts";
import { countedShare, type Scale, spellOut } from "../format.ts";
import type { Html } from "../html.ts";
import { axisLabel, niceTop, timeMarks } from "./axis.ts";
import {
  abscissas,
  type Column,
  type Doubt,
  doubtsOf,
  HEIGHT,
  pathsOf,
  type Shares,
  stacked,
  voidsOf,
  WIDTH,
} from "./svg_path.ts";

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
  /** The first line is the whole of the others. */
  readonly main?: boolean | undefined;
  readonly marks?: readonly Mark[] | undefined;
}

/** What is written into a picture of the usual width needs so much of it. */
const ROOM_SHARE = 0.05;
const ROOM_GAP = 0.12;
const ROOM_MARK = 0.25;

/** Colours of the style sheet, in the order of the legend. */
export const INKS = ["a", "b", "c", "d", "e"] as const;

/** `main`: the first line is the whole of the others, and has the colour of text. */
export function inkOf(index: number, main = false): string {
  return main && index === 0 ? "ink" : INKS[(main ? index - 1 : index) % INKS.length]!;
}

/** Geometry that stretches, words that do not, and the same in a sentence for those who hear it. */
export function Picture(props: PictureProps): Html {
  const { series, columns, drawn, scale, spanSeconds, main } = props;
  const values = columns.map((column): Column => series.values[column] ?? []);
  const shares = columns.map((column): Shares => series.shares[column] ?? null);
  const lines = drawn === "stack" ? stacked(values) : values;
  const top = props.top ?? niceTop(greatest(lines), scale);
  const xs = abscissas(series.seconds, spanSeconds);
  const mirrored = drawn === "mirror";
  const empty = values.every((column) => column.every((value) => value === null));
  const zero = mirrored ? HEIGHT / 2 : HEIGHT;
  const unit = top === null ? 0 : zero / top;
  const voids = voidsOf(values);
  const doubts = doubtsOf(values, shares);
  // Stacked areas hide those below them, and the whole stands before its parts.
  const order = [...lines.keys()];
  if (drawn === "stack" || main) order.reverse();
  return (
    <>
      <div class="pic">
        <Lines top={top} mirrored={mirrored} scale={scale} empty={empty} />
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={sentence(props, values, shares)}
        >
          {voids.map(([from, to]) => (
            <path class="void" d={`M${xs[from]} 0H${xs[to]}V${HEIGHT}H${xs[from]}Z`} />
          ))}
          {order.map((index) => (
            <Line
              column={lines[index]!}
              shares={shares[index]!}
              hatched={!doubts.all && (drawn !== "line" || index === 0)}
              names={`${drawn} ${inkOf(index, main)}${main ? index === 0 ? " w2" : " w1" : ""}`}
              xs={xs}
              zero={zero}
              factor={mirrored && index % 2 === 1 ? unit : -unit}
              filled={drawn !== "line"}
            />
          ))}
        </svg>
        <Words {...props} xs={xs} voids={voids} {...doubts} />
      </div>
      <Times spanSeconds={spanSeconds} />
    </>
  );
}

interface LineProps {
  readonly column: Column;
  readonly shares: Shares;
  readonly hatched: boolean;
  /** Classes of its paths. */
  readonly names: string;
  readonly xs: readonly number[];
  readonly zero: number;
  readonly factor: number;
  readonly filled: boolean;
}

/** Dashed where it is an estimate; hatched there too where something else is exact. */
function Line(props: LineProps): Html {
  const { column, shares, names } = props;
  const { exact, estimated } = pathsOf(column, shares, props);
  const area = estimated === "" || !props.hatched
    ? ""
    : pathsOf(column, shares, { ...props, filled: true }).estimated;
  return (
    <>
      {exact === "" && estimated !== "" ? null : <path class={names} d={exact} />}
      {estimated === "" ? null : <path class={`${names} est`} d={estimated} />}
      {area === "" ? null : <path fill="url(#hatch)" d={area} />}
    </>
  );
}

interface WordsProps extends PictureProps {
  readonly xs: readonly number[];
  readonly voids: readonly (readonly [number, number])[];
  readonly spans: readonly Doubt[];
  readonly all: boolean;
}

/** How long a gap is, how much of an estimate was counted, and marks; where there is room for it. */
function Words(props: WordsProps): Html | null {
  const { series: { seconds }, xs, voids, spans, all, spanSeconds } = props;
  const now = seconds.at(-1);
  const marks = now === undefined ? [] : (props.marks ?? []).map(({ seconds, text: name }) => ({
    x: 1 - (now - seconds) / spanSeconds,
    name,
  }))
    .filter(({ x }) => x >= 0 && x <= 1);
  const gaps = voids.filter(([from, to]) => xs[to]! - xs[from]! >= ROOM_GAP * WIDTH);
  const shares = all
    ? []
    : spans.filter(({ from, to }) => xs[to]! - xs[from]! >= ROOM_SHARE * WIDTH);
  if (gaps.length + shares.length + marks.length === 0 && !all) return null;
  const middle = (from: number, to: number): string => percent((xs[from]! + xs[to]!) / 2 / WIDTH);
  const row = marks.length > 0 ? 24 : 12;
  return (
    <svg class="words" aria-hidden="true" text-anchor="middle">
      {gaps.map(([from, to]) => (
        <text x={middle(from, to)} y="100%" dy="-5">
          {`${Math.round(seconds[to]! - seconds[from]!)} s gap`}
        </text>
      ))}
      {all ? <text class="halo" x="50%" y={row}>{`${counted(spans)} counted`}</text> : null}
      {shares.map((span) => (
        <text class="halo" x={middle(span.from, span.to)} y={row}>{counted([span])}</text>
      ))}
      {marks.map(({ x, name }, index) => (
        <>
          <line class="mk" x1={percent(x)} x2={percent(x)} y2="100%" />
          {(marks[index + 1]?.x ?? 1 + ROOM_MARK) - x < ROOM_MARK ? null : (
            <text
              x={percent(x)}
              y="10"
              dx={x > 1 - ROOM_MARK ? -4 : 4}
              text-anchor={x > 1 - ROOM_MARK ? "end" : "start"}
            >
              {name}
            </text>
          )}
        </>
      ))}
    </svg>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function counted(spans: readonly Doubt[]): string {
  return countedShare(Math.min(...spans.map(({ share }) => share)));
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
      {/* Between two lines. */}
      {props.empty ? <text x="50%" y="25%" text-anchor="middle">not measured</text> : null}
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

function sentence(
  props: PictureProps,
  values: readonly Column[],
  shares: readonly Shares[],
): string {
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
    const share = shares[index]?.at(-1) ?? 1;
    const doubt = share < 1 ? ` (estimated, ${countedShare(share)} counted)` : "";
    const now = last === null ? "not measured now" : `now ${spellOut(last, props.unit)}${doubt}`;
    return `${name}: ${now}, from ${spellOut(least, props.unit)} to ${spellOut(most, props.unit)}`;
  });
  return `${parts.join(". ")}.`;
}

function greatest(values: readonly Column[]): number {
  let most = 0;
  for (const column of values) {
    for (const value of column) if (value !== null && value > most) most = value;
  }
  return most;
}

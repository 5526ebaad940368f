/**
 * Values over time, for charts. Every row is turned into a point once, whoever asks, and kept as long
 * as the row itself; a gap in the rows is a gap in the values, and so is a value that cannot be true.
 *
 * The past is told in coarse rows. Pages that ask for fine points get them where ticks are finer than
 * coarse rows, as far back as fine rows go, and coarse ones before.
 *
 * @module
 */
import { HEADER, type Layout } from "../sampling/layout.ts";
import type { Timeline } from "../sampling/timeline.ts";
import type { Rows } from "./earlier_reading.ts";
import { FineRows, POINT_MS_LEAST, pointMs } from "./fine_rows.ts";
import { Groups } from "./groups.ts";
import { type Line, lineOf, Lines, pointOf, type Points } from "./lines.ts";
import type { SourceIndex } from "./source_index.ts";
import { type Meaning, Steps } from "./steps.ts";
import type { Slot } from "./window.ts";

/** The first fine point is no nearer to the coarse one before it: its rate would be noise. */
const JOINT_MS_LEAST = 0.75 * POINT_MS_LEAST;

/** Which line: a metric, for the host, for one instance, or for the members of a group together. */
export interface SeriesKey {
  readonly metric: string;
  readonly instance?: string | undefined;
  readonly group?: GroupKey | undefined;
}

/** `socket` and `0`: one of `GROUPINGS`, and the name of a group. */
export interface GroupKey {
  readonly grouping: string;
  readonly name: string;
}

/** Columns as uPlot takes them: seconds since 1970, and a value or null for each. */
export interface Series {
  readonly seconds: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  /**
   * For each column the share of time counted of each value, 1 for exact ones and for gaps, below 1 for
   * all others; null for a column whose values are all exact.
   */
  readonly shares: readonly (readonly number[] | null)[];
  /** Sequence of the newest point, or of the newest row where there is none. */
  readonly sequence: number;
}

export interface SeriesOptions {
  /** Points as fine as they can be told: for pages, which draw them as they come. */
  readonly fine?: boolean;
  /** No points of later rows: a snapshot and its series tell of the same tick. */
  readonly until?: number;
}

export interface SeriesSource {
  readonly layout: Layout;
  readonly timeline: Timeline;
  /** Of the layout; absent: made of it. */
  readonly groups?: Groups;
  /** What the sources say; absent: nothing is doubted. */
  readonly sourceIndex?: SourceIndex;
}

/** Which rows are asked for. */
interface Wanted {
  readonly after: number;
  readonly oldestMs: number;
}

/** Points of all lines, one stretch of time after the other. */
interface Stretch {
  readonly monotonicMs: readonly number[];
  readonly points: readonly Points[];
}

export class SeriesStore {
  #source: SeriesSource;
  #groups: Groups;
  readonly #coarseSteps: Steps;
  readonly #coarse: Lines;
  readonly #fineRows: FineRows;
  readonly #fineSteps: Steps;
  readonly #fine: Lines;

  constructor(source: SeriesSource) {
    const { timeline: { coarse, fine, shape } } = source;
    this.#source = source;
    this.#groups = groupsOf(source);
    const common = { coarse, width: coarse.width, meaning: meaningOf(source) };
    const coarseGap = (to: Float64Array): number =>
      gapFrom(shape.coarseStepMs, to[HEADER.intervalMs]!);
    this.#coarseSteps = new Steps({ ...common, rows: coarse, gapMs: coarseGap });
    this.#coarse = new Lines(coarse, this.#coarseSteps);
    this.#fineRows = new FineRows(fine);
    const fineGap = (to: Float64Array): number =>
      fineGapFrom(shape.coarseStepMs, to[HEADER.intervalMs]!);
    this.#fineSteps = new Steps({ ...common, rows: this.#fineRows, gapMs: fineGap });
    this.#fine = new Lines(this.#fineRows, this.#fineSteps);
  }

  /** News of the same timeline. */
  update(source: SeriesSource): void {
    const { layout, sourceIndex } = this.#source;
    const moved = source.layout.version !== layout.version;
    this.#groups = groupsOf(source);
    this.#source = source;
    if (!moved && source.sourceIndex === sourceIndex) return;
    this.#coarseSteps.update(meaningOf(source));
    this.#fineSteps.update(meaningOf(source));
  }

  /**
   * Points newer than a sequence and not older than a span, oldest first. The sequence wins where it
   * is younger; a caller that has nothing passes 0.
   */
  read(
    keys: readonly SeriesKey[],
    after: number,
    spanMs: number,
    { fine = false, until = Infinity }: SeriesOptions = {},
  ): Series {
    const { timeline: { shape } } = this.#source;
    const ring = fine ? this.#source.timeline.fine : this.#source.timeline.coarse;
    const newest = this.#newest(ring, until);
    const nowMs = ring.cell(newest, HEADER.monotonicMs);
    const wanted = { after, oldestMs: nowMs - spanMs };
    const lines = keys.map((key) => this.#line(key));
    const isFine = fine && ring.cell(newest, HEADER.intervalMs) < shape.coarseStepMs;
    const stretches = isFine
      ? this.#readFine(lines, wanted, newest, until)
      : [this.#readCoarse(lines, wanted, until)];
    // Distances between points are monotonic time; only their place in the day is the wall clock's.
    const offset = ring.cell(newest, HEADER.wallMs) - nowMs;
    const points = keys.map((_, index) => stretches.map((stretch) => stretch.points[index]!));
    return {
      seconds: stretches.flatMap(({ monotonicMs }) =>
        monotonicMs.map((ms) => Math.round(ms + offset) / 1000)
      ),
      values: points.map((column) => column.flatMap(({ values }) => values)),
      shares: points.map(sharesOf),
      sequence: newest < 0 ? 0 : ring.cell(newest, HEADER.sequence),
    };
  }

  /** Whether there are rows newer than a sequence that `read` leaves out, as they are older than the span. */
  leavesOut(
    after: number,
    spanMs: number,
    { fine = false, until = Infinity }: SeriesOptions = {},
  ): boolean {
    const { timeline } = this.#source;
    const ring = fine ? timeline.fine : timeline.coarse;
    const oldestMs = ring.cell(this.#newest(ring, until), HEADER.monotonicMs) - spanMs;
    return [timeline.coarse, ring].some((rows) => {
      const first = firstWanted(rows, this.#newest(rows, until), { after, oldestMs: -Infinity });
      return rows.cell(first, HEADER.monotonicMs) < oldestMs;
    });
  }

  /** Sequence of the oldest row that a cursor can still be resumed from. */
  oldestSequence(): number {
    const { coarse } = this.#source.timeline;
    return coarse.count() === 0 ? 0 : coarse.cell(coarse.oldest(), HEADER.sequence);
  }

  #readCoarse(lines: readonly Line[], wanted: Wanted, until: number): Stretch {
    const { coarse } = this.#source.timeline;
    const newest = this.#newest(coarse, until);
    const first = firstWanted(coarse, newest, wanted);
    return stretchOf(coarse, this.#coarse, lines, first, newest);
  }

  #readFine(
    lines: readonly Line[],
    wanted: Wanted,
    newest: number,
    until: number,
  ): readonly Stretch[] {
    const rows = this.#fineRows;
    rows.update(newest);
    let last = rows.count() - 1;
    while (rows.cell(last, HEADER.sequence) > until) last--;
    const first = firstWanted(rows, last, wanted);
    // The row before the first point is there, so nothing older is asked for.
    if (first > rows.oldest()) return [stretchOf(rows, this.#fine, lines, first, last)];
    const before = this.#readCoarse(lines, wanted, rows.cell(first, HEADER.sequence));
    const joint = this.#newest(this.#source.timeline.coarse, rows.cell(first, HEADER.sequence));
    if (joint < 0) return [stretchOf(rows, this.#fine, lines, first, last)];
    return [before, ...this.#readJoined(lines, joint, first, last)];
  }

  /** What is fine after the coarse row `joint`: the first point is the rate from there. */
  #readJoined(
    lines: readonly Line[],
    joint: number,
    oldest: number,
    last: number,
  ): readonly Stretch[] {
    const rows = this.#fineRows;
    const { coarse, shape } = this.#source.timeline;
    const jointMs = coarse.cell(joint, HEADER.monotonicMs);
    let first = oldest;
    while (
      first <= last && !(rows.cell(first, HEADER.monotonicMs) - jointMs >= JOINT_MS_LEAST)
    ) first++;
    if (first > last) return [];
    const across = new Steps({
      rows: joined(coarse, joint, rows, first),
      coarse,
      width: coarse.width,
      meaning: meaningOf(this.#source),
      gapMs: (to) => gapFrom(shape.coarseStepMs, to[HEADER.intervalMs]!),
    });
    const step = across.at(JOINED_ROWS - 1);
    const points = this.#coarse.read(lines, joint, joint).map(({ values, shares }, index) => {
      const previous = { value: values[0]!, share: shares[0]! };
      const { value, share } = pointOf(lines[index]!, step, previous);
      return { values: [value], shares: [share] };
    });
    const monotonicMs = [rows.cell(first, HEADER.monotonicMs)];
    return [{ monotonicMs, points }, stretchOf(rows, this.#fine, lines, first + 1, last)];
  }

  /** The newest row that was written for a layout that is known here; -1 where there is none. */
  #newest(rows: Rows, until: number): number {
    const { version } = this.#source.layout;
    const oldest = rows.oldest();
    let number = rows.count() - 1;
    while (
      number >= oldest &&
      (rows.cell(number, HEADER.layoutVersion) > version ||
        rows.cell(number, HEADER.sequence) > until)
    ) number--;
    return number >= oldest ? number : -1;
  }

  #line(key: SeriesKey): Line {
    const { layout } = this.#source;
    return lineOf(seriesName(key), key.metric, layout, (scope) => this.#slot(scope, key));
  }

  #slot(scope: string, { instance, group }: SeriesKey): Slot | undefined {
    if (group !== undefined) return this.#groups.members(group.grouping, group.name);
    if (instance === undefined) return null;
    const slots = this.#source.layout.scopes[scope]?.instances ?? [];
    const slot = slots.findIndex((candidate) => candidate?.name === instance);
    return slot < 0 ? undefined : slot;
  }
}

/** The same for lines that are the same. */
export function seriesName({ metric, instance, group }: SeriesKey): string {
  return `${metric}\n${instance ?? ""}\n${
    group === undefined ? "" : Object.values(group).join("\n")
  }`;
}

function groupsOf({ layout, groups }: SeriesSource): Groups {
  return groups ?? new Groups(layout.scopes);
}

function meaningOf({ layout, sourceIndex }: SeriesSource): Meaning {
  return { layout, sourceIndex: sourceIndex ?? null };
}

function firstWanted(rows: Rows, newest: number, { after, oldestMs }: Wanted): number {
  let first = newest + 1;
  while (
    first > rows.oldest() && rows.cell(first - 1, HEADER.sequence) > after &&
    rows.cell(first - 1, HEADER.monotonicMs) >= oldestMs
  ) first--;
  return first;
}

function stretchOf(
  rows: Rows,
  kept: Lines,
  lines: readonly Line[],
  first: number,
  last: number,
): Stretch {
  const monotonicMs: number[] = [];
  for (let number = first; number <= last; number++) {
    monotonicMs.push(rows.cell(number, HEADER.monotonicMs));
  }
  return { monotonicMs, points: kept.read(lines, first, last) };
}

const JOINED_ROWS = 3;

/** Two coarse rows up to `joint`, and a fine one after it. */
function joined(coarse: Rows, joint: number, fine: Rows, first: number): Rows {
  const place = (number: number): readonly [Rows, number] =>
    number === JOINED_ROWS - 1 ? [fine, first] : [coarse, joint - 1 + number];
  return {
    count: () => JOINED_ROWS,
    oldest: () => 0,
    copy: (number, into) => {
      const [rows, at] = place(number);
      return rows.copy(at, into);
    },
    cell: (number, column) => {
      const [rows, at] = place(number);
      return rows.cell(at, column);
    },
  };
}

function sharesOf(column: readonly Points[]): readonly number[] | null {
  const shares = column.flatMap((points) => points.shares);
  return shares.every((share) => share === 1) ? null : shares;
}

/**
 * Rows this far apart, ms, have a gap between them, and no line is drawn across it. Ticks finer than
 * the step fall now and then into a step's end and the next one's beginning, an interval further apart.
 */
function gapFrom(stepMs: number, intervalMs: number): number {
  return intervalMs >= stepMs ? 1.5 * intervalMs : stepMs + 1.25 * intervalMs;
}

/**
 * The same for fine points. Ticks a tenth of a second apart are late by half of that on a busy machine,
 * and nothing is missing: there is a gap where as much as a whole point is.
 */
function fineGapFrom(stepMs: number, intervalMs: number): number {
  return intervalMs >= stepMs ? gapFrom(stepMs, intervalMs) : 1.9 * pointMs(intervalMs);
}

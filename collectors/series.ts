/**
 * Values over time, for charts. Every coarse row is turned into a point once, whoever asks, and kept
 * as long as the row itself; a gap in the rows is a gap in the values.
 *
 * @module
 */
import { isColumn, type Metric, metric as metricOf } from "./catalogue.ts";
import { alternatives, inputs } from "./formula.ts";
import { Groups } from "./groups.ts";
import { collectorIndex, HEADER, readAtColumn } from "./layout.ts";
import type { Layout } from "./layout.ts";
import type { Timeline } from "./timeline.ts";
import { isMeasured, type Measurement } from "./trust.ts";
import { type Slot, Window } from "./window.ts";

/** Rows before the first that is asked for, to find the last reading of a collector read seldom. */
const LEAD_ROWS = 16;
/** Series kept at once; a page has some twenty. The one asked for longest ago makes room. */
const SERIES_MOST = 256;

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
  /** Sequence of the newest point. */
  readonly sequence: number;
}

interface SeriesSource {
  readonly layout: Layout;
  readonly timeline: Timeline;
}

interface Points {
  readonly values: (number | null)[];
  readonly shares: number[];
}

interface Kept extends Points {
  /** Index of the coarse row of the first value. */
  first: number;
}

/** An estimate of whose time nothing is missing, for other reasons than that. */
const SHARE_MOST = 0.999;

export class SeriesStore {
  #source: SeriesSource;
  #groups: Groups;
  readonly #kept = new Map<string, Kept>();

  constructor(source: SeriesSource) {
    this.#source = source;
    this.#groups = new Groups(source.layout.scopes);
  }

  /** News of the same timeline. */
  update(source: SeriesSource): void {
    if (source.layout.version !== this.#source.layout.version) {
      this.#groups = new Groups(source.layout.scopes);
    }
    this.#source = source;
  }

  /**
   * Points newer than a sequence and not older than a span, oldest first. The sequence wins where it
   * is younger; a caller that has nothing passes 0.
   */
  read(keys: readonly SeriesKey[], after: number, spanMs: number): Series {
    const { coarse } = this.#source.timeline;
    const newest = this.#newest();
    const offset = this.#wallOffsetMs(newest);
    const oldestMs = coarse.cell(newest, HEADER.monotonicMs) - spanMs;
    let first = newest + 1;
    while (
      first > coarse.oldest() && coarse.cell(first - 1, HEADER.sequence) > after &&
      coarse.cell(first - 1, HEADER.monotonicMs) >= oldestMs
    ) first--;
    const seconds: number[] = [];
    for (let i = first; i <= newest; i++) {
      seconds.push(Math.round(coarse.cell(i, HEADER.monotonicMs) + offset) / 1000);
    }
    const points = keys.map((key) => this.#points(key, first, newest));
    return {
      seconds,
      values: points.map(({ values }) => values),
      shares: points.map(({ shares }) => shares.every((share) => share === 1) ? null : shares),
      sequence: newest < 0 ? 0 : coarse.cell(newest, HEADER.sequence),
    };
  }

  /** Sequence of the oldest row that a cursor can still be resumed from. */
  oldestSequence(): number {
    const { coarse } = this.#source.timeline;
    return coarse.count() === 0 ? 0 : coarse.cell(coarse.oldest(), HEADER.sequence);
  }

  #newest(): number {
    const { timeline: { coarse }, layout } = this.#source;
    let index = coarse.count() - 1;
    while (index >= 0 && coarse.cell(index, HEADER.layoutVersion) > layout.version) index--;
    return index;
  }

  /** Distances between points are monotonic time; only their place in the day is the wall clock's. */
  #wallOffsetMs(newest: number): number {
    const { coarse } = this.#source.timeline;
    return coarse.cell(newest, HEADER.wallMs) - coarse.cell(newest, HEADER.monotonicMs);
  }

  #points(key: SeriesKey, first: number, newest: number): Points {
    const name = seriesName(key);
    const kept = this.#kept.get(name) ?? { first, values: [], shares: [] };
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > SERIES_MOST) this.#kept.delete(this.#kept.keys().next().value!);
    this.#extend(key, kept, first, newest);
    const [from, end] = [first - kept.first, newest + 1 - kept.first];
    return { values: kept.values.slice(from, end), shares: kept.shares.slice(from, end) };
  }

  #extend(key: SeriesKey, kept: Kept, first: number, newest: number): void {
    const end = kept.first + kept.values.length;
    if (first < kept.first || first > end) {
      kept.first = first;
      kept.values.length = 0;
      kept.shares.length = 0;
    }
    const next = kept.first + kept.values.length;
    if (next <= newest) {
      // A collector that is read seldom has its last reading some rows before the first that is asked.
      const lead = kept.values.length > 0 ? 0 : Math.min(LEAD_ROWS, next);
      const { values, shares } = this.#evaluate(key, next - lead, newest, kept);
      kept.values.push(...values.slice(lead));
      kept.shares.push(...shares.slice(lead));
    }
    const forgotten = this.#source.timeline.coarse.oldest() - kept.first;
    if (forgotten > 0) {
      kept.values.splice(0, forgotten);
      kept.shares.splice(0, forgotten);
      kept.first += forgotten;
    }
  }

  /** `before`: the points before the first, where they are known. */
  #evaluate(key: SeriesKey, first: number, last: number, before: Points): Points {
    const { timeline: { coarse, shape }, layout } = this.#source;
    const entry = metricOf(key.metric);
    const readAts = readAtColumns(entry);
    const slot = this.#slot(entry.scope, key);
    let previous = before.values.at(-1);
    let previousShare = before.shares.at(-1) ?? 1;
    let from = new Float64Array(coarse.width);
    let to = new Float64Array(coarse.width);
    let hasFrom = coarse.copy(first - 1, from);
    const values: (number | null)[] = [];
    const shares: number[] = [];
    for (let i = first; i <= last; i++) {
      let value: number | null = null;
      let share = 1;
      const hasTo = coarse.copy(i, to);
      const start = from;
      const gapMs = gapFrom(shape.coarseStepMs, to[HEADER.intervalMs]!);
      const apart = to[HEADER.monotonicMs]! - from[HEADER.monotonicMs]!;
      if (slot !== undefined && hasTo && hasFrom && apart <= gapMs) {
        // Not read again since: the step goes on.
        if (previous !== undefined && isUnchanged(readAts, from, to)) {
          value = previous;
          share = previousShare;
        } else {
          const reading = new Window(layout, () => start, to).read(entry, slot);
          if (isMeasured(reading) && this.#was(entry.scope, slot, to)) {
            value = reading.value;
            share = shareOf(reading);
          }
        }
      }
      values.push(value);
      shares.push(share);
      previous = value;
      previousShare = share;
      from = to;
      hasFrom = hasTo;
      to = start;
    }
    return { values, shares };
  }

  #slot(scope: string, { instance, group }: SeriesKey): Slot | undefined {
    if (group !== undefined) return this.#groups.members(group.grouping, group.name);
    if (instance === undefined) return null;
    const slots = this.#source.layout.scopes[scope]?.instances ?? [];
    const slot = slots.findIndex((candidate) => candidate?.name === instance);
    return slot < 0 ? undefined : slot;
  }

  /** The slot was this instance's at that row. */
  #was(scope: string, slot: Slot, row: Float64Array): boolean {
    if (typeof slot !== "number") return true;
    const instance = this.#source.layout.scopes[scope]?.instances[slot];
    return (instance?.bornSequence ?? Infinity) <= row[HEADER.sequence]!;
  }
}

/** The same for lines that are the same. */
export function seriesName({ metric, instance, group }: SeriesKey): string {
  return `${metric}\n${instance ?? ""}\n${
    group === undefined ? "" : Object.values(group).join("\n")
  }`;
}

function shareOf({ grade, coverage, partial }: Measurement): number {
  if (grade === "exact") return 1;
  const part = partial === undefined ? 1 : partial.counted / partial.present;
  return Math.min(SHARE_MOST, coverage * part);
}

/** Where a row tells when a metric was read: by its collector, or one for each way to its value. */
function readAtColumns(entry: Metric): readonly number[] {
  const first = entry.kind === "derived"
    ? alternatives(entry.formula).map((formula) => inputs(formula)[0]!)
    : [entry.id];
  return first.map(metricOf).filter(isColumn)
    .map(({ collector }) => readAtColumn(collectorIndex(collector)));
}

/** Nobody who reads it at all has read it again. */
function isUnchanged(
  readAts: readonly number[],
  from: Float64Array,
  to: Float64Array,
): boolean {
  let read = false;
  for (const readAt of readAts) {
    const at = to[readAt]!;
    if (from[readAt] === at) read = true;
    else if (!Number.isNaN(at)) return false;
  }
  return read;
}

/**
 * Rows this far apart, ms, have a gap between them, and no line is drawn across it. Ticks finer than
 * the step fall now and then into a step's end and the next one's beginning, an interval further apart.
 */
function gapFrom(stepMs: number, intervalMs: number): number {
  return intervalMs >= stepMs ? 1.5 * intervalMs : stepMs + 1.25 * intervalMs;
}

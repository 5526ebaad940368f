/**
 * The reading side of the timeline: finds the rows of a window, makes the newest snapshot once, and
 * serves series. The same in the service, where a worker writes, and in tests, where nobody does.
 *
 * @module
 */
import { earlierReading } from "./earlier_reading.ts";
import { Groups } from "./groups.ts";
import type { HostProfile } from "../host/profile.ts";
import { HEADER, type Layout, readAtColumn } from "../sampling/layout.ts";
import { SourceIndex } from "./source_index.ts";
import { countMoves, movedAlone, type Moves, NO_MOVES } from "./moves.ts";
import { type SeriesSource, SeriesStore } from "./series.ts";
import type { Begun } from "./since.ts";
import { Snapshot } from "./snapshot.ts";
import type { Source } from "../source.ts";
import type { Timeline } from "../sampling/timeline.ts";
import type { Problem } from "../trust.ts";
import { Window } from "./window.ts";

/** People read figures a second wide, however fast the ticks are; finer ones are noise. */
const WINDOW_MS = 1000;

export interface FeedSource {
  readonly layout: Layout;
  readonly timeline: Timeline;
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
}

/** The rows that are kept, from the oldest to the newest. */
export interface FeedSpan {
  /** CLOCK_MONOTONIC. */
  readonly oldestMs: number;
  readonly newestMs: number;
  /** What the time of day is ahead of it, as of the newest row. */
  readonly wallOffsetMs: number;
}

export class Feed {
  readonly bootId: string;
  readonly profile: HostProfile;
  #source: FeedSource;
  #groups: Groups;
  #sourceIndex: SourceIndex;
  #series: SeriesStore;
  #snapshot: Snapshot | null = null;
  /** The one before, of the same sources and causes. */
  #earlier: Snapshot | null = null;
  #moves: Moves = NO_MOVES;
  #begun: Begun | null = null;
  /** Of the last snapshot: to the next one it is mostly the window before. */
  #window: { readonly index: number; readonly window: Window } | null = null;

  constructor(bootId: string, profile: HostProfile, source: FeedSource) {
    this.bootId = bootId;
    this.profile = profile;
    this.#source = source;
    this.#groups = new Groups(source.layout.scopes);
    this.#sourceIndex = new SourceIndex(source.layout.scopes, source.sources);
    this.#series = new SeriesStore(this.#seriesSource());
    this.#findBegun();
  }

  /** The worker has told news: instances, causes or a wider timeline. */
  update(source: FeedSource): void {
    const { layout, sources, timeline } = this.#source;
    const moved = movedAlone(this.#source, source);
    this.#earlier = moved === null ? null : this.#snapshot ?? this.#earlier;
    // What is worked out of them serves many ticks, and both at once: it is kept by the slots of groups.
    if (moved !== null) this.#moves = countMoves(this.#moves, moved);
    else if (source.layout.version !== layout.version || source.sources !== sources) {
      this.#groups = new Groups(source.layout.scopes);
      this.#sourceIndex = new SourceIndex(source.layout.scopes, source.sources);
    }
    this.#source = source;
    this.#snapshot = null;
    this.#window = null;
    this.#findBegun();
    if (source.timeline !== timeline) this.#series = new SeriesStore(this.#seriesSource());
    else this.#series.update(this.#seriesSource());
  }

  get layout(): Layout {
    return this.#source.layout;
  }

  get series(): SeriesStore {
    return this.#series;
  }

  /** Number of the newest tick whose layout is known here; 0 before the first. */
  sequence(): number {
    const index = this.#newest();
    return index < 0 ? 0 : this.#source.timeline.fine.cell(index, HEADER.sequence);
  }

  /** Null before the first tick. */
  span(): FeedSpan | null {
    const index = this.#newest();
    if (index < 0) return null;
    const { fine, coarse } = this.#source.timeline;
    const newestMs = fine.cell(index, HEADER.monotonicMs);
    const oldestMs = coarse.cell(coarse.oldest(), HEADER.monotonicMs);
    return { oldestMs, newestMs, wallOffsetMs: fine.cell(index, HEADER.wallMs) - newestMs };
  }

  /** The newest snapshot, made once for each tick; null before the first tick. */
  latest(): Snapshot | null {
    const index = this.#newest();
    if (index < 0) return null;
    const { fine } = this.#source.timeline;
    if (this.#snapshot?.sequence === fine.cell(index, HEADER.sequence)) return this.#snapshot;
    const source = this.#source;
    const groups = this.#groups;
    const sourceIndex = this.#sourceIndex;
    const window = windowAt(source, index, sourceIndex);
    if (window === null) return null;
    this.#findBegun();
    const intervalMs = window.to[HEADER.intervalMs]!;
    const back = fineBack(source, index, Math.max(WINDOW_MS, intervalMs));
    const before = this.#window?.index === back && back >= 0
      ? this.#window.window
      : windowAt(source, back, sourceIndex);
    this.#window = { index, window };
    const { layout, problems } = source;
    const { bootId, profile } = this;
    this.#snapshot = new Snapshot({
      bootId,
      profile,
      layout,
      window,
      before,
      problems,
      groups,
      sourceIndex,
      begun: this.#begun,
      moves: this.#moves,
      earlier: this.#snapshot ?? this.#earlier,
    });
    this.#earlier = null;
    return this.#snapshot;
  }

  /** The first tick is remembered for as long as the service runs; its row is written over some day. */
  #findBegun(): void {
    const { fine } = this.#source.timeline;
    if (this.#begun !== null || fine.count() === 0) return;
    const index = fine.oldest();
    if (fine.cell(index, HEADER.sequence) !== 1) return;
    const wallMs = fine.cell(index, HEADER.wallMs);
    this.#begun = { wallMs, monotonicMs: fine.cell(index, HEADER.monotonicMs) };
  }

  #seriesSource(): SeriesSource {
    const { layout, timeline } = this.#source;
    return { layout, timeline, groups: this.#groups, sourceIndex: this.#sourceIndex };
  }

  /** Index of the newest fine row written for a layout that is known here. */
  #newest(): number {
    const { timeline: { fine }, layout } = this.#source;
    const oldest = fine.oldest();
    let index = fine.count() - 1;
    while (index >= oldest && fine.cell(index, HEADER.layoutVersion) > layout.version) index--;
    return index >= oldest ? index : -1;
  }
}

// A snapshot outlives the tick that it was made for, and looks for its rows when it is asked. So these
// keep to the source that they began with: rows of a wider timeline would be read by the old columns.

function windowAt(source: FeedSource, index: number, sourceIndex: SourceIndex): Window | null {
  const { timeline: { fine, coarse }, layout } = source;
  const to = new Float64Array(fine.width);
  if (index < 0 || !fine.copy(index, to)) return null;
  const back = fineBack(source, index, Math.max(WINDOW_MS, to[HEADER.intervalMs]!));
  // Very wide rows reach back less than a second: then as far as there is.
  const base = back >= 0 ? back : Math.min(fine.oldest(), index - 1);
  const rows = new Map<string, Float64Array | null>();
  const from = (collector: number): Float64Array | null => {
    const readAt = readAtColumn(collector);
    const sought = { base, column: readAt, at: to[readAt]!, sequence: to[HEADER.sequence]! };
    const found = earlierReading(fine, coarse, sought);
    if (found === null) return null;
    const key = `${found.rows === fine} ${found.number}`;
    let row = rows.get(key);
    if (row === undefined) {
      const copy = new Float64Array(fine.width);
      rows.set(key, row = found.rows.copy(found.number, copy) ? copy : null);
    }
    return row;
  };
  const known: (Float64Array | null | undefined)[] = [];
  return new Window(layout, (collector) => known[collector] ??= from(collector), to, sourceIndex);
}

/** The newest fine row at least about `ms` older than row `index`; -1 when none is. */
function fineBack(source: FeedSource, index: number, ms: number): number {
  const { fine } = source.timeline;
  if (index < 0) return -1;
  const interval = fine.cell(index, HEADER.intervalMs);
  // Half an interval of slack: ticks are late by turns, and a window of 999.8 ms is a second.
  const wanted = fine.cell(index, HEADER.monotonicMs) - ms + Math.min(interval, ms) / 2;
  const oldest = fine.oldest();
  for (let i = index - 1; i >= oldest; i--) {
    if (fine.cell(i, HEADER.monotonicMs) <= wanted) return i;
  }
  return -1;
}

/**
 * One tick: reads every collector that is due into one row and publishes it. Knows no thread and no
 * clock of its own; the worker drives it with real time, tests drive it by hand.
 *
 * @module
 */
import { MEASURED, SCOPES } from "../catalogue.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Reader,
  retryAfterMs,
  type Site,
  type Tick,
} from "../collector.ts";
import type { HostProfile } from "../host/profile.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { Clock, Kernel } from "../kernel/kernel.ts";
import { ColumnStore } from "./column_store.ts";
import { collectorIndex, HEADER, type Layout, metricIndex, readAtColumn } from "./layout.ts";
import { printableProblem } from "../printable.ts";
import type { Source } from "../source.ts";
import type { Timeline } from "./timeline.ts";
import type { Problem } from "../trust.ts";

/** No collector needs more; one that makes up causes without end would fill the memory. */
const PROBLEMS_MOST = 64;

export interface EngineOptions {
  readonly specs: readonly CollectorSpec[];
  readonly kernel: Kernel;
  readonly tree: HostTree;
  readonly clock: Clock;
  readonly profile: HostProfile;
  readonly timelineBytesMost?: number;
  /** Told before a collector is touched (its index in `COLLECTORS`) and after the last one (-1). */
  readonly reading?: (collector: number) => void;
}

/** When a tick was due, and what went by. */
export interface Due {
  readonly deadlineMs: number;
  readonly intervalMs: number;
  /** Deadlines passed over since the last tick. */
  readonly missed: number;
  /** Somebody looks: collectors that are read only then are read. */
  readonly watched: boolean;
}

interface Seat {
  readonly spec: CollectorSpec;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly site: Site;
  reader: Reader | null;
  /** Not before this, CLOCK_MONOTONIC. */
  dueMs: number;
  silent: boolean;
  failed: boolean;
  /** It was read with success once. */
  known: boolean;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #store: ColumnStore;
  readonly #seats: readonly Seat[];
  /** By collector and key. */
  readonly #problems = new Map<string, Map<string, Problem>>();
  readonly #own: OwnColumns;
  #problemsVersion = 0;
  readonly #sourcesOf = new Map<string, readonly Source[]>();
  #sources: readonly Source[] = [];
  readonly #tick = { monotonicMs: 0, seconds: 0 } satisfies Tick;
  readonly #times = new Float64Array(TIMES);

  constructor(options: EngineOptions) {
    this.#options = options;
    const { onlineCpus, presentCpus } = options.profile;
    const hints = new Map([
      ["collector", options.specs.length + 1],
      // Others than are present come only to a virtual machine that is given more.
      ["cpu", presentCpus?.length ?? onlineCpus.length + SCOPES.get("cpu")!.spare],
    ]);
    this.#store = new ColumnStore(
      hints,
      {
        report: (problem) => this.#report("sampler", problem),
        resolve: (key) => this.#resolve("sampler", key),
      },
      options.timelineBytesMost,
    );
    this.#own = ownColumns();
    const collectors = this.#store.instances("collector");
    const specs = options.specs.filter(({ applies }) => applies?.(options.profile) ?? true);
    this.#seats = specs.map((spec) => {
      collectors.claim(spec.id);
      return this.#seat(spec);
    });
  }

  get layout(): Layout {
    return this.#store.layout();
  }

  get timeline(): Timeline {
    return this.#store.timeline;
  }

  /** Grows whenever instances come or go, or columns move. */
  get layoutVersion(): number {
    return this.#store.version;
  }

  /** Grows whenever a cause comes or goes. */
  get problemsVersion(): number {
    return this.#problemsVersion;
  }

  problems(): readonly Problem[] {
    return [...this.#problems.values()].flatMap((own) => [...own.values()].map(printableProblem));
  }

  /** Where counts come from, of all collectors; another array whenever one of them says it anew. */
  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** The row of the last tick. */
  get row(): Float64Array {
    return this.#store.row.cells;
  }

  /** Reads what is due. Never throws for what a collector does. Returns without publishing. */
  read(due: Due): void {
    const { clock, reading } = this.#options;
    const times = this.#times;
    clock.stamp(times, TICK_AT);
    times[ENDED_AT] = times[TICK_AT]!;
    const tick = this.#tick;
    tick.monotonicMs = times[TICK_AT]!;
    clock.stampWall(times, WALL_AT);
    tick.seconds = (times[TICK_AT]! / 1000) | 0;
    this.#store.next();
    for (let i = 0; i < this.#seats.length; i++) {
      const seat = this.#seats[i]!;
      if (seat.spec.watchedOnly && !due.watched) this.#silence(seat);
      // A collector that is due within half an interval is read now rather than a whole one late.
      else if (seat.dueMs - tick.monotonicMs <= due.intervalMs / 2 || seat.silent) {
        reading?.(seat.index);
        if (seat.reader !== null || this.#openSeat(seat, tick, i)) this.#readSeat(seat, tick, i);
      }
    }
    reading?.(-1);
    this.#writeOwn(due);
  }

  /** Publishes the row that `read` filled. */
  publish(due: Due): void {
    this.#store.publish(due.deadlineMs);
  }

  close(): void {
    for (const seat of this.#seats) this.#closeSeat(seat);
  }

  #seat(spec: CollectorSpec): Seat {
    const columns = MEASURED
      .map((entry, index) => entry.collector === spec.id ? index as Column : -1)
      .filter((index) => index >= 0) as Column[];
    const { kernel, tree, clock, profile } = this.#options;
    const site: Site = {
      kernel,
      tree,
      clock,
      profile,
      column: (id, perUnit = 1) => {
        const column = ownColumn(spec.id, id);
        this.#store.row.setPerUnit(column, perUnit);
        return column;
      },
      instances: (scope) => this.#store.instances(scope),
      report: (problem) => this.#report(spec.id, problem),
      resolve: (key) => this.#resolve(spec.id, key),
      sources: (list) => this.#setSources(spec.id, list),
    };
    const index = collectorIndex(spec.id);
    const state = { reader: null, dueMs: 0, silent: false, failed: false, known: false };
    return { spec, index, columns, site, ...state };
  }

  // Apart from `#readSeat`: an error thrown into code that V8 has optimized throws the code away too.
  #openSeat(seat: Seat, tick: Tick, slot: number): boolean {
    try {
      seat.reader = seat.spec.open(seat.site);
      this.#store.wake(seat.spec.id);
      return true;
    } catch (error) {
      this.#fail(seat, error, tick, slot);
      this.#writeDuration(slot);
      return false;
    }
  }

  #readSeat(seat: Seat, tick: Tick, slot: number): void {
    const row = this.#store.row;
    const times = this.#times;
    try {
      seat.reader!.read(row, tick);
      seat.dueMs = tick.monotonicMs + seat.spec.minIntervalMs;
      if (seat.silent) this.#resolve(seat.spec.id, SILENT);
      seat.silent = false;
      // When the reading began, which is when the one before it ended.
      if (seat.index >= 0) row.cells[readAtColumn(seat.index)] = times[ENDED_AT]!;
      if (seat.failed) this.#resolve(seat.spec.id, FAILED);
      seat.failed = false;
      seat.known = true;
      row.gauge(this.#own.success, slot, 1);
    } catch (error) {
      this.#fail(seat, error, tick, slot);
    }
    this.#writeDuration(slot);
  }

  #writeDuration(slot: number): void {
    const times = this.#times;
    const begun = times[ENDED_AT]!;
    this.#options.clock.stamp(times, ENDED_AT);
    times[SECONDS] = (times[ENDED_AT]! - begun) / 1000;
    this.#store.row.gaugeFrom(this.#own.duration, slot, times, SECONDS);
  }

  #fail(seat: Seat, error: unknown, tick: Tick, slot: number): void {
    this.#clear(seat);
    const { id } = seat.spec;
    for (const key of [...this.#problems.get(id)?.keys() ?? []]) {
      if (key !== FAILED) this.#resolve(id, key);
    }
    this.#closeSeat(seat);
    this.#setSources(id, []);
    const { reason, message, remedy } = error instanceof CollectorError
      ? error
      : new CollectorError("failed", messageOf(error));
    seat.dueMs = tick.monotonicMs + Math.max(retryAfterMs(reason), seat.spec.minIntervalMs);
    seat.silent = false;
    seat.failed = true;
    this.#report(id, { key: FAILED, reason, message, remedy });
    // What a machine never had is no failure, or every virtual machine would have some.
    if (reason !== "not_supported" || seat.known) {
      this.#store.row.gauge(this.#own.success, slot, 0);
    }
  }

  #silence(seat: Seat): void {
    if (seat.silent) return;
    seat.silent = true;
    this.#clear(seat);
    this.#closeSeat(seat);
    this.#setSources(seat.spec.id, []);
    this.#report(seat.spec.id, {
      key: SILENT,
      reason: "not_watched",
      message: `Collector "${seat.spec.id}" is read only while somebody looks`,
    });
  }

  /** A collector that cannot close loses what it had open; that is told, and costs nobody else. */
  #closeSeat(seat: Seat): void {
    try {
      seat.reader?.close();
    } catch (error) {
      this.#report(seat.spec.id, { key: "close", reason: "failed", message: messageOf(error) });
    }
    seat.reader = null;
  }

  #clear(seat: Seat): void {
    for (const column of seat.columns) this.#store.row.noneAtAll(column);
    if (seat.index >= 0) this.#store.row.cells[readAtColumn(seat.index)] = NaN;
  }

  #writeOwn(due: Due): void {
    const row = this.#store.row;
    const times = this.#times;
    const begun = times[TICK_AT]!;
    const own = this.#own;
    const cells = row.cells;
    cells[HEADER.monotonicMs] = this.#tick.monotonicMs;
    cells[HEADER.wallMs] = times[WALL_AT]!;
    cells[HEADER.intervalMs] = due.intervalMs;
    cells[own.readAt] = begun;
    row.add(own.ticks, HOST_SLOT, 1);
    row.add(own.missed, HOST_SLOT, due.missed);
    times[SECONDS] = Math.max(0, begun - due.deadlineMs) / 1000;
    row.gaugeFrom(own.lateness, HOST_SLOT, times, SECONDS);
    times[SECONDS] = (times[ENDED_AT]! - begun) / 1000;
    row.gaugeFrom(own.tickDuration, HOST_SLOT, times, SECONDS);
  }

  #report(collector: string, problem: Omit<Problem, "collector">): void {
    let own = this.#problems.get(collector);
    if (own === undefined) this.#problems.set(collector, own = new Map());
    const known = own.get(problem.key);
    if (known !== undefined && isSame(known, problem)) return;
    if (known === undefined && own.size >= PROBLEMS_MOST) return;
    own.set(problem.key, { ...problem, collector });
    this.#problemsVersion++;
  }

  #setSources(collector: string, list: readonly Source[]): void {
    // A slip of the pen is found when the collector opens, not when somebody looks for its proof.
    for (const { metric } of list) ownColumn(collector, metric);
    if (list.length > 0) this.#sourcesOf.set(collector, list);
    else if (!this.#sourcesOf.delete(collector)) return;
    this.#sources = [...this.#sourcesOf.values()].flat();
  }

  #resolve(collector: string, key: string): void {
    if (this.#problems.get(collector)?.delete(key)) this.#problemsVersion++;
  }
}

/** Cells of the tick's own times, ms: when it began, and when the last reading ended. */
const TICK_AT = 0;
const ENDED_AT = 1;
const WALL_AT = 2;
/** A span in seconds on its way into the row. */
const SECONDS = 3;
const TIMES = 4;

/** Key of the cause that costs a whole collector. */
const FAILED = "failed";
/** Key of the cause that nobody looks. */
const SILENT = "not_watched";

interface OwnColumns {
  readonly ticks: Column;
  readonly missed: Column;
  readonly lateness: Column;
  readonly tickDuration: Column;
  readonly duration: Column;
  readonly success: Column;
  readonly readAt: number;
}

function ownColumns(): OwnColumns {
  return {
    ticks: ownColumn("sampler", "tick_total"),
    missed: ownColumn("sampler", "tick_missed"),
    lateness: ownColumn("sampler", "tick_lateness_seconds"),
    tickDuration: ownColumn("sampler", "tick_duration_seconds"),
    duration: ownColumn("sampler", "collector_duration_seconds"),
    success: ownColumn("sampler", "collector_success"),
    readAt: readAtColumn(collectorIndex("sampler")),
  };
}

function ownColumn(collector: string, id: string): Column {
  const index = metricIndex(id);
  if (index < 0 || MEASURED[index]!.collector !== collector) {
    throw new Error(
      `Cannot find column of metric "${id}": collector "${collector}" has none of that id`,
    );
  }
  return index as Column;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether both say the same, and that it costs the same. */
function isSame(a: Omit<Problem, "collector">, b: Omit<Problem, "collector">): boolean {
  return a.message === b.message && a.reason === b.reason && a.remedy === b.remedy &&
    a.instance === b.instance && areSame(a.instances, b.instances) &&
    areSame(a.metrics, b.metrics);
}

function areSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

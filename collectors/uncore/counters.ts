/**
 * Counters outside of the cores, of memory controllers, caches and packages: one set for each box, opened
 * on the CPU that its PMU names. Opened on another CPU, the kernel would move it there and count twice.
 *
 * @module
 */
import { errorOf } from "../cause.ts";
import {
  CollectorError,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "../collector.ts";
import type { CounterSet } from "../counters/counter_set.ts";
import { refusal } from "../counters/refusals.ts";
import { TermColumns } from "../counters/term_columns.ts";
import { ToldCauses } from "../counters/told_causes.ts";
import { errnoText } from "../kernel/errno.ts";
import { leftOutProblem, type Narrowing, wantsCpu } from "../narrowing.ts";
import type { Source } from "../source.ts";
import type { UncoreBox } from "./box.ts";
import { causesOf } from "./causes.ts";
import { type Away, UncoreSeat } from "./seat.ts";
import { sourcesOf } from "./sources.ts";

export type { UncoreBox, UncoreTerm } from "./box.ts";

/** After so long it is tried again what was refused; each time in vain doubles it. */
const RETRY_SECONDS = 10;
const RETRY_SECONDS_MOST = 600;
/** After so many readings in vain it is told that a counter never moved. */
const LATENT_READINGS = 3;
/** No list of CPUs is this one: the boxes are looked for anew. */
const NOBODY: readonly number[] = [];

export interface UncoreOptions {
  readonly site: Site;
  readonly narrowing: Narrowing;
  /** In messages: `the L3 caches`. */
  readonly whom: string;
  readonly scope: string;
  /**
   * The scope's instances are those of another collector, by the numbers of their CPUs: none is claimed,
   * and a box whose CPU it does not know is left out.
   */
  readonly borrowed?: true;
  /**
   * The boxes work on when all CPUs beside them are offline, as memory does: one that was found before
   * and is not found now stays present, is missing from every sum, and it is told why.
   */
  readonly kept?: true;
  /** What has columns. */
  readonly metrics: readonly string[];
  /** The boxes as they are now; asked again when CPUs come or go. Throws `CollectorError` for none. */
  readonly find: () => readonly UncoreBox[];
  /** Called when `sources` are others than before; absent: they are the collector's own. */
  readonly changed?: () => void;
}

export class UncoreCounters implements Reader {
  /** Where the counts come from. */
  sources: readonly Source[] = [];
  readonly #options: UncoreOptions;
  readonly #boxes: Instances;
  readonly #cpus: Instances;
  readonly #columns: TermColumns;
  readonly #seats: UncoreSeat[] = [];
  readonly #taken = new Float64Array(3);
  /** The boxes that were found once, by name; only where they are kept. */
  readonly #known = new Map<string, UncoreBox>();
  #present: readonly UncoreBox[] = [];
  /** Names of boxes that the scope has no room for. */
  #crowded: readonly string[] = [];
  #refused = false;
  /** Until it is told which counters never moved; 0 once it is. */
  #latentReadings = 0;
  readonly #told = new ToldCauses();
  #retrySeconds = RETRY_SECONDS;
  #retryAtSeconds = 0;
  #seen: readonly number[] = NOBODY;

  /** Opens all of it. Throws `CollectorError` where no box has a counter. */
  constructor(options: UncoreOptions) {
    const { site, scope, metrics } = options;
    this.#options = options;
    this.#boxes = site.instances(scope);
    this.#cpus = site.instances("cpu");
    this.#columns = new TermColumns(site, metrics.map((metric) => ({ metric })));
    this.#seat(site.clock.monotonicMs());
  }

  /** The boxes that are counted. */
  get counted(): readonly UncoreBox[] {
    return this.#seats.filter(({ set }) => set !== null).map(({ box }) => box);
  }

  /** All of them, those that are refused or gone too; another array whenever they were looked for. */
  get boxes(): readonly UncoreBox[] {
    return this.#present;
  }

  slotOf(box: UncoreBox): number {
    return this.#seats.find((seat) => seat.box === box)!.slot;
  }

  get #what(): string {
    return `counters of ${this.#options.whom}`;
  }

  read(row: RowWriter, tick: Tick): void {
    if (this.#cpus.slots() !== this.#seen) this.#seat(tick.monotonicMs);
    let moved = false;
    for (let i = 0; i < this.#seats.length; i++) {
      const seat = this.#seats[i]!;
      const { set, slot, factors, latent } = seat;
      const outcome = set?.read(tick);
      seat.whole = outcome === "whole";
      if (outcome === "whole") {
        if (this.#columns.write(row, slot, set!, factors, latent)) moved = true;
      } else if (outcome === undefined) this.#columns.writeNone(row, slot);
      else if (outcome === "torn") {
        // Its CPU went, and the list of CPUs does not show it yet.
        this.#columns.writeNone(row, slot);
        this.#seen = NOBODY;
      } else throw this.#unreadable(set!, outcome);
    }
    if (this.#latentReadings > 0 && --this.#latentReadings === 0 || moved) this.#tell();
    if (this.#refused && tick.seconds >= this.#retryAtSeconds) this.#retry(tick);
  }

  /**
   * What each of `boxes` counted in the last reading, all of its metrics together in their own unit; NaN
   * where nothing was counted. Allocates nothing.
   */
  unitsInto(units: Float64Array): void {
    const taken = this.#taken;
    for (let i = 0; i < this.#seats.length; i++) {
      const { set, factors, whole } = this.#seats[i]!;
      units[i] = NaN;
      if (set === null || !whole) continue;
      for (let term = 0; term < factors.length; term++) {
        if (!set.has(term)) continue;
        set.take(term, taken);
        if (taken[2] === 0) continue;
        const before = units[i]!;
        units[i] = (before === before ? before : 0) + taken[0]! * factors[term]!;
      }
    }
  }

  /** Makes absent what the last reading wrote. */
  writeNone(row: RowWriter): void {
    for (let i = 0; i < this.#seats.length; i++) this.#columns.writeNone(row, this.#seats[i]!.slot);
  }

  /** Closes, and takes back what it stated. */
  forget(): void {
    this.close();
    this.#told.tell(this.#options.site, []);
    this.sources = [];
  }

  /** The same, and leaves its scope empty: others may count there. */
  retire(): void {
    this.forget();
    if (this.#options.borrowed) return;
    this.#boxes.begin();
    this.#boxes.end();
  }

  close(): void {
    for (const seat of this.#seats) seat.close();
    this.#seats.length = 0;
  }

  /** The kernel moves these events to another CPU when theirs goes, so any change is looked at. */
  #seat(nowMs: number): void {
    const { site: { kernel }, narrowing, metrics, whom } = this.#options;
    this.#seen = this.#cpus.slots();
    this.close();
    const found = this.#options.find();
    const left = found.filter(({ cpu }) => !wantsCpu(narrowing, cpu));
    if (left.length > 0 && left.length === found.length) {
      const cpus = left.map(({ cpu }) => cpu);
      throw errorOf({ reason: "left_out", ...leftOutProblem(whom, cpus) });
    }
    const gone = this.#goneBut(found);
    this.#claim([...found, ...gone], (box) => {
      if (gone.includes(box)) return "gone";
      return left.includes(box) ? "left_out" : null;
    });
    for (const seat of this.#seats) if (seat.away === null) seat.open(kernel, metrics, nowMs);
    const someLatent = this.#seats.some(({ latent }) => latent.includes(1));
    this.#latentReadings = someLatent ? LATENT_READINGS : 0;
    this.#present = this.#seats.map(({ box }) => box);
    this.#wait(nowMs, RETRY_SECONDS);
    this.#tell();
    this.#tellSources();
  }

  /** The boxes that were found before and are not among these. */
  #goneBut(found: readonly UncoreBox[]): readonly UncoreBox[] {
    if (!this.#options.kept) return [];
    const names = new Set(found.map(({ name }) => name));
    const gone = [...this.#known.values()].filter(({ name }) => !names.has(name));
    for (const box of found) this.#known.set(box.name, box);
    return gone;
  }

  #claim(boxes: readonly UncoreBox[], awayOf: (box: UncoreBox) => Away | null): void {
    const { borrowed, metrics } = this.#options;
    const crowded: string[] = [];
    if (!borrowed) this.#boxes.begin();
    for (const box of boxes) {
      const slot = borrowed
        ? this.#boxes.number(box.cpu)
        : this.#boxes.claim(box.name, box.labels ?? {}, box.groups);
      if (slot >= 0) this.#seats.push(new UncoreSeat(box, slot, metrics, awayOf(box)));
      // A CPU that nobody knows yet is missing from no sum; one that comes is looked for anew.
      else if (!borrowed) crowded.push(box.name);
    }
    if (!borrowed) this.#boxes.end();
    // The last that has room is not counted either, so that sums show that they lack some.
    if (crowded.length > 0) this.#seats.at(-1)!.away = "crowded";
    this.#crowded = crowded;
  }

  /** Only what was refused: the others go on. */
  #retry({ monotonicMs }: Tick): void {
    const { site: { kernel }, metrics } = this.#options;
    let more = false;
    for (const seat of this.#seats) {
      if (seat.refusals.length > 0) more = seat.retry(kernel, metrics, monotonicMs) || more;
    }
    const seconds = more ? RETRY_SECONDS : Math.min(2 * this.#retrySeconds, RETRY_SECONDS_MOST);
    this.#wait(monotonicMs, seconds);
    this.#tell();
    if (more) this.#tellSources();
  }

  #wait(nowMs: number, seconds: number): void {
    this.#retrySeconds = seconds;
    this.#retryAtSeconds = Math.floor(nowMs / 1000) + seconds;
    this.#refused = this.#seats.some(({ refusals }) => refusals.length > 0);
  }

  /** States what stands in the way now, each cause once. Throws where nothing is counted. */
  #tell(): void {
    const { site } = this.#options;
    const seats = this.#seats;
    const rest = seats.length > 0 && seats.every(({ away }) => away === "gone");
    // All of them may come back; what is known of them would be forgotten.
    if (!rest && seats.every(({ set }) => set === null)) throw this.#nothing();
    const isLatentTold = this.#latentReadings === 0;
    this.#told.tell(site, causesOf(seats, this.#options, this.#crowded, isLatentTold));
  }

  #nothing(): CollectorError {
    const { site } = this.#options;
    const refused = this.#seats.filter(({ refusals }) => refusals.length > 0);
    const errno = refused[0]?.refusals[0]?.errno;
    if (errno === undefined) {
      return new CollectorError(
        "not_supported",
        `Cannot open ${this.#what}: found no CPU that has them`,
      );
    }
    const cpus = refused.filter(({ refusals }) => refusals.some((one) => one.errno === errno))
      .map(({ box }) => box.cpu);
    return errorOf(refusal(this.#what, cpus, errno, site.profile));
  }

  #tellSources(): void {
    const { changed, metrics, site } = this.#options;
    this.sources = sourcesOf(this.#seats, metrics);
    if (changed === undefined) site.sources(this.sources);
    else changed();
  }

  #unreadable(set: CounterSet, outcome: string): CollectorError {
    const found = outcome === "failed"
      ? errnoText(set.failed!.errno)
      : `a reading that is ${outcome}`;
    return new CollectorError(
      "failed",
      `Cannot read ${this.#what} on cpu ${set.cpu}: found ${found}`,
    );
  }
}

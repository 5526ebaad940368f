/**
 * Counters outside of the cores, of memory controllers, caches and packages: one set for each box, opened
 * on the CPU that its PMU names. Opened on another CPU, the kernel would move it there and count twice.
 *
 * @module
 */
import {
  CollectorError,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { CounterSet } from "./counter_set.ts";
import { errnoText } from "./kernel/errno.ts";
import { leftOutProblem, type Narrowing, wantsCpu } from "./narrowing.ts";
import { perfFamily } from "./pmu/memory_terms.ts";
import { type Plan, planGroups } from "./pmu/plan.ts";
import type { PmuEvent } from "./pmu/pmu_event.ts";
import { refusal } from "./refusals.ts";
import type { Provenance, Source } from "./source.ts";
import { TermColumns } from "./term_columns.ts";
import { tryGroup } from "./trial.ts";
import type { Problem } from "./trust.ts";

/** After so long it is tried again what was refused. */
const RETRY_SECONDS = 10;
/** No list of CPUs is this one: the boxes are looked for anew. */
const NOBODY: readonly number[] = [];

/** What a box counts for one metric: the sum of its events, each worth so many of the metric's units. */
export interface UncoreTerm {
  readonly metric: string;
  readonly events: readonly PmuEvent[];
  /** 64 where a count is a cache line and the metric is in bytes. */
  readonly unitsPerCount: number;
}

/** One unit of hardware with counters of its own. */
export interface UncoreBox {
  /** Of its instance: unique in the scope, and the same when its events move to another CPU. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What it belongs to, by grouping: `socket`. */
  readonly groups: Readonly<Record<string, string>>;
  /** Name of its PMU in sysfs. */
  readonly pmu: string;
  /** The CPU that the PMU names for it. */
  readonly cpu: number;
  readonly terms: readonly UncoreTerm[];
  readonly provenance: Provenance;
  /** What the events mean here: a sentence with a full stop. */
  readonly note?: string | undefined;
}

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
  /** What has columns. */
  readonly metrics: readonly string[];
  /** The boxes as they are now; asked again when CPUs come or go. Throws `CollectorError` for none. */
  readonly find: () => readonly UncoreBox[];
  /** Called when `sources` are others than before; absent: they are the collector's own. */
  readonly changed?: () => void;
}

interface Seat {
  readonly box: UncoreBox;
  readonly slot: number;
  /** Null: refused, or left out by the options. It is there, and missing from every sum. */
  readonly set: CounterSet | null;
  readonly factors: Float64Array;
  /** Whether its last reading told something. */
  whole: boolean;
}

interface Refused {
  readonly what: string;
  readonly errno: number;
  readonly metrics: readonly string[];
  readonly cpus: Set<number>;
  readonly names: string[];
}

export class UncoreCounters implements Reader {
  /** Where the counts come from. */
  sources: readonly Source[] = [];
  readonly #options: UncoreOptions;
  readonly #boxes: Instances;
  readonly #cpus: Instances;
  readonly #columns: TermColumns;
  readonly #seats: Seat[] = [];
  readonly #taken = new Float64Array(3);
  #present: readonly UncoreBox[] = [];
  #refused = false;
  #told: readonly string[] = [];
  #seatedSeconds = 0;
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

  /** All of them, those that are refused too; another array whenever they were looked for. */
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
    for (let i = 0; i < this.#seats.length; i++) {
      const seat = this.#seats[i]!;
      const { set, slot, factors } = seat;
      const outcome = set?.read(tick);
      seat.whole = outcome === "whole";
      if (outcome === "whole") this.#columns.write(row, slot, set!, factors);
      else if (outcome === undefined) this.#columns.writeNone(row, slot);
      else if (outcome === "torn") {
        // Its CPU went, and the list of CPUs does not show it yet.
        this.#columns.writeNone(row, slot);
        this.#seen = NOBODY;
      } else throw this.#unreadable(set!, outcome);
    }
    // After reading: what the others counted until now is not lost when they are opened anew.
    if (this.#refused && tick.seconds >= this.#seatedSeconds + RETRY_SECONDS) {
      this.#seat(tick.monotonicMs);
    }
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

  /** Closes, takes back what it stated and leaves its scope empty: others may count there. */
  retire(): void {
    this.close();
    for (const key of this.#told) this.#options.site.resolve(key);
    this.#told = [];
    this.sources = [];
    if (this.#options.borrowed) return;
    this.#boxes.begin();
    this.#boxes.end();
  }

  close(): void {
    for (const { set } of this.#seats) set?.close();
    this.#seats.length = 0;
  }

  /** The kernel moves these events to another CPU when theirs goes, so any change is looked at. */
  #seat(nowMs: number): void {
    const { narrowing, metrics, whom, borrowed } = this.#options;
    this.#seen = this.#cpus.slots();
    this.#seatedSeconds = Math.floor(nowMs / 1000);
    this.close();
    const boxes = this.#options.find();
    const wanted = boxes.filter(({ cpu }) => wantsCpu(narrowing, cpu));
    const left = boxes.filter((box) => !wanted.includes(box));
    if (wanted.length === 0 && left.length > 0) {
      const { message, remedy } = leftOutProblem(whom, left.map(({ cpu }) => cpu));
      throw new CollectorError("left_out", message, remedy);
    }
    const refused = new Map<string, Refused>();
    if (!borrowed) this.#boxes.begin();
    for (const box of boxes) {
      const slot = borrowed
        ? this.#boxes.number(box.cpu)
        : this.#boxes.claim(box.name, box.labels ?? {}, box.groups);
      // There are more of them than the scope has room for, or nobody knows the CPU yet.
      if (slot < 0) continue;
      const set = wanted.includes(box) ? this.#open(box, refused, nowMs) : null;
      const units = metrics.map((metric) =>
        box.terms.find((term) => term.metric === metric)?.unitsPerCount ?? 1
      );
      this.#seats.push({ box, slot, set, factors: Float64Array.from(units), whole: false });
    }
    if (!borrowed) this.#boxes.end();
    this.#present = this.#seats.map(({ box }) => box);
    this.#refused = refused.size > 0;
    const counted = this.counted;
    if (counted.length === 0) throw this.#nothing(refused);
    this.#tell(refused, left);
    this.#tellSources();
  }

  #open(box: UncoreBox, refused: Map<string, Refused>, nowMs: number): CounterSet | null {
    const { site: { kernel }, metrics } = this.#options;
    const { cpu, name } = box;
    const plan = planOf(box, (events) => tryGroup(kernel, cpu, events) === 0);
    return CounterSet.open(kernel, cpu, plan, metrics, nowMs, (group, member, errno) => {
      const event = member === null ? null : plan.groups[group]![member]!;
      const key = `${event?.name ?? "group"}:${errno}`;
      const costs = event === null
        ? metrics
        : box.terms.filter(({ events }) => events.includes(event)).map(({ metric }) => metric);
      const known = refused.get(key) ?? {
        what: event === null ? this.#what : `event "${event.name}"`,
        errno,
        metrics: costs,
        cpus: new Set<number>(),
        names: [],
      };
      known.cpus.add(cpu);
      if (!known.names.includes(name)) known.names.push(name);
      refused.set(key, known);
    });
  }

  #nothing(refused: ReadonlyMap<string, Refused>): CollectorError {
    const { site } = this.#options;
    const [first] = refused.values();
    if (first === undefined) {
      return new CollectorError(
        "not_supported",
        `Cannot open ${this.#what}: found no CPU that has them`,
      );
    }
    const { reason, message, remedy } = refusal(this.#what, first.cpus, first.errno, site.profile);
    return new CollectorError(reason, message, remedy);
  }

  /** States what stands in the way now, each cause once. */
  #tell(refused: ReadonlyMap<string, Refused>, left: readonly UncoreBox[]): void {
    const { site, metrics, whom, scope } = this.#options;
    const problems: Omit<Problem, "collector">[] = [...refused].map(([key, one]) => ({
      key: `${scope}/${key}`,
      ...refusal(one.what, one.cpus, one.errno, site.profile),
      metrics: one.metrics,
      ...(one.names.length === this.#seats.length ? {} : { instances: one.names }),
    }));
    if (left.length > 0) {
      problems.push({
        key: `${scope}/narrowed`,
        reason: "left_out",
        ...leftOutProblem(whom, left.map(({ cpu }) => cpu)),
        metrics,
        instances: left.map(({ name }) => name),
      });
    }
    const keys = problems.map(({ key }) => key);
    for (const key of this.#told) if (!keys.includes(key)) site.resolve(key);
    for (const problem of problems) site.report(problem);
    this.#told = keys;
  }

  /** Boxes of one kind that count the same are one source. */
  #tellSources(): void {
    const found = new Map<string, Source & { readonly instances: string[] }>();
    for (const { box, set } of this.#seats) {
      if (set === null) continue;
      for (const { metric } of box.terms) {
        const places = set.plan.places.get(metric) ?? [];
        const [first] = places;
        if (first === undefined) continue;
        const events = places.map(({ group, member }) => set.plan.groups[group]![member]!.name);
        const apart = places.some(({ group }) => group !== first.group);
        const pmu = perfFamily(box.pmu);
        const group = apart ? -1 - this.#options.metrics.indexOf(metric) : first.group;
        const key = [metric, pmu, ...events, group, box.provenance].join(" ");
        const known = found.get(key);
        if (known !== undefined) known.instances.push(box.name);
        else {
          found.set(key, {
            metric,
            pmu,
            events,
            instances: [box.name],
            group,
            provenance: box.provenance,
            note: box.note,
          });
        }
      }
    }
    this.sources = [...found.values()];
    const { changed, site } = this.#options;
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

/** All in one group where the box has counters for it, so that reads and writes are of one time. */
function planOf({ pmu, terms }: UncoreBox, fits: (events: readonly PmuEvent[]) => boolean): Plan {
  return planGroups(
    [{ id: pmu, terms: terms.map(({ metric, events }) => ({ metric, events })) }],
    (events) => events.length === 1 || fits(events),
  );
}

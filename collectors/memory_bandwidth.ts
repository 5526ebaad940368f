/**
 * Bytes between the memory and everything that uses it, from the counters of the memory controllers and
 * what stands for them (`pmu/memory_sources.ts` knows which PMUs those are). Of several ways to count the
 * same the preferred one is shown and the next one compared with it; they are never added up.
 *
 * @module
 */
import { causeOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Instances,
  type Reader,
  retryAfterMs,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { ToldCauses } from "./counters/told_causes.ts";
import { type MemoryTarget, metricsOf } from "./memory_bandwidth/boxes.ts";
import { MemoryDevices } from "./memory_bandwidth/devices.ts";
import { memoryLacks, type Presence } from "./memory_bandwidth/lacks.ts";
import { type MemoryPeak, memoryPeak, type NoPeak } from "./memory_bandwidth/peak.ts";
import { MemoryPeakGauge } from "./memory_bandwidth/peak_gauge.ts";
import { MemorySiblings } from "./memory_bandwidth/siblings.ts";
import { MemorySourceChoice } from "./memory_bandwidth/source_choice.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import type { MemoryPlan } from "./pmu/memory_source.ts";

/** Groups of the kernel are told apart by numbers: each target has as many of its own. */
const GROUPS = 1000;
const TARGETS: readonly MemoryTarget[] = ["ddr", "second", "hbm", "pmem"];
/** Places of them. */
const MAIN = 0;
const [SECOND, HBM, PMEM] = [1, 2, 3] as const;
const NEVER = Infinity;

export function memoryBandwidthOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "memory_bandwidth",
    minIntervalMs: 0,
    open: (site) => new MemoryBandwidth(site, narrowing),
  };
}

export const memoryBandwidth: CollectorSpec = memoryBandwidthOf(EVERYTHING);

class MemoryBandwidth implements Reader {
  readonly #site: Site;
  readonly #narrowing: Narrowing;
  readonly #devices: MemoryDevices;
  readonly #cpus: Instances;
  #seen: readonly number[];
  /** By target, in the order of `TARGETS`; null where there is none. */
  readonly #choices: (MemorySourceChoice | null)[] = TARGETS.map(() => null);
  /** By target: when one that is missing is tried again. */
  readonly #retryAtSeconds: number[] = TARGETS.map(() => NEVER);
  #unusable = 0;
  readonly #siblings: MemorySiblings;
  readonly #lacks = new ToldCauses();
  readonly #peak: MemoryPeak | NoPeak;
  #gauge: MemoryPeakGauge | null = null;

  constructor(site: Site, narrowing: Narrowing) {
    this.#site = site;
    this.#narrowing = narrowing;
    this.#siblings = new MemorySiblings(site);
    this.#cpus = site.instances("cpu");
    this.#seen = this.#cpus.slots();
    this.#devices = new MemoryDevices(site);
    this.#peak = memoryPeak(site.tree);
    try {
      this.#openAll(Math.floor(site.clock.monotonicMs() / 1000));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read(row: RowWriter, tick: Tick): void {
    if (this.#cpus.slots() !== this.#seen) this.#lookAgain(tick.seconds);
    for (let i = 0; i < TARGETS.length; i++) {
      if (this.#choices[i] !== null) this.#readOne(row, tick, i);
      else if (tick.seconds >= this.#retryAtSeconds[i]!) this.#retry(i, tick.seconds);
      if (i === MAIN) this.#judge(row, tick);
    }
  }

  close(): void {
    this.#gauge?.close();
    for (const choice of this.#choices) choice?.close();
  }

  #openAll(seconds: number): void {
    let first: CollectorError | null = null;
    for (let i = 0; i < TARGETS.length; i++) {
      if (i === SECOND) continue;
      const error = this.#open(i, seconds);
      first ??= error;
    }
    if (first !== null && this.#countsNothing) throw first;
    this.#tellUnusable();
    this.#follow(seconds);
  }

  get #countsNothing(): boolean {
    return this.#choices.every((choice) => choice === null || choice.count === null);
  }

  /** Null where it is open now, or there is nothing to open; else what stands in the way, which is told. */
  #open(place: number, seconds: number): CollectorError | null {
    const target = TARGETS[place]!;
    const plans = this.#plansOf(place);
    this.#retryAtSeconds[place] = NEVER;
    try {
      if (plans.length > 0) {
        this.#choices[place] = new MemorySourceChoice({
          site: this.#site,
          narrowing: this.#narrowing,
          plans,
          target,
          changed: () => this.#tellSources(),
        });
      } else if (place === MAIN) throw this.#devices.absence();
      this.#site.resolve(target);
      return null;
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      this.#miss(place, error, seconds);
      return error;
    }
  }

  #miss(place: number, error: CollectorError, seconds: number): void {
    const target = TARGETS[place]!;
    this.#retryAtSeconds[place] = seconds + retryAfterMs(error.reason) / 1000;
    this.#site.report({ key: target, ...causeOf(error), metrics: metricsOf(target) });
  }

  #plansOf(place: number): readonly MemoryPlan[] {
    const { plans } = this.#devices;
    if (place !== SECOND) return plans.filter(({ traffic }) => traffic === TARGETS[place]);
    const main = this.#choices[MAIN];
    const count = main?.count ?? null;
    // What stands still proves nothing, nor would what counts something near.
    if (!main || count === null || main.resigned) return [];
    const all = this.#plansOf(MAIN);
    return all.slice(all.findIndex(({ id }) => id === count.plan.id) + 1)
      .filter(({ proxy }) => proxy === undefined);
  }

  /** What goes with the plan that is counted: its peak, and the plans that are left to compare with. */
  #follow(seconds: number): void {
    const count = this.#choices[MAIN]?.count ?? null;
    this.#gauge?.retire();
    this.#gauge = count === null
      ? null
      : new MemoryPeakGauge(this.#site, count, this.#peak, () => this.#tellSources());
    this.#retire(SECOND);
    this.#open(SECOND, seconds);
    this.#tellSources();
  }

  #retire(place: number): void {
    this.#choices[place]?.retire();
    this.#choices[place] = null;
  }

  /** It is read from the next tick on. */
  #retry(place: number, seconds: number): void {
    // What was not there may have come with a module.
    if (this.#plansOf(place).length === 0) this.#lookForDevices();
    if (this.#open(place, seconds) !== null) return;
    if (place === MAIN) this.#follow(seconds);
    else this.#tellSources();
  }

  /** CPUs came or went, and PMUs with them. */
  #lookAgain(seconds: number): void {
    this.#seen = this.#cpus.slots();
    this.#lookForDevices();
    for (let i = 0; i < TARGETS.length; i++) {
      const choice = this.#choices[i]!;
      const plans = this.#plansOf(i);
      if (choice === null ? plans.length === 0 : choice.replan(plans)) continue;
      this.#retire(i);
      this.#open(i, seconds);
      if (i === MAIN) this.#follow(seconds);
    }
    this.#tellSources();
  }

  #lookForDevices(): void {
    this.#devices.look();
    this.#tellUnusable();
  }

  #tellUnusable(): void {
    const { unusable } = this.#devices;
    for (const [i, message] of unusable.entries()) {
      this.#site.report({ key: `unusable/${i}`, reason: "not_supported", message, metrics: [] });
    }
    for (let i = unusable.length; i < this.#unusable; i++) this.#site.resolve(`unusable/${i}`);
    this.#unusable = unusable.length;
  }

  /** Each of them costs nothing but itself when it fails, unless nothing else is left. */
  #readOne(row: RowWriter, tick: Tick, place: number): void {
    try {
      if (!this.#choices[place]!.read(row, tick)) return;
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      this.#retire(place);
      if (place === MAIN) this.#retire(SECOND);
      if (this.#countsNothing) throw error;
      this.#miss(place, error, tick.seconds);
    }
    if (place === MAIN) this.#follow(tick.seconds);
    else this.#tellSources();
  }

  #judge(row: RowWriter, tick: Tick): void {
    const count = this.#choices[MAIN]?.count ?? null;
    if (count === null || this.#gauge === null || !count.moved) return;
    this.#gauge.write(row, tick);
    if (this.#gauge.everyChannel && this.#interleaved) this.#siblings.write(row, count);
    else this.#siblings.writeNone(row);
  }

  /** Whether the addresses of a socket are spread over all of its channels. Nodes within it have their own. */
  get #interleaved(): boolean {
    const { numaNodes, sockets } = this.#site.profile;
    return numaNodes === undefined || sockets !== undefined && numaNodes <= sockets;
  }

  #presenceOf(place: number): Presence {
    const choice = this.#choices[place];
    if ((choice?.sources ?? []).length > 0) return "counted";
    return choice?.isTold || this.#retryAtSeconds[place] !== NEVER ? "missed" : "nowhere";
  }

  #tellSources(): void {
    const lacks = memoryLacks({
      main: this.#choices[MAIN]?.count?.plan ?? null,
      second: this.#presenceOf(SECOND),
      hbm: this.#presenceOf(HBM),
      pmem: this.#presenceOf(PMEM),
    });
    this.#lacks.tell(this.#site, lacks);
    this.#site.sources(this.#choices.flatMap((choice, i) => {
      const note = i === MAIN ? this.#gauge?.note : undefined;
      return (choice?.sources ?? []).map((source) => ({
        ...source,
        note: [source.note, note].filter(Boolean).join(" ") || undefined,
        group: source.group < 0 ? source.group - i * GROUPS : source.group + i * GROUPS,
      }));
    }));
  }
}

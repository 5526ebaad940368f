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
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { type MemoryTarget, metricsOf } from "./memory_boxes.ts";
import type { MemoryCount } from "./memory_count.ts";
import { type MemoryPeak, memoryPeak, type NoPeak } from "./memory_peak.ts";
import { MemoryPeakGauge } from "./memory_peak_gauge.ts";
import { MemorySiblings } from "./memory_siblings.ts";
import { MemorySourceChoice } from "./memory_source_choice.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import type { PmuDevice } from "./pmu/device.ts";
import type { MemoryPlan } from "./pmu/memory_source.ts";
import { MEMORY_SOURCES, memoryPlans, unusableMemory, whyNoMemory } from "./pmu/memory_sources.ts";
import { pmuNames, readPmuDevice } from "./pmu_devices.ts";

/** Groups of the kernel are told apart by numbers: each target has as many of its own. */
const GROUPS = 1000;
const TARGETS: readonly MemoryTarget[] = ["ddr", "second", "hbm", "pmem"];

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
  readonly #plans: readonly MemoryPlan[];
  /** Why PMUs that there are cannot be used, a line each. */
  readonly #unusable: readonly string[];
  /** By target, in the order of `TARGETS`; null where there is none. */
  readonly #choices: (MemorySourceChoice | null)[] = TARGETS.map(() => null);
  readonly #siblings: MemorySiblings;
  readonly #peak: MemoryPeak | NoPeak;
  #gauge: MemoryPeakGauge | null = null;

  constructor(site: Site, narrowing: Narrowing) {
    this.#site = site;
    this.#narrowing = narrowing;
    this.#siblings = new MemorySiblings(site);
    const devices = memoryDevices(site);
    this.#plans = memoryPlans(devices, site.profile);
    this.#unusable = unusableMemory(devices, site.profile);
    this.#peak = memoryPeak(site.tree);
    try {
      this.#openAll();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read(row: RowWriter, tick: Tick): void {
    const main = this.#choices[0]!;
    if (main?.read(row, tick)) this.#follow();
    this.#judge(row, tick);
    for (let i = 1; i < TARGETS.length; i++) {
      if (this.#choices[i] !== null) this.#readOther(row, tick, i);
    }
  }

  close(): void {
    this.#gauge?.close();
    for (const choice of this.#choices) choice?.close();
  }

  #openAll(): void {
    let first: unknown = null;
    for (const [i, target] of TARGETS.entries()) {
      if (target === "second") continue;
      const plans = this.#plans.filter(({ traffic }) => traffic === target);
      try {
        if (plans.length > 0) this.#choices[i] = this.#choose(target, plans);
        else if (target === "ddr") throw absence(this.#site, this.#unusable);
      } catch (error) {
        if (!(error instanceof CollectorError)) throw error;
        first ??= error;
        this.#site.report({ key: target, ...causeOf(error), metrics: metricsOf(target) });
      }
    }
    if (this.#choices.every((choice) => choice === null)) throw first;
    for (const [i, message] of this.#unusable.entries()) {
      this.#site.report({ key: `unusable/${i}`, reason: "not_supported", message, metrics: [] });
    }
    this.#follow();
  }

  #choose(target: MemoryTarget, plans: readonly MemoryPlan[]): MemorySourceChoice {
    return new MemorySourceChoice({
      site: this.#site,
      narrowing: this.#narrowing,
      plans,
      target,
      changed: () => this.#tellSources(),
    });
  }

  /** What goes with the plan that is counted: its peak, and the plans that are left to compare with. */
  #follow(): void {
    const plans = this.#plans.filter(({ traffic }) => traffic === "ddr");
    const main = this.#choices[0] ?? null;
    const count = main?.count ?? null;
    this.#gauge?.retire();
    this.#choices[1]?.retire();
    this.#gauge = count === null ? null : this.#gaugeOf(count);
    // What counts something near would prove nothing, nor would what stands still as well.
    const others = main === null || count === null || main.resigned
      ? []
      : plans.slice(plans.indexOf(count.plan) + 1).filter(({ proxy }) => proxy === undefined);
    this.#choices[1] = others.length === 0 ? null : this.#tryChoose("second", others);
    this.#tellSources();
  }

  #gaugeOf(count: MemoryCount): MemoryPeakGauge {
    return new MemoryPeakGauge(this.#site, count, this.#peak, () => this.#tellSources());
  }

  #tryChoose(target: MemoryTarget, plans: readonly MemoryPlan[]): MemorySourceChoice | null {
    try {
      const choice = this.#choose(target, plans);
      this.#site.resolve(target);
      return choice;
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      this.#site.report({ key: target, ...causeOf(error), metrics: metricsOf(target) });
      return null;
    }
  }

  #judge(row: RowWriter, tick: Tick): void {
    const count = this.#choices[0]?.count ?? null;
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

  /** What is only compared, or counts other memory, costs nothing but itself when it fails. */
  #readOther(row: RowWriter, tick: Tick, place: number): void {
    const choice = this.#choices[place]!;
    try {
      if (choice.read(row, tick)) this.#tellSources();
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      choice.retire();
      this.#choices[place] = null;
      const target = TARGETS[place]!;
      this.#site.report({ key: target, ...causeOf(error), metrics: metricsOf(target) });
      this.#tellSources();
    }
  }

  #tellSources(): void {
    this.#site.sources(this.#choices.flatMap((choice, i) => {
      const note = i === 0 ? this.#gauge?.note : undefined;
      return (choice?.sources ?? []).map((source) => ({
        ...source,
        note: [source.note, note].filter(Boolean).join(" ") || undefined,
        group: source.group < 0 ? source.group - i * GROUPS : source.group + i * GROUPS,
      }));
    }));
  }
}

/** PMUs that may count memory traffic; large machines have hundreds of others. */
function memoryDevices({ tree }: Site): readonly PmuDevice[] {
  return pmuNames(tree)
    .filter((name) => MEMORY_SOURCES.some(({ pmu }) => pmu.test(name)))
    .flatMap((name) => readPmuDevice(tree, name) ?? []);
}

/** Why main memory is not counted here: a PMU that cannot be used says more than what is not there. */
function absence({ tree, profile }: Site, unusable: readonly string[]): CollectorError {
  const [line] = unusable;
  if (line !== undefined) return new CollectorError("not_supported", line);
  const { hypervisor, kernelRelease } = profile;
  const devices = pmuNames(tree);
  const { message, remedy } = whyNoMemory(profile, { hypervisor, kernelRelease, devices });
  return new CollectorError("not_supported", message, remedy);
}

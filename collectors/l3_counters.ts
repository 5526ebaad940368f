/**
 * The L3 caches of AMD CPUs, which have a PMU of their own (`amd_l3`, arch/x86/events/amd/uncore.c): one
 * group for each cache, opened on the CPU that the PMU names. Opened on another CPU of the cache it
 * would be moved there and counted twice.
 *
 * @module
 */
import { L3_TERMS } from "./catalogue/llc.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { CounterSet } from "./counter_set.ts";
import { cpuListOf } from "./host_files.ts";
import { cpuGroups } from "./host_topology.ts";
import { errnoText } from "./kernel/errno.ts";
import { EVERYTHING, leftOutProblem, type Narrowing, wantsCpu } from "./narrowing.ts";
import type { Plan } from "./pmu/plan.ts";
import { l3Recipe } from "./pmu/recipes.ts";
import { readPmuDevice } from "./pmu_devices.ts";
import { refusal, Refusals } from "./refusals.ts";
import { TermColumns } from "./term_columns.ts";

/** Key of the cause that options leave CPUs out. */
const NARROWED = "narrowed";
/** No list of CPUs is this one: the caches are looked for anew. */
const NOBODY: readonly number[] = [];
/** After so long it is tried again what was refused. */
const RETRY_SECONDS = 10;
const PMU = "amd_l3";
const CPUMASK = `/sys/bus/event_source/devices/${PMU}/cpumask`;
const METRICS: readonly string[] = L3_TERMS.map(({ metric }) => metric);

export function l3CountersOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "l3_counters",
    minIntervalMs: 0,
    // Others count their last-level cache in the cores.
    applies: ({ cpuVendor }) => cpuVendor === "amd" || cpuVendor === "hygon",
    open: (site) => new L3Counters(site, narrowing),
  };
}

export const l3Counters: CollectorSpec = l3CountersOf(EVERYTHING);

class L3Counters implements Reader {
  readonly #site: Site;
  readonly #narrowing: Narrowing;
  readonly #plan: Plan;
  readonly #refusals: Refusals;
  readonly #caches: Instances;
  readonly #cpus: Instances;
  readonly #columns: TermColumns;
  /** One index for both: the caches as last seen. */
  readonly #slots: number[] = [];
  readonly #sets: CounterSet[] = [];
  /** Caches whose counters were refused. */
  readonly #refused: number[] = [];
  /** Caches whose CPU the options leave out. */
  readonly #left: number[] = [];
  #seatedSeconds = 0;
  #seen: readonly number[] = [];

  constructor(site: Site, narrowing: Narrowing) {
    this.#site = site;
    this.#narrowing = narrowing;
    this.#caches = site.instances("l3_domain");
    this.#cpus = site.instances("cpu");
    this.#columns = new TermColumns(site, L3_TERMS);
    const device = readPmuDevice(site.tree, PMU);
    if (device === undefined) throw absentPmu(site);
    const { references, misses } = l3Recipe(device);
    const events = [references, misses];
    this.#plan = {
      groups: [events],
      places: new Map(METRICS.map((metric, member) => [metric, [{ group: 0, member }]])),
      leftOut: [],
    };
    this.#refusals = new Refusals({
      group: "counters of the L3 caches",
      requests: events,
      metrics: METRICS,
      groupMetrics: METRICS,
      scope: "l3_domain",
      instanceOf: (cpu) => cpuGroups(site.tree, cpu).l3_domain ?? String(cpu),
    });
    this.#seat(site.clock.monotonicMs());
  }

  read(row: RowWriter, tick: Tick): void {
    const again = this.#refused.length > 0 && tick.seconds >= this.#seatedSeconds + RETRY_SECONDS;
    if (again || this.#cpus.slots() !== this.#seen) this.#seat(tick.monotonicMs);
    for (let i = 0; i < this.#refused.length; i++) this.#columns.writeNone(row, this.#refused[i]!);
    for (let i = 0; i < this.#left.length; i++) this.#columns.writeNone(row, this.#left[i]!);
    for (let i = 0; i < this.#sets.length; i++) {
      const set = this.#sets[i]!;
      const slot = this.#slots[i]!;
      const outcome = set.read(tick);
      if (outcome === "torn") {
        // Its CPU went, and the list of CPUs does not show it yet.
        this.#columns.writeNone(row, slot);
        this.#seen = NOBODY;
        continue;
      }
      if (outcome !== "whole") throw unreadable(set, outcome);
      this.#columns.write(row, slot, set);
    }
  }

  close(): void {
    for (const set of this.#sets) set.close();
    this.#sets.length = 0;
  }

  /** The kernel moves these events to another CPU of their cache when theirs goes, so any change is looked at. */
  #seat(nowMs: number): void {
    const { tree, kernel, profile } = this.#site;
    this.#seen = this.#cpus.slots();
    this.close();
    this.#slots.length = 0;
    this.#refused.length = 0;
    this.#left.length = 0;
    this.#seatedSeconds = Math.floor(nowMs / 1000);
    const named = cpuListOf(tree, CPUMASK) ?? [];
    const cpus = named.filter((cpu) => wantsCpu(this.#narrowing, cpu));
    if (cpus.length === 0 && named.length > 0) {
      const { message, remedy } = leftOutProblem("the L3 caches", named);
      throw new CollectorError("left_out", message, remedy);
    }
    this.#refusals.keep(cpus);
    let refused = 0;
    this.#caches.begin();
    for (const cpu of cpus) {
      this.#refusals.forget(cpu);
      const set = CounterSet.open(kernel, cpu, this.#plan, METRICS, nowMs, (_, member, errno) => {
        this.#refusals.add(cpu, member, errno);
        if (member === null) refused = errno;
      });
      const slot = this.#claim(cpu);
      // One that is refused is there, and missing from every sum.
      if (set === null) {
        this.#refused.push(slot);
        continue;
      }
      this.#sets.push(set);
      this.#slots.push(slot);
    }
    const left = named.filter((cpu) => !wantsCpu(this.#narrowing, cpu));
    // So is one that nobody asked for.
    for (const cpu of left) this.#left.push(this.#claim(cpu));
    this.#caches.end();
    if (this.#sets.length === 0 && refused !== 0) {
      const { reason, message, remedy } = refusal(
        "counters of the L3 caches",
        cpus,
        refused,
        profile,
      );
      throw new CollectorError(reason, message, remedy);
    }
    this.#refusals.tell(this.#site);
    this.#tellLeftOut(left);
    this.#site.sources(METRICS.map((metric, member) => ({
      metric,
      pmu: PMU,
      events: [this.#plan.groups[0]![member]!.name],
      instances: this.#slots.map((slot) => this.#caches.nameOf(slot)),
      group: 0,
      provenance: "vendor",
    })));
  }

  #claim(cpu: number): number {
    const { l3_domain: name = String(cpu), socket } = cpuGroups(this.#site.tree, cpu);
    return this.#caches.claim(name, {}, socket === undefined ? {} : { socket });
  }

  #tellLeftOut(cpus: readonly number[]): void {
    if (cpus.length === 0) return this.#site.resolve(NARROWED);
    this.#site.report({
      key: NARROWED,
      reason: "left_out",
      ...leftOutProblem("the L3 caches", cpus),
      metrics: METRICS,
      instances: this.#left.map((slot) => this.#caches.nameOf(slot)),
    });
  }
}

function absentPmu({ profile }: Site): CollectorError {
  const { hypervisor } = profile;
  const needs = hypervisor === undefined
    ? "needs a kernel with CONFIG_PERF_EVENTS_AMD_UNCORE"
    : "needs the machine itself: virtual machines have no counters outside the cores";
  const remedy = hypervisor === undefined
    ? "Load the module amd_uncore (modprobe amd_uncore)"
    : undefined;
  return new CollectorError(
    "not_supported",
    `Cannot open counters of the L3 caches: found no PMU "${PMU}" in sysfs, ${needs}`,
    remedy,
  );
}

function unreadable(set: CounterSet, outcome: string): CollectorError {
  const found = outcome === "failed"
    ? errnoText(set.failed!.errno)
    : `a reading that is ${outcome}`;
  return new CollectorError(
    "failed",
    `Cannot read counters of the L3 cache of cpu ${set.cpu}: found ${found}`,
  );
}

/**
 * Runs collectors on a machine made of text, tick by tick, with a clock moved by hand. No thread, no
 * FFI: what is tested is what the worker runs.
 *
 * @module
 */
import { MEASURED, metric as metricOf } from "../collectors/catalogue.ts";
import type { CollectorSpec } from "../collectors/collector.ts";
import type { HostProfile } from "../collectors/host/profile.ts";
import type { HostTree } from "../collectors/kernel/host_tree.ts";
import type { Clock, Kernel } from "../collectors/kernel/kernel.ts";
import { Feed } from "../collectors/readings/feed.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { Engine } from "../collectors/sampling/engine.ts";
import { metricIndex } from "../collectors/sampling/layout.ts";
import { isMeasured, type Problem, type Reading } from "../collectors/trust.ts";

/** A clock that stands until it is moved. */
export class HandClock implements Clock {
  monotonic = 1_000_000;
  wall = Date.UTC(2026, 0, 2, 3, 4, 5);

  monotonicMs(): number {
    return this.monotonic;
  }

  stampWall(into: Float64Array, at: number): void {
    into[at] = this.wall;
  }

  stamp(into: Float64Array, at: number): void {
    into[at] = this.monotonic;
  }

  advance(ms: number): void {
    this.monotonic += ms;
    this.wall += ms;
  }
}

export const PROFILE: HostProfile = {
  hostname: "stage",
  kernelRelease: "6.12.0",
  machine: "x86_64",
  cpuModel: "Example CPU",
  cpuVendor: "intel",
  sockets: 1,
  cores: 2,
  onlineCpus: [0, 1],
  numaNodes: 1,
  hypervisor: undefined,
  bootedAtMs: Date.UTC(2026, 0, 1),
  distribution: "Example Linux",
  memoryBytes: 8 * 2 ** 30,
  perfEventParanoid: 2,
  effectiveCapabilities: "0000000000000000",
};

/** A kernel that refuses everything: for collectors that only read files. */
export const NO_KERNEL: Kernel = new Proxy({} as Kernel, {
  get: (_, name) => () => {
    throw new Error(`Cannot call ${String(name)}: this test announced no system call`);
  },
});

export interface StageOptions {
  readonly tree: HostTree;
  readonly kernel?: Kernel;
  readonly clock?: HandClock;
  readonly profile?: Partial<HostProfile>;
  readonly timelineBytesMost?: number;
  readonly watched?: boolean;
}

export class Stage {
  readonly engine: Engine;
  readonly feed: Feed;
  readonly clock: HandClock;
  intervalMs = 1000;
  watched: boolean;

  constructor(specs: readonly CollectorSpec[], options: StageOptions) {
    this.clock = options.clock ?? new HandClock();
    this.watched = options.watched ?? true;
    const profile = { ...PROFILE, ...options.profile };
    this.engine = new Engine({
      specs,
      kernel: options.kernel ?? NO_KERNEL,
      tree: options.tree,
      clock: this.clock,
      profile,
      ...(options.timelineBytesMost === undefined
        ? {}
        : { timelineBytesMost: options.timelineBytesMost }),
    });
    this.feed = new Feed("stageboot", profile, {
      layout: this.engine.layout,
      timeline: this.engine.timeline,
      problems: [],
      sources: [],
    });
  }

  #told:
    & object
    & Partial<
      Pick<Engine, "layoutVersion" | "problemsVersion" | "sources" | "timeline"> & {
        readonly problems: readonly Problem[];
      }
    > = {};

  /** Moves the clock and takes one tick. */
  tick(advanceMs = this.intervalMs, missed = 0): void {
    this.clock.advance(advanceMs);
    const due = {
      deadlineMs: this.clock.monotonicMs(),
      intervalMs: this.intervalMs,
      missed,
      watched: this.watched,
    };
    this.engine.read(due);
    this.engine.publish(due);
    this.#tell();
  }

  /** As the worker does: only what is new. */
  #tell(): void {
    const { layout, layoutVersion, timeline, problemsVersion, sources } = this.engine;
    const told = this.#told;
    if (
      told.layoutVersion === layoutVersion && told.problemsVersion === problemsVersion &&
      told.sources === sources && told.timeline === timeline
    ) return;
    const problems = told.problemsVersion === problemsVersion
      ? told.problems!
      : this.engine.problems();
    this.#told = { layoutVersion, problemsVersion, problems, sources, timeline };
    this.feed.update({ layout, timeline, problems, sources });
  }

  get snapshot(): Snapshot {
    const snapshot = this.feed.latest();
    if (snapshot === null) throw new Error("Cannot take a snapshot: there was no tick");
    return snapshot;
  }

  /** The raw cell of the newest row: a total or a gauge; NaN when absent. */
  cell(metric: string, instance?: string): number {
    const index = metricIndex(metric);
    const { scope } = metricOf(metric);
    const slot = instance === undefined ? 0 : this.#slot(scope, instance);
    // A metric without columns has nothing there.
    return this.engine.row[this.engine.layout.bases[index]! + slot] ?? NaN;
  }

  read(metric: string, instance?: string): Reading {
    return this.snapshot.read(metric, instance);
  }

  /** The value shown for a metric, a rate for counters. Throws with the reason where it is absent. */
  rate(metric: string, instance?: string): number {
    const reading = this.read(metric, instance);
    if (isMeasured(reading)) return reading.value;
    throw new Error(
      `Cannot give a rate of "${metric}": ${reading.absent}, ${reading.problem?.message ?? ""}`,
    );
  }

  problems(): readonly Problem[] {
    return this.engine.problems().filter(({ quiet }) => !quiet);
  }

  /** Instances of a scope that are there. */
  names(scope: string): readonly string[] {
    return this.snapshot.instances(scope).map((instance) => instance.name);
  }

  /** Every value that is shown now, by `metric` or `metric{instance}`: for sweeps over all. */
  values(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const entry of MEASURED) {
      for (const instance of this.snapshot.instances(entry.scope)) {
        const name = entry.scope === "host" ? undefined : instance.name;
        const reading = this.read(entry.id, name);
        if (isMeasured(reading)) found.set(`${entry.id}{${name ?? ""}}`, reading.value);
      }
    }
    return found;
  }

  #slot(scope: string, name: string): number {
    const instances = this.engine.layout.scopes[scope]?.instances ?? [];
    const slot = instances.findIndex((instance) => instance?.name === name);
    if (slot < 0) throw new Error(`Cannot find ${scope} "${name}"`);
    return slot;
  }
}

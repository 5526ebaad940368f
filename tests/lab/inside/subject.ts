/**
 * What is tested: Ringside's engine on this guest's kernel, driven tick by tick as the worker drives
 * it, with a record of what the kernel was asked and answered.
 *
 * @module
 */
import { MEASURED } from "../../../collectors/catalogue.ts";
import type { CollectorSpec } from "../../../collectors/collector.ts";
import { Engine } from "../../../collectors/sampling/engine.ts";
import { Feed } from "../../../collectors/readings/feed.ts";
import { type HostProfile, readHostProfile } from "../../../collectors/host/profile.ts";
import { LinuxTree } from "../../../collectors/kernel/linux_tree.ts";
import { metricIndex } from "../../../collectors/sampling/layout.ts";
import { coreCounters } from "../../../collectors/core_counters.ts";
import { cpuTime } from "../../../collectors/cpu_time.ts";
import { l3Counters } from "../../../collectors/l3_counters.ts";
import { softwareEvents } from "../../../collectors/software_events.ts";
import { tsc } from "../../../collectors/tsc.ts";
import { REGISTRY } from "../../../collectors/registry.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import type { Source } from "../../../collectors/source.ts";
import type { Problem } from "../../../collectors/trust.ts";
import { RecordingKernel } from "./recorder.ts";
import { sleep } from "./report.ts";

/** Collectors that read files by the hundred would make fine ticks late in an emulated CPU. */
const SPECS = [cpuTime, softwareEvents, coreCounters, l3Counters, tsc];

/** What a metric rose by on one CPU. */
export interface Rise {
  readonly metric: string;
  readonly cpu: number;
  readonly source: Source;
  readonly count: number;
  readonly enabledSeconds: number;
  readonly runningSeconds: number;
}

/** Rows at the two ends of a time, and what was seen between them. */
export interface Span {
  readonly rises: readonly Rise[];
  /** Between the first reading and the last, which take time themselves: at least so long, at most. */
  readonly seconds: readonly [least: number, most: number];
  readonly ticks: number;
  /** Counters that were lower than a tick before, each once. */
  readonly fell: readonly string[];
}

export class Subject {
  readonly kernel = new RecordingKernel();
  readonly profile: HostProfile;
  readonly engine: Engine;
  readonly feed: Feed;

  /** `also`: collectors of the registry that count outside of the cores. */
  constructor(also: readonly string[] = []) {
    const { kernel } = this;
    const specs = [...SPECS, ...also.map(specOf)];
    const tree = new LinuxTree(kernel);
    this.profile = readHostProfile(kernel, tree);
    this.engine = new Engine({ specs, kernel, tree, clock: kernel, profile: this.profile });
    this.feed = new Feed("labguest", this.profile, this.#news());
  }

  get snapshot(): Snapshot {
    return this.feed.latest()!;
  }

  get problems(): readonly Problem[] {
    return this.engine.problems();
  }

  /** One source for each metric and PMU that is counted, of the core's counters. */
  get sources(): readonly Source[] {
    return this.engine.sources.filter(({ metric }) =>
      MEASURED[metricIndex(metric)]!.collector === coreCounters.id
    );
  }

  /** Those of quantities that are shown; the others are only terms of ratios, and have no times. */
  get shown(): readonly Source[] {
    return this.sources.filter(({ metric }) => timesOf(metric) !== undefined);
  }

  tick(intervalMs: number): void {
    const due = { deadlineMs: this.kernel.monotonicMs(), intervalMs, missed: 0, watched: true };
    this.engine.read(due);
    this.engine.publish(due);
    this.feed.update(this.#news());
  }

  /** Ticks until the columns lie still: counters that open make rows wider. */
  async settle(ticks = 3, intervalMs = 300): Promise<void> {
    for (let i = 0; i < ticks; i++) {
      this.tick(intervalMs);
      await sleep(intervalMs);
    }
  }

  /**
   * Ticks at an interval for so long and until `beside` is done; `each` is called before every tick. A
   * tick that is late is not made up for.
   */
  async span(
    ms: number,
    intervalMs: number,
    { beside, each }: { beside?: Promise<unknown>; each?: () => void } = {},
  ): Promise<Span> {
    const { kernel } = this;
    const readFrom = kernel.monotonicMs();
    this.tick(intervalMs);
    const begun = kernel.monotonicMs();
    kernel.mark();
    const from = this.engine.row.slice();
    let readTo = begun;
    const { version } = this.engine.layout;
    const counters = this.#counterCells();
    const fell = new Set<string>();
    let before: Float64Array = from;
    let ended = begun;
    let ticks = 0;
    let done = beside === undefined;
    beside?.finally(() => done = true);
    let deadline = begun;
    while (kernel.monotonicMs() < begun + ms || !done) {
      deadline = Math.max(deadline + intervalMs, kernel.monotonicMs());
      await sleep(Math.max(0, deadline - kernel.monotonicMs()));
      each?.();
      readTo = kernel.monotonicMs();
      this.tick(intervalMs);
      ended = kernel.monotonicMs();
      ticks++;
      const row = this.engine.row.slice();
      for (const [name, cell] of counters) if (row[cell]! < before[cell]!) fell.add(name);
      before = row;
    }
    await beside;
    if (this.engine.layout.version !== version) {
      throw new Error("Cannot compare rows: their layout changed in between");
    }
    const seconds = [(readTo - begun) / 1000, (ended - readFrom) / 1000] as const;
    return { rises: this.#rises(from, before), seconds, ticks, fell: [...fell] };
  }

  /** What is shown, between two rows of one layout. */
  #rises(from: Float64Array, to: Float64Array): readonly Rise[] {
    const rises: Rise[] = [];
    for (const source of this.shown) {
      const { metric, instances } = source;
      const { enabled, running } = timesOf(metric)!;
      for (const cpu of instances) {
        const rise = (id: string): number => {
          const cell = this.cell(id, cpu);
          return to[cell]! - from[cell]!;
        };
        rises.push({
          metric,
          cpu: Number(cpu),
          source,
          count: rise(metric),
          enabledSeconds: rise(enabled),
          runningSeconds: rise(running),
        });
      }
    }
    return rises;
  }

  /** Where a metric of a CPU stands in a row. */
  cell(metric: string, cpu: string): number {
    const { scopes, bases } = this.engine.layout;
    const slot = scopes["cpu"]!.instances.findIndex((instance) => instance?.name === cpu);
    return slot < 0 ? -1 : bases[metricIndex(metric)]! + slot;
  }

  #counterCells(): readonly (readonly [name: string, cell: number])[] {
    const { bases, scopes } = this.engine.layout;
    return MEASURED.flatMap((entry, index) => {
      if (entry.kind !== "counter") return [];
      return (scopes[entry.scope]?.instances ?? []).flatMap((instance, slot) =>
        instance === null || bases[index]! < 0
          ? []
          : [[`${entry.id} of ${instance.name}`, bases[index]! + slot] as const]
      );
    });
  }

  // deno-lint-ignore explicit-function-return-type -- it is what `Feed.update` takes
  #news() {
    const { layout, timeline, sources } = this.engine;
    return { layout, timeline, sources, problems: this.engine.problems() };
  }
}

function specOf(id: string): CollectorSpec {
  const found = REGISTRY.find((spec) => spec.id === id);
  if (found === undefined) throw new Error(`Cannot run collector "${id}": the registry has none`);
  return found;
}

/** The metrics that hold the times of one that is counted. */
function timesOf(
  metric: string,
): { readonly enabled: string; readonly running: string } | undefined {
  return MEASURED[metricIndex(metric)]!.counted;
}

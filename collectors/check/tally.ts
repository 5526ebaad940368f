/**
 * What counters stood at in one row, by what counted them: the sum over all instances that one PMU
 * counts for a metric.
 *
 * @module
 */
import { MEASURED } from "../catalogue.ts";
import { type Layout, metricIndex } from "../sampling/layout.ts";
import type { Source } from "../source.ts";

/** Plain data: it travels from the worker to the main thread. */
export interface Tally {
  readonly metric: string;
  readonly collector: string;
  readonly scope: string;
  readonly pmu: string;
  /** As perf takes them; the count is the sum of theirs. */
  readonly events: readonly string[];
  /** Of one group of the kernel, where it is not negative; numbers are the collector's. */
  readonly group: number;
  /** Names of the instances that have a count, which `count` and the times are the sums of. */
  readonly instances: readonly string[];
  /** A total; a frequency where `gauge` says so; NaN without instances. */
  readonly count: number;
  readonly gauge: boolean;
  /** Totals too; NaN for a gauge, and without instances. */
  readonly enabledSeconds: number;
  readonly runningSeconds: number;
}

/** The tallies of a row: one for each metric and PMU that a source is known for. */
export function talliesOf(
  layout: Layout,
  row: Float64Array,
  sources: readonly Source[],
): readonly Tally[] {
  const byCount = Map.groupBy(sources, ({ metric, pmu }) => `${metric} ${pmu}`);
  const tallies = [...byCount.values()].map((own) => tallyOf(layout, row, own));
  return tallies.map((tally) => withTimes(tally, tallies));
}

/** A count without times of its own has those of its group. */
function withTimes(tally: Tally, tallies: readonly Tally[]): Tally {
  if (tally.gauge || !Number.isNaN(tally.enabledSeconds)) return tally;
  const partner = tallies.find((other) =>
    other.collector === tally.collector && other.pmu === tally.pmu &&
    other.group === tally.group && other.instances.length === tally.instances.length &&
    !Number.isNaN(other.enabledSeconds)
  );
  if (partner === undefined) return tally;
  const { enabledSeconds, runningSeconds } = partner;
  return { ...tally, enabledSeconds, runningSeconds };
}

/** `sources`: of one metric and PMU. CPUs whose groups were split have one of their own. */
function tallyOf(
  layout: Layout,
  row: Float64Array,
  sources: readonly Source[],
): Tally {
  const { metric, pmu, events, group } = sources[0]!;
  const entry = MEASURED[metricIndex(metric)]!;
  const names = new Set(sources.flatMap(({ instances }) => instances));
  const present = layout.scopes[entry.scope]?.instances ?? [];
  const at = (id: string, slot: number): number =>
    row[layout.bases[metricIndex(id)]! + slot] ?? NaN;
  const slots = [...present.keys()].filter((slot) => {
    const instance = present[slot]!;
    return (instance !== null && instance.goneSequence === null) &&
      (entry.scope === "host" || names.has(instance.name)) && !Number.isNaN(at(metric, slot));
  });
  const sum = (id: string | undefined): number =>
    id === undefined || slots.length === 0
      ? NaN
      : slots.reduce((total, slot) => total + at(id, slot), 0);
  return {
    metric,
    collector: entry.collector,
    scope: entry.scope,
    pmu,
    events,
    group,
    instances: slots.map((slot) => present[slot]!.name),
    count: sum(metric),
    gauge: entry.kind === "gauge",
    enabledSeconds: sum(entry.counted?.enabled),
    runningSeconds: sum(entry.counted?.running),
  };
}

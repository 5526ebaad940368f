/**
 * The counts behind quantities at one tick: what each event counted, what it was scaled by, how many
 * groups of events share the counters, and what would let them count all of the time.
 *
 * @module
 */
import { isColumn, MEASURED, type Measured, metric as metricOf } from "../catalogue.ts";
import { TERMS } from "../catalogue/core_counters.ts";
import { BUNDLES } from "../pmu/recipe.ts";
import type { Source } from "../source.ts";
import type { Counting, Times } from "./counting.ts";
import { groupOf } from "./proof.ts";
import type { Snapshot } from "./snapshot.ts";

/** One source, and what it counted. */
export interface Count {
  readonly source: Source;
  readonly metric: Measured;
  /** Null where it is no counter, or nothing was counted in this window. */
  readonly counting: Counting | null;
}

/** What a person can narrow the counters to. */
export interface Narrower {
  /** For `--events`. */
  readonly bundles: readonly string[];
  /** One group is left of them, which need not take turns. */
  readonly exact: boolean;
}

/** In the order of the sources. */
export function countsOf(snapshot: Snapshot, sources: readonly Source[]): readonly Count[] {
  return sources.map((source) => {
    const metric = measured(source);
    if (metric.kind !== "counter") return { source, metric, counting: null };
    const counting = timesOf(snapshot, source, metric)
      .map((times) => snapshot.counting(metric, times, source.instances))
      .find(({ instances }) => instances > 0);
    return { source, metric, counting: counting ?? null };
  });
}

/** Sources are of what is read, never of what is made of it. */
function measured({ metric: id }: Source): Measured {
  const metric = metricOf(id);
  if (isColumn(metric)) return metric;
  throw new Error(`Cannot tell what was counted of "${id}": it is derived`);
}

/** Its own; else those of others that the same group counted, of which some may not be counted here. */
function timesOf(snapshot: Snapshot, source: Source, metric: Measured): readonly Times[] {
  const group = groupOf(source);
  const all = metric.counted === undefined
    ? allSources(snapshot).filter((other) => groupOf(other) === group)
      .map((other) => measured(other).counted)
    : [metric.counted];
  return all.flatMap((counted) => {
    if (counted === undefined) return [];
    const [enabled, running] = [metricOf(counted.enabled), metricOf(counted.running)];
    return isColumn(enabled) && isColumn(running) ? [{ enabled, running }] : [];
  });
}

const ALL = new WeakMap<Snapshot, readonly Source[]>();

/** Whatever is counted on this machine. */
function allSources(snapshot: Snapshot): readonly Source[] {
  let all = ALL.get(snapshot);
  if (all === undefined) {
    all = MEASURED.filter(({ id, sourced }) => sourced === id)
      .flatMap(({ id }) => snapshot.sources(id));
    ALL.set(snapshot, all);
  }
  return all;
}

/** Groups of events that take turns where a source counts, its own among them. */
export function groupsBeside(snapshot: Snapshot, source: Source): number {
  const [first] = source.instances;
  const { collector } = measured(source);
  const groups = allSources(snapshot)
    .filter((other) =>
      // What is below 0 is no group of the kernel but a sum over some.
      other.group >= 0 && other.pmu === source.pmu && measured(other).collector === collector &&
      (first === undefined || other.instances.includes(first))
    )
    .map(({ group }) => group);
  return new Set(groups).size;
}

/** What would let these sources count for longer; null where nothing less would. */
export function narrowerFor(snapshot: Snapshot, sources: readonly Source[]): Narrower | null {
  const core = sources.filter((source) => bundleOf(source) !== undefined);
  if (core.length === 0 || core.every((source) => groupsBeside(snapshot, source) < 2)) return null;
  const groups = new Set(core.map(groupOf));
  const exact = groups.size === 1 && core[0]!.group >= 0;
  // Whatever one group counts fits together. Of several, only what is asked for stays.
  const kept = exact ? allSources(snapshot).filter((source) => groups.has(groupOf(source))) : core;
  const bundles = new Set(kept.map(bundleOf));
  return { bundles: BUNDLES.filter((bundle) => bundles.has(bundle)), exact };
}

function bundleOf({ metric }: Source): string | undefined {
  return TERMS.find((term) => term.metric === metric)?.bundle;
}

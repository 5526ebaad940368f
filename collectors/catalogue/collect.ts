/**
 * What a scrape can ask for by name: what one collector tells, or one group of counters. Both are names
 * that `/metrics` itself says: of `ringside_collector_duration_seconds` and `ringside_pmu_available`.
 *
 * @module
 */
import { isColumn, type Metric, METRICS, SCOPES } from "../catalogue.ts";
import { inputs } from "../formula.ts";
import { PMU_QUANTITIES } from "./pmu_quantities.ts";

/** What no collector tells: the version, the names of the host and its kernel, its clock. */
export const COLLECT_HOST = "host";

/** Ids of metrics by name, for names that have something in `/metrics`. */
export const COLLECT: ReadonlyMap<string, ReadonlySet<string>> = collectable();

function collectable(): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>([[COLLECT_HOST, new Set()]]);
  const put = (name: string, id: string): void => {
    const own = names.get(name) ?? new Set();
    names.set(name, own.add(id));
  };
  for (const metric of METRICS.values()) {
    if (metric.exposition === undefined || SCOPES.get(metric.scope)?.volatile) continue;
    for (const collector of collectorsOf(metric)) put(collector, metric.id);
  }
  for (const { id, metrics } of PMU_QUANTITIES) {
    for (const term of metrics) for (const each of withTimes(term)) put(id, each);
  }
  return names;
}

function collectorsOf(metric: Metric): readonly string[] {
  if (isColumn(metric)) return [metric.collector];
  return inputs(metric.formula).flatMap((id) => collectorsOf(METRICS.get(id)!));
}

function withTimes(id: string): readonly string[] {
  const metric = METRICS.get(id)!;
  if (!isColumn(metric) || metric.counted === undefined) return [id];
  return [id, metric.counted.enabled, metric.counted.running];
}

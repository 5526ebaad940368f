/** The catalogue as JSON: what there is to ask for, and what each number is. @module */
import {
  inputs,
  METRICS,
  print,
  proofOf,
  SCOPES,
  shownUnit,
  type Snapshot,
  type Source,
} from "../collectors/mod.ts";

/**
 * Metrics in the catalogue's order, with what counts them on this machine and the line for a shell that
 * counts the same; and each scope with the instances that are there now.
 */
export function catalogueJson(snapshot: Snapshot): unknown {
  return {
    metrics: [...METRICS.values()].map((metric) => ({
      id: metric.id,
      name: metric.name,
      help: metric.help,
      kind: metric.kind,
      unit: metric.unit,
      shown_unit: shownUnit(metric),
      scope: metric.scope,
      ...(metric.exposition === undefined ? {} : { exposition: metric.exposition.name }),
      ...(metric.kind === "derived"
        ? { formula: print(metric.formula), inputs: inputs(metric.formula) }
        : { collector: metric.collector, source: metric.source }),
      ...proofJson(snapshot, metric.id),
    })),
    scopes: [...SCOPES.values()].map((scope) => ({
      id: scope.id,
      name: scope.name,
      label: scope.label,
      instances: scope.id === "host"
        ? []
        : snapshot.instances(scope.id).map((instance) => instance.name),
    })),
  };
}

function proofJson(snapshot: Snapshot, id: string): Readonly<Record<string, unknown>> {
  const { sources, command } = proofOf(snapshot, [id]);
  return { sources: sources.map(sourceJson), perf_stat: command };
}

function sourceJson(source: Source): unknown {
  const { metric, pmu, events, instances, provenance, note } = source;
  // Events that take turns are of no group.
  const group = source.group < 0 ? null : source.group;
  return { metric, pmu, events, instances, group, provenance, note: note ?? null };
}

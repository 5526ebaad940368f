/** The catalogue as JSON: what there is to ask for, and what each number is. @module */
import { inputs, METRICS, print, SCOPES, shownUnit, type Snapshot } from "../collectors/mod.ts";

/** Metrics in the catalogue's order, and each scope with the instances that are there now. */
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

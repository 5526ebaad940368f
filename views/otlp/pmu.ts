/** What PMUs count and how well, told over OTLP as no metric of the catalogue tells it. @module */
import { PMU_AVAILABLE_HELP, PMU_INEXACT_HELP, PMU_QUANTITIES } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { absenceOf, inexactOf } from "../pmu_absence.ts";
import type { OtlpMetric } from "./metrics.ts";

/** `prefix`: of their names and attributes. What has no point is left out. */
export function pmuMetrics(snapshot: Snapshot, prefix: string): readonly OtlpMetric[] {
  return [availability(snapshot, prefix), inexactness(snapshot, prefix)]
    .filter(({ points }) => points.length > 0);
}

/** Whether each group is counted: 1, or 0 with the reason. */
function availability(snapshot: Snapshot, prefix: string): OtlpMetric {
  return {
    name: `${prefix}.pmu.available`,
    help: PMU_AVAILABLE_HELP,
    unit: "{flag}",
    kind: "gauge",
    points: PMU_QUANTITIES.map((quantities) => {
      const reason = absenceOf(snapshot, quantities);
      const group = { [`${prefix}.pmu.group`]: quantities.id };
      return {
        attributes: reason === "" ? group : { ...group, [`${prefix}.absent`]: reason },
        value: reason === "" ? 1 : 0,
        atMs: snapshot.wallMs,
      };
    }),
  };
}

/** Why groups are not exact, where they are not: the share of instances, or 1. */
function inexactness(snapshot: Snapshot, prefix: string): OtlpMetric {
  return {
    name: `${prefix}.pmu.inexact`,
    help: PMU_INEXACT_HELP,
    unit: "1",
    kind: "gauge",
    points: PMU_QUANTITIES.flatMap((quantities) =>
      [...inexactOf(snapshot, quantities)].map(([why, value]) => ({
        attributes: { [`${prefix}.pmu.group`]: quantities.id, [`${prefix}.inexact`]: why },
        value,
        atMs: snapshot.wallMs,
      }))
    ),
  };
}

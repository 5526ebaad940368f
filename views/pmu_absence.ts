/** Whether what PMUs could count is counted and can be true, in a word. @module */
import type { PmuQuantities } from "../collectors/mod.ts";
import { type Reason, REASONS } from "../collectors/trust.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { isMeasured, type Reading } from "../collectors/trust.ts";

/** Why nobody may count on a group of quantities. */
export type PmuAbsence = Reason | "implausible";
export const PMU_ABSENCES: readonly PmuAbsence[] = [...REASONS, "implausible"];

/**
 * Empty where something is measured, and all that is can be true. A total says nothing of its grade: one
 * counter that stands makes ratios with all the others that look measured.
 *
 * Else the word for what is in the way, one with a cause before others.
 */
export function absenceOf(snapshot: Snapshot, { metrics, made }: PmuQuantities): PmuAbsence | "" {
  const readings = metrics.map((id) => snapshot.read(id));
  if (readings.some(isImplausible)) return "implausible";
  if (readings.some(isMeasured)) {
    return made !== undefined && isImplausible(snapshot.read(made)) ? "implausible" : "";
  }
  const absences = readings.flatMap((reading) => isMeasured(reading) ? [] : [reading]);
  return (absences.find(({ problem }) => problem !== undefined) ?? absences[0])?.absent ?? "";
}

function isImplausible(reading: Reading): boolean {
  return isMeasured(reading) && reading.grade === "implausible";
}

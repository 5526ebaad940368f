/** Whether what PMUs could count is counted, can be true and is exact, in words. @module */
import type { PmuQuantities } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { HEARSAY, isMeasured, type Reading, type Reason, REASONS } from "../collectors/trust.ts";

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

/** Why what is told is no exact figure of the host. */
export const PMU_INEXACT = ["partial", "mixed", ...HEARSAY] as const;
export type PmuInexact = (typeof PMU_INEXACT)[number];

/**
 * Why, beside the share of time that was counted, each with a number: of `partial` the least share of
 * instances that are counted, of the others 1. Empty where nothing is, and where nothing is counted.
 */
export function inexactOf(
  snapshot: Snapshot,
  { metrics, summed = metrics, made, quotient }: PmuQuantities,
): ReadonlyMap<PmuInexact, number> {
  const found = new Map<PmuInexact, number>();
  const readings = summed.map((id) => snapshot.read(id));
  if (!readings.some(isMeasured)) return found;
  for (const id of [made, quotient]) if (id !== undefined) readings.push(snapshot.read(id));
  for (const reading of readings) {
    if (!isMeasured(reading)) continue;
    const { partial, mixed, hearsay } = reading;
    if (partial !== undefined) {
      const share = partial.counted / partial.present;
      found.set("partial", Math.min(share, found.get("partial") ?? 1));
    }
    if (mixed) found.set("mixed", 1);
    if (hearsay !== undefined) found.set(hearsay, 1);
  }
  return found;
}

function isImplausible(reading: Reading): boolean {
  return isMeasured(reading) && reading.grade === "implausible";
}

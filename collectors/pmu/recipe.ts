/**
 * How the quantities are counted on one kind of core: which events stand for which term. A bundle is
 * what must be counted at the same time, because ratios are made of it.
 *
 * @module
 */
import type { PmuEvent } from "./pmu_event.ts";

/** The important ones first. */
export const BUNDLES = [
  "core",
  "branch",
  "llc",
  "l1d",
  "l2",
  "tlb",
  "l1i",
  "stalls",
  "clock",
] as const;
export type BundleId = (typeof BUNDLES)[number];

/** Who says that an event counts what its term says: see `PROVENANCES` of a source. */
export type RecipeProvenance = "kernel" | "vendor" | "third_party" | "unverified";

/** One way to count one bundle on one PMU. */
export interface Recipe {
  readonly bundle: BundleId;
  /** By role: the events whose counts are added up. A role that the PMU has no event for is left out. */
  readonly terms: Readonly<Record<string, readonly PmuEvent[]>>;
  readonly provenance: RecipeProvenance;
  /** What the events mean here, where their names do not say it: a sentence with a full stop. */
  readonly note?: string;
}

/**
 * What may be counted by `perf_event_open`, by the groups in which it becomes available or does not:
 * a bundle of the core's counters, the L3 caches, the kernel's own events, the reference clock.
 */
import { BUNDLES } from "../pmu/recipe.ts";
import { TERMS } from "./core_counters.ts";
import { L3_TERMS } from "./llc.ts";
import { SOFTWARE_COUNTS } from "./software_events.ts";
import { TSC_FREQUENCY } from "./tsc.ts";

export interface PmuQuantities {
  /** The label that tells it in `/metrics`. */
  readonly id: string;
  /** Any of them that is measured makes the group available. */
  readonly metrics: readonly string[];
}

/** Terms that are counted only beside others: cycles and instructions have a group of their own. */
const COMPANIONS = ["instructions", "cycles"];

export const PMU_QUANTITIES: readonly PmuQuantities[] = [
  ...BUNDLES.map((bundle) => ({
    id: bundle,
    metrics: TERMS
      .filter((term) =>
        term.bundle === bundle && (bundle === "core" || !COMPANIONS.includes(term.role))
      )
      .map(({ metric }) => metric),
  })),
  { id: "l3", metrics: L3_TERMS.map(({ metric }) => metric) },
  { id: "software", metrics: SOFTWARE_COUNTS.map(({ metric }) => metric) },
  { id: "tsc", metrics: [TSC_FREQUENCY] },
];

/**
 * What PMUs count, by the groups in which it becomes available or does not: a bundle of the core's
 * counters, the L3 caches, memory controllers, energy meters, the kernel's own events, the reference
 * clock. All of it is asked of `perf_event_open`; energy may come from powercap instead.
 */
import { BUNDLES } from "../pmu/recipe.ts";
import { TERMS } from "./core_counters.ts";
import { ENERGY_ZONES } from "./energy.ts";
import { L3_TERMS } from "./llc.ts";
import { TRAFFIC_METRICS } from "./memory_bandwidth.ts";
import { SOFTWARE_COUNTS } from "./software_events.ts";
import { TSC_FREQUENCY } from "./tsc.ts";

export interface PmuQuantities {
  /** The label that tells it in `/metrics`. */
  readonly id: string;
  /** Any of them that is measured makes the group available. */
  readonly metrics: readonly string[];
  /** Those of them that sums over the host are made of; absent: all. */
  readonly summed?: readonly string[];
  /** Made of them: what cannot be true of it cannot be true of them either. */
  readonly made?: string;
  /** Made of them and of others: how good it can be says how good a quotient of such totals can be. */
  readonly quotient?: string;
}

/** The help of `ringside_pmu_inexact`, and of the same over OTLP. */
export const PMU_INEXACT_HELP =
  "Why what a group of quantities tells is no exact figure of the host, beside the share of time: " +
  "partial with the share of instances that are counted, or 1 for mixed, third_party and unverified.";

/** The help of `ringside_pmu_available`, and of the same over OTLP. */
export const PMU_AVAILABLE_HELP =
  "Whether a group of quantities is counted and can be true, and the reason where it is not.";

/** Terms that are counted only beside others: cycles and instructions have a group of their own. */
const COMPANIONS = ["instructions", "cycles"];

const LLC_QUOTIENT = "llc_mpki";

const { reads, writes, combined } = TRAFFIC_METRICS.ddr;

export const PMU_QUANTITIES: readonly PmuQuantities[] = [
  ...BUNDLES.map((bundle) => ({
    id: bundle,
    metrics: TERMS
      .filter((term) =>
        term.bundle === bundle && (bundle === "core" || !COMPANIONS.includes(term.role))
      )
      .map(({ metric }) => metric),
    ...(bundle === "core" ? { made: "instructions_per_cycle" } : {}),
    ...(bundle === "llc" ? { quotient: LLC_QUOTIENT } : {}),
  })),
  { id: "l3", metrics: L3_TERMS.map(({ metric }) => metric), quotient: LLC_QUOTIENT },
  {
    id: "memory_bandwidth",
    metrics: [reads, writes, combined],
    made: "memory_controller_bytes_per_second",
  },
  {
    id: "energy",
    metrics: ENERGY_ZONES.map(({ metric }) => metric),
    // Others than these many packages do not have.
    summed: ENERGY_ZONES.filter(({ powercap }) => powercap === "package" || powercap === "dram")
      .map(({ metric }) => metric),
  },
  { id: "software", metrics: SOFTWARE_COUNTS.map(({ metric }) => metric) },
  { id: "tsc", metrics: [TSC_FREQUENCY] },
];

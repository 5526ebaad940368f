/**
 * The last-level cache, whoever counts it: the core's own counters (Intel, Arm), or the PMU of each L3
 * cache (AMD), which knows no CPU finer than the cores that share it.
 */
import type { Derived, Measured, Subject } from "../catalogue.ts";
import { delta, divide, either, type Formula, rate } from "../formula.ts";
import { MISSES_PER_THOUSAND, mpki } from "./core_counters.ts";
import { counter } from "./counted.ts";

const collector = "l3_counters";

/** In the order of the group. */
export const L3_TERMS = [
  { metric: "l3_references", role: "references" },
  { metric: "l3_misses", role: "misses" },
] as const;

const measured: readonly Measured[] = [
  ...counter({
    id: "l3_references",
    name: "L3 references",
    help: "Accesses of all cores of an L3 cache to it.",
    unit: "{access}",
    scope: "l3_domain",
    collector,
    sane: [0, 1e12],
  }),
  ...counter({
    id: "l3_misses",
    name: "L3 misses",
    help: "Accesses that an L3 cache did not have.",
    unit: "{miss}",
    scope: "l3_domain",
    collector,
    sane: [0, 1e11],
  }),
];

function llc(
  id: string,
  name: string,
  help: string,
  unit: Derived["unit"],
  sane: Derived["sane"],
  formula: Formula,
): Derived {
  return { id, name, help, unit, kind: "derived", scope: "cpu", sane, formula };
}

const derived: readonly Derived[] = [
  llc(
    "llc_references_per_second",
    "LLC references",
    "Accesses to the last-level cache in a second.",
    "{access}/s",
    [0, 1e13],
    either(rate("core_llc_references"), rate("l3_references")),
  ),
  llc(
    "llc_misses_per_second",
    "LLC misses",
    "Accesses in a second that the last-level cache did not have.",
    "{miss}/s",
    [0, 1e12],
    either(rate("core_llc_misses"), rate("l3_misses")),
  ),
  llc(
    "llc_miss_ratio",
    "LLC miss ratio",
    "Share of the last-level cache's accesses that missed.",
    "1",
    [0, 1],
    either(
      divide(delta("core_llc_misses"), delta("core_llc_references")),
      divide(delta("l3_misses"), delta("l3_references")),
    ),
  ),
  llc(
    "llc_mpki",
    "LLC MPKI",
    "Last-level cache misses for every 1,000 instructions retired.",
    MISSES_PER_THOUSAND,
    undefined,
    either(mpki("core_llc_misses", "llc_group_instructions"), mpki("l3_misses", "instructions")),
  ),
];

export const lastLevelCache: Subject = {
  scopes: [{ id: "l3_domain", label: "l3", name: "L3 cache", spare: 1, most: 128 }],
  metrics: [...measured, ...derived],
  doctor: [{
    id: "llc",
    name: "Last-level cache",
    metrics: ["llc_references_per_second", "llc_misses_per_second"],
    needs: "core_pmu",
    uncore: [{ vendors: ["amd", "hygon"], devices: ["amd_l3"], module: "amd_uncore" }],
  }],
};

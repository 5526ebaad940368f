/** The cards that show what the counters of the CPU count. */
import type { Card, GridRow } from "../card.ts";

/** References, misses, their ratio and misses by instructions, of one level. */
function cacheRow(name: string, prefix: string, rates = ""): GridRow {
  return {
    name,
    cells: [
      { metric: `${prefix}_references${rates}` },
      { metric: `${prefix}_misses${rates}` },
      { metric: `${prefix}_miss_ratio` },
      { metric: `${prefix}_mpki` },
    ],
  };
}

export const HARDWARE_CARDS: readonly Card[] = [
  {
    id: "ipc",
    title: "Instructions per cycle",
    place: "core",
    order: 1,
    blocks: [
      {
        block: "headline",
        shown: { metric: "instructions_per_cycle" },
        caption: "all CPUs",
      },
      {
        block: "figures",
        rows: [
          { metric: "instructions" },
          { metric: "cpu_cycles" },
          { metric: "cycles_per_instruction" },
          { metric: "active_frequency_hertz" },
          { metric: "stalled_frontend_ratio" },
          { metric: "stalled_backend_ratio" },
        ],
      },
      {
        block: "chart",
        id: "ipc",
        title: "Instructions per cycle, all CPUs",
        style: "line",
        series: [{ metric: "instructions_per_cycle" }],
      },
    ],
  },
  {
    id: "caches",
    title: "Caches",
    place: "core",
    order: 2,
    blocks: [
      {
        block: "grid",
        heading: "Level",
        columns: ["References", "Misses", "Miss ratio", "MPKI"],
        rows: [
          cacheRow("L1I", "l1i"),
          cacheRow("L1D", "l1d"),
          cacheRow("L2", "l2"),
          cacheRow("LLC", "llc", "_per_second"),
        ],
      },
    ],
  },
  {
    id: "branches",
    title: "Branches",
    place: "side",
    order: 3,
    blocks: [
      {
        block: "figures",
        rows: [
          { metric: "branch_instructions" },
          { metric: "branch_misses", name: "Predicted wrong" },
          { metric: "branch_miss_ratio", name: "Share predicted wrong" },
          { metric: "branch_mpki", name: "Misses per 1,000 instructions (MPKI)" },
        ],
      },
    ],
  },
  {
    id: "tlbs",
    title: "TLBs",
    place: "side",
    order: 4,
    blocks: [
      {
        block: "grid",
        heading: "TLB",
        columns: ["Misses", "MPKI"],
        rows: [
          { name: "Data", cells: [{ metric: "dtlb_misses" }, { metric: "dtlb_mpki" }] },
          { name: "Instructions", cells: [{ metric: "itlb_misses" }, { metric: "itlb_mpki" }] },
        ],
      },
    ],
  },
];

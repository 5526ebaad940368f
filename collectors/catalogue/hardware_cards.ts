/** The cards that show what the counters of the CPU count. */
import type { Card, GridRow } from "../card.ts";

/** The CPU's IPC is that of unlike cores, or of sockets with work of their own. */
const SPLIT = ["core_type", "socket"];

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
    trend: { metric: `${prefix}_mpki` },
  };
}

/** Nobody counts the accesses of a TLB everywhere: nearly all of the loads and stores are. */
function tlbRow(name: string, prefix: string): GridRow {
  const mpki = { metric: `${prefix}_mpki` };
  return { name, cells: [null, { metric: `${prefix}_misses` }, null, mpki], trend: mpki };
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
      { block: "parts", shown: { metric: "instructions_per_cycle" }, split: SPLIT },
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
        sparse: true,
      },
      {
        block: "chart",
        id: "ipc",
        title: "Instructions per cycle",
        style: "line",
        series: [{ metric: "instructions_per_cycle", name: "All CPUs" }],
        split: SPLIT,
        tall: true,
      },
    ],
  },
  {
    id: "caches",
    title: "Caches, branches, TLBs",
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
          {
            name: "Branches",
            cells: [
              { metric: "branch_instructions" },
              { metric: "branch_misses" },
              { metric: "branch_miss_ratio" },
              { metric: "branch_mpki" },
            ],
            trend: { metric: "branch_mpki" },
          },
          tlbRow("dTLB", "dtlb"),
          tlbRow("iTLB", "itlb"),
        ],
      },
    ],
  },
];

/** Small cards of counters, for tests that need to know all that is on one. @module */
import type { Card } from "../../collectors/card.ts";

const place = { place: "side", order: 3 } as const;

export const BRANCHES: Card = {
  ...place,
  id: "branches",
  title: "Branches",
  blocks: [{
    block: "figures",
    rows: [
      { metric: "branch_instructions" },
      { metric: "branch_misses", name: "Predicted wrong" },
      { metric: "branch_miss_ratio", name: "Share predicted wrong" },
      { metric: "branch_mpki", name: "Misses per 1,000 instructions (MPKI)" },
    ],
  }],
};

export const TLBS: Card = {
  ...place,
  id: "tlbs",
  title: "TLBs",
  blocks: [{
    block: "grid",
    heading: "TLB",
    columns: ["Misses", "MPKI"],
    rows: [
      { name: "Data", cells: [{ metric: "dtlb_misses" }, { metric: "dtlb_mpki" }] },
      { name: "Instructions", cells: [{ metric: "itlb_misses" }, { metric: "itlb_mpki" }] },
    ],
  }],
};

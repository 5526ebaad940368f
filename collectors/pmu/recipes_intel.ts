/**
 * What is counted how on Intel cores. Codes and names: Intel's event lists
 * (https://github.com/intel/perfmon); what generic events stand for: arch/x86/events/intel/core.c.
 *
 * @module
 */
import type { CorePmu } from "./core_pmu.ts";
import { type CpuModel, type IntelCore, intelCore } from "./cpu_model.ts";
import type { Recipe } from "./recipe.ts";
import {
  genericRecipe,
  type RawCode,
  rawRecipe,
  type RawTerms,
  type RecipeList,
} from "./recipe_builder.ts";

const ALL: RawTerms = {
  references: [[0xff24n, "l2_rqsts.references"]],
  misses: [[0x3f24n, "l2_rqsts.miss"]],
};
const DEMAND: RawTerms = {
  references: [[0xe724n, "l2_rqsts.all_demand_references"]],
  misses: [[0x2724n, "l2_rqsts.all_demand_miss"]],
};
/** The same event number as on big cores, with masks of its own. */
const ATOM_MISS: RawCode = [0x0124n, "l2_request.miss"];
const ATOM: RawTerms = { references: [[0x0024n, "l2_request.all"]], misses: [ATOM_MISS] };
/** Its list has no event for both. */
const CRESTMONT: RawTerms = {
  references: [[0x0224n, "l2_request.hit"], ATOM_MISS],
  misses: [ATOM_MISS],
};
const SKYMONT: RawTerms = { references: [[0x0724n, "l2_request.all"]], misses: [ATOM_MISS] };

/** Lookups of fetches, a line of 64 bytes each. */
const L1I_TAGS: RawTerms = l1iTerms(
  [0x0183n, "icache_64b.iftag_hit"],
  [0x0283n, "icache_64b.iftag_miss"],
);
const L1I_READS: RawTerms = l1iTerms([0x0180n, "icache.hit"], [0x0280n, "icache.misses"]);

const BIG: readonly IntelCore[] = [
  "haswell",
  "skylake",
  "cannon_lake",
  "ice_lake",
  "ice_lake_server",
  "golden_cove",
  "lion_cove",
];

export function intelRecipes(pmu: CorePmu, cpu: CpuModel): RecipeList {
  const core = intelCore(cpu, pmu.name);
  const big = core !== undefined && BIG.includes(core) || pmu.name === "cpu_core";
  return {
    llc: [genericRecipe(pmu, "llc", llcNote(big), {
      references: "cache-references",
      misses: "cache-misses",
    })],
    l1d: [genericRecipe(pmu, "l1d", l1dNote(core))],
    l2: l2Recipes(pmu, core),
    tlb: [genericRecipe(pmu, "tlb", "Misses of every TLB level: walks of the page table.")],
    l1i: big ? l1iRecipes(pmu, core) : [genericRecipe(pmu, "l1i")],
  };
}

function llcNote(big: boolean): string {
  const meaning = "On Intel the kernel's generic cache events are those of the last-level cache, " +
    "with speculative accesses and the core's prefetches";
  return big ? `${meaning}.` : `${meaning}; the L2 is that cache where the core has no L3.`;
}

function l1dNote(core: IntelCore | undefined): string | undefined {
  switch (core) {
    case "haswell":
    case "skylake":
    case "cannon_lake":
    case "ice_lake":
    case "ice_lake_server":
      return "A miss is a line brought into the L1D, by loads, stores or prefetches " +
        "(L1D.REPLACEMENT); references are retired loads.";
    case "golden_cove":
      return "A miss is a demand load that asked the L2 (L2_RQSTS.ALL_DEMAND_DATA_RD); " +
        "references are retired loads.";
    default:
      return undefined;
  }
}

function l2Recipes(pmu: CorePmu, core: IntelCore | undefined): readonly Recipe[] {
  const all = rawRecipe(pmu, "l2", ALL, "Demand accesses and prefetches together.");
  const demand = rawRecipe(pmu, "l2", DEMAND, "Demand accesses only, without prefetches.");
  const atom = (terms: RawTerms, more = ""): Recipe =>
    rawRecipe(pmu, "l2", terms, `Demand accesses and L2 prefetches together${more}.`);
  switch (core) {
    case "haswell":
    case "skylake":
    case "cannon_lake":
    case "ice_lake":
    case "golden_cove":
      return [all, demand];
    case "lion_cove":
      return [all];
    case "ice_lake_server":
      return [demand];
    case "tremont":
    case "gracemont":
      return [atom(ATOM)];
    case "crestmont":
      return [atom(CRESTMONT, ", without those that were rejected")];
    case "skymont":
      return [atom(SKYMONT, "; a request that is rejected and comes again is one more reference")];
    default:
      return [];
  }
}

/**
 * The maker's pair, where its list has one; else misses alone: the kernel's generic event is the same
 * miss, and it has none for accesses (hsw_hw_cache_event_ids, skl_hw_cache_event_ids).
 */
function l1iRecipes(pmu: CorePmu, core: IntelCore | undefined): readonly Recipe[] {
  switch (core) {
    case "haswell":
      return l1iPair(
        pmu,
        L1I_READS,
        "A reference is a fetch that hit or missed the L1I, its streaming buffer and its victim " +
          "cache, uncacheable ones too.",
      );
    case "skylake":
    case "ice_lake":
    case "ice_lake_server":
      return l1iPair(
        pmu,
        L1I_TAGS,
        "A reference is a lookup of a line of 64 bytes that hit or missed.",
      );
    default:
      return [l1iMisses(pmu, "The kernel names no event for L1I accesses on this CPU.")];
  }
}

function l1iPair(pmu: CorePmu, terms: RawTerms, note: string): readonly Recipe[] {
  const alone =
    "The kernel names no event for L1I accesses, and Intel's did not open or need more " +
    "counters than there are.";
  return [rawRecipe(pmu, "l1i", terms, note), l1iMisses(pmu, alone)];
}

function l1iMisses(pmu: CorePmu, note: string): Recipe {
  return genericRecipe(pmu, "l1i", note, { misses: "L1-icache-load-misses" });
}

function l1iTerms(hit: RawCode, miss: RawCode): RawTerms {
  return { references: [hit, miss], misses: [miss] };
}

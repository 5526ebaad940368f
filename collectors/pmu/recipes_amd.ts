/**
 * What is counted how on AMD and Hygon cores. Codes and names: AMD's Processor Programming References,
 * "Core Performance Monitor Counters"; what generic events stand for: arch/x86/events/amd/core.c.
 *
 * @module
 */
import type { CorePmu } from "./core_pmu.ts";
import { type CpuModel, hasUncountedL3, isZen, zenOf } from "./cpu_model.ts";
import type { PmuDevice } from "./device.ts";
import type { PmuEvent } from "./pmu_event.ts";
import type { Recipe } from "./recipe.ts";
import {
  genericRecipe,
  genericRecipeOf,
  type RawCode,
  rawRecipe,
  type RecipeList,
} from "./recipe_builder.ts";

const L2_MISS: RawCode = [0x0964n, "l2_cache_req_stat.ic_dc_miss_in_l2"];

/** What differs between generations: accesses without prefetches, and those of the L2 prefetcher. */
const L2_CODES = {
  zen1to4: {
    accesses: [0xf960n, "l2_request_g1.all_no_prefetch"],
    prefetchHits: [0xff70n, "l2_pf_hit_l2"],
    prefetchMisses: [[0xff71n, "l2_pf_miss_l2_hit_l3"], [0xff72n, "l2_pf_miss_l2_l3"]],
  },
  zen5: {
    accesses: [0xf160n, "l2_request_g1.all_no_prefetch"],
    prefetchHits: [0x1f70n, "l2_pf_hit_l2"],
    prefetchMisses: [[0x1f71n, "l2_pf_miss_l2_hit_l3"], [0x1f72n, "l2_pf_miss_l2_l3"]],
  },
} as const satisfies Record<string, {
  readonly accesses: RawCode;
  readonly prefetchHits: RawCode;
  readonly prefetchMisses: readonly RawCode[];
}>;

export function amdRecipes(pmu: CorePmu, cpu: CpuModel): RecipeList {
  if (!isZen(cpu)) return olderRecipes(pmu, cpu);
  const zen = zenOf(cpu);
  return {
    llc: [],
    l1d: [
      genericRecipe(
        pmu,
        "l1d",
        "References are loads and stores; misses are what the L1D asked of the L2.",
      ),
    ],
    l2: l2Recipes(pmu, zen),
    tlb: [genericRecipe(pmu, "tlb", "Misses of both TLB levels: walks of the page table.")],
    l1i: [l1iRecipe(pmu, zen)],
  };
}

/** K8 to Jaguar: the kernel's LLC events are those of the L2, which most of them have for the last level. */
function olderRecipes(pmu: CorePmu, cpu: CpuModel): RecipeList {
  if (hasUncountedL3(cpu)) return { llc: [] };
  if (cpu.family === undefined) return {};
  return { llc: [genericRecipe(pmu, "llc", "The last level is the L2 on this CPU.")] };
}

function l2Recipes(pmu: CorePmu, zen: ReturnType<typeof zenOf>): readonly Recipe[] {
  const generic = genericRecipeOf(
    pmu,
    "l2",
    { references: "cache-references", misses: "cache-misses" },
    "On AMD the kernel's generic cache events are requests to the L2 and its demand misses.",
  );
  if (zen === undefined) return [generic];
  const { accesses, prefetchHits, prefetchMisses } = zen === 5 ? L2_CODES.zen5 : L2_CODES.zen1to4;
  return [
    rawRecipe(pmu, "l2", {
      references: [accesses, prefetchHits, ...prefetchMisses],
      misses: [L2_MISS, ...prefetchMisses],
    }, "Demand accesses and prefetches together, each a sum of events."),
    rawRecipe(
      pmu,
      "l2",
      { references: [accesses], misses: [L2_MISS] },
      "Demand accesses only, without prefetches.",
    ),
    generic,
  ];
}

/** The events behind the kernel's names are no longer listed for Zen 4 and later. */
function l1iRecipe(pmu: CorePmu, zen: ReturnType<typeof zenOf>): Recipe {
  if (zen === undefined || zen < 4) return genericRecipe(pmu, "l1i", "In fetches of 32 bytes.");
  return rawRecipe(pmu, "l1i", {
    references: [[0x1_0000_1f8en, "ic_tag_hit_miss.all_instruction_cache_accesses"]],
    misses: [[0x1_0000_188en, "ic_tag_hit_miss.instruction_cache_miss"]],
  });
}

/**
 * Accesses and misses of an L3 cache, on AMD's PMU outside the cores: one event for each CPU of its
 * `cpumask`. Masks of cores, slices and threads stay 0, which the driver takes for all of them
 * (arch/x86/events/amd/uncore.c).
 */
export function l3Recipe(
  device: PmuDevice,
): { readonly references: PmuEvent; readonly misses: PmuEvent } {
  const { name, type } = device;
  return {
    references: { name: `${name}/event=0x04,umask=0xff/`, type, config: 0xff04n },
    misses: { name: `${name}/event=0x04,umask=0x01/`, type, config: 0x0104n },
  };
}

/**
 * What is counted how on Arm cores. Codes and names: Arm Architecture Reference Manual, "PMU events and
 * event numbers"; what generic events stand for: drivers/perf/arm_pmuv3.c.
 *
 * @module
 */
import type { CorePmu } from "./core_pmu.ts";
import type { PmuDevice } from "./device.ts";
import { encodeEvent } from "./format.ts";
import type { BundleId, Recipe } from "./recipe.ts";
import { genericRecipe, rawRecipe, type RawTerms, type RecipeList } from "./recipe_builder.ts";

const CYCLES = { cycles: [[0x11n, "CPU_CYCLES"]] } as const satisfies RawTerms;
const INSTRUCTIONS = { instructions: [[0x08n, "INST_RETIRED"]] } as const satisfies RawTerms;

/** What the generic events stand for. */
const BEHIND_GENERIC = {
  core: { ...CYCLES, ...INSTRUCTIONS },
  branch: { branches: [[0x21n, "BR_RETIRED"]], misses: [[0x10n, "BR_MIS_PRED"]] },
  llc: { references: [[0x36n, "LL_CACHE_RD"]], misses: [[0x37n, "LL_CACHE_MISS_RD"]] },
  l1d: { references: [[0x04n, "L1D_CACHE"]], misses: [[0x03n, "L1D_CACHE_REFILL"]] },
  tlb: { dtlb_misses: [[0x05n, "L1D_TLB_REFILL"]], itlb_misses: [[0x02n, "L1I_TLB_REFILL"]] },
  l1i: { references: [[0x14n, "L1I_CACHE"]], misses: [[0x01n, "L1I_CACHE_REFILL"]] },
  stalls: { frontend: [[0x23n, "STALL_FRONTEND"]], backend: [[0x24n, "STALL_BACKEND"]] },
} as const satisfies Partial<Record<BundleId, RawTerms>>;

type GenericBundle = keyof typeof BEHIND_GENERIC;

const NOTES: Readonly<Partial<Record<GenericBundle, string>>> = {
  branch: "Branches are those retired; misses are speculative ones too, so that there may be more.",
  llc: "Reads only; where cores share a mesh, the last level may be the system's cache.",
  l1d: "Loads and stores together; a miss is a line fetched.",
  tlb: "Misses of the first-level TLBs, most of which the second level answers.",
};

const L2: RawTerms = {
  references: [[0x16n, "L2D_CACHE"]],
  misses: [[0x17n, "L2D_CACHE_REFILL"]],
};
const L3: RawTerms = {
  references: [[0x2bn, "L3D_CACHE"]],
  misses: [[0x2an, "L3D_CACHE_REFILL"]],
};

/** Whether a PMU counts by Arm's architected event numbers. */
export function isArm(pmu: CorePmu): boolean {
  return /^armv[89]_/.test(pmu.name);
}

export function armRecipes(pmu: CorePmu): RecipeList {
  const bundles = Object.keys(BEHIND_GENERIC) as GenericBundle[];
  const generic = Object.fromEntries(
    bundles.map((bundle) => [bundle, genericRecipes(pmu, bundle)]),
  ) as Record<GenericBundle, readonly Recipe[]>;
  return {
    ...generic,
    llc: [...generic.llc, ...raw(pmu, "llc", L3, "The core's own accesses to the L3 cache.")],
    l2: raw(pmu, "l2", L2),
    // No event counts at a constant rate by a name of the kernel's.
    clock: [],
  };
}

/**
 * Where there are several PMUs, older kernels do not take generic events for one of them
 * (PERF_PMU_CAP_EXTENDED_HW_TYPE): there the same events go by number.
 */
function genericRecipes(pmu: CorePmu, bundle: GenericBundle): readonly Recipe[] {
  const recipe = genericRecipe(pmu, bundle, NOTES[bundle]);
  if (!pmu.extended) return [recipe];
  return [recipe, ...raw(pmu, bundle, BEHIND_GENERIC[bundle], NOTES[bundle])];
}

/**
 * A recipe of the events that the core has. Any number opens, and one that the core does not have
 * counts 0; sysfs lists those that it says it has (PMCEID, armv8pmu_event_attr_is_visible).
 */
function raw(pmu: CorePmu, bundle: BundleId, terms: RawTerms, note?: string): readonly Recipe[] {
  const codes = codesOf(pmu.device);
  const listed = Object.entries(terms).filter(([, events]) =>
    events.every(([code]) => codes.has(code))
  );
  if (listed.length === 0) return [];
  const partner = bundle === "stalls" ? CYCLES : INSTRUCTIONS;
  const own = Object.fromEntries(listed);
  return [rawRecipe(pmu, bundle, pmu.extended ? { ...own, ...partner } : own, note)];
}

function codesOf({ events, formats }: PmuDevice): ReadonlySet<bigint> {
  return new Set([...events.values()].map(({ terms }) => encodeEvent(terms, formats).config));
}

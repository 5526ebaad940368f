/**
 * How each bundle is counted on a core PMU: by the kernel's generic events where those mean what the
 * bundle says, by the maker's codes where they do not. What really opens, only opening tells.
 *
 * @module
 */
import type { CorePmu } from "./core_pmu.ts";
import { type CpuModel, hasUncountedL3, isZen } from "./cpu_model.ts";
import { type BundleId, BUNDLES, type Recipe } from "./recipe.ts";
import { genericRecipe, type RecipeList } from "./recipe_builder.ts";
import { amdRecipes } from "./recipes_amd.ts";
import { armRecipes, isArm } from "./recipes_arm.ts";
import { intelRecipes } from "./recipes_intel.ts";

export type { CpuModel };
export { l3Recipe } from "./recipes_amd.ts";

/**
 * Recipes by bundle, the preferred first. A bundle without any is left out: `whyNoRecipe` tells. An
 * event that two roles share is the same object.
 */
export function recipesFor(
  pmu: CorePmu,
  cpu: CpuModel,
): ReadonlyMap<BundleId, readonly Recipe[]> {
  const own = ownRecipes(pmu, cpu);
  const found = new Map<BundleId, readonly Recipe[]>();
  for (const bundle of BUNDLES) {
    const recipes = own[bundle] ?? (bundle === "l2" ? [] : [genericRecipe(pmu, bundle)]);
    if (recipes.length > 0) found.set(bundle, recipes);
  }
  return found;
}

function ownRecipes(pmu: CorePmu, cpu: CpuModel): RecipeList {
  if (isArm(pmu)) return armRecipes(pmu);
  switch (cpu.vendor) {
    case "intel":
      return intelRecipes(pmu, cpu);
    case "amd":
    case "hygon":
      return amdRecipes(pmu, cpu);
    default:
      return {};
  }
}

/** Why a bundle cannot be counted on a core, or not all of it, in one sentence. */
export function whyNoRecipe(bundle: BundleId, pmu: CorePmu, cpu: CpuModel): string {
  if (bundle === "llc" && isZen(cpu)) {
    return "AMD cores do not count the L3 cache: its PMU is amd_l3";
  }
  if (bundle === "llc" && hasUncountedL3(cpu)) {
    return "The kernel has no event for the L3 cache of AMD CPUs before Zen";
  }
  if (bundle === "clock" && isArm(pmu)) {
    return "The kernel has no event for reference cycles on Arm cores";
  }
  return `No event for ${NAMES[bundle]} is known on ${modelText(pmu, cpu)}`;
}

const NAMES: Readonly<Record<BundleId, string>> = {
  core: "cycles and instructions",
  branch: "branches",
  llc: "the last-level cache",
  l1d: "the L1D cache",
  l2: "the L2 cache",
  tlb: "the TLBs",
  l1i: "the L1I cache",
  stalls: "stalled cycles",
  clock: "reference cycles",
};

function modelText(pmu: CorePmu, { vendor, family, model }: CpuModel): string {
  if (vendor === undefined || family === undefined || model === undefined) {
    return `cores of PMU ${pmu.name}`;
  }
  return `${vendor} family ${family} model 0x${model.toString(16)}, PMU ${pmu.name}`;
}

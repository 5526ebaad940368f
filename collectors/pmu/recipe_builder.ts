/**
 * Makes recipes. Each carries the partner that its ratios need: instructions, or cycles.
 *
 * @module
 */
import { type CorePmu, genericEvent, rawEvent } from "./core_pmu.ts";
import type { CacheEvent, HardwareEvent } from "./event_codes.ts";
import type { PmuEvent } from "./pmu_event.ts";
import type { BundleId, Recipe, RecipeProvenance } from "./recipe.ts";

/** Recipes by bundle, the preferred first. An empty list: there is no way to count it here. */
export type RecipeList = { readonly [bundle in BundleId]?: readonly Recipe[] };

/** perf's own names by role. */
export type GenericTerms = Readonly<Record<string, HardwareEvent | CacheEvent>>;

/** A code of the maker's list with its name there. */
export type RawCode = readonly [config: bigint, label: string];

/** Codes by role. Several are summed. */
export type RawTerms = Readonly<Record<string, readonly RawCode[]>>;

/** What the kernel's own names offer for each bundle. There is none for the L2. */
export const GENERIC_TERMS: Readonly<Record<Exclude<BundleId, "l2">, GenericTerms>> = {
  core: { cycles: "cycles", instructions: "instructions" },
  branch: { branches: "branches", misses: "branch-misses" },
  llc: { references: "LLC-loads", misses: "LLC-load-misses" },
  l1d: { references: "L1-dcache-loads", misses: "L1-dcache-load-misses" },
  tlb: { dtlb_misses: "dTLB-load-misses", itlb_misses: "iTLB-load-misses" },
  l1i: { references: "L1-icache-loads", misses: "L1-icache-load-misses" },
  stalls: { frontend: "stalled-cycles-frontend", backend: "stalled-cycles-backend" },
  clock: { reference: "ref-cycles" },
};

/** By the kernel's names. `terms`: where those of `GENERIC_TERMS` do not fit. */
export function genericRecipe(
  pmu: CorePmu,
  bundle: Exclude<BundleId, "l2">,
  note?: string,
  terms: GenericTerms = GENERIC_TERMS[bundle],
): Recipe {
  return genericRecipeOf(pmu, bundle, terms, note);
}

/** By the kernel's names, for any bundle. */
export function genericRecipeOf(
  pmu: CorePmu,
  bundle: BundleId,
  terms: GenericTerms,
  note?: string,
): Recipe {
  const own = Object.entries(terms).map(([role, name]) => [role, [genericEvent(pmu, name)]]);
  return made(pmu, bundle, Object.fromEntries(own), "kernel", note);
}

/** By codes of the maker's list. An event that two roles share is one object. */
export function rawRecipe(
  pmu: CorePmu,
  bundle: BundleId,
  terms: RawTerms,
  note?: string,
  provenance: RecipeProvenance = "vendor",
): Recipe {
  const events = new Map<bigint, PmuEvent>();
  const eventOf = ([config, label]: RawCode): PmuEvent => {
    const event = events.get(config) ?? rawEvent(pmu, config, label);
    events.set(config, event);
    return event;
  };
  const own = Object.entries(terms).map(([role, codes]) => [role, codes.map(eventOf)]);
  return made(pmu, bundle, Object.fromEntries(own), provenance, note);
}

function made(
  pmu: CorePmu,
  bundle: BundleId,
  own: Readonly<Record<string, readonly PmuEvent[]>>,
  provenance: RecipeProvenance,
  note: string | undefined,
): Recipe {
  const partner = bundle === "stalls" || bundle === "clock" ? "cycles" : "instructions";
  // A role that the recipe fills itself stands.
  const terms = { ...own, [partner]: own[partner] ?? [genericEvent(pmu, partner)] };
  return note === undefined ? { bundle, terms, provenance } : { bundle, terms, provenance, note };
}

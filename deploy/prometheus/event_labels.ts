/**
 * What the labels `event` and `pmu` of `ringside_pmu_events_total` are for a quantity, on whichever machine:
 * for who asks a store of many.
 *
 * @module
 */
import { TERMS } from "../../collectors/catalogue/core_counters.ts";
import { IDLE_PMUS } from "../../collectors/catalogue/cstates.ts";
import { L3_TERMS } from "../../collectors/catalogue/llc.ts";
import { CLOCK_TERMS } from "../../collectors/catalogue/msr_clock.ts";
import { l3Choices } from "../../collectors/pmu/event_guide.ts";
import { everyEvent } from "../../collectors/pmu/event_names.ts";
import type { BundleId } from "../../collectors/pmu/recipe.ts";
import { eventLabel } from "../../views/event_name.ts";

/** How a quantity's events are found. */
export interface EventLabels {
  readonly events: readonly string[];
  /** Where events of others have such names too, and one PMU counts them. */
  readonly pmu?: string;
  /**
   * One of them stands for another quantity elsewhere: the kernel's `cache-misses` are those of the last
   * level on Intel, and of the L2 on AMD. `ringside_pmu_event_info` tells which it is.
   */
  readonly ambiguous?: true;
}

const CLOCK_PMU = "msr";
/** PMUs whose events have a counter each, and never take turns. */
export const UNSHARED_PMUS: readonly string[] = [
  "software",
  CLOCK_PMU,
  ...IDLE_PMUS.map(({ pmu }) => pmu),
];

/** Undefined for what no event counts. */
export function eventLabelsOf(metric: string): EventLabels | undefined {
  const term = TERMS.find((each) => each.metric === metric);
  if (term !== undefined) {
    const events = coreEvents(term.bundle, term.role);
    const ambiguous = events.some((event) => CLAIMS.get(event)!.size > 1);
    return ambiguous ? { events, ambiguous } : { events };
  }
  const l3 = L3_TERMS.find((each) => each.metric === metric);
  if (l3 !== undefined) return { events: l3Events(l3.role), pmu: "amd_l3" };
  const clock = CLOCK_TERMS.find((each) => each.metric === metric);
  if (clock !== undefined) return { events: [clock.event], pmu: CLOCK_PMU };
  for (const { pmu, terms } of IDLE_PMUS) {
    const idle = terms.find((each) => each.metric === metric);
    if (idle !== undefined) return { events: [idle.event], pmu };
  }
  return undefined;
}

/** All that cores count a term by, one way or another. */
export function coreEvents(bundle: BundleId, role: string): readonly string[] {
  return [...new Set(everyEvent(bundle, role).map(eventLabel))].toSorted();
}

export function l3Events(role: "references" | "misses"): readonly string[] {
  return l3Choices(role).map(({ events }) => eventLabel(events));
}

const CLAIMS: ReadonlyMap<string, ReadonlySet<BundleId>> = claims();

/** By event: the bundles that it is counted for, on one machine or another. */
function claims(): Map<string, Set<BundleId>> {
  const found = new Map<string, Set<BundleId>>();
  // Partners are counted for every bundle, and mean the same for all.
  for (const { bundle, role, inner } of TERMS) {
    if (inner) continue;
    for (const event of coreEvents(bundle, role)) {
      found.set(event, (found.get(event) ?? new Set()).add(bundle));
    }
  }
  return found;
}

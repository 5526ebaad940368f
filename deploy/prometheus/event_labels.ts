/**
 * What the labels `event` and `pmu` of `ringside_pmu_events_total` are for a metric, on whichever machine.
 *
 * An event may stand for one quantity on one machine and for another elsewhere: the kernel's
 * `cache-misses` are those of the last level on Intel, and of the L2 on AMD. Nobody counts it for both on
 * one machine, so `ringside_pmu_available` tells which it is.
 *
 * @module
 */
import { type Term, TERMS } from "../../collectors/catalogue/core_counters.ts";
import { IDLE_PMUS } from "../../collectors/catalogue/cstates.ts";
import { L3_TERMS } from "../../collectors/catalogue/llc.ts";
import { CLOCK_TERMS } from "../../collectors/catalogue/msr_clock.ts";
import { l3Choices } from "../../collectors/pmu/event_guide.ts";
import { everyEvent } from "../../collectors/pmu/event_names.ts";
import { type BundleId, BUNDLES } from "../../collectors/pmu/recipe.ts";
import { eventLabel } from "../../views/event_name.ts";

/** One way to find a metric's events. */
export interface EventLabels {
  readonly events: readonly string[];
  /** Where events of others have such names too. */
  readonly pmu?: string;
  /** Groups of `ringside_pmu_available`: on machines that have the one and not the others. */
  readonly where?: { readonly group: BundleId; readonly not: readonly BundleId[] };
}

const CLAIMS: ReadonlyMap<string, ReadonlySet<BundleId>> = claims();

/** By event: the bundles that it is counted for, on one machine or another. */
function claims(): Map<string, Set<BundleId>> {
  const found = new Map<string, Set<BundleId>>();
  // Partners are counted for every bundle, and mean the same for all.
  for (const term of TERMS) {
    if (term.inner) continue;
    for (const event of eventsOf(term)) {
      found.set(event, (found.get(event) ?? new Set()).add(term.bundle));
    }
  }
  return found;
}

function eventsOf({ bundle, role }: Term): readonly string[] {
  return [...new Set(everyEvent(bundle, role).map(eventLabel))].toSorted();
}

/** In the order of preference: the first that a machine has. Empty for what no event counts. */
export function eventLabelsOf(metric: string): readonly EventLabels[] {
  const term = TERMS.find((each) => each.metric === metric);
  if (term !== undefined) return coreLabels(term);
  const l3 = L3_TERMS.find((each) => each.metric === metric);
  if (l3 !== undefined) {
    return [{ events: l3Choices(l3.role).map(({ events }) => eventLabel(events)), pmu: "amd_l3" }];
  }
  const clock = CLOCK_TERMS.find((each) => each.metric === metric);
  if (clock !== undefined) return [{ events: [clock.event], pmu: "msr" }];
  for (const { pmu, terms } of IDLE_PMUS) {
    const idle = terms.find((each) => each.metric === metric);
    if (idle !== undefined) return [{ events: [idle.event], pmu }];
  }
  return [];
}

function coreLabels(term: Term): readonly EventLabels[] {
  const { bundle } = term;
  const events = eventsOf(term);
  const shared = events.filter((event) => CLAIMS.get(event)!.size > 1);
  const own = events.filter((event) => !shared.includes(event));
  const others = BUNDLES.filter((other) =>
    other !== bundle && shared.some((event) => CLAIMS.get(event)!.has(other))
  );
  // Where both are counted, the event is that of the more important one.
  const not = others.filter((other) => BUNDLES.indexOf(other) < BUNDLES.indexOf(bundle));
  return [
    ...(own.length === 0 ? [] : [{ events: own }]),
    ...(shared.length === 0 ? [] : [{ events: shared, where: { group: bundle, not } }]),
  ];
}

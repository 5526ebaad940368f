/**
 * Which events are counted together. A CPU has few counters, and the kernel counts a group of events
 * all at once or not at all, so groups must fit; what is in one group is of one time, so what a ratio
 * is made of should be in one.
 *
 * Whether a group fits is not worked out here: counters have constraints that only the kernel knows,
 * so the caller tries.
 *
 * @module
 */
import type { PmuEvent } from "./pmu_event.ts";

/** Something to be counted: the sum of some events. */
export interface TermRequest {
  readonly metric: string;
  readonly events: readonly PmuEvent[];
}

/** Terms that belong together. Those named first stay together longest. */
export interface BundleRequest {
  readonly id: string;
  readonly terms: readonly TermRequest[];
}

/** Where an event of a term is counted. */
export interface Place {
  readonly group: number;
  readonly member: number;
}

export interface Plan {
  /** By group: its events, each once. */
  readonly groups: readonly (readonly PmuEvent[])[];
  /** By metric: where its events are counted. A metric of a bundle that was left out has none. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
  /** Bundles for which there was no room under `eventsMost`, by id. */
  readonly leftOut: readonly string[];
}

export interface PlanLimits {
  /** Events of one group; absent: as many as fit. */
  readonly sizeMost?: number;
  /** Events in all; absent: any number. */
  readonly eventsMost?: number;
}

/** Whether the PMU can count these events at the same time. Asked once for each set. */
export type Fits = (events: readonly PmuEvent[]) => boolean;

/**
 * Packs bundles into groups, the first bundle first. One that fits no group whole is split at its
 * terms; one for which there are too few descriptors is left out, the last first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { planGroups } from "./plan.ts";
 *
 * const event = (config: number) => ({ name: `r${config}`, type: 4, config: BigInt(config) });
 * const [a, b, c] = [event(1), event(2), event(3)];
 * const bundles = [
 *   { id: "core", terms: [{ metric: "a", events: [a] }, { metric: "b", events: [b] }] },
 *   { id: "misses", terms: [{ metric: "c", events: [c] }, { metric: "b too", events: [b] }] },
 * ];
 * // Room for two: b is counted twice, so that both ratios are of one time.
 * const { groups } = planGroups(bundles, (events) => events.length <= 2);
 * assertEquals(groups.map((group) => group.map(({ name }) => name)), [["r1", "r2"], ["r3", "r2"]]);
 * ```
 */
export function planGroups(
  bundles: readonly BundleRequest[],
  fits: Fits,
  limits: PlanLimits = {},
): Plan {
  const { sizeMost = Infinity, eventsMost = Infinity } = limits;
  const tried = remembering((events) => events.length <= sizeMost && fits(events));
  for (let count = bundles.length; count > 0; count--) {
    const plan = pack(bundles.slice(0, count), tried);
    if (eventsOf(plan) > eventsMost) continue;
    return { ...plan, leftOut: bundles.slice(count).map(({ id }) => id) };
  }
  return { groups: [], places: new Map(), leftOut: bundles.map(({ id }) => id) };
}

/** Events that a plan opens on each CPU: as many descriptors. */
export function eventsOf({ groups }: Pick<Plan, "groups">): number {
  return groups.reduce((sum, group) => sum + group.length, 0);
}

/** Two events are one when the kernel is asked for the same. */
export function keyOf({ type, config, config1, config2, config3 }: PmuEvent): string {
  return [type, config, config1 ?? 0n, config2 ?? 0n, config3 ?? 0n].join(":");
}

function pack(bundles: readonly BundleRequest[], fits: Fits): Omit<Plan, "leftOut"> {
  const groups: PmuEvent[][] = [];
  const places = new Map<string, Place[]>();
  for (const { terms } of bundles) {
    for (const piece of pieces(terms.map(({ events }) => events), fits)) {
      const wanted = distinct(piece.flat());
      const group = roomFor(wanted, groups, fits);
      for (const event of missing(wanted, groups[group]!)) groups[group]!.push(event);
    }
    for (const { metric, events } of terms) {
      places.set(metric, placesOf(events, terms.flatMap((term) => term.events), groups));
    }
  }
  return { groups, places };
}

/** A bundle's terms as parts that fit a group each: all of them if they can, else as many as go. */
function pieces(
  terms: readonly (readonly PmuEvent[])[],
  fits: Fits,
): readonly (readonly (readonly PmuEvent[])[])[] {
  const found: (readonly PmuEvent[])[][] = [];
  for (const term of terms) {
    const last = found.at(-1);
    if (last !== undefined && fits(distinct([...last.flat(), ...term]))) last.push(term);
    // A sum whose events do not go together is made of events counted one by one.
    else if (term.length > 1 && !fits(distinct(term))) {
      found.push(...term.map((event) => [[event]]));
    } else found.push([term]);
  }
  return found;
}

/** The group that takes these events with the fewest more, or a new one. */
function roomFor(wanted: readonly PmuEvent[], groups: PmuEvent[][], fits: Fits): number {
  let best = -1;
  let fewest = Infinity;
  for (const [index, group] of groups.entries()) {
    const more = missing(wanted, group);
    if (more.length >= fewest || !(more.length === 0 || fits([...group, ...more]))) continue;
    best = index;
    fewest = more.length;
  }
  // To share nothing but room saves no counter. It is done all the same: fewer groups take turns.
  return best >= 0 ? best : groups.push([]) - 1;
}

/**
 * Where each event of a term stands: in the group that holds most of its bundle, so that events which
 * stand in several groups are read from beside their partners.
 */
function placesOf(
  events: readonly PmuEvent[],
  bundle: readonly PmuEvent[],
  groups: readonly (readonly PmuEvent[])[],
): Place[] {
  const keys = new Set(bundle.map(keyOf));
  const partners = groups.map((group) => group.filter((event) => keys.has(keyOf(event))).length);
  return events.map((event) => {
    let found: Place | null = null;
    for (const [group, members] of groups.entries()) {
      const member = members.findIndex((other) => keyOf(other) === keyOf(event));
      if (member < 0) continue;
      if (found === null || partners[group]! > partners[found.group]!) found = { group, member };
    }
    return found!;
  });
}

function distinct(events: readonly PmuEvent[]): readonly PmuEvent[] {
  return [...new Map(events.map((event) => [keyOf(event), event])).values()];
}

function missing(wanted: readonly PmuEvent[], group: readonly PmuEvent[]): readonly PmuEvent[] {
  const have = new Set(group.map(keyOf));
  return wanted.filter((event) => !have.has(keyOf(event)));
}

function remembering(fits: Fits): Fits {
  const known = new Map<string, boolean>();
  return (events) => {
    const key = events.map(keyOf).toSorted().join(" ");
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = fits(events);
    known.set(key, answer);
    return answer;
  };
}

import { assert, assertEquals } from "@std/assert";
import {
  type BundleRequest,
  eventsOf,
  type Fits,
  keyOf,
  type Plan,
  planGroups,
} from "../../../collectors/pmu/plan.ts";
import type { PmuEvent } from "../../../collectors/pmu/pmu_event.ts";

function event(name: string): PmuEvent {
  const code = [...name].reduce((sum, letter) => sum * 31n + BigInt(letter.charCodeAt(0)), 0n);
  return { name, type: 4, config: code };
}

function bundle(id: string, ...terms: string[]): BundleRequest {
  return {
    id,
    terms: terms.map((term) => ({
      metric: `${id}.${term}`,
      events: term.split("+").map(event),
    })),
  };
}

const CORE = bundle("core", "cycles", "instructions");
const BRANCH = bundle("branch", "branches", "misses", "instructions");
const LLC = bundle("llc", "references", "llcmisses", "instructions");
const STALLS = bundle("stalls", "front", "back", "cycles");
const ALL = [CORE, BRANCH, LLC, STALLS];

function names(plan: Plan): string[][] {
  return plan.groups.map((group) => group.map(({ name }) => name));
}

/** General counters, and events that have one of their own. */
function room(counters: number, fixed: readonly string[] = []): Fits {
  return (events) => events.filter(({ name }) => !fixed.includes(name)).length <= counters;
}

function together(plan: Plan, ...metrics: string[]): boolean {
  const groups = metrics.flatMap((metric) => plan.places.get(metric)!.map(({ group }) => group));
  return new Set(groups).size === 1;
}

Deno.test("four counters: two bundles share a group when their union fits", () => {
  const plan = planGroups(ALL, room(4));
  assertEquals(names(plan), [
    ["cycles", "instructions", "branches", "misses"],
    ["references", "llcmisses", "instructions"],
    ["front", "back", "cycles"],
  ]);
  assertEquals(plan.leftOut, []);
});

Deno.test("a partner is read from beside its bundle, though it stands in another group too", () => {
  const plan = planGroups(ALL, room(4));
  assertEquals(plan.places.get("llc.instructions"), [{ group: 1, member: 2 }]);
  assertEquals(plan.places.get("branch.instructions"), [{ group: 0, member: 1 }]);
  assertEquals(plan.places.get("stalls.cycles"), [{ group: 2, member: 2 }]);
  for (const { id, terms } of ALL) {
    assert(together(plan, ...terms.map(({ metric }) => metric)), id);
  }
});

Deno.test("counters of their own cost none: one group holds all", () => {
  const plan = planGroups(ALL, room(6, ["cycles", "instructions"]));
  assertEquals(names(plan), [[
    "cycles",
    "instructions",
    "branches",
    "misses",
    "references",
    "llcmisses",
    "front",
    "back",
  ]]);
});

Deno.test("two counters: the first bundle is whole, the miss ratios are, and what is left is not together", () => {
  const plan = planGroups(ALL, room(2));
  assertEquals(names(plan).map((group) => group.length).every((size) => size <= 2), true);
  assert(together(plan, "core.cycles", "core.instructions"));
  assert(together(plan, "branch.branches", "branch.misses"));
  assert(together(plan, "llc.references", "llc.llcmisses"));
  assert(!together(plan, "branch.misses", "branch.instructions"));
  // Instructions are counted already: beside the cycles.
  assertEquals(plan.places.get("branch.instructions"), [{ group: 0, member: 1 }]);
});

Deno.test("one counter: every event alone and once", () => {
  const plan = planGroups(ALL, room(1));
  assertEquals(plan.groups.every((group) => group.length === 1), true);
  assertEquals(eventsOf(plan), 8);
  assertEquals(plan.places.size, 11);
});

Deno.test("a size that others leave free is kept, whatever would fit", () => {
  const plan = planGroups(ALL, () => true, { sizeMost: 3 });
  assertEquals(Math.max(...plan.groups.map((group) => group.length)), 3);
  assert(together(plan, "llc.references", "llc.llcmisses", "llc.instructions"));
});

Deno.test("too few descriptors: the last bundles are left out, by name", () => {
  // core and branch share four events; the rest would need three more each.
  assertEquals(planGroups(ALL, room(4), { eventsMost: 6 }).leftOut, ["llc", "stalls"]);
  assertEquals(eventsOf(planGroups(ALL, room(4), { eventsMost: 7 })), 7);
  const none = planGroups(ALL, room(4), { eventsMost: 1 });
  assertEquals(none.groups, []);
  assertEquals(none.leftOut, ["core", "branch", "llc", "stalls"]);
  assertEquals(none.places.size, 0);
});

Deno.test("a sum of events goes together, and is made of single events where it cannot", () => {
  const sum = bundle("l2", "demand+prefetch+more", "l2misses+more", "instructions");
  const whole = planGroups([CORE, sum], room(6));
  assertEquals(names(whole), [[
    "cycles",
    "instructions",
    "demand",
    "prefetch",
    "more",
    "l2misses",
  ]]);
  assertEquals(whole.places.get("l2.l2misses+more"), [
    { group: 0, member: 5 },
    { group: 0, member: 4 },
  ]);
  const apart = planGroups([sum], room(2));
  assertEquals(apart.groups.every((group) => group.length <= 2), true);
  assertEquals(apart.places.get("l2.demand+prefetch+more")!.length, 3);
});

Deno.test("keyOf takes events for one only where all that the kernel is asked for is the same", () => {
  const asked = event("offcore");
  const others = [
    { ...asked, type: 8 },
    { ...asked, config: asked.config + 1n },
    ...[1n, 2n].map((config1) => ({ ...asked, config1 })),
    ...[1n, 2n].map((config2) => ({ ...asked, config2 })),
    ...[1n, 2n].map((config3) => ({ ...asked, config3 })),
  ];
  assertEquals(new Set([asked, ...others].map(keyOf)).size, 1 + others.length);
  assertEquals(keyOf({ ...asked, name: "other", config1: 0n }), keyOf(asked));
});

Deno.test("each set of events is tried once", () => {
  const tried: string[] = [];
  planGroups(ALL, (events) => {
    tried.push(events.map(({ name }) => name).toSorted().join());
    return events.length <= 3;
  });
  assertEquals(new Set(tried).size, tried.length);
});

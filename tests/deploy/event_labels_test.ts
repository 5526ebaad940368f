/** The events by which a store of many machines is asked for a quantity, against what machines may count. */
import { assert, assertEquals } from "@std/assert";
import { TERMS } from "../../collectors/catalogue/core_counters.ts";
import type { CorePmu } from "../../collectors/pmu/core_pmu.ts";
import { type CpuModel, recipesFor } from "../../collectors/pmu/recipes.ts";
import { eventLabelsOf } from "../../deploy/prometheus/event_labels.ts";
import { eventLabel } from "../../views/event_name.ts";
import {
  AMD_FORMATS,
  ARM_EVENTS,
  ARM_FORMATS,
  coreOf,
  INTEL_FORMATS,
} from "../collectors/pmu/pmu_fixture.ts";

const MODELS = 256;
const INTEL = ["cpu", "cpu_core", "cpu_atom"].map((name) =>
  coreOf(name, { type: "4", cpus: "0", ...INTEL_FORMATS })
);
const AMD = coreOf("cpu", { type: "4", ...AMD_FORMATS });
const ARM = coreOf("armv8_pmuv3_0", { type: "8", cpus: "0", ...ARM_FORMATS, ...ARM_EVENTS });

/** Every model that numbers can name, known or not. */
function* machines(): Generator<readonly [CorePmu, CpuModel]> {
  for (let model = 0; model < MODELS; model++) {
    for (const pmu of INTEL) yield [pmu, { vendor: "intel", family: 6, model }];
    for (let family = 0xf; family <= 0x1c; family++) {
      yield [AMD, { vendor: "amd", family, model }];
      yield [AMD, { vendor: "hygon", family, model }];
    }
  }
  const other = { vendor: "other", family: undefined, model: undefined };
  yield [INTEL[0]!, other];
  yield [ARM, other];
  yield [{ ...ARM, extended: true }, other];
}

Deno.test("each event that any machine counts for a term is among the term's labels", () => {
  const known = new Map(TERMS.map(({ metric, bundle, role }) => [
    `${bundle} ${role}`,
    eventLabelsOf(metric).flatMap((labels) => labels.events),
  ]));
  for (const [pmu, cpu] of machines()) {
    for (const [bundle, recipes] of recipesFor(pmu, cpu)) {
      for (const { terms } of recipes) {
        for (const [role, events] of Object.entries(terms)) {
          const label = eventLabel(events.map(({ name }) => name));
          const labels = known.get(`${bundle} ${role}`) ?? [];
          assert(labels.includes(label), `${label} for ${role} on ${JSON.stringify(cpu)}`);
        }
      }
    }
  }
});

Deno.test("an event of two bundles is counted for one of them on any machine, and its group tells which", () => {
  const shared = TERMS.flatMap(({ metric, bundle }) =>
    eventLabelsOf(metric).flatMap(({ events, where }) =>
      where === undefined ? [] : events.map((event) => ({ event, bundle, where }))
    )
  );
  assertEquals(shared.map(({ event, bundle, where }) => `${event}: ${bundle}, not ${where.not}`), [
    "cache-references: llc, not ",
    "cache-misses: llc, not ",
    "cache-references: l2, not llc",
    "cache-misses: l2, not llc",
  ]);
  for (const [pmu, cpu] of machines()) {
    const recipes = recipesFor(pmu, cpu);
    for (const { event, bundle, where } of shared) {
      const counts = recipes.get(bundle)?.some(({ terms }) =>
        Object.values(terms).some((events) => eventLabel(events.map(({ name }) => name)) === event)
      );
      if (!counts) continue;
      // Else the group of the other would hide it.
      for (const other of where.not) assertEquals(recipes.has(other), false, JSON.stringify(cpu));
    }
  }
});

/** The events by which a store of many machines is asked for a quantity, against what machines may count. */
import { assert, assertEquals } from "@std/assert";
import { TERMS } from "../../collectors/catalogue/core_counters.ts";
import type { CorePmu } from "../../collectors/pmu/core_pmu.ts";
import { type CpuModel, recipesFor } from "../../collectors/pmu/recipes.ts";
import { coreEvents, eventLabelsOf, UNSHARED_PMUS } from "../../deploy/prometheus/event_labels.ts";
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
    eventLabelsOf(metric)!.events,
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

Deno.test("where an event stands for one quantity here and another there, the machine is asked", () => {
  const ambiguous = TERMS.filter(({ metric }) => eventLabelsOf(metric)!.ambiguous);
  assertEquals(ambiguous.map(({ bundle, role }) => `${bundle} ${role}`), [
    "llc references",
    "llc misses",
    "l2 references",
    "l2 misses",
  ]);
  const events = (bundle: "llc" | "l2"): readonly string[] => coreEvents(bundle, "misses");
  assertEquals(events("llc").filter((event) => events("l2").includes(event)), ["cache-misses"]);
});

Deno.test("PMUs that are said never to share a counter are none of cores", () => {
  assertEquals(UNSHARED_PMUS.includes("msr") && UNSHARED_PMUS.includes("cstate_core"), true);
  for (const [pmu] of machines()) assertEquals(UNSHARED_PMUS.includes(pmu.name), false, pmu.name);
});

import { assertEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { metric } from "../../../collectors/catalogue.ts";
import { add, delta, divide, type Formula } from "../../../collectors/formula.ts";
import { SourceIndex } from "../../../collectors/readings/source_index.ts";
import type { Source } from "../../../collectors/source.ts";
import { source } from "./hand_counted.ts";

const CPUS = ["0", "1", "2"].map((name) => ({ name, goneSequence: name === "2" ? 9 : null }));
const SCOPES = {
  cpu: { instances: [...CPUS, null] },
  l3_domain: { instances: [{ name: "0", goneSequence: null }] },
};
const IPC = divide(delta("instructions"), delta("cpu_cycles"));

function index(...sources: readonly Source[]): SourceIndex {
  return new SourceIndex(SCOPES, sources);
}

/** Whether a formula is mixed on each CPU, and for all together. */
function mixed(of: SourceIndex, formula: Formula): readonly boolean[] {
  const all = of.mixedAcross(formula, "cpu", null);
  return [...CPUS.keys().map((slot) => of.mixedAt(formula, "cpu", slot)), all];
}

Deno.test("SourceIndex finds terms of two groups mixed where both are counted", () => {
  const of = index(
    source("cpu_cycles", 1, ["0", "1"]),
    source("instructions", 1, ["0"]),
    source("instructions", 2, ["1"]),
  );
  assertEquals(mixed(of, IPC), [false, true, false, true]);
  assertEquals(of.mixedAcross(IPC, "cpu", new Map([["cpu", [0]]])), false);
});

Deno.test("SourceIndex leaves those who are gone out of a sum", () => {
  const of = index(source("cpu_cycles", 1, ["0", "2"]), source("instructions", 2, ["2"]));
  assertEquals(mixed(of, IPC), [false, false, true, false]);
});

Deno.test("SourceIndex knows groups of different collectors apart, whatever their numbers", () => {
  const mpki = divide(delta("l3_misses"), delta("instructions"));
  const both = index(
    source("l3_misses", 1, ["0"], { pmu: "amd_l3" }),
    source("instructions", 1, ["1"]),
  );
  assertEquals(both.mixedAcross(mpki, "cpu", null), true);
  // Of a group in which no CPU is counted nothing is known.
  assertEquals(both.mixedAcross(mpki, "cpu", new Map([["cpu", [0]], ["l3_domain", [0]]])), false);
  assertEquals(index(source("instructions", 1, ["1"])).mixedAcross(mpki, "cpu", null), false);
  const faults = add(delta("software_page_faults"), delta("instructions"));
  const software = source("software_page_faults", 0, ["0"], { pmu: "software" });
  assertEquals(mixed(index(software, source("instructions", 0, ["0"])), faults)[0], true);
});

Deno.test("SourceIndex never finds one term mixed, nor what nobody counts by turns", () => {
  const of = index(source("instructions", 1, ["0"]), source("instructions", 2, ["1"]));
  assertEquals(mixed(of, delta("instructions")), [false, false, false, false]);
  const seconds = add(delta("cpu_user_seconds"), delta("cpu_system_seconds"));
  assertEquals(mixed(of, seconds), [false, false, false, false]);
});

Deno.test("SourceIndex doubts an event that neither kernel nor maker stands for", () => {
  const of = index(
    source("instructions", 1, ["0"], { provenance: "vendor" }),
    source("instructions", 1, ["1"], { provenance: "unverified" }),
    source("instructions", 1, ["2"], { provenance: "third_party" }),
  );
  const doubted = (id: string): unknown => {
    const entry = metric(id);
    return entry.kind === "derived" ? null : of.doubted(entry);
  };
  assertEquals(doubted("instructions"), Uint8Array.of(0, 2, 1, 0));
  assertEquals(doubted("cpu_cycles"), null);
});

Deno.test("SourceIndex keeps no list of slots that nobody else keeps", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const of = index(source("cpu_cycles", 1, ["0", "1"]), source("instructions", 1, ["0"]));
  const lists = Array.from({ length: 3 }, () => {
    const slots = [0];
    of.mixedAcross(IPC, "cpu", new Map([["cpu", slots]]));
    return new WeakRef(slots);
  });
  // A WeakRef holds what it was made with until the turn ends.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collect();
  assertEquals(lists.map((list) => list.deref()), [undefined, undefined, undefined]);
});

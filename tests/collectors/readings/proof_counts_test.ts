import { assertAlmostEquals, assertEquals } from "@std/assert";
import { delta, divide } from "../../../collectors/formula.ts";
import { countsOf, groupsBeside, narrowerFor } from "../../../collectors/readings/proof_counts.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandCounted, type Rises, source } from "./hand_counted.ts";

function counted(
  rises: Readonly<Record<string, Rises>>,
  sources: readonly ReturnType<typeof source>[],
): Stage {
  const core = new HandCounted("core_counters");
  core.rises = rises;
  core.sources = sources;
  const stage = new Stage([core.spec], { tree: new TextTree() });
  stage.tick();
  stage.tick();
  return stage;
}

const CPUS = ["0", "1"];
const L2 = [
  source("l2_references", 1, CPUS),
  source("l2_misses", 1, CPUS),
  source("l2_group_instructions", 1, CPUS),
];

Deno.test("countsOf takes the scale out of each CPU's count, and adds them up", () => {
  // 400 scaled from a half of the time, and 100 from a quarter of it.
  const { snapshot } = counted({
    0: { l2_misses: [400, 1, 0.5], l2_group_instructions: [4000, 1, 0.5] },
    1: { l2_misses: [100, 1, 0.25], l2_group_instructions: [1000, 1, 0.25] },
  }, L2);
  const [none, misses, instructions] = countsOf(snapshot, L2);
  assertEquals(none!.counting, null);
  assertEquals(misses!.counting, {
    counted: 225,
    scaled: 500,
    perSecond: 500,
    enabledSeconds: 2,
    runningSeconds: 0.75,
    instances: 2,
  });
  // What has no times of its own has those of the group that counted it.
  assertEquals([instructions!.counting?.counted, instructions!.counting?.scaled], [2250, 5000]);
});

Deno.test("countsOf leaves out who had no turn, and gives each source its own CPUs", () => {
  const apart = [
    source("l2_misses", 1, ["0"], { pmu: "cpu_core" }),
    source("l2_misses", 2, ["1"], { pmu: "cpu_atom" }),
  ];
  const { snapshot } = counted({
    0: { l2_misses: [400, 1, 1] },
    1: { l2_misses: [0, 1, 0] },
  }, apart);
  assertEquals(countsOf(snapshot, apart).map(({ counting }) => counting?.scaled), [400, undefined]);
});

Deno.test("countsOf leaves the CPUs of a group without a turn out of what has no times of its own", () => {
  const { snapshot } = counted({
    0: { l2_misses: [400, 1, 0.5], l2_group_instructions: [4000, 1, 0.5] },
    1: { l2_misses: [0, 1, 0], l2_group_instructions: [0, 1, 0] },
  }, L2);
  const [, , instructions] = countsOf(snapshot, L2);
  assertEquals(instructions!.counting, {
    counted: 2000,
    scaled: 4000,
    perSecond: 4000,
    enabledSeconds: 1,
    runningSeconds: 0.5,
    instances: 1,
  });
});

Deno.test("countsOf divides by the time that each asked for", () => {
  const { snapshot } = counted({ 0: { l2_misses: [300, 0.5, 0.25] } }, [L2[1]!]);
  const [{ counting }] = countsOf(snapshot, [L2[1]!]) as [ReturnType<typeof countsOf>[number]];
  assertEquals([counting!.counted, counting!.perSecond], [150, 600]);
});

Deno.test("groupsBeside counts the groups of a PMU where the source counts", () => {
  const sources = [
    ...L2,
    source("l1d_misses", 2, CPUS),
    source("dtlb_misses", 3, ["1"]),
    // A sum over groups is none, and another PMU has counters of its own.
    source("l1i_references", -5, CPUS),
    source("branch_misses", 9, CPUS, { pmu: "cpu_atom" }),
  ];
  const { snapshot } = counted({ 0: { l2_misses: [1, 1, 1] } }, sources);
  assertEquals(groupsBeside(snapshot, L2[0]!), 2);
  assertEquals(groupsBeside(snapshot, { ...L2[0]!, instances: ["1"] }), 3);
});

Deno.test("narrowerFor names the bundles of one group, else those that are asked for", () => {
  const l1d = source("l1d_misses", 1, CPUS);
  const tlb = source("dtlb_misses", 2, CPUS);
  const { snapshot } = counted({ 0: { l2_misses: [1, 1, 0.5] } }, [...L2, l1d, tlb]);
  assertEquals(narrowerFor(snapshot, [L2[1]!]), { bundles: ["l1d", "l2"], exact: true });
  assertEquals(narrowerFor(snapshot, [L2[1]!, tlb]), { bundles: ["l2", "tlb"], exact: false });
  const alone = counted({ 0: { l2_misses: [1, 1, 0.5] } }, L2);
  assertEquals(narrowerFor(alone.snapshot, L2), null);
});

Deno.test("Snapshot.working gives the terms as they went into the value", () => {
  const rises = {
    0: { l2_misses: [30, 1, 1], l2_references: [100, 1, 1] },
    1: { l2_misses: [10, 1, 1], l2_references: [100, 1, 1] },
  } as const;
  const { snapshot } = counted(rises, L2);
  const working = snapshot.working("l2_miss_ratio")!;
  assertEquals(working.formula, divide(delta("l2_misses"), delta("l2_references")));
  const term = (id: string) => {
    const reading = working.terms.delta(id);
    return isMeasured(reading) ? reading.value : NaN;
  };
  assertEquals([term("l2_misses"), term("l2_references"), working.mixed], [40, 200, false]);
  const first = snapshot.working("l2_miss_ratio", "0")!.terms.delta("l2_misses");
  assertEquals(isMeasured(first) && first.value, 30);
  // What is read is made of nothing, and nobody's value neither.
  assertEquals([snapshot.working("l2_misses"), snapshot.working("l2_mpki")], [null, null]);
  assertEquals(snapshot.working("l2_miss_ratio", "7"), null);
});

Deno.test("Snapshot.working has of a partial ratio the CPUs that have all terms", () => {
  const { snapshot } = counted({
    0: { l2_misses: [30, 1, 1], l2_references: [100, 1, 1] },
    1: { l2_references: [900, 1, 1] },
  }, L2);
  const reading = snapshot.read("l2_miss_ratio");
  assertAlmostEquals(isMeasured(reading) ? reading.value : NaN, 0.3);
  const references = snapshot.working("l2_miss_ratio")!.terms.delta("l2_references");
  assertEquals(isMeasured(references) && references.value, 100);
});

Deno.test("Snapshot.working has rates of the twins where the terms were counted apart", () => {
  const apart = [source("l2_misses", 1, ["0"]), source("l2_group_instructions", 2, ["0"])];
  const { snapshot } = counted({
    0: {
      l2_misses: [30, 0.5, 0.5],
      l2_group_instructions: [5000, 0.5, 0.5],
      instructions: [8000, 1, 1],
    },
  }, apart);
  const working = snapshot.working("l2_mpki")!;
  assertEquals(working.mixed, true);
  const terms = ["l2_misses", "l2_group_instructions"].map((id) => working.terms.delta(id));
  assertEquals(terms.map((term) => isMeasured(term) && term.value), [60, 8000]);
});

import { assertEquals } from "@std/assert";
import { talliesOf, type Tally } from "../../../collectors/check/tally.ts";
import { metricIndex } from "../../../collectors/sampling/layout.ts";
import { CoreBench } from "../../fakes/core_bench.ts";
import { SoftwareBench, SWITCHES } from "../../fakes/software_bench.ts";

function tallies(bench: SoftwareBench): readonly Tally[] {
  const { engine } = bench.stage;
  return talliesOf(engine.layout, engine.row, engine.sources);
}

Deno.test("talliesOf() sums each count and its times over the CPUs that have it", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  bench.happen(0, SWITCHES, 40);
  bench.happen(1, SWITCHES, 2);
  bench.tick();
  const own = tallies(bench);
  assertEquals(own.map(({ events }) => events[0]), [
    "cpu-clock",
    "context-switches",
    "cpu-migrations",
    "page-faults",
    "minor-faults",
    "major-faults",
  ]);
  assertEquals(own[1], {
    metric: "software_context_switches",
    collector: "software_events",
    scope: "cpu",
    pmu: "software",
    events: ["context-switches"],
    group: 0,
    instances: ["0", "1"],
    count: 42,
    gauge: false,
    // One second on each: the first had gone by when the groups were opened.
    enabledSeconds: 2,
    runningSeconds: 2,
  });
});

Deno.test("talliesOf() leaves a CPU out that is gone, or that has no count", () => {
  const bench = new SoftwareBench([0, 1], 2, { cpus: [1, 2] });
  bench.cpus = [0, 1, 2];
  bench.tick();
  bench.tick();
  assertEquals(tallies(bench)[1]!.instances, ["1", "2"]);
  bench.cpus = [0, 1];
  bench.tick();
  assertEquals([tallies(bench)[1]!.instances, tallies(bench)[1]!.enabledSeconds], [["1"], 2]);
});

Deno.test("talliesOf() has no number where a source is known and nothing was read", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  const { engine } = bench.stage;
  const empty = new Float64Array(engine.row.length).fill(NaN);
  const [clock] = talliesOf(engine.layout, empty, engine.sources);
  assertEquals([clock!.instances, clock!.count, clock!.enabledSeconds], [[], NaN, NaN]);
});

Deno.test("talliesOf() keeps apart what two PMUs count of one metric, each on its CPUs", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  bench.happen(0, SWITCHES, 40);
  bench.happen(1, SWITCHES, 2);
  bench.tick();
  const { engine } = bench.stage;
  const switches = engine.sources.find(({ metric }) => metric === "software_context_switches")!;
  const own = talliesOf(engine.layout, engine.row, [
    { ...switches, pmu: "big", instances: ["0"] },
    { ...switches, pmu: "little", instances: ["1"] },
  ]);
  assertEquals(own.map(({ pmu, count }) => [pmu, count]), [["big", 40], ["little", 2]]);
});

Deno.test("talliesOf() gives what has no times those of its group, over as many CPUs", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.counters = 4;
  bench.tick();
  const { layout, row, sources } = bench.stage.engine;
  const made = new Float64Array(row.length).fill(NaN);
  const put = (id: string, values: readonly number[]): void =>
    made.set(values, layout.bases[metricIndex(id)]);
  const putTimes = (id: string, enabled: readonly number[], running: readonly number[]): void => {
    put(`${id}_time_enabled_seconds`, enabled);
    put(`${id}_time_running_seconds`, running);
  };
  // One event was refused on CPU 1. The groups had their turns at different times.
  put("core_llc_references", [100]);
  putTimes("core_llc_references", [3], [1]);
  put("core_llc_misses", [10, 20]);
  putTimes("core_llc_misses", [3, 3], [1, 2]);
  put("llc_group_instructions", [1000, 2000]);
  put("l1d_misses", [10, 20]);
  putTimes("l1d_misses", [5, 5], [4, 4]);
  put("l1d_group_instructions", [1000, 2000]);
  const own = talliesOf(layout, made, sources);
  const timesOf = (id: string): readonly number[] => {
    const { enabledSeconds, runningSeconds } = own.find(({ metric }) => metric === id)!;
    return [enabledSeconds, runningSeconds];
  };
  assertEquals(timesOf("llc_group_instructions"), [6, 3]);
  assertEquals(timesOf("l1d_group_instructions"), [10, 8]);
  assertEquals(timesOf("core_llc_references"), [3, 1]);
  // Nobody of its group was counted.
  assertEquals(timesOf("l2_group_instructions"), [NaN, NaN]);
});

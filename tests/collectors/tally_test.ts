import { assertEquals } from "@std/assert";
import { talliesOf, type Tally } from "../../collectors/tally.ts";
import { SoftwareBench, SWITCHES } from "../fakes/software_bench.ts";

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

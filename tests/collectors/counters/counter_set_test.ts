import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CounterSet } from "../../../collectors/counters/counter_set.ts";
import { FakeKernel } from "../../fakes/fake_kernel.ts";
import { FakePerf } from "../../fakes/fake_perf.ts";

const CPU = 0;
/** Always counted, and counted where a counter is free. */
const [ALWAYS, AT_TIMES] = [
  { name: "always", type: 1, config: 7n },
  { name: "at times", type: 6, config: 8n },
];

/** A sum of two events in groups of their own, which count 10 and 100 a millisecond. */
function apart(): { readonly perf: FakePerf; readonly tick: () => readonly number[] } {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  perf.counters = 1;
  perf.perMs.set("1:7", 10);
  perf.perMs.set("6:8", 100);
  const places = [{ group: 0, member: 0 }, { group: 1, member: 0 }];
  const plan = {
    groups: [[ALWAYS], [AT_TIMES]],
    places: new Map([["sum", places]]),
    leftOut: [],
  };
  const set = CounterSet.open(kernel, CPU, plan, ["sum"], 0, () => {})!;
  let monotonicMs = 0;
  const cells = new Float64Array(3);
  return {
    perf,
    tick: () => {
      monotonicMs += 1000;
      perf.pass(1000);
      assertEquals(set.read({ monotonicMs }), "whole");
      set.take(0, cells);
      const once = [...cells];
      set.take(0, cells);
      assertEquals([...cells], once);
      return [...cells];
    },
  };
}

Deno.test("CounterSet adds up events of two groups that are both counted", () => {
  const { tick } = apart();
  tick();
  assertEquals(tick(), [110_000, 1, 1]);
});

Deno.test("CounterSet tells no sum while a part of it had no turn, and then all of it", () => {
  const { perf, tick } = apart();
  tick();
  perf.held.set(CPU, 1);
  assertEquals(tick(), [0, 0, 0]);
  assertEquals(tick(), [0, 0, 0]);
  perf.held.set(CPU, 0);
  const [sum, enabled, running] = tick() as [number, number, number];
  // What the late part counted in one second of three stands for all three.
  assertAlmostEquals(sum, 330_000, 1e-6);
  assertEquals(enabled, 3);
  assertAlmostEquals(running, 1, 1e-9);
  assertEquals(tick(), [110_000, 1, 1]);
});

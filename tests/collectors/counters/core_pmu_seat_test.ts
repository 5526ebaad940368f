/** What becomes of groups whose counters others take, and of CPUs that come and go. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { isMeasured, type Measurement, type Reading } from "../../../collectors/trust.ts";
import { CoreBench, HARDWARE } from "../../fakes/core_bench.ts";

function measured(reading: Reading): Measurement {
  if (!isMeasured(reading)) {
    throw new Error(`${reading.absent}: ${reading.problem?.message}`);
  }
  return reading;
}

function absence(reading: Reading): string {
  assert(!isMeasured(reading));
  return reading.absent;
}

Deno.test("coreCounters splits groups whose counters others took, and makes them whole again", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.counters = 4;
  bench.ticks(3);
  bench.perf.held.set(0, 2);
  bench.perf.held.set(1, 2);
  bench.ticks(2);
  // No group of more than two had a turn: nothing is made up for them.
  assertEquals(absence(bench.stage.read("cpu_cycles")), "not_counted");
  const before = bench.stage.cell("instructions", "1");
  bench.ticks(4);
  assertAlmostEquals(measured(bench.stage.read("cpu_cycles", "0")).value, 3e9, 1);
  assertEquals(measured(bench.stage.read("instructions_per_cycle")).mixed, undefined);
  assertEquals(measured(bench.stage.read("llc_mpki")).mixed, true);
  const held = bench.problem("cpu/held")!;
  assertEquals(held.reason, "not_counted");
  assert(held.message.includes("found room for 2"), held.message);
  assert(held.message.includes("cpu 0-1"), held.message);
  bench.perf.held.clear();
  bench.ticks(14);
  assertEquals(bench.problem("cpu/held"), undefined);
  assertEquals(measured(bench.stage.read("llc_mpki")).mixed, undefined);
  assert(bench.stage.cell("instructions", "1") > before);
});

Deno.test("coreCounters blames nobody for turns that are late where all of them are", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 4;
  bench.ticks(3);
  // The host gives the CPU to others for a second, and then the small groups have their turns first.
  bench.perf.held.set(0, 4);
  bench.ticks(1);
  bench.perf.held.clear();
  bench.ticks(1);
  bench.perf.held.set(0, 2);
  bench.ticks(3);
  assertEquals(bench.problem("cpu/held"), undefined);
  // Those that wait for longer than anybody did have no turn at all.
  bench.ticks(3);
  assert(bench.problem("cpu/held"));
});

Deno.test("coreCounters reports what has no counter at all, and never shows a zero for it", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 2;
  bench.ticks(3);
  bench.perf.held.set(0, 2);
  bench.ticks(8);
  const reading = bench.stage.read("cpu_cycles", "0");
  assertEquals(absence(reading), "not_counted");
  const starved = bench.problem("cpu/starved")!;
  assertEquals(starved.reason, "not_counted");
  assert(starved.remedy?.includes("nmi_watchdog"));
  assertEquals(starved.metrics?.includes("cpu_cycles"), true);
  assert(bench.problem("cpu/held")!.message.includes("found room for none"));
  bench.perf.held.clear();
  bench.ticks(20);
  assertEquals([bench.problem("cpu/starved"), bench.problem("cpu/held")], [undefined, undefined]);
  assertEquals(measured(bench.stage.read("cpu_cycles", "0")).value, 3e9);
});

Deno.test("coreCounters leaves groups that were split alone for ten seconds", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 4;
  bench.ticks(3);
  bench.perf.held.set(0, 2);
  for (let tick = 0; tick < 6 && bench.problem("cpu/held") === undefined; tick++) bench.tick();
  assert(bench.problem("cpu/held"));
  const attempts = bench.perf.attempts.length;
  bench.ticks(9);
  assertEquals(bench.perf.attempts.length, attempts);
  bench.ticks(3);
  assert(bench.perf.attempts.length > attempts);
});

Deno.test("coreCounters sees that a lone event stands still after its CPU was away", () => {
  const bench = new CoreBench([0, 1], { narrowing: { events: ["cycles"] } });
  bench.ticks(2);
  // Offline and back within a tick: the kernel answers as before, and counts no more.
  bench.perf.freeze(1);
  bench.ticks(4);
  assertEquals(measured(bench.stage.read("cpu_cycles", "1")).value, 6e9);
});

Deno.test("coreCounters tries again what a CPU refused for something that passes", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 1 });
  bench.ticks(3);
  const refused = bench.stage.read("cpu_cycles", "1");
  assert(!isMeasured(refused));
  assert(refused.problem?.message.includes("EBUSY"), refused.problem?.message);
  bench.perf.allowAll();
  bench.ticks(14);
  assertEquals(measured(bench.stage.read("cpu_cycles", "1")).value, 6e9);
  assertEquals(bench.problems().filter(({ message }) => message.includes("EBUSY")), []);
});

Deno.test("coreCounters calls a CPU that is offline no refusal, and counts it once it is there", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.offline(1);
  bench.ticks(3);
  assertEquals(absence(bench.stage.read("cpu_cycles", "1")), "not_supported");
  assertEquals(bench.problems().filter(({ message }) => message.includes("ENODEV")), []);
  bench.perf.online(1);
  bench.ticks(3);
  assertEquals(measured(bench.stage.read("cpu_cycles", "1")).value, 6e9);
});

Deno.test("coreCounters takes what was given back, though it is not all", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 4;
  bench.ticks(3);
  bench.perf.held.set(0, 3);
  bench.ticks(6);
  assertEquals(measured(bench.stage.read("instructions_per_cycle")).mixed, true);
  const descriptors = bench.perf.openFds;
  bench.perf.held.set(0, 1);
  bench.ticks(20);
  assertEquals(measured(bench.stage.read("instructions_per_cycle")).mixed, undefined);
  assert(bench.problem("cpu/held")!.message.includes("found room for 3"));
  bench.perf.held.set(0, 3);
  bench.ticks(6);
  assertEquals(bench.perf.openFds, descriptors);
});

Deno.test("coreCounters says mixed of a window in which groups changed", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 4;
  bench.ticks(3);
  bench.perf.held.set(0, 2);
  bench.ticks(6);
  bench.perf.held.clear();
  let changed = false;
  for (let tick = 0; tick < 16 && !changed; tick++) {
    bench.tick();
    changed = bench.problem("cpu/held") === undefined;
  }
  assertEquals(changed, true);
  const reading = bench.stage.read("llc_mpki");
  assert(!isMeasured(reading) || reading.mixed === true);
  bench.ticks(2);
  assertEquals(measured(bench.stage.read("llc_mpki")).mixed, undefined);
});

Deno.test("coreCounters is not exact about a CPU that was there for a part of the window", () => {
  const bench = new CoreBench([0, 1], { narrowing: { events: ["core"] } });
  bench.stage.intervalMs = 100;
  bench.ticks(30, 100);
  bench.perf.offline(1);
  bench.cpus = [0];
  bench.ticks(8, 100);
  bench.perf.online(1);
  bench.cpus = [0, 1];
  bench.ticks(3, 100);
  const back = bench.stage.read("cpu_cycles", "1");
  assert(!isMeasured(back) || back.grade !== "exact");
  bench.ticks(20, 100);
  const whole = measured(bench.stage.read("cpu_cycles", "1"));
  assertAlmostEquals(whole.value, 6e9, 1);
  assertEquals([whole.coverage, whole.grade], [1, "exact"]);
});

Deno.test("coreCounters has no host ratio where no CPU has all of its terms", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.ENOENT, { cpu: 0, type: HARDWARE, config: 4n });
  bench.perf.refuse(ERRNO.ENOENT, { cpu: 1, type: HARDWARE, config: 5n });
  bench.ticks(3);
  assert(!isMeasured(bench.stage.read("branch_miss_ratio")));
  assertEquals(measured(bench.stage.read("branch_instructions")).partial, {
    counted: 1,
    present: 2,
  });
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Column, Instances, RowWriter } from "../../collectors/collector.ts";
import { softwareEvents } from "../../collectors/software_events.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { FakeKernel } from "../fakes/fake_kernel.ts";
import { FakePerf } from "../fakes/fake_perf.ts";
import {
  EVENTS,
  MAJOR,
  MIGRATIONS,
  MINOR,
  PAGE_FAULTS,
  SoftwareBench,
  SWITCHES,
} from "../fakes/software_bench.ts";
import { HandClock, PROFILE } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

Deno.test("softwareEvents counts each event on each CPU", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  bench.happen(0, SWITCHES, 400);
  bench.happen(0, MIGRATIONS, 3);
  bench.happen(0, PAGE_FAULTS, 21);
  bench.happen(0, MINOR, 20);
  bench.happen(0, MAJOR, 1);
  bench.happen(1, SWITCHES, 100);
  bench.tick();
  const rates = (cpu?: string): number[] =>
    ["context_switches", "cpu_migrations", "page_faults", "minor_faults", "major_faults"]
      .map((name) => bench.stage.rate(`software_${name}`, cpu));
  assertEquals(rates("0"), [400, 3, 21, 20, 1]);
  assertEquals(rates("1"), [100, 0, 0, 0, 0]);
  assertEquals(rates(), [500, 3, 21, 20, 1]);
  assertEquals(bench.problems(), []);
});

Deno.test("softwareEvents counts seconds by its clock and by the group's times", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  bench.tick();
  bench.tick();
  // The group was opened at the first tick, after its second had gone by.
  assertAlmostEquals(bench.stage.cell("software_cpu_clock_seconds", "0"), 2);
  assertAlmostEquals(bench.stage.cell("software_time_enabled_seconds", "0"), 2);
  assertAlmostEquals(bench.stage.cell("software_time_running_seconds", "0"), 2);
  assertAlmostEquals(bench.stage.rate("software_cpu_clock_seconds", "0"), 1);
  const reading = bench.stage.read("software_context_switches", "0");
  assertEquals(reading, { value: 0, coverage: 1, grade: "exact" });
});

Deno.test("softwareEvents finds members by id in whatever order the kernel answers", () => {
  const bench = new SoftwareBench([0]);
  bench.perf.reversed = true;
  bench.tick();
  bench.happen(0, SWITCHES, 40);
  bench.happen(0, MAJOR, 2);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "0"), 40);
  assertEquals(bench.stage.rate("software_major_faults", "0"), 2);
});

Deno.test("softwareEvents scales what had only part of the time, and says so", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  bench.perf.run(1000, 250);
  bench.happen(0, SWITCHES, 50);
  bench.stage.tick();
  assertEquals(bench.stage.read("software_context_switches", "0"), {
    value: 200,
    coverage: 0.25,
    grade: "estimated",
  });
});

Deno.test("softwareEvents adds nothing in a tick without a turn, and all of it after", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  bench.tick();
  bench.perf.run(1000, 0);
  bench.stage.tick();
  assertEquals(bench.stage.cell("software_context_switches", "0"), 0);
  const reading = bench.stage.read("software_context_switches", "0");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_counted");
  bench.perf.run(1000, 1000);
  bench.happen(0, SWITCHES, 30);
  bench.stage.tick();
  // Two seconds asked for, one counted.
  assertEquals(bench.stage.cell("software_context_switches", "0"), 60);
});

Deno.test("softwareEvents opens a CPU that comes and closes one that goes", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  assertEquals(bench.perf.cpus, [0]);
  bench.cpus = [0, 1];
  bench.tick();
  assertEquals(bench.perf.cpus, [0, 1]);
  bench.happen(1, SWITCHES, 8);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "1"), 8);
  bench.cpus = [1];
  bench.tick();
  assertEquals(bench.perf.cpus, [1]);
  assertEquals(bench.perf.openFds, EVENTS);
  assertEquals(bench.stage.names("cpu"), ["1"]);
});

Deno.test("softwareEvents notices that a slot went to another CPU", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  const names = ["0", "1"];
  const instances = {
    slots: () => [0, 1],
    nameOf: (slot: number) => names[slot] ?? "",
  } as unknown as Instances;
  const reader = softwareEvents.open({
    kernel,
    tree: new TextTree(),
    clock: new HandClock(),
    profile: PROFILE,
    column: () => 0 as Column,
    instances: () => instances,
    report: () => {},
    resolve: () => {},
    sources: () => {},
  });
  const row: RowWriter = {
    gauge: () => {},
    count: () => {},
    gaugeFrom: () => {},
    countWrapping: () => {},
    countAnew: () => {},
    add: () => {},
    none: () => {},
  };
  const tick = { monotonicMs: 0, seconds: 1 };
  reader.read(row, tick);
  assertEquals(perf.cpus, [0, 1]);
  names[1] = "5";
  reader.read(row, tick);
  assertEquals(perf.cpus, [0, 5]);
  reader.close();
  assertEquals(perf.openFds, 0);
});

Deno.test("softwareEvents opens what its descriptors allow, and says what is left out", () => {
  const bench = new SoftwareBench([0, 1]);
  // 96 are taken to be open where nobody tells, 24 are spared: three for each CPU are left.
  bench.kernel.always("descriptorLimit", [], { soft: 126, hard: 126 });
  bench.tick();
  bench.happen(0, SWITCHES, 500);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "0"), 500);
  assertEquals(bench.perf.openFds, 6);
  const told = bench.problems().find(({ key }) => key === "descriptors");
  assertEquals(told?.metrics, [
    "software_page_faults",
    "software_minor_faults",
    "software_major_faults",
  ]);
  const faults = bench.stage.read("software_page_faults", "0");
  assertEquals("absent" in faults && faults.absent, "failed");
});

Deno.test("softwareEvents opens nothing anew while the CPUs stay as they are", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  const opens = (): number =>
    bench.kernel.calls.filter((call) => call.startsWith("perfEventOpen")).length;
  assertEquals(opens(), 2 * EVENTS);
  for (let tick = 0; tick < 5; tick++) bench.tick();
  assertEquals(opens(), 2 * EVENTS);
  // One read a CPU and tick, and one of each when it was opened.
  assertEquals(bench.kernel.calls.filter((call) => call.startsWith("read")).length, 2 * 7);
});

Deno.test("softwareEvents counts a CPU again that went offline and returned", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  bench.happen(1, SWITCHES, 10);
  bench.tick();
  const before = bench.stage.cell("software_context_switches", "1");
  assertEquals(before, 10);
  bench.perf.offline(1);
  bench.cpus = [0];
  bench.tick();
  assertEquals(bench.perf.cpus, [0]);
  bench.perf.online(1);
  bench.cpus = [0, 1];
  bench.tick();
  bench.happen(1, SWITCHES, 4);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "1"), 4);
  assertEquals(bench.stage.cell("software_context_switches", "1"), 14);
  assertEquals(bench.problems(), []);
});

Deno.test("softwareEvents reopens a CPU that was away too shortly to be missed", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  bench.perf.offline(1);
  bench.perf.online(1);
  bench.happen(0, SWITCHES, 3);
  bench.tick();
  assertEquals(bench.stage.cell("software_context_switches", "1"), NaN);
  assertEquals(bench.stage.rate("software_context_switches", "0"), 3);
  bench.tick();
  bench.happen(1, SWITCHES, 6);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "1"), 6);
  assertEquals(bench.perf.openFds, 2 * EVENTS);
});

Deno.test("softwareEvents keeps trying a CPU that is listed and offline", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.perf.offline(1);
  bench.tick();
  assertEquals(bench.problems().map((problem) => problem.message), [
    "Cannot open software events on cpu 1: ENODEV, no such device",
  ]);
  bench.tick();
  assertEquals(bench.perf.cpus, [0]);
  bench.perf.online(1);
  bench.tick();
  assertEquals(bench.perf.cpus, [0, 1]);
  assertEquals(bench.problems(), []);
});

Deno.test("softwareEvents gives every descriptor back when it is closed", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.tick();
  assertEquals(bench.perf.openFds, 2 * EVENTS);
  bench.stage.engine.close();
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("softwareEvents opens nothing on the CPUs that the options leave out, and says so", () => {
  const bench = new SoftwareBench([0, 1, 2], 2, { cpus: [1] });
  bench.tick();
  bench.happen(1, SWITCHES, 7);
  bench.tick();
  assertEquals(bench.perf.cpus, [1]);
  assertEquals(bench.perf.openFds, EVENTS);
  assertEquals(bench.stage.rate("software_context_switches", "1"), 7);
  const left = bench.stage.read("software_context_switches", "2");
  assert(!isMeasured(left));
  assertEquals([left.absent, left.problem?.message], [
    "left_out",
    "Cannot count software events on cpu 0,2: --cpus leaves them out",
  ]);
  assertEquals(bench.problems().map(({ reason }) => reason), ["left_out"]);
  // A CPU that goes takes its cause along.
  bench.cpus = [1, 2];
  bench.tick();
  assertEquals(bench.problems()[0]!.instances, ["2"]);
  bench.cpus = [1];
  bench.tick();
  assertEquals(bench.problems(), []);
});

Deno.test("softwareEvents says that the options leave no CPU at all", () => {
  const bench = new SoftwareBench([0, 1], 2, { cpus: [5] });
  bench.tick();
  const [problem] = bench.problems();
  assertEquals([problem!.reason, problem!.message, problem!.remedy], [
    "left_out",
    "Cannot count software events on cpu 0-1: --cpus leaves them out",
    "Start without --cpus, or with these CPUs in its list",
  ]);
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("softwareEvents tries a CPU again for which there was no descriptor when it came", () => {
  const bench = new SoftwareBench([0]);
  bench.tick();
  bench.cpus = [0, 1];
  // The second event of the group finds none: it costs the group, and the first is given back.
  bench.perf.descriptorsMost = EVENTS + 1;
  bench.tick();
  assertEquals([bench.perf.cpus, bench.perf.openFds], [[0], EVENTS]);
  assertEquals(bench.problems().map(({ message }) => message), [
    "Cannot open software events on cpu 1: EMFILE, too many open files in this process",
  ]);
  const { length } = bench.perf.attempts;
  for (let tick = 0; tick < 9; tick++) bench.tick();
  assertEquals(bench.perf.attempts.length, length);
  bench.perf.descriptorsMost = Infinity;
  for (let tick = 0; tick < 2; tick++) bench.tick();
  assertEquals([bench.perf.cpus, bench.problems()], [[0, 1], []]);
});

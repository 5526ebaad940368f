import { assertEquals } from "@std/assert";
import { type CollectorSpec, HOST_SLOT } from "../../collectors/collector.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { HandCounted, type Rises } from "./hand_counted.ts";

const IPC = "instructions_per_cycle";

/** Cycles and instructions of one tick of a second, counted all the time. */
function counts(cycles: number, instructions: number): Rises {
  return { cpu_cycles: [cycles, 1, 1], instructions: [instructions, 1, 1] };
}

/** CPU time of each CPU, as much a tick as the test says. */
class CpuTime {
  userSeconds: readonly number[] = [];
  readonly #totals: number[] = [];

  readonly spec: CollectorSpec = {
    id: "cpu_time",
    minIntervalMs: 0,
    open: (site) => {
      const busy = ["user", "nice", "system", "irq", "softirq"]
        .map((mode) => site.column(`cpu_${mode}_seconds`));
      return {
        read: (row) => {
          for (const [cpu, seconds] of this.userSeconds.entries()) {
            const total = this.#totals[cpu] = (this.#totals[cpu] ?? 1) + seconds;
            const slot = site.instances("cpu").claim(String(cpu));
            busy.forEach((column, mode) => row.count(column, slot, mode === 0 ? total : 1));
          }
        },
        close: () => {},
      };
    },
  };
}

interface Bench {
  readonly core: HandCounted;
  readonly time: CpuTime;
  readonly stage: Stage;
  tick(cpus: readonly Rises[]): void;
  grade(id: string, cpu?: string): string;
}

function bench(): Bench {
  const core = new HandCounted("core_counters");
  const time = new CpuTime();
  const stage = new Stage([time.spec, core.spec], { tree: new TextTree() });
  return {
    core,
    time,
    stage,
    tick: (cpus) => {
      core.rises = Object.fromEntries(cpus.map((rises, cpu) => [String(cpu), rises]));
      stage.tick();
    },
    grade: (id, cpu) => {
      const reading = stage.read(id, cpu);
      return isMeasured(reading) ? reading.grade : reading.absent;
    },
  };
}

Deno.test("a counter that stands while its witness moves is implausible from the second window on", () => {
  const on = bench();
  on.time.userSeconds = [0.5, 0.5];
  const good = counts(1e9, 2e9);
  // 400 instructions a second under load: what a hypervisor counts that only seems to have a PMU.
  const bad = counts(1e9, 400);
  on.tick([good, good]);
  on.tick([good, good]);
  on.tick([good, bad]);
  assertEquals([on.grade("instructions", "1"), on.grade(IPC, "1")], ["exact", "exact"]);
  on.tick([good, bad]);
  const grades = (id: string): string[] => [undefined, "0", "1"].map((cpu) => on.grade(id, cpu));
  assertEquals(grades("instructions"), ["implausible", "exact", "implausible"]);
  assertEquals(grades("cpu_cycles"), ["exact", "exact", "exact"]);
  // What is made of it is no better, neither for the CPU nor for the host.
  assertEquals(grades(IPC), ["implausible", "exact", "implausible"]);
  on.tick([good, good]);
  assertEquals(grades("instructions"), ["exact", "exact", "exact"]);
});

Deno.test("cycles need CPU time to go by before they are judged", () => {
  const on = bench();
  const still = counts(0, 0);
  // A CPU that slept for all but 40 ms of the second, and one that worked for 60.
  on.time.userSeconds = [0.04, 0.06];
  for (let tick = 0; tick < 3; tick++) on.tick([still, still]);
  assertEquals(on.grade("cpu_cycles", "0"), "exact");
  assertEquals(on.grade("cpu_cycles", "1"), "implausible");
  // 60 ms of the slowest clock are 600,000 cycles.
  for (let tick = 0; tick < 3; tick++) on.tick([still, counts(600_001, 0)]);
  assertEquals(on.grade("cpu_cycles", "1"), "exact");
});

Deno.test("a counter that had no turn is not counted, and not implausible", () => {
  const on = bench();
  on.time.userSeconds = [1];
  const none: Rises = { cpu_cycles: [0, 0, 0] };
  for (let tick = 0; tick < 3; tick++) on.tick([none]);
  assertEquals(on.grade("cpu_cycles", "0"), "not_counted");
});

Deno.test("a sum is implausible when a part of it is outside its band, and so is what is made of it", () => {
  const on = bench();
  on.core.groups = { 0: { socket: "0" }, 1: { socket: "1" } };
  // No CPU has 20 billion cycles a second; together they would have 5 each.
  const fast = counts(2e10, 2e10);
  const slow = counts(1e9, 1e9);
  for (let tick = 0; tick < 3; tick++) on.tick([fast, slow]);
  assertEquals(on.grade("cpu_cycles"), "implausible");
  assertEquals(on.grade(IPC), "implausible");
  assertEquals(on.grade("instructions"), "exact");
  const group = (id: string, socket: string): string => {
    const reading = on.stage.snapshot.readGroup(id, "socket", socket);
    return isMeasured(reading) ? reading.grade : reading.absent;
  };
  assertEquals([group(IPC, "0"), group(IPC, "1")], ["implausible", "exact"]);
});

Deno.test("a clock that cannot be true spoils the frequency that is made of it", () => {
  const core = new HandCounted("core_counters");
  const hertz = { now: 3e9 };
  const tsc: CollectorSpec = {
    id: "tsc",
    // Read seldom, as what never changes is: that makes nothing mixed.
    minIntervalMs: 60_000,
    open: (site) => ({
      read: (row) => row.gauge(site.column("tsc_frequency_hertz"), HOST_SLOT, hertz.now),
      close: () => {},
    }),
  };
  const stage = new Stage([core.spec, tsc], { tree: new TextTree() });
  core.rises = { 0: { clock_group_cycles: [1e9, 1, 1], ref_cycles: [2e9, 1, 1] } };
  for (let tick = 0; tick < 3; tick++) stage.tick();
  const read = (cpu?: string): unknown => stage.read("active_frequency_hertz", cpu);
  // Half of 3 GHz.
  const value = { value: 1.5e9, coverage: 1, grade: "exact" };
  assertEquals([read("0"), read()], [value, value]);
  // No clock is that fast, and half of it is a frequency like any other.
  hertz.now = 1.5e10;
  for (let minute = 0; minute < 3; minute++) stage.tick(60_000);
  const reading = stage.read("active_frequency_hertz", "0");
  assertEquals(isMeasured(reading) && [reading.value, reading.grade], [7.5e9, "implausible"]);
});

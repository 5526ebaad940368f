import { assertEquals } from "@std/assert";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { type CollectorSpec, HOST_SLOT } from "../../../collectors/collector.ts";
import type { Doubt } from "../../../collectors/doubt.ts";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { type Cells, HandFilled } from "../../views/hand_filled.ts";
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

Deno.test("a count that never moved is implausible after many instructions, one that rests is not", () => {
  const counted = (misses: number): Rises => ({
    cpu_cycles: [1e9, 1, 1],
    instructions: [4e9, 1, 1],
    tlb_group_instructions: [4e9, 1, 1],
    itlb_misses: [misses, 1, 1],
    l1i_group_instructions: [4e9, 1, 1],
    l1i_misses: [misses, 1, 1],
    stalls_group_cycles: [4e9, 1, 1],
    stalled_cycles_frontend: [misses, 1, 1],
  });
  const ids = ["itlb_misses", "itlb_mpki", "l1i_misses", "l1i_mpki", "stalled_frontend_ratio"];
  const on = bench();
  on.time.userSeconds = [1, 1];
  // One of both is a guest's whose events are filtered; the other one's loop misses nothing for long.
  on.tick([counted(0), counted(1)]);
  const grades: unknown[] = [];
  for (let tick = 0; tick < 4; tick++) {
    on.tick([counted(0), counted(0)]);
    grades.push([...new Set(ids.map((id) => on.grade(id, "0")))]);
  }
  assertEquals(grades, [["exact"], ["exact"], ["implausible"], ["implausible"]]);
  for (const id of ids) {
    assertEquals([on.grade(id, "1"), on.grade(id)], ["exact", "implausible"], id);
  }
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

function doubtOf(reading: Reading): Doubt | undefined {
  return isMeasured(reading) ? reading.doubt : undefined;
}

Deno.test("what is implausible says by which rule, with the numbers of the newer window", () => {
  const on = bench();
  on.time.userSeconds = [0.5, 0.5];
  const good = counts(1e9, 2e9);
  for (const instructions of [2e9, 300, 400]) on.tick([good, counts(1e9, instructions)]);
  const doubt = doubtOf(on.stage.read("instructions", "1"));
  assertEquals(doubt?.rule, "witness");
  assertEquals([doubt?.metric, doubt?.instance, doubt?.value], ["instructions", undefined, 400]);
  if (doubt?.rule === "witness") assertEquals([doubt.least, doubt.of], [1e-3, 1e9]);
  // Of the host, and of what is made of it: whose counter it is.
  for (const id of ["instructions", IPC]) {
    const whole = doubtOf(on.stage.read(id));
    assertEquals([whole?.metric, whole?.instance], ["instructions", "1"], id);
  }
  assertEquals(doubtOf(on.stage.read("instructions", "0")), undefined);
});

const GB = 1e9;

/** Ticks of two memory controllers on two sockets that read, with a peak for each, a second apart. */
function controllers(
  rates: readonly (readonly [number, number])[],
  more: (second: number) => Cells = () => ({}),
): HandFilled {
  const totals = [0, 0];
  const ticks = rates.map((pair, at) => {
    const cells: Record<string, number | undefined> = { ...more(at + 1) };
    for (const box of [0, 1]) {
      totals[box]! += pair[box]!;
      for (const [id, total] of [["memory_read_bytes", totals[box]!], ["memory_write_bytes", 0]]) {
        cells[`${id}{${box}}`] = Number(total);
        cells[`${timeEnabledOf(String(id))}{${box}}`] = at + 1;
        cells[`${timeRunningOf(String(id))}{${box}}`] = at + 1;
      }
      cells[`memory_peak_bytes_per_second{${box}}`] = 25.6 * GB;
    }
    return cells;
  });
  return new HandFilled(ticks, { groups: { 0: { socket: "0" }, 1: { socket: "1" } } });
}

Deno.test("a value over its limit in two windows is implausible, for whom it is over it", () => {
  const fast: readonly [number, number] = [28 * GB, 10 * GB];
  const read = (host: HandFilled, instance?: string): string => {
    const reading = host.snapshot.read("memory_bytes_per_second", instance);
    return isMeasured(reading) ? reading.grade : reading.absent;
  };
  // Once may be a hiccup.
  assertEquals(read(controllers([[0, 0], [1, 1], fast]), "0"), "exact");
  const host = controllers([[0, 0], fast, fast]);
  assertEquals([read(host, "0"), read(host, "1"), read(host)], ["implausible", "exact", "exact"]);
  assertEquals(doubtOf(host.snapshot.read("memory_bytes_per_second", "0")), {
    rule: "limit",
    metric: "memory_bytes_per_second",
    value: 28 * GB,
    factor: 1.05,
    of: 25.6 * GB,
    why: "the peak of the memory",
  });
  const group = (socket: string): Reading =>
    host.snapshot.readGroup("memory_bytes_per_second", "socket", socket);
  assertEquals([doubtOf(group("0"))?.value, doubtOf(group("1"))], [28 * GB, undefined]);
  // All together over the peak of all.
  const all = controllers([[0, 0], [28 * GB, 28 * GB], [28 * GB, 28 * GB]]);
  const doubt = doubtOf(all.snapshot.read("memory_bytes_per_second"));
  assertEquals([doubt?.value, doubt?.rule === "limit" && doubt.of], [56 * GB, 51.2 * GB]);
});

Deno.test("a limit is judged only from where it says something, and where it is measured", () => {
  const second = (rate: number) => (at: number): Cells => ({
    "second_memory_bytes{0}": rate * at,
    [`${timeEnabledOf("second_memory_bytes")}{0}`]: at,
    [`${timeRunningOf("second_memory_bytes")}{0}`]: at,
  });
  const of = (rate: number, moved: number): Doubt | undefined => {
    const ticks = [0, 1, 1].map((on): readonly [number, number] => [on * moved, 0]);
    return doubtOf(controllers(ticks, second(rate)).snapshot.read("memory_bytes_per_second"));
  };
  // Three times what the second source has; twice is as much as is borne.
  const found = of(100e6, 300e6);
  assertEquals(found?.rule === "limit" && [found.value, found.factor, found.of], [
    300e6,
    2,
    100e6,
  ]);
  assertEquals(of(100e6, 199e6), undefined);
  // Next to nothing: what both count besides is more.
  assertEquals(of(1e6, 300e6), undefined);
});

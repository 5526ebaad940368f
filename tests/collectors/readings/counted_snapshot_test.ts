/**
 * Hardware counters from the row to the reading: rates by the time that was asked for, ratios of one
 * group or of several, groups of CPUs, and what cannot be true.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import { exact, isMeasured, type Reading } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandCounted, type Rises, source } from "./hand_counted.ts";

const IPC = "instructions_per_cycle";

interface Bench {
  readonly core: HandCounted;
  readonly l3: HandCounted;
  readonly stage: Stage;
}

function bench(): Bench {
  const core = new HandCounted("core_counters");
  const l3 = new HandCounted("l3_counters", "l3_domain");
  return { core, l3, stage: new Stage([core.spec, l3.spec], { tree: new TextTree() }) };
}

function ticks(stage: Stage, count: number): void {
  for (let tick = 0; tick < count; tick++) stage.tick();
}

/** Cycles and instructions counted all the time, for a CPU that is not implausible. */
function busy(instructions: number, cycles: number): Rises {
  return { cpu_cycles: [cycles, 1, 1], instructions: [instructions, 1, 1] };
}

function gradeOf(reading: Reading): string {
  return isMeasured(reading) ? reading.grade : reading.absent;
}

Deno.test("Snapshot.read gives a counter by turns the rate of the time that is known", () => {
  const { core, stage } = bench();
  core.rises = { 0: { cpu_cycles: [100, 1, 0.5] } };
  ticks(stage, 3);
  assertEquals(stage.rate("cpu_cycles", "0"), 100);
  // No turn in this tick, whose count comes with the next one: nobody knows of it yet.
  core.rises = { 0: { cpu_cycles: [0, 0, 0] } };
  stage.tick();
  assertEquals(stage.read("cpu_cycles", "0"), { absent: "not_counted" });
  core.rises = { 0: { cpu_cycles: [240, 2, 1] } };
  stage.tick();
  // 240 in the two seconds since its last turn, seen in a window of one second.
  assertEquals(stage.read("cpu_cycles", "0"), { value: 120, coverage: 0.5, grade: "estimated" });
  assertEquals(stage.snapshot.delta("cpu_cycles", "0"), {
    value: 240,
    coverage: 0.5,
    grade: "estimated",
  });
});

Deno.test("Snapshot.read adds up the rates of CPUs whose times differ", () => {
  const { core, stage } = bench();
  core.rises = { 0: { cpu_cycles: [300, 1, 1] }, 1: { cpu_cycles: [100, 0.5, 0.25] } };
  ticks(stage, 2);
  // 300 by 1 s and 100 by 0.5 s; counted 1.25 s of 1.5 s.
  const reading = stage.read("cpu_cycles");
  assertEquals(isMeasured(reading) && reading.value, 500);
  assertAlmostEquals(isMeasured(reading) ? reading.coverage : NaN, 1.25 / 1.5);
  assertEquals(gradeOf(reading), "estimated");
  const { values } = stage.feed.series.read([{ metric: "cpu_cycles" }], 0, 60_000);
  assertEquals(values, [[null, 500]]);
});

Deno.test("a ratio of terms from two groups is mixed and never exact, for the CPU and for every sum with it", () => {
  const { core, stage } = bench();
  core.sources = [
    source("cpu_cycles", 1, ["0", "1"]),
    source("instructions", 1, ["0"]),
    source("instructions", 2, ["1"]),
  ];
  core.groups = { 0: { socket: "0" }, 1: { socket: "1" } };
  core.rises = { 0: busy(3e7, 2e7), 1: busy(1e7, 2e7) };
  ticks(stage, 2);
  const mixed = { coverage: 1, grade: "estimated", mixed: true } as const;
  assertEquals(stage.read(IPC, "0"), exact(1.5));
  assertEquals(stage.read(IPC, "1"), { value: 0.5, ...mixed });
  assertEquals(stage.read(IPC), { value: 1, ...mixed });
  assertEquals(stage.snapshot.readGroup(IPC, "socket", "0"), exact(1.5));
  assertEquals(stage.snapshot.readGroup(IPC, "socket", "1"), { value: 0.5, ...mixed });
  // A rate has one term: it is of one group whatever the others are.
  assertEquals(stage.read("instructions"), exact(4e7));
});

Deno.test("a ratio of which no source is known is not called mixed", () => {
  const { core, stage } = bench();
  core.sources = [source("cpu_cycles", 1, ["0"])];
  core.rises = { 0: busy(3e7, 2e7) };
  ticks(stage, 2);
  assertEquals(stage.read(IPC, "0"), exact(1.5));
});

Deno.test("a ratio of two collectors' counters is mixed: no group spans two PMUs", () => {
  const { core, l3, stage } = bench();
  core.sources = [source("instructions", 0, ["0"])];
  l3.sources = [source("l3_misses", 0, ["0"], { pmu: "amd_l3" })];
  core.rises = { 0: busy(2e8, 2e8) };
  l3.rises = { 0: { l3_misses: [1e6, 1, 1] } };
  ticks(stage, 2);
  // 1,000 x 10^6 misses by 2 x 10^8 instructions.
  assertEquals(stage.read("llc_mpki"), {
    value: 5,
    coverage: 1,
    grade: "estimated",
    mixed: true,
  });
});

Deno.test("what rests on the word of neither kernel nor maker is an estimate, with all that is made of it", () => {
  for (const provenance of ["third_party", "unverified"] as const) {
    const { core, stage } = bench();
    core.sources = [
      source("cpu_cycles", 1, ["0", "1"]),
      source("instructions", 1, ["0"]),
      source("instructions", 1, ["1"], { provenance }),
    ];
    core.rises = { 0: busy(3e7, 2e7), 1: busy(1e7, 2e7) };
    ticks(stage, 2);
    const grades = (id: string): string[] =>
      [undefined, "0", "1"].map((cpu) => gradeOf(stage.read(id, cpu)));
    assertEquals(grades("cpu_cycles"), ["exact", "exact", "exact"]);
    assertEquals(grades("instructions"), ["estimated", "exact", "estimated"]);
    assertEquals(grades(IPC), ["estimated", "exact", "estimated"]);
    for (const id of ["instructions", IPC]) {
      const words = [undefined, "0", "1"].map((cpu) => {
        const reading = stage.read(id, cpu);
        return isMeasured(reading) ? reading.hearsay : reading.absent;
      });
      assertEquals(words, [provenance, undefined, provenance]);
    }
  }
});

Deno.test("Snapshot.source tells where a count, its times and a ratio come from", () => {
  const { core, stage } = bench();
  const cycles = source("cpu_cycles", 1, ["0", "1"]);
  const big = source("instructions", 1, ["0"], { pmu: "cpu_core" });
  const small = source("instructions", 1, ["1"], { pmu: "cpu_atom" });
  core.sources = [cycles, big, small];
  core.rises = { 0: busy(1, 1), 1: busy(1, 1) };
  stage.tick();
  const { snapshot } = stage;
  assertEquals(snapshot.sources("instructions"), [big, small]);
  assertEquals(snapshot.source("instructions", "1"), small);
  assertEquals(snapshot.source("instructions_time_running_seconds", "0"), big);
  assertEquals(snapshot.source("instructions", "2"), undefined);
  assertEquals(snapshot.sources(IPC), [big, small, cycles]);
  assertEquals(snapshot.sources("branch_misses"), []);
});

Deno.test("Snapshot.readGroup sums the members of a group, and says where there is none", () => {
  const { core, stage } = bench();
  core.groups = { 0: { socket: "0" }, 1: { socket: "0" }, 2: { socket: "1" } };
  core.rises = { 0: busy(1e7, 1e7), 1: busy(2e7, 1e7), 2: busy(7e7, 2e7) };
  ticks(stage, 2);
  const { snapshot } = stage;
  assertEquals(snapshot.groups("cpu", "socket"), ["0", "1"]);
  assertEquals(snapshot.groups("cpu", "core_type"), []);
  assertEquals(snapshot.groups("host", "socket"), []);
  assertEquals(snapshot.readGroup("instructions", "socket", "0"), exact(3e7));
  assertEquals(snapshot.readGroup(IPC, "socket", "0"), exact(1.5));
  assertEquals(snapshot.readGroup(IPC, "socket", "1"), exact(3.5));
  assertEquals(snapshot.readGroup(IPC, "socket", "2"), { absent: "gone" });
  assertEquals(snapshot.readGroup(IPC, "core_type", "cpu"), { absent: "not_supported" });
  assertEquals(snapshot.readGroup("load_1m", "socket", "0"), { absent: "coarser_only" });
});

Deno.test("Snapshot.readGroup lacks a member that was not counted, and says so", () => {
  const { core, stage } = bench();
  core.groups = { 0: { socket: "0" }, 1: { socket: "0" } };
  core.rises = { 0: busy(1e7, 1e7), 1: busy(1e7, 1e7) };
  ticks(stage, 2);
  core.rises = { ...core.rises, 1: { ...busy(1e7, 1e7), instructions: [0, 0, 0] } };
  stage.tick();
  assertEquals(stage.snapshot.readGroup("instructions", "socket", "0"), {
    value: 1e7,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
});

Deno.test("what an L3 cache counts has no value for one CPU, and one for its CPUs, socket and host", () => {
  const { core, l3, stage } = bench();
  core.groups = {
    0: { l3_domain: "0", socket: "0", core_type: "cpu" },
    1: { l3_domain: "4", socket: "0", core_type: "cpu" },
    2: { l3_domain: "8", socket: "1", core_type: "cpu" },
  };
  core.rises = { 0: busy(1e7, 1e7), 1: busy(1e7, 1e7), 2: busy(1e7, 1e7) };
  l3.groups = { 0: { socket: "0" }, 4: { socket: "0" }, 8: { socket: "1" } };
  const domain = (misses: number): Rises => ({
    l3_references: [1000, 1, 1],
    l3_misses: [misses, 1, 1],
  });
  l3.rises = { 0: domain(100), 4: domain(300), 8: domain(800) };
  ticks(stage, 2);
  const { snapshot } = stage;
  const ratio = "llc_miss_ratio";
  assertEquals(snapshot.read(ratio, "1"), { absent: "coarser_only" });
  // 1,200 of 3,000, and by domain and socket.
  assertEquals(snapshot.read(ratio), exact(0.4));
  assertEquals(snapshot.readGroup(ratio, "l3_domain", "4"), exact(0.3));
  assertEquals(snapshot.readGroup(ratio, "socket", "0"), exact(0.2));
  assertEquals(snapshot.readGroup(ratio, "socket", "1"), exact(0.8));
  // An L3 cache says nothing of the types of its cores.
  assertEquals(snapshot.readGroup(ratio, "core_type", "cpu"), { absent: "coarser_only" });
  assertEquals(snapshot.groups("l3_domain", "l3_domain"), ["0", "4", "8"]);
  assertEquals(snapshot.readGroup("l3_misses", "l3_domain", "8"), exact(800));
  assertEquals(snapshot.readGroup("l3_misses", "socket", "0"), exact(400));
  assertEquals(snapshot.readGroup("l3_misses", "core_type", "cpu"), { absent: "not_supported" });
  assertEquals(snapshot.read("llc_misses_per_second"), exact(1200));
});

Deno.test("the last-level cache is the core's where the core counts it", () => {
  const { core, l3, stage } = bench();
  core.rises = {
    0: { ...busy(1e7, 1e7), core_llc_references: [50, 1, 1], core_llc_misses: [10, 1, 1] },
  };
  l3.rises = { 0: { l3_references: [10, 1, 1], l3_misses: [9, 1, 1] } };
  ticks(stage, 2);
  assertEquals(stage.read("llc_miss_ratio", "0"), exact(0.2));
  assertEquals(stage.read("llc_miss_ratio"), exact(0.2));
  const { values } = stage.feed.series.read([{ metric: "llc_miss_ratio" }], 0, 60_000);
  assertEquals(values, [[null, 0.2]]);
});

Deno.test("the last-level cache is absent with the cause that a person can do something about", () => {
  const { core, l3, stage } = bench();
  core.refused = new CollectorError("not_supported", "Cannot find a PMU of CPU cores");
  l3.refused = new CollectorError("denied", "Cannot open amd_l3: EACCES", "sysctl ...");
  stage.tick();
  const reading = stage.read("llc_miss_ratio");
  assertEquals("problem" in reading && [reading.absent, reading.problem?.collector], [
    "denied",
    "l3_counters",
  ]);
});

Deno.test("a cause that costs several CPUs is told for each, for their group, and for no other", () => {
  const { core, stage } = bench();
  const atoms = ["2", "3"];
  const open = core.spec.open;
  const problem = { key: "a", reason: "not_supported", message: "Cannot open it" } as const;
  const spec = {
    ...core.spec,
    open: (site: Parameters<typeof open>[0]) => {
      site.report({ ...problem, metrics: ["l1d_misses"], instances: atoms });
      return open(site);
    },
  };
  const on = new Stage([spec], { tree: new TextTree() });
  core.groups = Object.fromEntries(
    ["0", "1", "2", "3"].map((cpu) => [cpu, { core_type: atoms.includes(cpu) ? "atom" : "core" }]),
  );
  const all = busy(1e7, 1e7);
  const big = { ...all, l1d_misses: [5, 1, 1] } as const;
  core.rises = { 0: big, 1: big, 2: all, 3: all };
  ticks(on, 3);
  const { snapshot } = on;
  const told = {
    ...problem,
    collector: "core_counters",
    metrics: ["l1d_misses"],
    instances: atoms,
  };
  assertEquals(snapshot.read("l1d_misses", "0"), exact(5));
  assertEquals(snapshot.read("l1d_misses", "3"), { absent: "not_supported", problem: told });
  assertEquals(snapshot.readGroup("l1d_misses", "core_type", "core"), exact(10));
  assertEquals(snapshot.readGroup("l1d_misses", "core_type", "atom"), {
    absent: "not_supported",
    problem: told,
  });
  assertEquals(snapshot.read("l1d_misses"), {
    value: 10,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 2, present: 4 },
  });
  assertEquals([snapshot.cause("l1d_misses"), snapshot.cause("l1d_misses", "2")], [
    undefined,
    told,
  ]);
  assertEquals(stage.problems(), []);
});

Deno.test("Snapshot.read believes a copy: few instructions, hardly a load, and a miss in most cycles", () => {
  const { core, stage } = bench();
  const copy = (misses: number): Rises => ({
    ...busy(1e6, 3e9),
    l1d_references: [1e5, 1, 1],
    l1d_misses: [misses, 1, 1],
    l1d_group_instructions: [1e6, 1, 1],
  });
  core.rises = { 0: copy(2e9) };
  ticks(stage, 4);
  assertEquals(stage.read("l1d_mpki", "0"), exact(2e6));
  assertEquals(stage.read("l1d_miss_ratio", "0"), exact(2e4));
  // More than one a cycle of any CPU there is.
  core.rises = { 0: copy(2e10) };
  ticks(stage, 4);
  for (const id of ["l1d_misses", "l1d_mpki", "l1d_miss_ratio"]) {
    assertEquals(gradeOf(stage.read(id, "0")), "implausible", id);
  }
});

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { isMeasured, type Measurement, type Reading } from "../../collectors/trust.ts";
import { CoreBench, HARDWARE, HW_CACHE, PER_MS } from "../fakes/core_bench.ts";

const ITLB_MISSES = 65540n;
/** Those of Skylake: lookups of the L1I. */
const L1I_HITS = 0x0183n;
const DEVICES = "/sys/bus/event_source/devices";

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

Deno.test("coreCounters counts exactly where all events have a counter, by CPU and for the host", () => {
  const bench = new CoreBench([0, 1]);
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.read("cpu_cycles", "0"), { value: 3e9, coverage: 1, grade: "exact" });
  assertEquals(stage.read("cpu_cycles", "1"), { value: 6e9, coverage: 1, grade: "exact" });
  assertEquals(stage.read("cpu_cycles"), { value: 9e9, coverage: 1, grade: "exact" });
  assertEquals(stage.read("instructions_per_cycle"), { value: 1.5, coverage: 1, grade: "exact" });
  assertEquals(stage.rate("cycles_per_instruction", "1"), 3 / 4.5);
  assertEquals(stage.rate("branch_miss_ratio"), 0.03);
  assertEquals(stage.rate("l1d_miss_ratio"), 0.05);
  assertEquals(stage.rate("llc_miss_ratio"), 0.2);
  assertEquals(stage.rate("l2_miss_ratio"), 0.25);
  assertAlmostEquals(stage.rate("llc_mpki"), 4, 1e-9);
  assertAlmostEquals(stage.rate("dtlb_mpki"), 5000 / 4500, 1e-9);
  assertAlmostEquals(stage.rate("l1i_mpki"), 32_000 / 4500, 1e-9);
  // Hits and misses together.
  assertEquals(stage.rate("l1i_references", "0"), 1.6e9);
  assertEquals(stage.rate("l1i_miss_ratio"), 0.02);
});

Deno.test("coreCounters asks for one group a CPU where all fit, and reads it once a tick", () => {
  const bench = new CoreBench([0, 1]);
  bench.tick();
  const reads = bench.kernel.calls.filter((call) => call.startsWith("read(")).length;
  bench.tick();
  assertEquals(bench.kernel.calls.filter((call) => call.startsWith("read(")).length, reads + 2);
});

Deno.test("coreCounters scales what takes turns, tells the share, and keeps ratios of one time", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.counters = 4;
  bench.ticks(3);
  const { stage } = bench;
  const cycles = measured(stage.read("cpu_cycles", "1"));
  assertAlmostEquals(cycles.value, 6e9, 1);
  const groups = new Set(stage.snapshot.sources("cpu_cycles").map(({ group }) => group));
  assertEquals(groups.size, 1);
  // 15 terms of 8 bundles with 4 counters: cycles, instructions, branches, misses | llc | l1d | l2 |
  // tlb | l1i | clock. Each has a seventh of the time.
  assertAlmostEquals(cycles.coverage, 1 / 7, 1e-6);
  assertEquals(cycles.grade, "low");
  const ipc = measured(stage.read("instructions_per_cycle"));
  assertEquals(ipc.mixed, undefined);
  assertAlmostEquals(ipc.value, 1.5, 1e-9);
  for (const ratio of ["llc_miss_ratio", "l1d_mpki", "l2_mpki", "branch_mpki", "dtlb_mpki"]) {
    assertEquals(measured(stage.read(ratio)).mixed, undefined, ratio);
  }
});

Deno.test("coreCounters says mixed where one counter is all there is, and is never exact there", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 1;
  bench.ticks(3);
  const ipc = measured(bench.stage.read("instructions_per_cycle"));
  assertEquals(ipc.mixed, true);
  assert(ipc.grade !== "exact");
  assertAlmostEquals(ipc.value, 1.5, 1e-6);
  assertAlmostEquals(measured(bench.stage.read("cpu_cycles")).value, 3e9, 1);
});

Deno.test("coreCounters keeps the first ratio whole with two counters", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 2;
  bench.ticks(3);
  assertEquals(measured(bench.stage.read("instructions_per_cycle")).mixed, undefined);
  assertEquals(measured(bench.stage.read("llc_miss_ratio")).mixed, undefined);
  assertEquals(measured(bench.stage.read("llc_mpki")).mixed, true);
});

Deno.test("coreCounters loses only the event that the CPU lacks, and names it once for all CPUs", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.ENOENT, { type: HW_CACHE, config: ITLB_MISSES });
  bench.ticks(3);
  const lost = bench.stage.read("itlb_misses");
  assertEquals(absence(lost), "not_supported");
  const named = bench.problems().filter(({ message }) => message.includes("iTLB-load-misses"));
  assertEquals(named.length, 1);
  assert(named[0]!.message.includes("cpu 0-1"), named[0]!.message);
  assertEquals(bench.stage.rate("l1d_miss_ratio"), 0.05);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
});

Deno.test("coreCounters says where no event for L1I references is known, and counts the misses", () => {
  const bench = new CoreBench([0], { profile: { cpuModelNumber: 0x8f } });
  bench.ticks(3);
  const reading = bench.stage.read("l1i_references");
  assertEquals(absence(reading), "not_supported");
  assert(!isMeasured(reading));
  assertEquals(
    reading.problem?.message,
    'Cannot count l1i_references on PMU "cpu": the kernel names no event for L1I accesses on this CPU',
  );
  assertEquals(bench.stage.rate("l1i_misses"), 32e6);
});

Deno.test("coreCounters counts misses of the L1I by the kernel's event where the maker's is refused", () => {
  const bench = new CoreBench([0]);
  bench.perf.refuse(ERRNO.ENOENT, { type: 4, config: L1I_HITS });
  bench.ticks(3);
  assertEquals(bench.stage.rate("l1i_misses"), 32e6);
  assertEquals(bench.stage.snapshot.source("l1i_misses", "0")?.provenance, "kernel");
  const lost = bench.stage.read("l1i_references");
  assertEquals(absence(lost), "not_supported");
  assert(!isMeasured(lost));
  assert(lost.problem?.message.includes("Intel's did not open"), lost.problem?.message);
});

Deno.test("coreCounters loses an event on the one CPU that refuses it", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.ENOENT, { cpu: 1, type: HARDWARE, config: 5n });
  bench.ticks(3);
  assertEquals(measured(bench.stage.read("branch_misses", "0")).value, 27e6);
  assertEquals(absence(bench.stage.read("branch_misses", "1")), "not_supported");
  assertEquals(measured(bench.stage.read("branch_misses")).partial, { counted: 1, present: 2 });
  assertEquals(measured(bench.stage.read("branch_instructions", "1")).value, 1.8e9);
  // Of CPU 0 alone: 27 misses of 900 branches, and not of all branches of both.
  const ratio = measured(bench.stage.read("branch_miss_ratio"));
  assertEquals(ratio.value, 0.03);
  assertEquals(ratio.partial, { counted: 1, present: 2 });
  assertEquals(ratio.grade, "estimated");
});

Deno.test("coreCounters tells a refusal of rights once, with what would change it", () => {
  const bench = new CoreBench([0, 1, 2, 3]);
  bench.perf.refuse(ERRNO.EACCES);
  bench.ticks(2);
  const problems = bench.problems().filter(({ collector }) => collector === "core_counters");
  assertEquals(problems.length, 1);
  assertEquals(problems[0]!.reason, "denied");
  assert(problems[0]!.remedy !== undefined);
  assertEquals(absence(bench.stage.read("instructions_per_cycle")), "denied");
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("coreCounters has one cause for a machine without a PMU", () => {
  const bench = new CoreBench([0, 1], { files: { [`${DEVICES}/software/type`]: "1\n" } });
  bench.perf.refuse(ERRNO.ENOENT);
  bench.ticks(2);
  const problems = bench.problems().filter(({ collector }) => collector === "core_counters");
  assertEquals(problems.map(({ reason }) => reason), ["not_supported"]);
  assertEquals(absence(bench.stage.read("cpu_cycles", "1")), "not_supported");
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("coreCounters says of a PMU that refuses all its events what it answered", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.ENOENT);
  bench.ticks(2);
  const problems = bench.problems().filter(({ collector }) => collector === "core_counters");
  assertEquals(problems.map(({ reason, message }) => [reason, message]), [[
    "not_supported",
    'Cannot open "cycles" of PMU "cpu" on cpu 0-1, nor any other of its events: ENOENT, no such ' +
    "file, directory or event, needs a PMU that counts",
  ]]);
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("coreCounters soon tries again a PMU that virtual machines were given", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.EOPNOTSUPP);
  bench.ticks(2);
  const [problem] = bench.problems().filter(({ collector }) => collector === "core_counters");
  assertEquals(problem!.reason, "failed");
  assertStringIncludes(problem!.remedy!, "Stop the virtual machines");
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
  assertEquals(bench.problems().filter(({ collector }) => collector === "core_counters"), []);
});

Deno.test("coreCounters tries what nearly every machine has where sysfs is hidden", () => {
  const bench = new CoreBench([0, 1], { files: {} });
  bench.ticks(3);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
});

Deno.test("coreCounters has a gap and no fall when a CPU goes and comes back", () => {
  const bench = new CoreBench([0, 1]);
  bench.ticks(3);
  const before = bench.stage.cell("cpu_cycles", "1");
  bench.perf.offline(1);
  bench.cpus = [0];
  bench.tick();
  assertEquals(measured(bench.stage.read("cpu_cycles")).value, 3e9);
  bench.ticks(2);
  bench.perf.online(1);
  bench.cpus = [0, 1];
  bench.tick();
  assertEquals(absence(bench.stage.read("cpu_cycles", "1")), "not_yet");
  bench.tick();
  assertEquals(bench.stage.read("cpu_cycles", "1"), { value: 6e9, coverage: 1, grade: "exact" });
  assert(bench.stage.cell("cpu_cycles", "1") >= before);
});

Deno.test("coreCounters counts again on a CPU that was away too shortly to be missed", () => {
  const bench = new CoreBench([0, 1]);
  bench.ticks(2);
  bench.perf.offline(1);
  bench.perf.online(1);
  bench.ticks(3);
  assertEquals(measured(bench.stage.read("cpu_cycles", "1")).value, 6e9);
});

Deno.test("coreCounters takes what its descriptors allow, the important first, and says so", () => {
  const bench = new CoreBench([0, 1], { limit: { soft: 128, hard: 128 } });
  bench.perf.counters = 4;
  // 96 are taken to be open where nobody tells, 16 are left: eight for each CPU.
  bench.ticks(3);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
  assertEquals(bench.perf.openFds <= 16, true);
  const told = bench.problem("descriptors");
  assert(told?.message.includes("needs a limit of open files"), told?.message);
  assertEquals(told!.metrics!.includes("l1i_misses"), true);
  assertEquals(told!.metrics!.includes("cpu_cycles"), false);
  assertEquals(absence(bench.stage.read("l1i_misses")), "failed");
});

Deno.test("coreCounters raises the soft limit before it opens", () => {
  const bench = new CoreBench(Array.from({ length: 128 }, (_, cpu) => cpu));
  bench.ticks(2);
  assert(bench.soft > 1024);
  assert(bench.soft <= 524_288);
  assertEquals(bench.problem("descriptors"), undefined);
  assertEquals(bench.stage.snapshot.instances("cpu").length, 128);
  // CPU n counts n + 1 times as fast: 1 + ... + 128 is 8256.
  assertAlmostEquals(measured(bench.stage.read("cpu_cycles")).value, 8256 * 3e9, 1e4);
});

Deno.test("coreCounters counts each kind of core with its own PMU", () => {
  const bench = new CoreBench([0, 1, 2], {
    files: {
      [`${DEVICES}/cpu_core/type`]: "4\n",
      [`${DEVICES}/cpu_core/cpus`]: "0-1\n",
      [`${DEVICES}/cpu_atom/type`]: "10\n",
      [`${DEVICES}/cpu_atom/cpus`]: "2\n",
    },
    profile: { cpuFamily: 6, cpuModelNumber: 0x97 },
  });
  const generic = Object.entries(PER_MS).filter(([key]) => /^[03]:/.test(key));
  for (const [key, rate] of generic) {
    const [type, config] = key.split(":");
    for (const [pmu, share] of [[4n, 1], [10n, 0.5]] as const) {
      const extended = (pmu << 32n) + BigInt(config!);
      bench.perf.perMs.set(`${type}:${extended}`, rate * share);
    }
  }
  // What one kind of core lacks, and what both do.
  bench.perf.refuse(ERRNO.ENOENT, { type: HARDWARE, config: (10n << 32n) + 9n });
  bench.perf.refuse(ERRNO.ENOENT, { type: HW_CACHE, config: (4n << 32n) + 65539n });
  bench.perf.refuse(ERRNO.ENOENT, { type: HW_CACHE, config: (10n << 32n) + 65539n });
  bench.ticks(3);
  assertEquals(measured(bench.stage.read("cpu_cycles", "1")).value, 6e9);
  // Half the rate, times three for CPU 2.
  assertEquals(measured(bench.stage.read("cpu_cycles", "2")).value, 4.5e9);
  assertEquals(measured(bench.stage.read("ref_cycles", "1")).value, 5.2e9);
  assertEquals(absence(bench.stage.read("ref_cycles", "2")), "not_supported");
  const dtlb = bench.stage.read("dtlb_misses");
  assert(!isMeasured(dtlb) && dtlb.problem !== undefined);
  assertEquals(
    bench.stage.snapshot.source("cpu_cycles", "2")?.events,
    ["cpu_atom/cycles/"],
  );
});

Deno.test("coreCounters opens what it was narrowed to, and says which CPUs were left out", () => {
  const bench = new CoreBench([0, 1], { narrowing: { events: ["core"], cpus: [1] } });
  bench.ticks(3);
  assertEquals(bench.perf.openFds, 2);
  assertEquals(bench.perf.cpus, [1]);
  assertEquals(bench.stage.rate("instructions_per_cycle", "1"), 1.5);
  assertEquals(absence(bench.stage.read("cpu_cycles", "0")), "left_out");
  assertEquals(absence(bench.stage.read("llc_misses_per_second", "1")), "left_out");
  const told = bench.problem("cpu/unwanted")!;
  assertEquals(told.reason, "left_out");
  assert(told.message.includes("--events"), told.message);
});

Deno.test("coreCounters keeps the whole increase of a group that has no turn within a tick", () => {
  const bench = new CoreBench([0], { narrowing: { events: ["core"] } });
  bench.stage.intervalMs = 10;
  bench.tick(10);
  for (let tick = 0; tick < 300; tick++) {
    // Three ticks without a turn, then one with 5 ms of it: an eighth of the time.
    const turn = tick % 4 === 3;
    bench.perf.run(10, turn ? 5 : 0);
    if (turn) {
      bench.perf.happen(0, HARDWARE, 0, 15_000_000);
      bench.perf.happen(0, HARDWARE, 1, 22_500_000);
    }
    bench.stage.tick(10);
  }
  const cycles = measured(bench.stage.read("cpu_cycles", "0"));
  assertAlmostEquals(cycles.value, 3e9, 1);
  assertAlmostEquals(cycles.coverage, 1 / 8, 1e-9);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
});

Deno.test("coreCounters subtracts counters past 2^53 exactly", () => {
  const bench = new CoreBench([0], { narrowing: { events: ["core"] } });
  bench.perf.startsAt = 2n ** 53n - 1000n;
  bench.tick();
  bench.perf.run(1000);
  bench.perf.happen(0, HARDWARE, 0, 3_000_000_001);
  bench.stage.tick();
  bench.perf.run(1000);
  bench.perf.happen(0, HARDWARE, 0, 2_999_999_999);
  bench.stage.tick();
  assertEquals(bench.stage.rate("cpu_cycles", "0"), 2_999_999_999);
});

Deno.test("coreCounters names the source of each number", () => {
  const bench = new CoreBench([0, 1]);
  bench.ticks(2);
  const [l2] = bench.stage.snapshot.sources("l2_misses");
  assertEquals(l2?.pmu, "cpu");
  assertEquals(l2?.provenance, "vendor");
  assertEquals(l2?.instances, ["0", "1"]);
  // The instructions beside it are the kernel's own event.
  assertEquals(bench.stage.snapshot.source("l2_group_instructions", "0")?.provenance, "kernel");
  assertEquals(bench.stage.snapshot.source("core_llc_misses", "1")?.events, ["cache-misses"]);
  assert(bench.stage.snapshot.source("core_llc_misses", "1")?.note?.includes("last-level"));
});

Deno.test("coreCounters gives every descriptor back when it is closed", () => {
  const bench = new CoreBench([0, 1]);
  bench.ticks(2);
  assert(bench.perf.openFds > 0);
  bench.stage.engine.close();
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("coreCounters keeps a set that has no turn where CPUs came that leave no descriptors", () => {
  const bench = new CoreBench([0], { limit: { soft: 140, hard: 140 } });
  bench.perf.counters = 8;
  bench.ticks(2);
  const { openFds } = bench.perf;
  bench.cpus = Array.from({ length: 64 }, (_, cpu) => cpu);
  bench.ticks(2);
  bench.perf.held.set(0, 8);
  bench.ticks(4);
  assertEquals(absence(bench.stage.read("cpu_cycles", "0")), "not_counted");
  assertEquals(bench.perf.openFds, openFds);
  bench.perf.held.clear();
  bench.ticks(2);
  assertEquals(bench.stage.rate("cpu_cycles", "0"), 3e9);
});

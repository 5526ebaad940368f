import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { cpuTime } from "../../collectors/cpu_time.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { l3Counters, l3CountersOf } from "../../collectors/l3_counters.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { amdL3, CoreBench, type CoreBenchOptions, ONE_PMU, ZEN3 } from "../fakes/core_bench.ts";

const L3 = "/sys/bus/event_source/devices/amd_l3";
const CPU = "/sys/devices/system/cpu";

/** Two sockets with one L3 cache each, of two CPUs each. */
const FILES: Readonly<Record<string, string>> = {
  ...amdL3("0,2"),
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((cpu) => {
      const domain = cpu >> 1;
      return [
        [`${CPU}/cpu${cpu}/cache/index3/id`, `${domain}\n`],
        [`${CPU}/cpu${cpu}/topology/physical_package_id`, `${domain}\n`],
      ];
    }),
  ),
};

function machine(options: CoreBenchOptions = {}): CoreBench {
  const bench = new CoreBench([0, 1, 2, 3], {
    files: FILES,
    profile: ZEN3,
    also: [l3Counters],
    ...options,
  });
  // CPU n counts n + 1 times as fast: the second cache three times the first.
  bench.perf.perMs.set(`12:${0xff04}`, 1000);
  bench.perf.perMs.set(`12:${0x0104}`, 100);
  return bench;
}

Deno.test("l3Counters counts each cache once, on the CPU that its PMU names", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("l3_domain"), ["0", "1"]);
  assertEquals(stage.rate("l3_references", "0"), 1e6);
  assertEquals(stage.rate("l3_references", "1"), 3e6);
  assertEquals(stage.rate("l3_references"), 4e6);
  assertEquals(stage.rate("l3_misses"), 4e5);
  assertEquals(stage.snapshot.source("l3_misses", "1")?.pmu, "amd_l3");
});

Deno.test("l3Counters are what AMD's last-level cache is made of, for the host and no CPU", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.rate("llc_references_per_second"), 4e6);
  assertAlmostEquals(stage.rate("llc_miss_ratio"), 0.1, 1e-12);
  const ofCpu = stage.read("llc_misses_per_second", "0");
  assert(!isMeasured(ofCpu));
  assertEquals(ofCpu.absent, "coarser_only");
  const socket = stage.snapshot.readGroup("l3_misses", "socket", "1");
  assert(isMeasured(socket));
  assertEquals(socket.value, 3e5);
  // Instructions are counted by another PMU: 1 + 2 + 3 + 4 times 4.5e9.
  const mpki = stage.read("llc_mpki");
  assert(isMeasured(mpki));
  assertAlmostEquals(mpki.value, 1000 * 4e5 / 45e9, 1e-12);
  assertEquals(mpki.mixed, true);
});

Deno.test("l3Counters follow their events to another CPU of the cache", () => {
  const bench = machine();
  bench.ticks(3);
  bench.tree.set(`${L3}/cpumask`, "1,2\n");
  bench.perf.offline(0);
  bench.cpus = [1, 2, 3];
  bench.ticks(3);
  assertEquals(bench.stage.names("l3_domain"), ["0", "1"]);
  assertEquals(bench.stage.rate("l3_references", "0"), 2e6);
});

Deno.test("l3Counters are not there without their PMU, and say whose machine has it", () => {
  const bench = machine({ files: ONE_PMU });
  bench.ticks(2);
  const reading = bench.stage.read("l3_misses");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assert(reading.problem?.remedy?.includes("amd_uncore"), reading.problem?.message);
});

Deno.test("l3Counters say once why they may not be opened", () => {
  const bench = machine();
  bench.perf.refuse(ERRNO.EACCES, { type: 12 });
  bench.ticks(2);
  const told = bench.problems().filter(({ collector }) => collector === "l3_counters");
  assertEquals(told.map(({ reason }) => reason), ["denied"]);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
});

Deno.test("l3Counters miss a refused cache in every sum, and try it again", () => {
  const bench = machine();
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 2, type: 12 });
  bench.ticks(3);
  const misses = bench.stage.read("l3_misses");
  assert(isMeasured(misses));
  assertEquals(misses.partial, { counted: 1, present: 2 });
  // Misses of one cache by instructions of all CPUs would be nobody's.
  assert(!isMeasured(bench.stage.read("llc_mpki")));
  bench.perf.allowAll();
  bench.ticks(13);
  assertEquals(bench.stage.rate("l3_misses"), 4e5);
});

Deno.test("l3Counters miss a cache that the options leave out in every sum, and say so", () => {
  const bench = machine({ also: [l3CountersOf({ cpus: [0, 1, 3] })] });
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.rate("l3_misses", "0"), 1e5);
  const misses = stage.read("l3_misses");
  assert(isMeasured(misses));
  assertEquals([misses.value, misses.partial], [1e5, { counted: 1, present: 2 }]);
  const left = stage.read("l3_misses", "1");
  assert(!isMeasured(left));
  assertEquals([left.absent, left.problem?.message, left.problem?.remedy], [
    "left_out",
    "Cannot count the L3 caches on cpu 2: --cpus leaves it out",
    "Start without --cpus, or with this CPU in its list",
  ]);
});

Deno.test("l3Counters call a cache by its number though its CPU came before sysfs knew it", () => {
  const stat = (cpus: readonly number[]): string =>
    "cpu  1 1 1 1 1 1 1 1 1 1\n" + cpus.map((cpu) => `cpu${cpu} 1 1 1 1 1 1 1 1 1 1\n`).join("");
  const bench = machine({ files: { ...FILES, "/proc/stat": stat([0, 1, 2, 3]) } });
  const { tree, perf, kernel } = bench;
  const stage = new Stage([cpuTime, l3Counters], {
    tree,
    kernel,
    profile: ZEN3,
  });
  const tick = (ms: number, cpus?: readonly number[]): void => {
    if (cpus !== undefined) tree.set("/proc/stat", stat(cpus));
    perf.pass(ms);
    stage.tick(ms);
  };
  tick(1000);
  perf.offline(2);
  perf.offline(3);
  tree.set(`${L3}/cpumask`, "0\n");
  tick(1000, [0, 1]);
  assertEquals(stage.names("l3_domain"), ["0"]);
  const ids = [2, 3].map((cpu) => `${CPU}/cpu${cpu}/cache/index3/id`);
  for (const id of ids) tree.remove(id);
  perf.online(2);
  perf.online(3);
  tree.set(`${L3}/cpumask`, "0,2\n");
  tick(100, [0, 1, 2, 3]);
  for (const id of ids) tree.set(id, "1\n");
  tick(1000);
  tick(1000);
  assertEquals(stage.names("l3_domain"), ["0", "1"]);
});

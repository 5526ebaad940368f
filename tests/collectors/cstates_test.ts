import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cstates, cstatesOf } from "../../collectors/cstates.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { tsc } from "../../collectors/tsc.ts";
import { CoreBench, type CoreBenchOptions, ONE_PMU } from "../fakes/core_bench.ts";

const DEVICES = "/sys/bus/event_source/devices";
const CPU = "/sys/devices/system/cpu";
const CORE = 20;
const PACKAGE = 21;
const MODULE = 22;

/** One socket with two cores of two threads each: CPU 0 and 1 are one core. */
const TOPOLOGY: Readonly<Record<string, string>> = Object.fromEntries(
  [0, 1, 2, 3].flatMap((cpu) => [
    [`${CPU}/cpu${cpu}/topology/physical_package_id`, "0\n"],
    [`${CPU}/cpu${cpu}/topology/core_id`, `${(cpu >> 1) * 4}\n`],
    [`${CPU}/cpu${cpu}/topology/cluster_id`, "8\n"],
  ]),
);

/** Composed after arch/x86/events/intel/cstate.c. */
function pmu(
  name: string,
  type: number,
  cpumask: string,
  states: Readonly<Record<string, number>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries([
    [`${DEVICES}/${name}/type`, `${type}\n`],
    [`${DEVICES}/${name}/cpumask`, `${cpumask}\n`],
    [`${DEVICES}/${name}/format/event`, "config:0-63\n"],
    ...Object.entries(states).map(([state, code]) => [
      `${DEVICES}/${name}/events/${state}-residency`,
      `event=0x0${code}\n`,
    ]),
  ]);
}

const FILES: Readonly<Record<string, string>> = {
  ...ONE_PMU,
  ...TOPOLOGY,
  [`${DEVICES}/msr/type`]: "9\n",
  [`${DEVICES}/msr/format/event`]: "config:0-63\n",
  [`${DEVICES}/msr/events/tsc`]: "event=0x00\n",
  ...pmu("cstate_core", CORE, "0,2", { c1: 0, c6: 2 }),
  ...pmu("cstate_pkg", PACKAGE, "0", { c2: 0, c6: 2 }),
};

function machine(options: CoreBenchOptions = {}): CoreBench {
  const bench = new CoreBench([0, 1, 2, 3], { files: FILES, also: [tsc, cstates], ...options });
  bench.perf.perMs.set("9:0", 2_000_000);
  bench.perf.perMs.set(`${CORE}:0`, 200_000);
  bench.perf.perMs.set(`${CORE}:2`, 500_000);
  bench.perf.perMs.set(`${PACKAGE}:2`, 1_000_000);
  bench.perf.perMs.set(`${MODULE}:0`, 1_500_000);
  return bench;
}

Deno.test("cstates are shares of the time of each core and package", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("core_idle"), ["0/0", "0/4"]);
  assertEquals(stage.rate("core_c6_residency_ratio", "0/0"), 0.25);
  // CPU 2 counts three times as fast.
  assertEquals(stage.rate("core_c6_residency_ratio", "0/4"), 0.75);
  assertEquals(stage.rate("core_c6_residency_ratio"), 0.5);
  assertEquals(stage.rate("core_c1_residency_ratio"), 0.2);
  assertEquals(stage.names("package_idle"), ["0"]);
  const reading = stage.read("package_c6_residency_ratio");
  assert(isMeasured(reading));
  assertEquals([reading.value, reading.grade], [0.5, "exact"]);
  // Counted and never entered is a true zero.
  assertEquals(stage.rate("package_c2_residency_ratio"), 0);
  const source = stage.snapshot.source("core_c6_ticks", "0/4");
  assertEquals(source?.events, ["cstate_core/c6-residency/"]);
});

Deno.test("cstates that this CPU does not list are absent", () => {
  const bench = machine();
  bench.ticks(3);
  for (const id of ["core_c7_residency_ratio", "package_c10_ticks", "module_c6_ticks"]) {
    const reading = bench.stage.read(id);
    assert(!isMeasured(reading));
    assertEquals(reading.absent, "not_supported");
  }
});

Deno.test("cstates of a module are counted by their own PMU", () => {
  const files = { ...FILES, ...pmu("cstate_module", MODULE, "0", { c6: 0 }) };
  const bench = machine({ files });
  bench.ticks(3);
  assertEquals(bench.stage.names("module_idle"), ["0/8"]);
  assertEquals(bench.stage.rate("module_c6_residency_ratio", "0/8"), 0.75);
});

Deno.test("cstates of packages go on where those of cores are refused", () => {
  const bench = machine();
  bench.perf.refuse(ERRNO.EBUSY, { type: CORE });
  bench.ticks(3);
  assertEquals(bench.stage.rate("package_c6_residency_ratio"), 0.5);
  const reading = bench.stage.read("core_c6_residency_ratio");
  assert(!isMeasured(reading));
  assertStringIncludes(reading.problem?.message ?? "", "the idle states of cores on cpu 0,2");
  bench.perf.allowAll();
  bench.ticks(10);
  assertEquals(bench.stage.rate("core_c6_residency_ratio"), 0.5);
});

Deno.test("cstates follow a core to its other thread", () => {
  const bench = machine();
  bench.ticks(3);
  bench.tree.set(`${DEVICES}/cstate_core/cpumask`, "0,3\n");
  bench.perf.offline(2);
  bench.cpus = [0, 1, 3];
  bench.ticks(3);
  assertEquals(bench.stage.names("core_idle"), ["0/0", "0/4"]);
  assertEquals(bench.stage.rate("core_c6_ticks", "0/4"), 2e9);
});

Deno.test("cstates of a core whose threads are all offline are gone, and not missing", () => {
  const bench = machine();
  bench.ticks(3);
  bench.tree.set(`${DEVICES}/cstate_core/cpumask`, "0\n");
  for (const cpu of [2, 3]) {
    bench.perf.offline(cpu);
    bench.tree.remove(`${CPU}/cpu${cpu}/topology`);
  }
  bench.cpus = [0, 1];
  bench.ticks(3);
  assertEquals(bench.stage.names("core_idle"), ["0/0"]);
  const reading = bench.stage.read("core_c6_residency_ratio");
  assert(isMeasured(reading));
  assertEquals([reading.value, reading.grade, reading.partial], [0.25, "exact", undefined]);
  assertEquals(bench.stage.problems().filter(({ collector }) => collector === "cstates"), []);
});

Deno.test("cstates are left out with their CPUs", () => {
  const bench = machine({ also: [tsc, cstatesOf({ cpus: [2] })] });
  bench.ticks(3);
  assertEquals(bench.stage.rate("core_c6_residency_ratio", "0/4"), 0.75);
  const reading = bench.stage.read("package_c6_ticks");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "left_out");
});

Deno.test("cstates are not there without their PMUs, and say who has them", () => {
  const metal = machine({ files: ONE_PMU });
  metal.ticks(2);
  const reading = metal.stage.read("core_c6_residency_ratio");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assertStringIncludes(reading.problem?.message ?? "", "needs an Intel CPU");
  const guest = machine({ files: ONE_PMU, profile: { hypervisor: "KVM" } });
  guest.ticks(2);
  assertStringIncludes(
    guest.stage.snapshot.cause("core_c6_ticks")?.message ?? "",
    "virtual machines",
  );
});

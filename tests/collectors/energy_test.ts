import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { energy, energyOf } from "../../collectors/energy.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { CoreBench, type CoreBenchOptions, ONE_PMU } from "../fakes/core_bench.ts";

const DEVICES = "/sys/bus/event_source/devices";
const POWER = `${DEVICES}/power`;
const POWER_CORE = `${DEVICES}/power_core`;
const POWERCAP = "/sys/class/powercap";
const CPU = "/sys/devices/system/cpu";
const SCALE = "2.3283064365386962890625e-10\n";

/** An event of RAPL as arch/x86/events/rapl.c shows it. */
function event(pmu: string, name: string, code: number): Readonly<Record<string, string>> {
  return {
    [`${pmu}/events/${name}`]: `event=0x0${code}\n`,
    [`${pmu}/events/${name}.unit`]: "Joules\n",
    [`${pmu}/events/${name}.scale`]: SCALE,
  };
}

/** Two sockets of two CPUs each, each with a core of its own. */
const TOPOLOGY: Readonly<Record<string, string>> = Object.fromEntries(
  [0, 1, 2, 3].flatMap((cpu) => [
    [`${CPU}/cpu${cpu}/topology/physical_package_id`, `${cpu >> 1}\n`],
    [`${CPU}/cpu${cpu}/topology/core_id`, `${cpu & 1}\n`],
    [`${CPU}/cpu${cpu}/topology/die_id`, "0\n"],
  ]),
);

const PMU: Readonly<Record<string, string>> = {
  [`${POWER}/type`]: "13\n",
  [`${POWER}/cpumask`]: "0,2\n",
  [`${POWER}/format/event`]: "config:0-7\n",
  ...event(POWER, "energy-cores", 1),
  ...event(POWER, "energy-pkg", 2),
  ...event(POWER, "energy-ram", 3),
};

const CORES: Readonly<Record<string, string>> = {
  [`${POWER_CORE}/type`]: "14\n",
  [`${POWER_CORE}/cpumask`]: "0-3\n",
  [`${POWER_CORE}/format/event`]: "config:0-7\n",
  ...event(POWER_CORE, "energy-core", 1),
};

/** One package of two dies. */
const TWO_DIES: Readonly<Record<string, string>> = {
  ...PMU,
  ...Object.fromEntries([2, 3].flatMap((cpu) => [
    [`${CPU}/cpu${cpu}/topology/physical_package_id`, "0\n"],
    [`${CPU}/cpu${cpu}/topology/die_id`, "1\n"],
  ])),
};

/** Composed after Documentation/power/powercap/powercap.rst. */
const ZONES: Readonly<Record<string, string>> = {
  [`${POWERCAP}/intel-rapl/enabled`]: "1\n",
  [`${POWERCAP}/intel-rapl:0/name`]: "package-0\n",
  [`${POWERCAP}/intel-rapl:0/energy_uj`]: "1000000\n",
  [`${POWERCAP}/intel-rapl:0/max_energy_range_uj`]: "262143328850\n",
};

function machine(
  files: Readonly<Record<string, string>> = PMU,
  options: CoreBenchOptions = {},
): CoreBench {
  const bench = new CoreBench([0, 1, 2, 3], {
    files: { ...ONE_PMU, ...TOPOLOGY, ...files },
    also: [energy],
    ...options,
  });
  // In a millisecond on CPU 0, which is 31.25, 15.625 and 7.8125 W; CPU 2 counts three times as fast.
  bench.perf.perMs.set("13:2", 2 ** 27);
  bench.perf.perMs.set("13:1", 2 ** 26);
  bench.perf.perMs.set("13:3", 2 ** 25);
  // 0.9765625 W.
  bench.perf.perMs.set("14:1", 2 ** 22);
  return bench;
}

/** The cause of an absence. */
function cause(bench: CoreBench, metric: string): [string, string, string | undefined] {
  const reading = bench.stage.read(metric);
  assert(!isMeasured(reading));
  return [reading.absent, reading.problem?.message ?? "", reading.problem?.remedy];
}

Deno.test("energy is counted once for each package, in joules by the driver's scale", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("package"), ["0", "1"]);
  assertEquals(stage.rate("energy_package_joules", "0"), 31.25);
  assertEquals(stage.rate("energy_package_joules", "1"), 93.75);
  assertEquals(stage.rate("energy_package_joules"), 125);
  assertEquals(stage.rate("energy_cores_watts"), 62.5);
  assertEquals(stage.rate("energy_memory_joules", "1"), 23.4375);
  const socket = stage.snapshot.readGroup("energy_package_joules", "socket", "1");
  assert(isMeasured(socket));
  assertEquals([socket.value, socket.grade], [93.75, "exact"]);
  const source = stage.snapshot.source("energy_package_joules", "1");
  assertEquals([source?.pmu, source?.events], ["power", ["power/energy-pkg/"]]);
});

Deno.test("energy of instructions is what the packages used for a billion of them", () => {
  const bench = machine();
  bench.ticks(3);
  // 1 + 2 + 3 + 4 times 4.5e9 instructions a second.
  const reading = bench.stage.read("energy_per_billion_instructions_joules");
  assert(isMeasured(reading));
  assertAlmostEquals(reading.value, 125 / 45, 1e-12);
  assertEquals(reading.mixed, true);
});

Deno.test("energy that this CPU does not meter is absent with that reason, and never 0", () => {
  const bench = machine();
  bench.ticks(3);
  for (const metric of ["energy_gpu_joules", "energy_platform_joules", "energy_core_joules"]) {
    const [reason, message] = cause(bench, metric);
    assertEquals(reason, "not_supported");
    assertEquals(
      message,
      "Cannot count the energy of the GPU, the platform, each core: found no such event of " +
        'PMU "power" and no PMU "power_core", needs a CPU that meters them',
    );
  }
  assertEquals(bench.stage.problems().filter(({ collector }) => collector === "energy").length, 1);
});

Deno.test("energy of each core adds up where packages do not meter their cores together", () => {
  const bench = machine({
    [`${POWER}/type`]: "13\n",
    [`${POWER}/cpumask`]: "0,2\n",
    [`${POWER}/format/event`]: "config:0-7\n",
    ...event(POWER, "energy-pkg", 2),
    ...CORES,
  });
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("cpu_core"), ["0/0", "0/1", "1/0", "1/1"]);
  assertEquals(stage.rate("energy_core_joules", "1/1"), 4 * 2 ** -10 * 1000);
  assertEquals(
    cause(bench, "energy_gpu_joules")[1],
    "Cannot count the energy of the cores, the memory, the GPU, the platform: found no such event " +
      'of PMU "power", needs a CPU that meters them',
  );
  assertEquals(stage.rate("energy_cores_watts"), 10 * 2 ** -10 * 1000);
  const socket = stage.snapshot.readGroup("energy_cores_watts", "socket", "0");
  assert(isMeasured(socket));
  assertEquals(socket.value, 3 * 2 ** -10 * 1000);
});

Deno.test("energy of packages goes on where that of cores is refused, and is whole again later", () => {
  const bench = machine({ ...PMU, ...CORES });
  bench.perf.refuse(ERRNO.EBUSY, { type: 14 });
  bench.ticks(3);
  assertEquals(bench.stage.rate("energy_package_joules"), 125);
  assertEquals(cause(bench, "energy_core_joules")[0], "failed");
  bench.perf.allowAll();
  bench.ticks(10);
  assertEquals(bench.stage.rate("energy_core_joules", "0/0"), 2 ** -10 * 1000);
  assertEquals(bench.problem("power_core"), undefined);
});

Deno.test("energy follows its events to another CPU of the package", () => {
  const bench = machine();
  bench.ticks(3);
  bench.tree.set(`${POWER}/cpumask`, "1,2\n");
  bench.perf.offline(0);
  bench.cpus = [1, 2, 3];
  bench.ticks(3);
  assertEquals(bench.stage.names("package"), ["0", "1"]);
  assertEquals(bench.stage.rate("energy_package_joules", "0"), 62.5);
});

Deno.test("energy of a package whose CPUs are all offline is missing, and the sum says so", () => {
  const bench = machine();
  bench.ticks(3);
  bench.tree.set(`${POWER}/cpumask`, "0\n");
  for (const cpu of [2, 3]) {
    bench.perf.offline(cpu);
    bench.tree.remove(`${CPU}/cpu${cpu}/topology`);
  }
  bench.cpus = [0, 1];
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("package"), ["0", "1"]);
  const both = stage.read("energy_package_joules");
  assert(isMeasured(both));
  assertEquals(both.partial, { counted: 1, present: 2 });
  assertEquals([both.value, both.grade], [31.25, "estimated"]);
  const lost = stage.read("energy_package_joules", "1");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "gone");
  assertStringIncludes(lost.problem?.message ?? "", "packages 1: found no CPU of theirs online");
  assertEquals(cause(bench, "energy_gpu_joules")[0], "not_supported");
  bench.tree.set(`${POWER}/cpumask`, "0,2\n");
  for (const [path, text] of Object.entries(TOPOLOGY)) bench.tree.set(path, text);
  for (const cpu of [2, 3]) bench.perf.online(cpu);
  bench.cpus = [0, 1, 2, 3];
  bench.ticks(3);
  const again = stage.read("energy_package_joules");
  assert(isMeasured(again));
  assertEquals([again.value, again.grade, again.partial], [125, "exact", undefined]);
  assertEquals(stage.problems().filter(({ reason }) => reason === "gone"), []);
});

Deno.test("energy of a core whose CPUs are offline is gone, and not missing", () => {
  const bench = machine({ ...PMU, ...CORES });
  bench.ticks(3);
  bench.tree.set(`${POWER_CORE}/cpumask`, "0-2\n");
  bench.perf.offline(3);
  bench.cpus = [0, 1, 2];
  bench.ticks(3);
  assertEquals(bench.stage.names("cpu_core"), ["0/0", "0/1", "1/0"]);
  const sum = bench.stage.read("energy_core_joules");
  assert(isMeasured(sum));
  assertEquals([sum.value, sum.grade], [6 * 2 ** -10 * 1000, "exact"]);
});

Deno.test("energy of a package loses nothing while another that is refused is tried again", () => {
  const bench = machine();
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 2, type: 13 });
  bench.ticks(2);
  for (let second = 0; second < 24; second++) {
    bench.tick();
    const reading = bench.stage.read("energy_package_joules", "0");
    assert(isMeasured(reading));
    assertEquals([reading.value, reading.grade], [31.25, "exact"]);
  }
  bench.perf.allowAll();
  bench.ticks(40);
  assertEquals(bench.stage.snapshot.source("energy_package_joules", "1")?.pmu, "power");
});

Deno.test("energy of two dies in a package has both in their names", () => {
  const bench = machine(TWO_DIES);
  bench.ticks(3);
  assertEquals(bench.stage.names("package"), ["0/0", "0/1"]);
  const socket = bench.stage.snapshot.readGroup("energy_package_joules", "socket", "0");
  assert(isMeasured(socket));
  assertEquals(socket.value, 125);
});

Deno.test("energy of an AMD package is counted once, however many of its dies the kernel asks", () => {
  for (const cpuVendor of ["amd", "hygon"]) {
    // Two dies of one socket, as kernels took them for packages that read CPUID 0x80000026 first.
    const profile = { cpuVendor, cpuFamily: 0x19, cpuModelNumber: 0x11 };
    const bench = machine(TWO_DIES, { profile });
    // Both read the same meter.
    bench.perf.timesOn = () => 1;
    bench.ticks(3);
    assertEquals(bench.stage.names("package"), ["0"]);
    assertEquals(bench.stage.rate("energy_package_joules"), 31.25);
    bench.tree.set(`${POWER}/cpumask`, "2\n");
    for (const cpu of [0, 1]) bench.perf.offline(cpu);
    bench.cpus = [2, 3];
    bench.ticks(3);
    assertEquals(bench.stage.names("package"), ["0"]);
    assertEquals(bench.stage.rate("energy_package_joules"), 31.25);
    assertEquals(bench.stage.problems().filter(({ reason }) => reason === "gone"), []);
  }
});

Deno.test("energy of a die that goes offline is missing, and the other keeps its name", () => {
  const bench = machine(TWO_DIES);
  bench.ticks(3);
  bench.tree.set(`${POWER}/cpumask`, "0\n");
  for (const cpu of [2, 3]) bench.perf.offline(cpu);
  bench.cpus = [0, 1];
  bench.ticks(3);
  assertEquals(bench.stage.names("package"), ["0/0", "0/1"]);
  const sum = bench.stage.read("energy_package_joules");
  assert(isMeasured(sum));
  assertEquals([sum.value, sum.partial], [31.25, { counted: 1, present: 2 }]);
});

Deno.test("energy comes from powercap alone where the PMU is refused", () => {
  const bench = machine({ ...PMU, ...ZONES });
  bench.perf.refuse(ERRNO.EACCES, { type: 13 });
  bench.ticks(2);
  for (let second = 1; second <= 3; second++) {
    bench.tree.set(`${POWERCAP}/intel-rapl:0/energy_uj`, `${1_000_000 + second * 42_000_000}\n`);
    bench.tick();
  }
  const reading = bench.stage.read("energy_package_joules");
  assert(isMeasured(reading));
  assertEquals([reading.value, reading.grade], [42, "exact"]);
  for (const metric of ["energy_memory_joules", "energy_gpu_joules", "energy_core_joules"]) {
    assertEquals(cause(bench, metric).slice(0, 2), [
      "not_supported",
      "Cannot count the energy of the cores, the memory, the GPU, the platform, each core: found " +
      'no such zone of powercap and no PMU "power_core", needs a CPU that meters them',
    ]);
  }
});

Deno.test("energy is not added up from two meters of the same package", () => {
  const bench = machine({ ...PMU, ...ZONES });
  bench.ticks(2);
  bench.tree.set(`${POWERCAP}/intel-rapl:0/energy_uj`, "99000000\n");
  bench.tick();
  assertEquals(bench.stage.rate("energy_package_joules"), 125);
});

Deno.test("energy that may not be had names the smaller right, which is the PMU's", () => {
  const bench = machine({ ...PMU, ...ZONES });
  bench.perf.refuse(ERRNO.EACCES, { type: 13 });
  bench.tree.fail(`${POWERCAP}/intel-rapl:0/energy_uj`, ERRNO.EACCES);
  bench.ticks(2);
  const [reason, message, remedy] = cause(bench, "energy_package_joules");
  assertEquals(reason, "denied");
  assertStringIncludes(message, "Cannot open counters of the energy of packages on cpu 0,2: ");
  assertStringIncludes(remedy ?? "", "CAP_PERFMON");
});

Deno.test("energy is not asked of a CPU that the options leave out, by powercap either", () => {
  const bench = machine({ ...PMU, ...ZONES }, { also: [energyOf({ cpus: [1, 3] })] });
  bench.ticks(3);
  const [reason, message] = cause(bench, "energy_package_joules");
  assertEquals(reason, "left_out");
  assertStringIncludes(message, "Cannot count the energy of packages on cpu 0,2: --cpus");
  const half = machine(PMU, { also: [energyOf({ cpus: [0, 1] })] });
  half.ticks(3);
  const reading = half.stage.read("energy_package_joules");
  assert(isMeasured(reading));
  assertEquals([reading.value, reading.partial], [31.25, { counted: 1, present: 2 }]);
});

Deno.test("energy without meters says whether a module, the CPU or the machine is missing", () => {
  const metal = machine({});
  metal.ticks(2);
  const [reason, message, remedy] = cause(metal, "energy_package_joules");
  assertEquals(reason, "not_supported");
  assertStringIncludes(message, "needs a CPU with RAPL");
  assertStringIncludes(remedy ?? "", "sudo modprobe rapl");
  const guest = machine({}, { profile: { hypervisor: "KVM" } });
  guest.ticks(2);
  assertStringIncludes(cause(guest, "energy_package_joules")[1], "virtual machines");
  assertEquals(cause(guest, "energy_package_joules")[2], undefined);
  const arm = machine({}, { profile: { machine: "aarch64", cpuVendor: "arm" } });
  arm.ticks(2);
  assertStringIncludes(cause(arm, "energy_package_joules")[1], "needs an x86 CPU");
});

Deno.test("energy whose scale or unit the driver does not tell is not counted", () => {
  const files: Record<string, string> = { ...PMU };
  delete files[`${POWER}/events/energy-ram.unit`];
  files[`${POWER}/events/energy-cores.scale`] = "none\n";
  const bench = machine(files);
  bench.ticks(3);
  assertEquals(bench.stage.rate("energy_package_joules"), 125);
  assertEquals(cause(bench, "energy_memory_joules")[0], "not_supported");
  assertEquals(cause(bench, "energy_cores_watts")[0], "not_supported");
});

Deno.test("energy closes all that it opened", () => {
  const bench = machine({ ...PMU, ...ZONES });
  bench.ticks(2);
  bench.stage.engine.close();
  assertEquals([bench.perf.openFds, bench.tree.openFiles], [0, 0]);
});

Deno.test("energy of a platform that was never metered is absent, and one that is lacks no other package", () => {
  const bench = machine({ ...PMU, ...event(POWER, "energy-psys", 5) });
  bench.ticks(6);
  const [reason, message] = cause(bench, "energy_platform_joules");
  assertEquals([reason, message], [
    "not_supported",
    'Cannot count event "power/energy-psys/": found a counter that never moved, needs firmware ' +
    "that feeds it",
  ]);
  assertEquals(bench.stage.rate("energy_package_joules"), 125);
  // The first package is the one that meters the platform.
  bench.perf.timesOn = (cpu) => cpu === 0 ? 1 : 0;
  bench.perf.perMs.set("13:5", 2 ** 29);
  bench.ticks(3);
  const platform = bench.stage.read("energy_platform_joules");
  assert(isMeasured(platform));
  assertEquals([platform.value, platform.grade, platform.partial], [125, "exact", undefined]);
  const other = bench.stage.read("energy_platform_joules", "1");
  assert(!isMeasured(other));
  assertEquals(other.problem?.instances, ["1"]);
  // What was seen to move may rest.
  bench.perf.perMs.set("13:5", 0);
  bench.ticks(3);
  assertEquals(bench.stage.rate("energy_platform_joules"), 0);
});

Deno.test("energy of a package that stands at 0 W is implausible", () => {
  const bench = machine();
  bench.perf.perMs.set("13:2", 0);
  bench.ticks(6);
  const reading = bench.stage.read("energy_package_joules", "0");
  assert(isMeasured(reading));
  assertEquals(reading.grade, "implausible");
});

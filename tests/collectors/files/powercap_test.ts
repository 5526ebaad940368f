import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { energy } from "../../../collectors/energy.ts";
import { meterIncrease, powercapZones } from "../../../collectors/files/powercap_zones.ts";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

const FOLDER = "/sys/class/powercap";

/** Composed after drivers/powercap/intel_rapl_common.c: two packages, a board, and the MMIO twins. */
const NAMES: Readonly<Record<string, string>> = {
  "intel-rapl:0": "package-0",
  "intel-rapl:0:0": "core",
  "intel-rapl:0:1": "uncore",
  "intel-rapl:0:2": "dram",
  "intel-rapl:1": "package-1",
  "intel-rapl:1:0": "dram",
  "intel-rapl:2": "psys",
  "intel-rapl-mmio:0": "package-0",
  "intel-rapl-mmio:0:0": "dram",
};
const RANGE = 1_000_000_000;

function machine(
  names: Readonly<Record<string, string>> = NAMES,
  profile: Partial<HostProfile> = {},
): {
  readonly tree: TextTree;
  readonly stage: Stage;
  /** Sets a meter to so many joules. */
  readonly joules: (folder: string, value: number) => void;
} {
  const tree = new TextTree({ [`${FOLDER}/intel-rapl/enabled`]: "1\n" });
  const joules = (folder: string, value: number): void =>
    tree.set(`${FOLDER}/${folder}/energy_uj`, `${value * 1e6}\n`);
  for (const [folder, name] of Object.entries(names)) {
    tree.set(`${FOLDER}/${folder}/name`, `${name}\n`);
    tree.set(`${FOLDER}/${folder}/max_energy_range_uj`, `${RANGE}\n`);
    joules(folder, 100);
  }
  return { tree, stage: new Stage([energy], { tree, profile }), joules };
}

Deno.test("powercapZones knows packages, their parts and the board, each once", () => {
  const zones = powercapZones(Object.keys(NAMES), (folder) => NAMES[folder]);
  assertEquals(zones.map(({ folder, kind, name }) => `${folder} ${kind} ${name}`), [
    "intel-rapl:0 package 0",
    "intel-rapl:0:0 core 0",
    "intel-rapl:0:1 uncore 0",
    "intel-rapl:0:2 dram 0",
    "intel-rapl:1 package 1",
    "intel-rapl:1:0 dram 1",
    "intel-rapl:2 psys 0",
  ]);
});

Deno.test("powercapZones go by numbers, take no zone twice, and know dies", () => {
  const names: Readonly<Record<string, string>> = {
    "intel-rapl:10": "package-1-die-0",
    "intel-rapl:9": "package-0-die-1",
    "intel-rapl:10:1": "dram",
    "intel-rapl:10:0": "dram",
    "intel-rapl:3": "another",
    "intel-rapl:3:0": "core",
  };
  const zones = powercapZones(Object.keys(names), (folder) => names[folder]);
  assertEquals(zones.map(({ folder, kind, name, socket }) => [folder, kind, name, socket]), [
    ["intel-rapl:9", "package", "0/1", "0"],
    ["intel-rapl:10", "package", "1/0", "1"],
    ["intel-rapl:10:0", "dram", "1/0", "1"],
  ]);
});

Deno.test("powercapZones leaves out the one core that stands for all on AMD", () => {
  for (const vendor of ["amd", "hygon"]) {
    const zones = powercapZones(Object.keys(NAMES), (folder) => NAMES[folder], vendor);
    assertEquals(zones.filter(({ kind }) => kind === "core"), []);
    assertEquals(zones.filter(({ kind }) => kind === "package").length, 2);
  }
});

Deno.test("powercapZones takes what it calls dies of an AMD package for that package, once", () => {
  const names: Readonly<Record<string, string>> = {
    "intel-rapl:0": "package-0-die-0",
    "intel-rapl:1": "package-0-die-1",
    "intel-rapl:2": "package-1-die-0",
    "intel-rapl:3": "package-1-die-1",
  };
  for (const vendor of ["amd", "hygon"]) {
    const zones = powercapZones(Object.keys(names), (folder) => names[folder], vendor);
    assertEquals(zones.map(({ folder, kind, name }) => `${folder} ${kind} ${name}`), [
      "intel-rapl:0 package 0",
      "intel-rapl:2 package 1",
    ]);
  }
});

Deno.test("powercapZones puts a board's zone beside the package that meters it", () => {
  const names: Readonly<Record<string, string>> = {
    "intel-rapl:0": "package-0",
    "intel-rapl:1": "package-1",
    "intel-rapl:2": "psys-1",
  };
  const zones = powercapZones(Object.keys(names), (folder) => names[folder]);
  assertEquals(zones.map(({ folder, kind, name }) => `${folder} ${kind} ${name}`), [
    "intel-rapl:0 package 0",
    "intel-rapl:1 package 1",
    "intel-rapl:2 psys 1",
  ]);
});

Deno.test("powercap energy of a platform that was never metered is absent", () => {
  const { stage, joules } = machine();
  for (let second = 0; second < 6; second++) stage.tick();
  const still = stage.read("energy_platform_joules");
  assert(!isMeasured(still));
  assertEquals(still.absent, "not_supported");
  assertEquals(
    still.problem?.message,
    `Cannot count the energy of the platform: found that "${FOLDER}/intel-rapl:2/energy_uj" never ` +
      "moved, needs firmware that feeds it",
  );
  for (let second = 1; second <= 3; second++) {
    joules("intel-rapl:2", 100 + 90 * second);
    stage.tick();
  }
  const platform = stage.read("energy_platform_joules");
  assert(isMeasured(platform));
  assertEquals([platform.value, platform.grade, platform.partial], [90, "exact", undefined]);
  assertEquals(stage.problems().map(({ key }) => key), ["meters"]);
});

Deno.test("meterIncrease knows a wrap from a meter that began anew", () => {
  assertEquals(meterIncrease(5, 5, 100), 0);
  assertEquals(meterIncrease(95, 3, 100), 8);
  assertEquals(meterIncrease(60, 50, 100), NaN);
  assertEquals(meterIncrease(40, 0, 100), NaN);
  // Above its range nobody knows what it means.
  assertEquals(meterIncrease(150, 3, 100), NaN);
  assertEquals(meterIncrease(95, 3, Infinity), NaN);
  assertEquals(meterIncrease(NaN, 3, 100), NaN);
  assertEquals(meterIncrease(3, NaN, 100), NaN);
});

Deno.test("powercap energy is each package's, exact, and the board's beside the first", () => {
  const { stage, joules } = machine();
  stage.tick();
  for (let second = 1; second <= 3; second++) {
    joules("intel-rapl:0", 100 + 40 * second);
    joules("intel-rapl:0:0", 100 + 25 * second);
    joules("intel-rapl:0:1", 100 + 2 * second);
    joules("intel-rapl:0:2", 100 + 5 * second);
    joules("intel-rapl:1", 100 + 20 * second);
    joules("intel-rapl:2", 100 + 90 * second);
    joules("intel-rapl-mmio:0", 100 + 40 * second);
    stage.tick();
  }
  assertEquals(stage.names("package"), ["0", "1"]);
  assertEquals(stage.rate("energy_package_joules", "0"), 40);
  const all = stage.read("energy_package_joules");
  assert(isMeasured(all));
  assertEquals([all.value, all.grade, all.coverage], [60, "exact", 1]);
  assertEquals(stage.rate("energy_cores_watts"), 25);
  assertEquals(stage.rate("energy_gpu_joules"), 2);
  assertEquals(stage.rate("energy_memory_joules"), 5);
  assertEquals(stage.rate("energy_platform_joules"), 90);
});

Deno.test("powercap energy of AMD's cores is absent and not that of one core", () => {
  const names = { "intel-rapl:0": "package-0", "intel-rapl:0:0": "core" };
  const { stage, joules } = machine(names, { cpuVendor: "amd", cpuFamily: 0x19 });
  stage.tick();
  joules("intel-rapl:0", 230);
  joules("intel-rapl:0:0", 106);
  stage.tick();
  assertEquals(stage.rate("energy_package_joules"), 130);
  const cores = stage.read("energy_cores_joules");
  assert(!isMeasured(cores));
  assertEquals(cores.absent, "not_supported");
  assertStringIncludes(cores.problem!.message, "the cores");
});

Deno.test("powercap energy goes on across the end of a meter's range", () => {
  const { stage, joules } = machine();
  joules("intel-rapl:0", 980);
  stage.tick();
  joules("intel-rapl:0", 10);
  stage.tick();
  assertEquals(stage.rate("energy_package_joules", "0"), 30);
});

Deno.test("powercap energy of a meter that began anew is not made up", () => {
  const { stage, joules } = machine({ "intel-rapl:0": "package-0" });
  joules("intel-rapl:0", 600);
  stage.tick();
  joules("intel-rapl:0", 640);
  stage.tick();
  joules("intel-rapl:0", 400);
  stage.tick();
  assert(!isMeasured(stage.read("energy_package_joules", "0")));
  joules("intel-rapl:0", 440);
  stage.tick();
  assertEquals(stage.rate("energy_package_joules", "0"), 40);
});

Deno.test("powercap energy is denied with the least right first", () => {
  const { stage, tree } = machine({ "intel-rapl:0": "package-0" });
  tree.fail(`${FOLDER}/intel-rapl:0/energy_uj`, ERRNO.EACCES);
  stage.tick();
  const reading = stage.read("energy_package_joules");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "denied");
  assertStringIncludes(reading.problem?.message ?? "", "energy_uj");
  assertStringIncludes(reading.problem?.remedy ?? "", "CAP_PERFMON");
});

Deno.test("powercap energy lacks the meter that fails, and takes it up again", () => {
  const { stage, tree, joules } = machine();
  stage.tick();
  stage.tick();
  tree.fail(`${FOLDER}/intel-rapl:1/energy_uj`, ERRNO.EACCES);
  stage.tick();
  stage.tick();
  const lost = stage.read("energy_package_joules", "1");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "denied");
  assertEquals(stage.rate("energy_package_joules", "0"), 0);
  const both = stage.read("energy_package_joules");
  assert(isMeasured(both));
  assertEquals(both.partial, { counted: 1, present: 2 });
  joules("intel-rapl:1", 500);
  for (let second = 0; second < 12; second++) stage.tick();
  joules("intel-rapl:1", 530);
  stage.tick();
  assertEquals(stage.rate("energy_package_joules", "1"), 30);
  assertEquals(stage.problems().map(({ key }) => key), ["meters", "latent"]);
});

Deno.test("powercap energy of a package whose CPUs are offline is missing until they come", () => {
  const { stage, tree, joules } = machine();
  stage.tick();
  stage.tick();
  for (const folder of ["intel-rapl:1", "intel-rapl:1:0"]) tree.remove(`${FOLDER}/${folder}`);
  for (let second = 1; second <= 24; second++) {
    joules("intel-rapl:0", 100 + 40 * second);
    stage.tick();
  }
  assertEquals(stage.names("package"), ["0", "1"]);
  const both = stage.read("energy_package_joules");
  assert(isMeasured(both));
  assertEquals([both.value, both.grade], [40, "estimated"]);
  assertEquals(both.partial, { counted: 1, present: 2 });
  const lost = stage.read("energy_package_joules", "1");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "gone");
  assertEquals(
    lost.problem?.message,
    "Cannot read the energy of packages 1: found no CPU of theirs online, needs one",
  );
  assertEquals(lost.problem?.metrics, ["energy_package_joules", "energy_memory_joules"]);
  const version = stage.engine.problemsVersion;
  for (let second = 0; second < 12; second++) stage.tick();
  assertEquals(stage.engine.problemsVersion, version);
  // Numbers of zones are given anew.
  tree.set(`${FOLDER}/intel-rapl:3/name`, "package-1\n");
  tree.set(`${FOLDER}/intel-rapl:3:0/name`, "dram\n");
  for (const folder of ["intel-rapl:3", "intel-rapl:3:0"]) joules(folder, 5);
  for (let second = 0; second < 12; second++) stage.tick();
  joules("intel-rapl:3", 12);
  stage.tick();
  assertEquals(stage.rate("energy_package_joules", "1"), 7);
  const again = stage.read("energy_package_joules");
  assert(isMeasured(again));
  assertEquals(again.partial, undefined);
  assertEquals(stage.problems().map(({ key }) => key), ["meters", "latent"]);
  stage.engine.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("powercap energy is not supported once there is no zone at all", () => {
  const { stage, tree } = machine();
  stage.tick();
  tree.remove(FOLDER);
  stage.tick(12_000);
  const reading = stage.read("energy_package_joules");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assertStringIncludes(reading.problem?.message ?? "", "found no zone intel-rapl");
  assertEquals(tree.openFiles, 0);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { frequency } from "../../collectors/frequency.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { claimedCpus } from "../claimed_cpus.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const CPUS = "/sys/devices/system/cpu";

/** Two CPUs with cpufreq, in kHz. */
function clocks(first: number, second: number): Record<string, string> {
  return {
    [`${CPUS}/online`]: "0-1\n",
    [`${CPUS}/cpufreq/boost`]: "1\n",
    [`${CPUS}/cpu0/cpufreq/scaling_cur_freq`]: `${first}\n`,
    [`${CPUS}/cpu0/cpufreq/cpuinfo_min_freq`]: "800000\n",
    [`${CPUS}/cpu0/cpufreq/cpuinfo_max_freq`]: "3600000\n",
    [`${CPUS}/cpu1/cpufreq/scaling_cur_freq`]: `${second}\n`,
    [`${CPUS}/cpu1/cpufreq/cpuinfo_min_freq`]: "800000\n",
    [`${CPUS}/cpu1/cpufreq/cpuinfo_max_freq`]: "3700000\n",
  };
}

/** Four CPUs on two cores of one package, each event counted at every CPU that shares it. */
function throttles(core0: number, core1: number, pack: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (const cpu of [0, 1, 2, 3]) {
    const directory = `${CPUS}/cpu${cpu}`;
    const core = cpu % 2;
    files[`${directory}/topology/thread_siblings_list`] = `${core},${core + 2}\n`;
    files[`${directory}/topology/core_siblings_list`] = "0-3\n";
    files[`${directory}/thermal_throttle/core_throttle_count`] = `${core === 0 ? core0 : core1}\n`;
    files[`${directory}/thermal_throttle/package_throttle_count`] = `${pack}\n`;
  }
  return files;
}

function setAll(tree: TextTree, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) tree.set(path, text);
}

Deno.test("frequency gives the clock of each CPU in hertz, and the fastest for the host", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_hertz", "0"), 1.2e9);
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), 3.4e9);
  assertEquals(stage.rate("cpu_frequency_hertz"), 3.4e9);
  assertEquals(stage.cell("cpu_frequency_min_hertz", "1"), 8e8);
  assertEquals(stage.cell("cpu_frequency_max_hertz", "1"), 3.7e9);
  tree.set(`${CPUS}/cpu0/cpufreq/scaling_cur_freq`, "3500000\n");
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_hertz", "0"), 3.5e9);
});

Deno.test("frequency looks for the highest clock again, which moves as boost is switched", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  const path = `${CPUS}/cpu1/cpufreq/cpuinfo_max_freq`;
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  tree.set(path, "2100000\n");
  stage.tick(30_000);
  assertEquals(stage.cell("cpu_frequency_max_hertz", "1"), 2.1e9);
  assertEquals(stage.rate("cpu_frequency_max_hertz"), 3.6e9);
  // What was the highest says nothing of what is.
  tree.fail(path, ERRNO.EBUSY);
  stage.tick(30_000);
  assertEquals(stage.cell("cpu_frequency_max_hertz", "1"), NaN);
});

Deno.test("frequency takes no highest clock that is past all numbers for an infinite one", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  tree.set(`${CPUS}/cpu0/cpufreq/cpuinfo_max_freq`, "9".repeat(400) + "\n");
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_max_hertz", "0"), NaN);
  assertEquals(stage.cell("cpu_frequency_hertz", "0"), 1.2e9);
});

Deno.test("frequency does not ask for the clock of a CPU that is offline", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  tree.fail(`${CPUS}/cpu1/cpufreq/scaling_cur_freq`, ERRNO.EBUSY);
  const stage = new Stage([claimedCpus(0), frequency], { tree });
  stage.tick();
  assertEquals(stage.problems().map(({ key }) => key), ["throttles"]);
});

Deno.test("frequency loses only the CPU whose clock cannot be read, and tries again", () => {
  const path = `${CPUS}/cpu1/cpufreq/scaling_cur_freq`;
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  tree.set(path, "<unknown>\n");
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_hertz", "0"), 1.2e9);
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), NaN);
  const problem = stage.problems().find(({ key }) => key === "failing");
  assertStringIncludes(problem!.message, 'found "<unknown>", needs a whole number');
  tree.set(path, "2000000\n");
  stage.tick(60_000);
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), 2e9);
  assertEquals(stage.problems().map(({ key }) => key), ["throttles"]);
});

Deno.test("frequency finds a CPU that was plugged in", () => {
  const files = clocks(1_200_000, 3_400_000);
  const tree = new TextTree(files);
  tree.remove(`${CPUS}/cpu1`);
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), NaN);
  setAll(tree, files);
  stage.tick(600_000);
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), 3.4e9);
});

Deno.test("frequency counts throttling once a core and once a package", () => {
  const tree = new TextTree(throttles(10, 5, 7));
  const stage = new Stage([claimedCpus(0, 1, 2, 3), frequency], { tree });
  stage.tick();
  assertEquals(stage.cell("core_throttles"), 15);
  assertEquals(stage.cell("package_throttles"), 7);
  setAll(tree, throttles(13, 6, 9));
  stage.tick();
  assertEquals(stage.rate("core_throttles"), 4);
  assertEquals(stage.rate("package_throttles"), 2);
});

Deno.test("frequency takes throttling that cannot be read for unknown, and that of an offline core for none", () => {
  const tree = new TextTree(throttles(10, 5, 7));
  const stage = new Stage([claimedCpus(0, 1, 2, 3), frequency], { tree });
  const path = `${CPUS}/cpu1/thermal_throttle/core_throttle_count`;
  stage.tick();
  tree.fail(path, ERRNO.EIO);
  for (let tick = 0; tick < 2; tick++) stage.tick();
  const reading = stage.read("core_throttles");
  assertEquals("absent" in reading && reading.absent, "failed");
  assertStringIncludes("absent" in reading ? reading.problem?.message ?? "" : "", path);
  assertEquals(stage.rate("package_throttles"), 0);
  tree.set(path, "9\n");
  stage.tick(60_000);
  stage.tick();
  assertEquals([stage.rate("core_throttles"), stage.cell("core_throttles")], [0, 19]);
  tree.fail(path, ERRNO.ENODEV);
  stage.tick();
  assertEquals(stage.rate("core_throttles"), 0);
  assertEquals(stage.problems().map(({ key }) => key), ["cpufreq"]);
});

Deno.test("frequency says that a guest has no clock, rather than show a constant", () => {
  const tree = new TextTree({
    [`${CPUS}/cpu0/topology/thread_siblings_list`]: "0\n",
    "/proc/cpuinfo": "processor : 0\ncpu MHz : 2900.000\n",
  });
  const stage = new Stage([claimedCpus(0), frequency], { tree, profile: { hypervisor: "KVM" } });
  stage.tick();
  assertEquals(stage.cell("cpu_frequency_hertz", "0"), NaN);
  const [cpufreq, throttled] = stage.problems();
  assertEquals(cpufreq?.reason, "not_supported");
  assertStringIncludes(cpufreq!.message, "is a guest (KVM), and the clock is its host's affair");
  assertStringIncludes(throttled!.message, "is a guest (KVM)");
  const reading = stage.read("cpu_frequency_hertz", "0");
  assertEquals("absent" in reading && reading.problem, cpufreq);
});

Deno.test("frequency says that bare metal lacks a driver", () => {
  const tree = new TextTree({ [`${CPUS}/cpu0/topology/thread_siblings_list`]: "0\n" });
  const stage = new Stage([claimedCpus(0), frequency], { tree });
  stage.tick();
  assertStringIncludes(stage.problems()[0]!.message, "no CPU frequency driver is in charge");
});

Deno.test("frequency is denied where the clock may not be read", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  tree.fail(`${CPUS}/cpu0/cpufreq/scaling_cur_freq`, ERRNO.EACCES);
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  assertEquals(stage.problems().find(({ key }) => key === "failing")?.reason, "denied");
});

Deno.test("frequency keeps its files open and closes all of them", () => {
  const tree = new TextTree({ ...clocks(1, 2), ...throttles(1, 2, 3) });
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  stage.tick();
  // Two clocks, two cores, one package.
  assertEquals(tree.openFiles, 5);
  stage.engine.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("frequency shows a clock that is read again while another one still says nothing", () => {
  const tree = new TextTree(clocks(1_200_000, 3_400_000));
  const stage = new Stage([claimedCpus(0, 1), frequency], { tree });
  const read = (cpu: string): unknown => {
    const reading = stage.read("cpu_frequency_hertz", cpu);
    return "absent" in reading ? reading.absent : reading.value;
  };
  stage.tick();
  for (const cpu of [0, 1]) tree.set(`${CPUS}/cpu${cpu}/cpufreq/scaling_cur_freq`, "<unknown>\n");
  stage.tick();
  assertEquals([read("0"), read("1")], ["failed", "failed"]);
  tree.set(`${CPUS}/cpu1/cpufreq/scaling_cur_freq`, "3400000\n");
  for (let second = 0; second < 61; second++) {
    stage.tick();
    read("0");
    read("1");
  }
  assertEquals(stage.cell("cpu_frequency_hertz", "1"), 3.4e9);
  assertEquals([read("0"), read("1")], ["failed", 3.4e9]);
});

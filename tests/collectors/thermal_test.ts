import { assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { thermal } from "../../collectors/thermal.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const HWMON = "/sys/class/hwmon";

function machine(): TextTree {
  return new TextTree({
    [`${HWMON}/hwmon0/name`]: "coretemp\n",
    [`${HWMON}/hwmon0/temp1_input`]: "61000\n",
    [`${HWMON}/hwmon0/temp1_label`]: "Package id 0\n",
    [`${HWMON}/hwmon0/temp1_max`]: "84000\n",
    [`${HWMON}/hwmon0/temp1_crit`]: "100000\n",
    [`${HWMON}/hwmon0/temp2_input`]: "58500\n",
    [`${HWMON}/hwmon1/name`]: "nvme\n",
    [`${HWMON}/hwmon1/temp1_input`]: "38850\n",
    [`${HWMON}/hwmon1/temp1_label`]: "Composite\n",
    [`${HWMON}/hwmon1/temp1_max`]: "65261850\n",
    [`${HWMON}/hwmon1/fan1_input`]: "900\n",
  });
}

Deno.test("thermal gives the temperature and limits of each sensor in degrees", () => {
  const stage = new Stage([thermal], { tree: machine() });
  stage.tick();
  assertEquals(stage.names("sensor"), [
    "coretemp Package id 0",
    "coretemp temp2",
    "nvme Composite",
  ]);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp Package id 0"), 61);
  assertEquals(stage.cell("sensor_max_celsius", "coretemp Package id 0"), 84);
  assertEquals(stage.cell("sensor_critical_celsius", "coretemp Package id 0"), 100);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp temp2"), 58.5);
});

Deno.test("thermal labels a sensor with its chip and its own name", () => {
  const stage = new Stage([thermal], { tree: machine() });
  stage.tick();
  assertEquals(stage.snapshot.instances("sensor")[0]?.labels, {
    chip: "coretemp",
    sensor: "Package id 0",
  });
});

Deno.test("thermal takes a limit that nobody set for none", () => {
  const stage = new Stage([thermal], { tree: machine() });
  stage.tick();
  assertEquals(stage.cell("sensor_temperature_celsius", "nvme Composite"), 38.85);
  assertEquals(stage.cell("sensor_max_celsius", "nvme Composite"), NaN);
  assertEquals(stage.read("sensor_critical_celsius", "nvme Composite"), { absent: "not_yet" });
  stage.tick(5000);
  assertEquals(stage.read("sensor_critical_celsius", "nvme Composite"), {
    absent: "not_supported",
  });
});

Deno.test("thermal looks at limits again, which can be set, and fail while a drive begins anew", () => {
  const tree = machine();
  tree.fail(`${HWMON}/hwmon0/temp1_crit`, ERRNO.EIO);
  const stage = new Stage([thermal], { tree });
  const limits = (): number[] =>
    ["sensor_max_celsius", "sensor_critical_celsius"].map((metric) =>
      stage.cell(metric, "coretemp Package id 0")
    );
  stage.tick();
  assertEquals(limits(), [84, NaN]);
  tree.set(`${HWMON}/hwmon0/temp1_crit`, "100000\n");
  tree.set(`${HWMON}/hwmon0/temp1_max`, "80000\n");
  stage.tick(300_000);
  assertEquals(limits(), [80, 100]);
  tree.fail(`${HWMON}/hwmon0/temp1_max`, ERRNO.EIO);
  stage.tick(300_000);
  assertEquals(limits(), [NaN, 100]);
});

Deno.test("thermal loses only the sensor that fails, says which, and tries it again", () => {
  const tree = machine();
  const path = `${HWMON}/hwmon1/temp1_input`;
  const stage = new Stage([thermal], { tree });
  stage.tick();
  tree.fail(path, ERRNO.EIO);
  stage.tick(5000);
  assertEquals(stage.cell("sensor_temperature_celsius", "nvme Composite"), NaN);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp temp2"), 58.5);
  const [problem] = stage.problems();
  assertEquals(problem?.instance, "nvme Composite");
  assertStringIncludes(problem!.message, `Cannot read "${path}": EIO`);
  tree.set(path, "40000\n");
  stage.tick(300_000);
  assertEquals(stage.cell("sensor_temperature_celsius", "nvme Composite"), 40);
  assertEquals(stage.problems(), []);
});

Deno.test("thermal believes a chip that says a sensor is broken or not connected, while it says so", () => {
  const tree = machine();
  const fault = `${HWMON}/hwmon0/temp2_fault`;
  tree.set(`${HWMON}/hwmon0/temp2_input`, "127500\n");
  tree.set(fault, "1\n");
  tree.set(`${HWMON}/hwmon0/temp1_fault`, "0\n");
  const stage = new Stage([thermal], { tree });
  stage.tick();
  const [problem, ...others] = stage.problems();
  assertEquals(others, []);
  assertEquals(stage.read("sensor_temperature_celsius", "coretemp temp2"), {
    absent: "failed",
    problem,
  });
  assertStringIncludes(problem!.message, `Cannot measure "coretemp temp2": "${fault}" says 1`);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp Package id 0"), 61);
  tree.set(fault, "0\n");
  tree.set(`${HWMON}/hwmon0/temp2_input`, "58500\n");
  stage.tick(5000);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp temp2"), 58.5);
  assertEquals(stage.problems(), []);
  // It comes while the service runs, too; a file that cannot be read says nothing against the sensor.
  tree.set(fault, "1\n");
  stage.tick(5000);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp temp2"), NaN);
  tree.fail(fault, ERRNO.EIO);
  stage.tick(5000);
  assertEquals(stage.cell("sensor_temperature_celsius", "coretemp temp2"), 58.5);
  stage.engine.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("thermal finds a sensor that was plugged in and lets go of one that is gone", () => {
  const tree = machine();
  const stage = new Stage([thermal], { tree });
  stage.tick();
  tree.remove(`${HWMON}/hwmon0`);
  tree.set(`${HWMON}/hwmon2/name`, "drivetemp\n");
  tree.set(`${HWMON}/hwmon2/temp1_input`, "-5000\n");
  stage.tick(300_000);
  assertEquals(stage.names("sensor").toSorted(), ["drivetemp temp1", "nvme Composite"]);
  assertEquals(stage.cell("sensor_temperature_celsius", "drivetemp temp1"), -5);
  assertEquals(tree.openFiles, 2);
});

Deno.test("thermal calls a value that no board survives implausible when it stays", () => {
  const tree = machine();
  tree.set(`${HWMON}/hwmon0/temp2_input`, "-128000\n");
  const stage = new Stage([thermal], { tree });
  stage.tick();
  stage.tick(5000);
  stage.tick(5000);
  const reading = stage.read("sensor_temperature_celsius", "coretemp temp2");
  assertEquals("grade" in reading && reading.grade, "implausible");
});

Deno.test("thermal reads the thermal zones of a machine without hwmon", () => {
  const tree = new TextTree({
    "/sys/class/thermal/thermal_zone0/type": "x86_pkg_temp\n",
    "/sys/class/thermal/thermal_zone0/temp": "47000\n",
    "/sys/class/thermal/cooling_device0/type": "Processor\n",
  });
  const stage = new Stage([thermal], { tree });
  stage.tick();
  assertEquals(stage.names("sensor"), ["thermal_zone0 x86_pkg_temp"]);
  assertEquals(stage.cell("sensor_temperature_celsius", "thermal_zone0 x86_pkg_temp"), 47);
});

Deno.test("thermal says that a virtual machine has no sensor", () => {
  const stage = new Stage([thermal], { tree: new TextTree() });
  stage.tick();
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "not_supported");
  assertStringIncludes(problem!.message, "shows no sensor; virtual machines have none");
});

Deno.test("thermal lets go of every sensor when the last one is gone", () => {
  const tree = machine();
  const stage = new Stage([thermal], { tree });
  stage.tick();
  tree.remove(HWMON);
  stage.tick(300_000);
  assertEquals(stage.names("sensor"), []);
  assertEquals(tree.openFiles, 0);
});

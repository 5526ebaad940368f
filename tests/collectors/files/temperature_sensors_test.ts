import { assertEquals } from "@std/assert";
import { TemperatureSensors } from "../../../collectors/files/temperature_sensors.ts";
import { TextTree } from "../../text_tree.ts";

const HWMON = "/sys/class/hwmon";

function names(sensors: TemperatureSensors): readonly string[] {
  return sensors.find().map(({ chip, sensor }) => `${chip}: ${sensor}`);
}

Deno.test("TemperatureSensors tells two chips of one name apart by their directories", () => {
  const tree = new TextTree({
    [`${HWMON}/hwmon2/name`]: "nvme\n",
    [`${HWMON}/hwmon2/temp1_input`]: "1\n",
    [`${HWMON}/hwmon10/name`]: "nvme\n",
    [`${HWMON}/hwmon10/temp1_input`]: "1\n",
  });
  assertEquals(names(new TemperatureSensors(tree)), ["nvme: temp1", "nvme hwmon10: temp1"]);
});

Deno.test("TemperatureSensors leaves a chip its name when a twin comes before it", () => {
  const tree = new TextTree({
    [`${HWMON}/hwmon5/name`]: "nvme\n",
    [`${HWMON}/hwmon5/temp1_input`]: "1\n",
  });
  const sensors = new TemperatureSensors(tree);
  assertEquals(names(sensors), ["nvme: temp1"]);
  tree.set(`${HWMON}/hwmon1/name`, "nvme\n");
  tree.set(`${HWMON}/hwmon1/temp1_input`, "1\n");
  assertEquals(names(sensors), ["nvme hwmon1: temp1", "nvme: temp1"]);
});

Deno.test("TemperatureSensors tells two sensors of one label apart by their numbers", () => {
  const tree = new TextTree({
    [`${HWMON}/hwmon0/name`]: "nct6775\n",
    [`${HWMON}/hwmon0/temp3_input`]: "1\n",
    [`${HWMON}/hwmon0/temp3_label`]: "CPU\n",
    [`${HWMON}/hwmon0/temp10_input`]: "1\n",
    [`${HWMON}/hwmon0/temp10_label`]: "CPU\n",
  });
  assertEquals(names(new TemperatureSensors(tree)), ["nct6775: CPU", "nct6775: CPU temp10"]);
});

Deno.test("TemperatureSensors calls a chip without a name after its directory", () => {
  const tree = new TextTree({ [`${HWMON}/hwmon0/temp1_input`]: "1\n" });
  assertEquals(names(new TemperatureSensors(tree)), ["hwmon0: temp1"]);
});

Deno.test("TemperatureSensors asks thermal zones only where hwmon has no temperature", () => {
  const tree = new TextTree({
    [`${HWMON}/hwmon0/name`]: "acpi_fan\n",
    [`${HWMON}/hwmon0/fan1_input`]: "900\n",
    "/sys/class/thermal/thermal_zone0/temp": "1\n",
  });
  const sensors = new TemperatureSensors(tree);
  assertEquals(names(sensors), ["thermal_zone0: temp"]);
  tree.set(`${HWMON}/hwmon0/temp1_input`, "1\n");
  assertEquals(names(sensors), ["acpi_fan: temp1"]);
});

Deno.test("TemperatureSensors names the files of limits only where they are", () => {
  const tree = new TextTree({
    [`${HWMON}/hwmon0/name`]: "k10temp\n",
    [`${HWMON}/hwmon0/temp1_input`]: "1\n",
    [`${HWMON}/hwmon0/temp1_crit`]: "1\n",
  });
  assertEquals(new TemperatureSensors(tree).find(), [{
    chip: "k10temp",
    sensor: "temp1",
    input: `${HWMON}/hwmon0/temp1_input`,
    critical: `${HWMON}/hwmon0/temp1_crit`,
  }]);
});

/**
 * Which temperature sensors a machine has, and what they are called: those of hwmon
 * (Documentation/hwmon/sysfs-interface.rst), or the thermal zones where there are none of those.
 *
 * @module
 */
import { namesIn, textOf } from "./text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

const HWMON = "/sys/class/hwmon";
const ZONES = "/sys/class/thermal";

/** `chip` and `sensor` together are unique. */
export interface SensorPlace {
  /** `coretemp`; with the name of its directory where two chips are called the same: `nvme hwmon3`. */
  readonly chip: string;
  /** `Package id 0`, or `temp1` where the chip has no label for it. */
  readonly sensor: string;
  /** File with the temperature in 1/1000 degree Celsius. */
  readonly input: string;
  /** File that says 1 while the sensor is broken or not connected, where the chip finds that out. */
  readonly fault?: string;
  /** Files that hold its limits where the chip has any. */
  readonly max?: string;
  readonly critical?: string;
}

export class TemperatureSensors {
  readonly #tree: HostTree;
  /** By directory: the chip that was found there, and how it is called. */
  #chips = new Map<string, { readonly name: string; readonly chip: string }>();

  constructor(tree: HostTree) {
    this.#tree = tree;
  }

  /** All that are there now. A chip keeps its name for as long as it stays. Allocates. */
  find(): readonly SensorPlace[] {
    const sensors = this.#hwmon();
    return sensors.length > 0 ? sensors : this.#zones();
  }

  #hwmon(): readonly SensorPlace[] {
    const before = this.#chips;
    this.#chips = new Map();
    const names = this.#names();
    for (const [directory, name] of names) {
      const known = before.get(directory);
      if (known?.name === name) this.#chips.set(directory, known);
    }
    for (const [directory, name] of names) {
      if (this.#chips.has(directory)) continue;
      const taken = [...this.#chips.values()].some(({ chip }) => chip === name);
      this.#chips.set(directory, { name, chip: taken ? `${name} ${directory}` : name });
    }
    return [...names.keys()].flatMap((directory) => this.#sensorsOf(directory));
  }

  /** Chips with their names, by directory. */
  #names(): ReadonlyMap<string, string> {
    const names = new Map<string, string>();
    for (const directory of namesIn(this.#tree, HWMON) ?? []) {
      names.set(directory, wordIn(this.#tree, `${HWMON}/${directory}/name`) ?? directory);
    }
    return names;
  }

  #sensorsOf(directory: string): readonly SensorPlace[] {
    const path = `${HWMON}/${directory}`;
    const { chip } = this.#chips.get(directory)!;
    const files = namesIn(this.#tree, path) ?? [];
    const used = new Set<string>();
    return files.filter((file) => /^temp\d+_input$/.test(file)).map((file) => {
      const id = file.slice(0, -"_input".length);
      const label = wordIn(this.#tree, `${path}/${id}_label`) ?? id;
      const sensor = used.has(label) ? `${label} ${id}` : label;
      used.add(sensor);
      return {
        chip,
        sensor,
        input: `${path}/${file}`,
        ...(files.includes(`${id}_fault`) ? { fault: `${path}/${id}_fault` } : {}),
        ...(files.includes(`${id}_max`) ? { max: `${path}/${id}_max` } : {}),
        ...(files.includes(`${id}_crit`) ? { critical: `${path}/${id}_crit` } : {}),
      };
    });
  }

  #zones(): readonly SensorPlace[] {
    return (namesIn(this.#tree, ZONES) ?? []).filter((name) => /^thermal_zone\d+$/.test(name))
      .map((zone) => ({
        chip: zone,
        sensor: wordIn(this.#tree, `${ZONES}/${zone}/type`) ?? "temp",
        input: `${ZONES}/${zone}/temp`,
      }));
  }
}

/** Undefined where the file cannot be read or is empty: names are worth no failure. */
function wordIn(tree: HostTree, path: string): string | undefined {
  return textOf(tree, path)?.trim() || undefined;
}

/**
 * The PMUs of this machine, from `/sys/bus/event_source/devices`. They do not change while the service
 * runs, except for their CPUs: read again when CPUs come or go.
 *
 * @module
 */
import { cpuListOf, namesIn, textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { type CorePmu, corePmus, mayBeCore } from "../pmu/core_pmu.ts";
import { EVENT_TYPE } from "../pmu/event_codes.ts";
import { parseDevice, type PmuDevice } from "../pmu/device.ts";

const DEVICES = "/sys/bus/event_source/devices";
const FILES = ["type", "cpus", "cpumask", "perf_event_mux_interval_ms", "identifier", "alias"];
const FOLDERS = ["format", "events", "caps"];

/** Names of all PMUs. None where the kernel or a container shows none. */
export function pmuNames(tree: HostTree): readonly string[] {
  return namesIn(tree, DEVICES) ?? [];
}

/** Every PMU that can be asked for events, by name; large machines have hundreds. */
export function readPmuDevices(tree: HostTree): readonly PmuDevice[] {
  return pmuNames(tree).flatMap((name) => readDevice(tree, name));
}

/** One of them; undefined where there is none of that name. */
export function readPmuDevice(tree: HostTree, name: string): PmuDevice | undefined {
  const [device] = [readDevice(tree, name)].flat();
  return device;
}

/** The CPUs on which a PMU outside of the cores is counted now; none where it names none. */
export function cpumaskOf(tree: HostTree, pmu: string): readonly number[] {
  return cpuListOf(tree, `${DEVICES}/${pmu}/cpumask`) ?? [];
}

/** Those of the CPU cores. */
export function readCorePmus(tree: HostTree): readonly CorePmu[] {
  const devices = pmuNames(tree)
    .filter((name) => mayBeCore(name) || namesIn(tree, `${DEVICES}/${name}`)?.includes("cpus"))
    .flatMap((name) => readDevice(tree, name));
  return corePmus(devices);
}

/** What nearly every machine has: for where sysfs is hidden, as containers do. What opens will tell. */
export function assumedCorePmus(): readonly CorePmu[] {
  return corePmus([parseDevice("cpu", new Map([["type", String(EVENT_TYPE.raw)]]))]);
}

function readDevice(tree: HostTree, name: string): PmuDevice | [] {
  const path = `${DEVICES}/${name}`;
  const listed = FOLDERS.flatMap((folder) =>
    (namesIn(tree, `${path}/${folder}`) ?? []).map((file) => `${folder}/${file}`)
  );
  const files = new Map<string, string>();
  for (const file of [...FILES, ...listed]) {
    const text = textOf(tree, `${path}/${file}`);
    if (text !== undefined) files.set(file, text);
  }
  // Without its number, which every kernel gives, no event of it can be asked for.
  return /^\d{1,9}$/.test(files.get("type") ?? "") ? parseDevice(name, files) : [];
}

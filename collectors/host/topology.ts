/**
 * How CPUs share cores, caches and sockets (Documentation/admin-guide/cputopology.rst,
 * Documentation/ABI/testing/sysfs-devices-system-cpu), and which of them are of one type.
 *
 * @module
 */
import { cpuListOf, numberOf, textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { CorePmu } from "../pmu/core_pmu.ts";
import { readCorePmus } from "./pmu_devices.ts";

/** Sockets of these CPUs; absent unless the kernel knows the socket of each. */
export function socketsOf(tree: HostTree, cpus: readonly number[]): number | undefined {
  return distinct(cpus, (cpu) => socketOf(tree, cpu));
}

/** Cores of these CPUs. Threads of one core list the same siblings, which core_id alone does not show. */
export function coresOf(tree: HostTree, cpus: readonly number[]): number | undefined {
  return distinct(cpus, (cpu) =>
    textOf(tree, `${topology(cpu)}/core_cpus_list`) ??
      // The name before Linux 5.4.
      textOf(tree, `${topology(cpu)}/thread_siblings_list`));
}

/**
 * The groups that a CPU belongs to, by the groupings of the catalogue, and its core, of which no sums
 * are made: by the core's first CPU. One that the kernel does not tell is left out. `pmus`: read
 * before, for who asks for many CPUs.
 */
export function cpuGroups(
  tree: HostTree,
  cpu: number,
  pmus: readonly CorePmu[] = readCorePmus(tree),
): Readonly<Record<string, string>> {
  const coreType = pmus.find(({ cpus }) => cpus === undefined || cpus.includes(cpu))?.name;
  const domain = l3DomainOf(tree, cpu);
  const socket = socketOf(tree, cpu);
  const siblings = cpuListOf(tree, `${topology(cpu)}/core_cpus_list`) ??
    cpuListOf(tree, `${topology(cpu)}/thread_siblings_list`);
  const core = siblings?.[0];
  return {
    ...(core === undefined ? {} : { core: String(core) }),
    ...(coreType === undefined ? {} : { core_type: coreType }),
    ...(domain === undefined ? {} : { l3_domain: domain }),
    ...(socket === undefined ? {} : { socket }),
  };
}

/** Number of the socket of a CPU, where the kernel tells it. */
export function socketOf(tree: HostTree, cpu: number): string | undefined {
  return topologyOf(tree, cpu, "physical_package_id");
}

/** What a file of a CPU's `topology` numbers: `die_id`, `core_id`; the firmware that does not tell says -1. */
export function topologyOf(tree: HostTree, cpu: number, file: string): string | undefined {
  const number = numberOf(textOf(tree, `${topology(cpu)}/${file}`), /^(\d+)$/);
  return number === undefined ? undefined : String(number);
}

/** The number of the L3 cache; before Linux 4.20 and on most Arm machines that of its first CPU. */
function l3DomainOf(tree: HostTree, cpu: number): string | undefined {
  const cache = `/sys/devices/system/cpu/cpu${cpu}/cache/index3`;
  const id = numberOf(textOf(tree, `${cache}/id`), /^(\d+)$/) ??
    cpuListOf(tree, `${cache}/shared_cpu_list`)?.[0];
  return id === undefined ? undefined : String(id);
}

function topology(cpu: number): string {
  return `/sys/devices/system/cpu/cpu${cpu}/topology`;
}

function distinct(
  cpus: readonly number[],
  keyOf: (cpu: number) => string | undefined,
): number | undefined {
  const keys = new Set<string>();
  for (const cpu of cpus) {
    const key = keyOf(cpu);
    if (key === undefined) return undefined;
    keys.add(key);
  }
  return keys.size === 0 ? undefined : keys.size;
}

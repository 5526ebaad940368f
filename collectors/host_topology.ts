/**
 * How CPUs share cores and sockets (Documentation/admin-guide/cputopology.rst).
 *
 * @module
 */
import { numberOf, textOf } from "./host_files.ts";
import type { HostTree } from "./kernel/host_tree.ts";

/** Sockets of these CPUs; absent unless the kernel knows the socket of each. */
export function socketsOf(tree: HostTree, cpus: readonly number[]): number | undefined {
  return distinct(cpus, (cpu) => {
    const socket = textOf(tree, `${topology(cpu)}/physical_package_id`);
    // -1 on machines whose firmware does not tell.
    return numberOf(socket, /^(\d+)$/);
  });
}

/** Cores of these CPUs. Threads of one core list the same siblings, which core_id alone does not show. */
export function coresOf(tree: HostTree, cpus: readonly number[]): number | undefined {
  return distinct(cpus, (cpu) =>
    textOf(tree, `${topology(cpu)}/core_cpus_list`) ??
      // The name before Linux 5.4.
      textOf(tree, `${topology(cpu)}/thread_siblings_list`));
}

function topology(cpu: number): string {
  return `/sys/devices/system/cpu/cpu${cpu}/topology`;
}

function distinct(
  cpus: readonly number[],
  keyOf: (cpu: number) => string | number | undefined,
): number | undefined {
  const keys = new Set<string | number>();
  for (const cpu of cpus) {
    const key = keyOf(cpu);
    if (key === undefined) return undefined;
    keys.add(key);
  }
  return keys.size === 0 ? undefined : keys.size;
}

/**
 * Names of what CPUs share: packages, cores, modules. They stay the same when another CPU of it is asked
 * (Documentation/admin-guide/cputopology.rst).
 *
 * @module
 */
import type { HostTree } from "../kernel/host_tree.ts";
import { socketOf, topologyOf } from "./topology.ts";

/** Where a CPU is. */
export interface CpuPlace {
  readonly cpu: number;
  /** `0`, `0/3`; `cpu5` where the kernel does not tell. */
  readonly name: string;
  /** Its socket, as a group; empty where that is not known. */
  readonly groups: Readonly<Record<string, string>>;
}

/** What tells them apart, in `/sys/devices/system/cpu/cpuN/topology/`. */
const FILES = {
  package: ["die_id"],
  core: ["core_id", "die_id"],
  module: ["cluster_id", "die_id"],
} as const;

/**
 * One place for each CPU of a list, each of which stands for one package (or die), core or module.
 * Numbers of cores may begin anew in each die: where they do, the die is in the name.
 */
export function placesOf(
  tree: HostTree,
  kind: keyof typeof FILES,
  cpus: readonly number[],
): readonly CpuPlace[] {
  const [first, second] = FILES[kind];
  const ways = kind === "package" ? [[], [first]] : [[first], [second!, first]];
  for (const way of ways) {
    const names = cpus.map((cpu) => nameOf(tree, cpu, way));
    if (names.includes(undefined) || new Set(names).size < names.length) continue;
    return cpus.map((cpu, i) => ({ cpu, name: names[i]!, groups: groupsOf(tree, cpu) }));
  }
  return cpus.map((cpu) => ({ cpu, name: `cpu${cpu}`, groups: groupsOf(tree, cpu) }));
}

function groupsOf(tree: HostTree, cpu: number): Readonly<Record<string, string>> {
  const socket = socketOf(tree, cpu);
  return socket === undefined ? {} : { socket };
}

function nameOf(tree: HostTree, cpu: number, files: readonly string[]): string | undefined {
  const parts = ["physical_package_id", ...files].map((file) => topologyOf(tree, cpu, file));
  return parts.includes(undefined) ? undefined : parts.join("/");
}

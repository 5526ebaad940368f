/** Which CPUs belong together: threads of a core side by side, cores by socket and by type. @module */
import { CPU_PAGE, type Present } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { groupName } from "../card/table.tsx";

/** CPUs of one core, by their numbers. */
export type Core = readonly Present[];

export interface CpuGroup {
  /** `Socket 0`, `Socket 0, core type cpu_atom`; empty where all CPUs are one group. */
  readonly title: string;
  /** Of which the group has a value of its own; null where it is all CPUs, or a part of such a group. */
  readonly grouping: { readonly id: string; readonly name: string } | null;
  /** By their first CPUs. */
  readonly cores: readonly Core[];
  readonly count: number;
}

/** What parts CPUs into groups, the coarser first. */
const PARTING = ["socket", "core_type"] as const;
const CORE = "core";

/** All CPUs in use, each in one group. */
export function groupsOf(snapshot: Snapshot): readonly CpuGroup[] {
  const parting = partingOf(snapshot);
  const members = new Map<string, Present[]>();
  for (const cpu of byNumber(snapshot)) {
    const key = parting.map((id) => cpu.groups[id] ?? "").join("\n");
    const list = members.get(key);
    if (list === undefined) members.set(key, [cpu]);
    else list.push(cpu);
  }
  return [...members.values()].map((cpus) => {
    const names = parting.map((id) => ({ id, name: cpus[0]!.groups[id] }));
    const [first] = names;
    return {
      title: names.flatMap(({ id, name }) => name === undefined ? [] : [groupName(id, name)])
        .join(", ") || (names.length === 0 ? "" : "Others"),
      grouping: names.length === 1 && first!.name !== undefined
        ? { id: first!.id, name: first!.name }
        : null,
      cores: coresOf(cpus),
      count: cpus.length,
    };
  });
}

/** The groupings that make several groups here. */
export function partingOf(snapshot: Snapshot): readonly (typeof PARTING)[number][] {
  return PARTING.filter((id) => snapshot.groups(CPU_PAGE.scope, id).length > 1);
}

export function byNumber(snapshot: Snapshot): readonly Present[] {
  return snapshot.instances(CPU_PAGE.scope).toSorted((a, b) => Number(a.name) - Number(b.name));
}

function coresOf(cpus: readonly Present[]): readonly Core[] {
  const cores = new Map<string, Present[]>();
  for (const cpu of cpus) {
    const key = coreKey(cpu);
    const core = cores.get(key);
    if (core === undefined) cores.set(key, [cpu]);
    else core.push(cpu);
  }
  return [...cores.values()];
}

/** A CPU of which nobody knows better is a core of its own. */
function coreKey({ name, groups }: Present): string {
  return groups[CORE] ?? `cpu ${name}`;
}

/** Threads of the core of a CPU, itself among them. */
export function siblingsOf(snapshot: Snapshot, cpu: Present): Core {
  return byNumber(snapshot).filter((other) => coreKey(other) === coreKey(cpu));
}

/** Numbers of the cores as lscpu gives them: from 0, in the order of their first CPUs. */
export function coreNumbers(snapshot: Snapshot): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  return new Map(
    byNumber(snapshot).map((cpu) => {
      const key = coreKey(cpu);
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      return [cpu.name, numbers.get(key)!];
    }),
  );
}

/** Whether some core has several CPUs. */
export function hasThreads(snapshot: Snapshot): boolean {
  const cpus = snapshot.instances(CPU_PAGE.scope);
  return new Set(cpus.map(coreKey)).size < cpus.length;
}

/** CPUs that the machine has and does not use, by their numbers. */
export function unusedOf(snapshot: Snapshot): readonly string[] {
  const used = new Set(snapshot.instances(CPU_PAGE.scope).map(({ name }) => name));
  return (snapshot.profile.presentCpus ?? []).map(String).filter((name) => !used.has(name));
}

/** Every CPU of the machine, in use or not, by their numbers. */
export function allNames(snapshot: Snapshot): readonly string[] {
  const used = snapshot.instances(CPU_PAGE.scope).map(({ name }) => name);
  return [...used, ...unusedOf(snapshot)].toSorted((a, b) => Number(a) - Number(b));
}

/** Whether the machine has such a CPU, in use or not. */
export function isKnown(cpu: string, snapshot: Snapshot): boolean {
  return allNames(snapshot).includes(cpu);
}

/** What a person asked the counters to be narrowed to. @module */
import { formatCpuList } from "./pmu/cpu_list.ts";
import { RefusedOption } from "./refused_option.ts";

export interface Narrowing {
  /** Bundles (`llc`) or events by perf's names (`cache-misses`); absent: all. */
  readonly events?: readonly string[] | undefined;
  /** CPUs on which counters are opened, to leave isolated ones alone; absent: all. */
  readonly cpus?: readonly number[] | undefined;
}

export const EVERYTHING: Narrowing = {};

export function wantsCpu({ cpus }: Narrowing, cpu: number): boolean {
  return cpus?.includes(cpu) ?? true;
}

/** Why nothing is counted on these CPUs, and what would change it. `group`: what is not opened there. */
export function leftOutProblem(
  group: string,
  cpus: readonly number[],
): { readonly message: string; readonly remedy: string } {
  const [them, these] = cpus.length === 1 ? ["it", "this CPU"] : ["them", "these CPUs"];
  return {
    message: `Cannot count ${group} on cpu ${formatCpuList(cpus)}: --cpus leaves ${them} out`,
    remedy: `Start without --cpus, or with ${these} in its list`,
  };
}

/**
 * Throws `RefusedOption` when CPUs are asked for that the machine does not have. `present`: those it has,
 * online or not; where nobody knows them, empty.
 */
export function checkCpus({ cpus }: Narrowing, present: readonly number[]): void {
  if (cpus === undefined || present.length === 0) return;
  if (cpus.every((cpu) => present.includes(cpu))) return;
  const has = `${present.length === 1 ? "CPU" : "CPUs"} ${formatCpuList(present)}`;
  throw new RefusedOption(`Cannot use --cpus ${formatCpuList(cpus)}: this machine has ${has}`);
}

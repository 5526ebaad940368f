/**
 * The boxes of a plan of memory traffic as they are now: one for each of its PMUs and each CPU that the
 * PMU's cpumask names. When CPUs come and go the masks change, and nothing else of a plan does.
 *
 * @module
 */
import {
  SECOND_MEMORY,
  TRAFFIC_METRICS,
  type TrafficMetrics,
} from "../catalogue/memory_bandwidth.ts";
import { textOf } from "../files/text.ts";
import { socketOf, topologyOf } from "../host/topology.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { parseCpuList } from "../pmu/cpu_list.ts";
import type { MemoryBox, MemoryPlan } from "../pmu/memory_source.ts";
import type { UncoreBox, UncoreTerm } from "../uncore/counters.ts";

/** What a plan is counted for: its own kind of memory, or a second time, to compare. */
export type MemoryTarget = "ddr" | "hbm" | "pmem" | "second";

export function scopeOf(target: MemoryTarget): string {
  return target === "second" ? "second_memory_source" : TRAFFIC_METRICS[target].scope;
}

/** What has columns. */
export function metricsOf(target: MemoryTarget): readonly string[] {
  if (target === "second") return [SECOND_MEMORY];
  const { reads, writes, combined }: TrafficMetrics = TRAFFIC_METRICS[target];
  return combined === undefined ? [reads, writes] : [reads, writes, combined];
}

/** A PMU on one CPU of its cpumask, with its place. */
interface Seated {
  readonly box: MemoryBox;
  readonly cpu: number;
  readonly socket: string | undefined;
}

/**
 * The boxes to be counted: `0/uncore_imc_3`, the PMU alone where nobody knows the socket, and with the
 * die where a socket has several (`0.1/uncore_imc_3`). `split`: PMUs that had several once, for the same
 * names when only one is left; it grows here.
 */
export function memoryBoxes(
  plan: MemoryPlan,
  target: MemoryTarget,
  tree: HostTree,
  split: Set<string> = new Set(),
): readonly UncoreBox[] {
  const kinds = new Map(plan.boxes.map((box) => [box.pmu, box]));
  const seated = [...kinds.values()].flatMap((box) =>
    cpusNow(tree, plan, box.pmu).map((cpu): Seated => ({ box, cpu, socket: socketOf(tree, cpu) }))
  );
  return seated.flatMap((seat) => {
    const twins = seated.filter(({ box, socket }) =>
      box.pmu === seat.box.pmu && socket === seat.socket
    );
    const name = nameOf(seat, twins, tree, split);
    return partsOf(seat.box, target).map(([suffix, terms]): UncoreBox => ({
      name: name + suffix,
      groups: seat.socket === undefined ? {} : { socket: seat.socket },
      pmu: seat.box.pmu,
      cpu: seat.cpu,
      terms,
      provenance: plan.provenance,
      note: plan.note,
    }));
  });
}

/** A PMU without a cpumask stays where the plan has it. */
function cpusNow(tree: HostTree, plan: MemoryPlan, pmu: string): readonly number[] {
  const mask = textOf(tree, `/sys/bus/event_source/devices/${pmu}/cpumask`);
  if (mask === undefined) return plan.boxes.filter((box) => box.pmu === pmu).map(({ cpu }) => cpu);
  try {
    return parseCpuList(mask);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function nameOf(
  { box, cpu, socket }: Seated,
  twins: readonly Seated[],
  tree: HostTree,
  split: Set<string>,
): string {
  const whole = socket === undefined ? box.pmu : `${socket}/${box.pmu}`;
  if (twins.length > 1) split.add(whole);
  else if (!split.has(whole)) return whole;
  const dies = twins.map((twin) => topologyOf(tree, twin.cpu, "die_id"));
  const known = !dies.includes(undefined) && new Set(dies).size === dies.length;
  const place = twins.findIndex((twin) => twin.cpu === cpu);
  const die = known ? dies[place]! : String(place);
  return `${socket === undefined ? die : `${socket}.${die}`}/${box.pmu}`;
}

/**
 * Terms of one box, with what its name ends in. A sum of reads and writes that are worth different bytes
 * a count is made of two boxes.
 */
function partsOf(
  { reads, writes, combined }: MemoryBox,
  target: MemoryTarget,
): readonly (readonly [string, readonly UncoreTerm[]])[] {
  if (target !== "second") {
    const words: TrafficMetrics = TRAFFIC_METRICS[target];
    const terms = [
      [words.reads, reads],
      [words.writes, writes],
      [words.combined, combined],
    ] as const;
    return [["", terms.flatMap(([metric, term]) => termOf(metric, term))]];
  }
  if (reads?.bytesPerCount === writes?.bytesPerCount || combined !== undefined) {
    const events = combined?.events ?? [...reads?.events ?? [], ...writes?.events ?? []];
    const { bytesPerCount } = (combined ?? reads)!;
    return [["", termOf(SECOND_MEMORY, { events, bytesPerCount })]];
  }
  return [[" reads", termOf(SECOND_MEMORY, reads)], [" writes", termOf(SECOND_MEMORY, writes)]]
    .filter((part): part is [string, readonly UncoreTerm[]] => part[1]!.length > 0);
}

function termOf(metric: string | undefined, term: MemoryBox["reads"]): readonly UncoreTerm[] {
  if (metric === undefined || term === undefined) return [];
  return [{ metric, events: term.events, unitsPerCount: term.bytesPerCount }];
}

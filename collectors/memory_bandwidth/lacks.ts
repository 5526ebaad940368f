/**
 * What the memory controllers of a machine do not tell by their nature: no fault, and nothing to be mended.
 * Whoever asks for it is told why.
 *
 * @module
 */
import { SECOND_MEMORY, TRAFFIC_METRICS } from "../catalogue/memory_bandwidth.ts";
import type { MemoryPlan } from "../pmu/memory_source.ts";
import type { Problem } from "../trust.ts";

/** Whether a target is counted, could be and is not (which somebody tells), or is nowhere to be found. */
export type Presence = "counted" | "missed" | "nowhere";

export interface MemoryPresence {
  /** The source of main memory that is counted now. */
  readonly main: MemoryPlan | null;
  readonly second: Presence;
  readonly hbm: Presence;
  readonly pmem: Presence;
}

type Lack = Pick<Problem, "key" | "message" | "metrics">;
type QuietCause = Omit<Problem, "collector">;

const { ddr, hbm, pmem } = TRAFFIC_METRICS;

export function memoryLacks(presence: MemoryPresence): readonly QuietCause[] {
  return lacksOf(presence).map((lack) => ({ ...lack, reason: "not_supported", quiet: true }));
}

function lacksOf(presence: MemoryPresence): readonly Lack[] {
  const { main } = presence;
  return [
    ...(main === null ? [] : [partsLack(main)]),
    ...(main === null || presence.second !== "nowhere" ? [] : [{
      key: "lack/second",
      message: `Cannot compare ${main.name} with a second source: found no other that counts the ` +
        "same traffic, needs one",
      metrics: [SECOND_MEMORY],
    }]),
    ...(presence.hbm !== "nowhere" ? [] : [{
      key: "lack/hbm",
      message: "Cannot count HBM: found no PMU of its controllers, needs a CPU with HBM",
      metrics: [hbm.reads, hbm.writes],
    }]),
    ...(presence.pmem !== "nowhere" ? [] : [{
      key: "lack/pmem",
      message: "Cannot count persistent memory: found none in use, needs modules of it and a PMU " +
        "that counts them",
      metrics: [pmem.reads, pmem.writes],
    }]),
  ];
}

/** Either both parts are told, or their sum. */
function partsLack({ name, boxes }: MemoryPlan): Lack {
  return boxes.some(({ combined }) => combined !== undefined)
    ? {
      key: "lack/parts",
      message: `Cannot tell reads from writes: found ${name}, whose counters count both together`,
      metrics: [ddr.reads, ddr.writes],
    }
    : {
      key: "lack/combined",
      message:
        `Cannot count reads and writes together: found ${name}, whose counters tell them apart`,
      metrics: [ddr.combined],
    };
}

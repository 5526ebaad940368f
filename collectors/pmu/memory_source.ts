/**
 * What a source of memory traffic is: which PMUs count it, by which events, in bytes of what. Sources
 * are data (`memory_sources.ts`); a plan is what a source comes to on one machine.
 *
 * @module
 */
import type { PmuEvent } from "./pmu_event.ts";
import type { RecipeProvenance } from "./recipe.ts";

/** Which memory: main memory, memory on the package (HBM), persistent memory. */
export type Traffic = "ddr" | "hbm" | "pmem";

/** An event of a source, as it may be asked for. */
export interface MemoryEvent {
  /** Its name below `events/`; several files may match a pattern, and all of them are added up. */
  readonly named?: string | RegExp;
  /** Further parts of an event that is found by name: what is counted of it. */
  readonly filter?: string;
  /** Its parts, as perf takes them, to be placed by the PMU's own `format/`. */
  readonly terms?: string;
  /** The same in `perf_event_attr.config`: for a PMU that has no `format/` at all. */
  readonly config?: bigint;
}

/** Events that are added up. */
export interface MemoryEvents {
  readonly events: readonly MemoryEvent[];
  /** What a count is worth where sysfs gives no unit that is known. */
  readonly bytes: number;
}

/** On which CPUs a source is what it is called. Absent parts: any. */
export interface MemoryCpus {
  readonly vendors?: readonly string[];
  /** Model numbers of Intel's family 6. */
  readonly models?: readonly number[];
  readonly otherThan?: readonly number[];
  /** Generations of AMD's Zen cores. */
  readonly zen?: readonly number[];
  /** Model numbers of AMD's families. */
  readonly amd?: readonly (readonly [family: number, from: number, to: number])[];
}

/** One way to count memory traffic, wherever it is found. */
export interface MemorySource {
  readonly id: string;
  readonly name: string;
  /** Names of its PMUs in sysfs, from the first letter to the last. */
  readonly pmu: RegExp;
  readonly cpus?: MemoryCpus;
  /** `identifier` in sysfs, where hardware of several versions shares a name. */
  readonly identifier?: RegExp;
  readonly traffic: Traffic;
  readonly perChannel: boolean;
  readonly reads?: MemoryEvents;
  readonly writes?: MemoryEvents;
  readonly combined?: MemoryEvents;
  readonly clock?: { readonly event: MemoryEvent; readonly transfersPerCount: number };
  /**
   * CPUs on which a PMU's channel is known to be a whole one, of 64 bits. On others it may be half of one,
   * and its clock tells no peak. Absent: on all.
   */
  readonly wholeOn?: MemoryCpus;
  /**
   * Who says that these are the events, and what a count is worth: the worse of both. Where sysfs gives
   * both, it is the kernel.
   */
  readonly provenance: RecipeProvenance;
  /** `entry`: the unit in sysfs does not mean what it says. */
  readonly bytesFrom?: "entry";
  /** A name in sysfs counts only where it stands for the same event: some kernels name another. */
  readonly namesErr?: true;
  /** What it takes, for messages: `Linux 6.7 with the module amd_uncore`. */
  readonly needs: string;
  readonly note?: string;
  readonly proxy?: true;
}

/** What of a machine decides which sources there may be. Parts that are not known are absent. */
export interface MemoryMachine {
  /** `intel`, `amd`, `hygon`, `arm`, ... */
  readonly cpuVendor?: string | undefined;
  readonly cpuFamily?: number | undefined;
  readonly cpuModelNumber?: number | undefined;
  /** `x86_64`, `aarch64`, `ppc64le`. */
  readonly machine: string;
}

/** Events whose counts are added up, each worth so many bytes. */
export interface MemoryTerm {
  readonly events: readonly PmuEvent[];
  readonly bytesPerCount: number;
}

/** Counts the memory's clock, which so many transfers go by. */
export interface MemoryClock {
  readonly event: PmuEvent;
  readonly transfersPerCount: number;
}

/** One PMU on one CPU of its cpumask. */
export interface MemoryBox {
  /** Its name in sysfs. */
  readonly pmu: string;
  readonly cpu: number;
  readonly reads?: MemoryTerm;
  readonly writes?: MemoryTerm;
  /** Reads and writes together, where nothing tells them apart. */
  readonly combined?: MemoryTerm;
  /** To work out the peak. Not there on every machine of a source. */
  readonly clock?: MemoryClock;
}

/** A source on this machine. */
export interface MemoryPlan {
  /** `intel_imc_spr`, `amd_umc`: stable, also in labels. */
  readonly id: string;
  /** As people know it: `Intel memory controllers`. Plans may share one. */
  readonly name: string;
  readonly traffic: Traffic;
  /** Whether each box is one memory channel. */
  readonly perChannel: boolean;
  /** A box may be half of a channel: nobody tells. */
  readonly mayBeHalves?: true;
  /** The worst of its events and of what their counts are worth. */
  readonly provenance: RecipeProvenance;
  /** What the numbers leave out or are unsure of: sentences with a full stop. */
  readonly note?: string;
  /** It counts something near, such as misses of a cache: no other plan is to be judged by it. */
  readonly proxy?: true;
  /** At least one. */
  readonly boxes: readonly MemoryBox[];
}

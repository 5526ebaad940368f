/** What is counted outside of the cores, and where. @module */
import type { PmuEvent } from "../pmu/pmu_event.ts";
import type { Provenance } from "../source.ts";

/** What a box counts for one metric: the sum of its events, each worth so many of the metric's units. */
export interface UncoreTerm {
  readonly metric: string;
  readonly events: readonly PmuEvent[];
  /** 64 where a count is a cache line and the metric is in bytes. */
  readonly unitsPerCount: number;
  /** Absent until it moved: hardware may have the counter and feed it nothing. */
  readonly latent?: true;
}

/** One unit of hardware with counters of its own. */
export interface UncoreBox {
  /** Of its instance: unique in the scope, and the same when its events move to another CPU. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What it belongs to, by grouping: `socket`. */
  readonly groups: Readonly<Record<string, string>>;
  /** Name of its PMU in sysfs. */
  readonly pmu: string;
  /** The CPU that the PMU names for it. */
  readonly cpu: number;
  readonly terms: readonly UncoreTerm[];
  readonly provenance: Provenance;
  /** What the events mean here: a sentence with a full stop. */
  readonly note?: string | undefined;
}

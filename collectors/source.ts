/**
 * Where a number came from on this machine: the events that were opened for it, on which PMU, in which
 * group. Worked out by a collector when it opens, shown beside the value as its proof.
 *
 * @module
 */

/** Who says that an event counts what its metric says. */
export const PROVENANCES = [
  /** The kernel maps the generic event itself. */
  "kernel",
  /** The maker's manual or event list. */
  "vendor",
  /** One source that is neither. */
  "third_party",
  /** Nobody yet: never `exact`. */
  "unverified",
] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** One way in which one metric is counted, and for which instances. Plain data: it travels between threads. */
export interface Source {
  readonly metric: string;
  /** Name of the PMU in sysfs: `cpu`, `cpu_atom`, `amd_l3`, `software`. */
  readonly pmu: string;
  /** Events as `perf stat -e` takes them. Several are added up. */
  readonly events: readonly string[];
  /** Names of the instances that are counted so. */
  readonly instances: readonly string[];
  /**
   * Events with the same number are counted at the same time, by one group of the kernel. Groups of
   * different collectors never are.
   */
  readonly group: number;
  /** CLOCK_MONOTONIC in ms from which on it holds, where it was otherwise before while it was counted. */
  readonly sinceMs?: number | undefined;
  readonly provenance: Provenance;
  /** What the event means here, where its name does not say it: a sentence with a full stop. */
  readonly note?: string | undefined;
}

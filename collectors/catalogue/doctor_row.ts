/** A line of the doctor's matrix: some quantities that are had, or missing, together. */

/** What a quantity is counted by, and so what stands in its way. */
export const NEEDS = [
  /** Counters of the CPU cores. */
  "core_pmu",
  /** Counters outside of the cores, of a cache or a socket. */
  "uncore_pmu",
  /** perf_event_open, and no counter of the hardware. */
  "perf",
  /** Files that everybody may read. */
  "none",
] as const;
export type Need = (typeof NEEDS)[number];

export interface DoctorRow {
  readonly id: string;
  /** At most 21 letters: a terminal is narrow. */
  readonly name: string;
  /** Had when each of them is. */
  readonly metrics: readonly string[];
  readonly needs: Need;
  /** On CPUs of these makers another PMU counts it. */
  readonly uncore?: {
    readonly vendors: readonly string[];
    /** Its name in sysfs. */
    readonly device: string;
    /** The kernel module that drives it. */
    readonly module: string;
  };
}

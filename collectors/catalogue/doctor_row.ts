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
  /** What counts it outside of the cores; the first that is of the CPU's maker. */
  readonly uncore?: readonly UncorePmu[];
}

/** PMUs outside of the cores that count one thing, and what drives them. */
export interface UncorePmu {
  /** Makers of the CPUs that have them, as `HostProfile.cpuVendor` names them; absent: any other. */
  readonly vendors?: readonly string[];
  /**
   * Beginnings of their names in sysfs, the number of the box left out: `uncore_imc`. A star stands for
   * what differs in the middle: `hisi_sccl*_ddrc`.
   */
  readonly devices: readonly string[];
  /** The kernel module that drives them; absent: what drives them is not known, or is no module. */
  readonly module?: string;
}

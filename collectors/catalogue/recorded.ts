/** The quantities that a store of many hosts works out ahead: what is compared, drawn over weeks, and alerted on. */
import { PRESSURE_LINES } from "./pressure.ts";

export interface RecordedGroup {
  /** What these quantities are of: `core`. */
  readonly id: string;
  readonly quantities: readonly Recorded[];
}

export interface Recorded {
  readonly metric: string;
  /** Labels by which it is recorded too, beside once for each host. */
  readonly by?: readonly string[];
  /** Recorded by these labels only: hosts have no sensible sum of it. */
  readonly only?: readonly string[];
  /** Name of the lower bound that hosts have where nobody counts it: a value of less worth is another. */
  readonly atLeast?: string;
}

/** Of the cores' own counters: unlike cores have a PMU each. */
const ofCores = ["pmu"];
/** Of what memory controllers count. */
const ofSockets = ["socket"];
const ofPackages = ["package"];
const ofFilesystems = ["mountpoint"];

export const RECORDED: readonly RecordedGroup[] = [
  {
    id: "core",
    quantities: [
      { metric: "instructions_per_cycle", by: ofCores },
      { metric: "instructions", by: ofCores },
      { metric: "cpu_cycles", by: ofCores },
      { metric: "active_frequency_hertz" },
      { metric: "stalled_frontend_ratio" },
      { metric: "stalled_backend_ratio" },
    ],
  },
  {
    id: "caches",
    quantities: [
      { metric: "llc_miss_ratio" },
      { metric: "llc_mpki" },
      { metric: "l2_miss_ratio" },
      { metric: "l2_mpki" },
      { metric: "l1d_miss_ratio" },
      { metric: "l1d_mpki" },
      { metric: "l1i_miss_ratio" },
      { metric: "l1i_mpki" },
      { metric: "branch_miss_ratio", by: ofCores },
      { metric: "branch_mpki", by: ofCores },
      { metric: "dtlb_mpki" },
      { metric: "itlb_mpki" },
    ],
  },
  {
    id: "memory",
    quantities: [
      { metric: "memory_read_bytes", by: ofSockets },
      { metric: "memory_write_bytes", by: ofSockets },
      {
        metric: "memory_bytes_per_second",
        by: ofSockets,
        atLeast: "memory_at_least_bytes_per_second",
      },
      { metric: "memory_peak_ratio", by: ofSockets, atLeast: "memory_at_least_peak_ratio" },
    ],
  },
  {
    id: "energy",
    quantities: [
      { metric: "energy_package_joules", by: ofPackages },
      { metric: "energy_memory_joules", by: ofPackages },
      { metric: "energy_per_billion_instructions_joules" },
      { metric: "energy_per_gigabyte_joules" },
    ],
  },
  {
    id: "host",
    quantities: [
      { metric: "cpu_busy_ratio" },
      { metric: "cpu_steal_ratio" },
      { metric: "memory_used_bytes" },
      { metric: "core_throttles" },
      { metric: "package_throttles" },
      { metric: "filesystem_used_ratio", only: ofFilesystems },
      { metric: "filesystem_files_used_ratio", only: ofFilesystems },
      ...PRESSURE_LINES.map(({ metric }) => ({ metric })),
    ],
  },
];

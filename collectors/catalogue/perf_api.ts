/**
 * Which metrics answer the fields of `/api/v1/perf`, a shape older than this service. Of several the
 * first that is measured is the one: a last-level cache is counted by the cores or by its own PMU.
 */

export interface PerfField {
  readonly field: string;
  /**
   * `count`: how often in the last interval, over the whole host; `value`: the ratio as it is shown;
   * `millions`: a million of them in a second, over the whole host.
   */
  readonly kind: "count" | "value" | "millions";
  /** In the order of preference. */
  readonly metrics: readonly string[];
  /** What is added to the first of them. */
  readonly plus?: string;
  /** Of `millions`: nothing is told where this sum of it cannot be believed. */
  readonly judgedBy?: string;
  /** Events of hardware: without any of them there is nothing to tell. */
  readonly hardware: boolean;
}

/** In the order in which they are told. */
export const PERF_FIELDS: readonly PerfField[] = [
  count("cycles", "cpu_cycles"),
  count("instructions", "instructions"),
  value("ipc", "instructions_per_cycle"),
  count("l1d_references", "l1d_references"),
  count("l1d_misses", "l1d_misses"),
  value("l1d_miss_rate", "l1d_miss_ratio"),
  count("l1i_misses", "l1i_misses"),
  count("l2_references", "l2_references"),
  count("l2_misses", "l2_misses"),
  value("l2_miss_rate", "l2_miss_ratio"),
  count("llc_references", "core_llc_references", "l3_references"),
  count("llc_misses", "core_llc_misses", "l3_misses"),
  value("llc_miss_rate", "llc_miss_ratio"),
  count("branch_instructions", "branch_instructions"),
  count("branch_misses", "branch_misses"),
  value("branch_miss_rate", "branch_miss_ratio"),
  count("dtlb_misses", "dtlb_misses"),
  count("itlb_misses", "itlb_misses"),
  {
    ...count("context_switches", "context_switches", "software_context_switches"),
    hardware: false,
  },
  { ...count("interrupts", "interrupts"), hardware: false },
  bandwidth("memory_read_mbps", "memory_read_bytes"),
  bandwidth("memory_write_mbps", "memory_write_bytes"),
  {
    ...bandwidth("memory_total_mbps", "memory_read_bytes", "memory_combined_bytes"),
    plus: "memory_write_bytes",
  },
];

function count(field: string, ...metrics: readonly string[]): PerfField {
  return { field, kind: "count", metrics, hardware: true };
}

function value(field: string, ...metrics: readonly string[]): PerfField {
  return { field, kind: "value", metrics, hardware: true };
}

/** Without it counters of the cores are told all the same. */
function bandwidth(field: string, ...metrics: readonly string[]): PerfField {
  return {
    field,
    kind: "millions",
    metrics,
    hardware: false,
    judgedBy: "memory_bytes_per_second",
  };
}

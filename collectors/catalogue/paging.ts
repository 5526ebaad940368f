/** What moves in and out of memory, and what the kernel does when there is too little of it. */
import type { Derived, Measured, Subject, Unit } from "../catalogue.ts";
import { last } from "../formula.ts";
import { ANY_KERNEL, type MemoryLine, metricOf } from "./memory_line.ts";

/** node_exporter names these after the kernel's keys and gives them no type. */
function events(
  key: string,
  metric: string,
  name: string,
  unit: Unit,
  help: string,
  needs: string = ANY_KERNEL,
): MemoryLine {
  const exposition = { name: `node_vmstat_${key}`, type: "untyped" } as const;
  return { key, metric, name, help, unit, scale: 1, needs, exposition };
}

/** Lines of `/proc/vmstat` (proc_vmstat(5)): counters. */
export const VMSTAT_LINES: readonly MemoryLine[] = [
  {
    key: "pgpgin",
    metric: "paged_in_bytes",
    name: "Paged in",
    help: "Bytes read from block devices, swap included.",
    unit: "By",
    // The kernel halves its sectors of 512 bytes before it prints them (mm/vmstat.c).
    scale: 1024,
    needs: ANY_KERNEL,
    exposition: { name: "ringside_paged_in_bytes_total" },
  },
  {
    key: "pgpgout",
    metric: "paged_out_bytes",
    name: "Paged out",
    help: "Bytes written to block devices, swap included.",
    unit: "By",
    scale: 1024,
    needs: ANY_KERNEL,
    exposition: { name: "ringside_paged_out_bytes_total" },
  },
  events("pswpin", "swap_in_pages", "Swapped in", "{page}", "Pages read back from swap."),
  events("pswpout", "swap_out_pages", "Swapped out", "{page}", "Pages written to swap."),
  events(
    "pgfault",
    "page_faults",
    "Page faults",
    "{fault}",
    "Accesses to memory that the kernel had to provide first, minor and major.",
  ),
  {
    ...events(
      "pgmajfault",
      "page_faults_major",
      "Major faults",
      "{fault}",
      "Page faults that had to read from a disk.",
    ),
    otlp: {
      name: "system.paging.faults",
      attributes: { "system.paging.fault.type": "major" },
    },
  },
  events(
    "pgscan_kswapd",
    "pages_scanned_kswapd",
    "Scanned, background",
    "{page}",
    "Pages that the kernel looked at to free memory, in the background.",
    "Linux 4.8 or newer",
  ),
  events(
    "pgscan_direct",
    "pages_scanned_direct",
    "Scanned, in the way",
    "{page}",
    "Pages that programs had to look at to free memory of the host before they got theirs. What they look " +
      "at for the limit of a control group is not in it.",
    "Linux 4.8 or newer",
  ),
  events(
    "pgsteal_kswapd",
    "pages_reclaimed_kswapd",
    "Reclaimed, background",
    "{page}",
    "Pages that the kernel freed in the background.",
    "Linux 4.8 or newer",
  ),
  events(
    "pgsteal_direct",
    "pages_reclaimed_direct",
    "Reclaimed, in the way",
    "{page}",
    "Pages of the host that programs had to free before they got theirs. What they free for the limit of " +
      "a control group is not in it.",
    "Linux 4.8 or newer",
  ),
  events(
    "oom_kill",
    "oom_kills",
    "Killed for memory",
    "{process}",
    "Processes that the kernel killed because memory ran out, in the host or in a control group.",
    "Linux 4.13 or newer",
  ),
];

const counters = VMSTAT_LINES.map((line): Measured => ({
  ...metricOf(line, "counter", "/proc/vmstat"),
  since: "boot",
}));

/** A rate is over within a second, and one kill matters for longer. */
const killed: Derived = {
  id: "oom_kills_since_boot",
  name: "Killed for memory, since boot",
  help: "Processes that the kernel killed because memory ran out, since it booted.",
  unit: "{process}",
  kind: "derived",
  scope: "host",
  formula: last("oom_kills"),
};

export const paging: Subject = {
  metrics: [...counters, killed],
};

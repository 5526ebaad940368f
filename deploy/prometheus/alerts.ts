/**
 * The alerts: each says what it saw, what that means, where to look and what to do. Bounds are where people
 * begin to feel it on most hosts; they are meant to be changed.
 *
 * @module
 */
import { HOST } from "../../routes/fleet/queries.ts";
import { SHARED_PMUS } from "./promql.ts";
import type { RuleGroup } from "./recording.ts";

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold before anybody is told. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const WARNING = { severity: "warning" } as const;
const CRITICAL = { severity: "critical" } as const;

export const ALERTS: RuleGroup<AlertingRule> = {
  name: "ringside_alerts",
  rules: [
    {
      alert: "RingsideHostSilent",
      expr: `up{job="ringside"} == 0`,
      for: "2m",
      labels: CRITICAL,
      annotations: {
        summary: "{{ $labels.instance }} does not answer",
        description: "No scrape of {{ $labels.instance }} has succeeded for two minutes. " +
          "See whether the host answers at all. If it does, the error of the target in Prometheus " +
          "tells: 401 is a wrong token, 421 a host name that --allow-host does not name, 503 a " +
          "reading that hangs, which /readyz and the service's log name. " +
          "Connection refused: `systemctl status ringside` and `journalctl -u ringside`.",
      },
    },
    {
      alert: "RingsidePmuLost",
      // What the operator leaves out is no loss.
      expr: `ringside_pmu_available{reason!="left_out"} == 0 and on (${HOST}, group) ` +
        `max_over_time(ringside_pmu_available[1d]) == 1`,
      for: "5m",
      labels: WARNING,
      annotations: {
        summary:
          "{{ $labels.instance }} counts no more of {{ $labels.group }}: {{ $labels.reason }}",
        description:
          "The group {{ $labels.group }} was counted within the last day and is not now. " +
          "The page /doctor of the host names the cause and the smallest change that mends it. " +
          "denied: a level of kernel.perf_event_paranoid, a capability or a profile of seccomp " +
          "changed. not_supported after a move or a restart: the virtual machine is shown no PMU " +
          "any more. not_counted: somebody else holds the counters, such as perf or the NMI watchdog. " +
          "implausible: a counter stands still or runs wild while the CPU works, as half-working " +
          "virtual PMUs have them.",
      },
    },
    {
      alert: "RingsideCoverageLow",
      // Seven groups that take turns have a seventh each, and nothing is wrong.
      expr: `min by (${HOST}, pmu) ` +
        `(instance_event_pmu:ringside_pmu_coverage:rate5m{${SHARED_PMUS}}) < 0.05`,
      for: "15m",
      labels: WARNING,
      annotations: {
        summary: "{{ $labels.instance }} counts events of {{ $labels.pmu }} only " +
          "{{ $value | humanizePercentage }} of the time",
        description:
          "The rarest of its events had a counter for less than a twentieth of the time, which is " +
          "less than turns among Ringside's own groups leave: its figures are estimates from very " +
          "short samples. Look at /doctor for who else counts: perf, another agent, the NMI " +
          "watchdog (kernel.nmi_watchdog=0 frees a counter). Without any of these, the CPU shows " +
          "very few counters: ask for fewer events, --events core,llc.",
      },
    },
    {
      alert: "RingsideMemoryBandwidthNearPeak",
      expr: `instance_socket:ringside_memory_peak_ratio:rate5m > 0.8 or on (${HOST}) ` +
        `(instance:ringside_memory_peak_ratio:rate5m > 0.8 or ` +
        `instance:ringside_memory_at_least_peak_ratio:rate5m > 0.8)`,
      for: "10m",
      labels: WARNING,
      annotations: {
        summary:
          "{{ $labels.instance }}{{ with $labels.socket }}, socket {{ . }},{{ end }} moves " +
          "{{ $value | humanizePercentage }} of its memory's peak",
        description:
          "Three quarters to nine tenths of the peak are all that can be reached: programs " +
          "that need memory now wait for it. Look at LLC MPKI and instructions per cycle beside it, " +
          "and at the sockets: where one is full and another idle, memory or threads are on the " +
          "wrong one (numactl, numastat). Move a job elsewhere, or work on smaller blocks.",
      },
    },
    {
      alert: "RingsideThrottling",
      expr: `instance:ringside_core_throttles_per_second:rate5m > 0 or ` +
        `instance:ringside_package_throttles_per_second:rate5m > 0`,
      for: "10m",
      labels: WARNING,
      annotations: {
        summary: "{{ $labels.instance }} slows its CPUs down because they are too hot",
        description:
          "Cores or packages were throttled again and again for ten minutes. Look at the " +
          "temperatures and at the active clock, which says what it costs. Check fans, filters and " +
          "the temperature of the air; on a single socket, its cooler.",
      },
    },
    {
      alert: "RingsideCpuPressure",
      expr: `instance:ringside_pressure_cpu_waiting_ratio:rate5m > 0.6`,
      for: "15m",
      labels: WARNING,
      annotations: {
        summary: "Tasks of {{ $labels.instance }} wait for a CPU " +
          "{{ $value | humanizePercentage }} of the time",
        description: "There is more to run than CPUs to run it. Look at the load and the largest " +
          "processes on the page, at stolen time where this is a virtual machine, and at limits " +
          "of control groups: a group that used up its quota waits as well.",
      },
    },
    {
      alert: "RingsideMemoryPressure",
      expr: `instance:ringside_pressure_memory_waiting_ratio:rate5m > 0.1`,
      for: "10m",
      labels: WARNING,
      annotations: {
        summary: "Tasks of {{ $labels.instance }} wait for memory " +
          "{{ $value | humanizePercentage }} of the time",
        description:
          "The kernel frees memory while tasks wait for it; soon it kills one. Look at " +
          "what is available, at swap, major faults and OOM kills, and at the largest processes. " +
          "Give memory back, set limits, or move a job elsewhere.",
      },
    },
    {
      alert: "RingsideIoPressure",
      expr: `instance:ringside_pressure_io_stalled_ratio:rate5m > 0.2`,
      for: "15m",
      labels: WARNING,
      annotations: {
        summary: "All tasks of {{ $labels.instance }} wait for I/O " +
          "{{ $value | humanizePercentage }} of the time",
        description: "Nothing that could run did anything useful while disks worked. Look at the " +
          "latency and queue of each drive: a single slow one is failing or full, all of them are " +
          "busy. Look at major faults and swap: then it is memory that is missing.",
      },
    },
    {
      alert: "RingsideDiskFilling",
      expr: `instance_mountpoint:ringside_filesystem_used_ratio:last > 0.8 ` +
        `and on (${HOST}, mountpoint) ` +
        `predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0 ` +
        `and on (${HOST}, mountpoint) node_filesystem_readonly == 0`,
      for: "30m",
      labels: WARNING,
      annotations: {
        summary: "{{ $labels.mountpoint }} of {{ $labels.instance }} is full within a day",
        description:
          "It is {{ $value | humanizePercentage }} full, and nothing is left in a day if " +
          "it goes on as in the last six hours. Find what grows (du -x, deleted files that are " +
          "still open: lsof +L1), rotate logs, or make the filesystem larger.",
      },
    },
    {
      alert: "RingsideDiskFull",
      expr: `(instance_mountpoint:ringside_filesystem_used_ratio:last > 0.95 or ` +
        `instance_mountpoint:ringside_filesystem_files_used_ratio:last > 0.95) ` +
        `and on (${HOST}, mountpoint) node_filesystem_readonly == 0`,
      for: "10m",
      labels: CRITICAL,
      annotations: {
        summary: "{{ $labels.mountpoint }} of {{ $labels.instance }} is " +
          "{{ $value | humanizePercentage }} full",
        description: "Its space or its inodes (df, df -i) are nearly used up: writes fail next. " +
          "Free what can be had at once, such as old logs and package caches; then find what grew.",
      },
    },
  ],
};

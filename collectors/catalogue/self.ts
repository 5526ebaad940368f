/** What this service itself costs, and the card that shows it with the sampler's punctuality. */
import type { Measured, Otlp, Subject } from "../catalogue.ts";

const collector = "self";

/** Since when it counts what is its own, by a clock that nobody sets. */
export const SELF_START_UPTIME = "self_start_uptime_seconds";

function cpuTime(mode: "user" | "system"): Otlp {
  const help = "CPU time of this service, by mode.";
  return { name: "process.cpu.time", attributes: { "cpu.mode": mode }, help };
}

/** Names of `/metrics` are those that Prometheus client libraries give every process. */
const metrics: readonly Measured[] = [
  {
    id: "self_cpu_seconds",
    name: "CPU, share of one",
    help: "CPU time of this service.",
    unit: "s",
    kind: "counter",
    scope: "host",
    collector,
    source: "/proc/self/stat, utime and stime, in 1/100 s",
    exposition: { name: "process_cpu_seconds_total" },
    since: "process",
  },
  {
    id: "self_cpu_user_seconds",
    name: "CPU, user",
    help: "CPU time of this service in user mode.",
    unit: "s",
    kind: "counter",
    scope: "host",
    collector,
    source: "/proc/self/stat, utime, in 1/100 s",
    exposition: { name: "process_cpu_user_seconds_total" },
    otlp: cpuTime("user"),
    since: "process",
  },
  {
    id: "self_cpu_system_seconds",
    name: "CPU, kernel",
    help: "CPU time of this service in the kernel, where reading counters spends most of it.",
    unit: "s",
    kind: "counter",
    scope: "host",
    collector,
    source: "/proc/self/stat, stime, in 1/100 s",
    exposition: { name: "process_cpu_system_seconds_total" },
    otlp: cpuTime("system"),
    since: "process",
  },
  {
    id: "self_resident_bytes",
    name: "Memory",
    help: "Resident memory of this service, shared pages of its binary and libraries included.",
    unit: "By",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/status, VmRSS",
    exposition: { name: "process_resident_memory_bytes" },
    otlp: { name: "process.memory.usage", sum: true },
  },
  {
    id: "self_anonymous_bytes",
    name: "Memory of its own",
    help: "Resident anonymous memory of this service: what would be free without it.",
    unit: "By",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/status, RssAnon",
    exposition: { name: "ringside_process_anonymous_memory_bytes" },
  },
  {
    id: "self_threads",
    name: "Threads",
    help: "Threads of this service.",
    unit: "{thread}",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/stat, num_threads",
    exposition: { name: "process_threads" },
    otlp: { name: "process.thread.count", sum: true },
  },
  {
    id: "self_descriptors",
    name: "Descriptors",
    help:
      "Open descriptors of this service: one an event and CPU, one a file, one a connection, and the one that counts them.",
    unit: "{descriptor}",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/fd",
    exposition: { name: "process_open_fds" },
    otlp: { name: "process.unix.file_descriptor.count", sum: true },
  },
  {
    id: "self_descriptors_limit",
    name: "Descriptors at most",
    help: "Descriptors that this service may open (RLIMIT_NOFILE).",
    unit: "{descriptor}",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/limits, Max open files, soft",
    exposition: { name: "process_max_fds" },
  },
  {
    id: "self_start_seconds",
    name: "Started",
    help: "When this service started, in seconds since 1970, by the clock as it is set now.",
    unit: "s",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/stat, starttime, and /proc/stat, btime",
    exposition: { name: "process_start_time_seconds" },
  },
  {
    id: SELF_START_UPTIME,
    name: "Host was up",
    help: "How long the host had been up when this service started.",
    unit: "s",
    kind: "gauge",
    scope: "host",
    collector,
    source: "/proc/self/stat, starttime",
  },
];

export const self: Subject = {
  metrics,
  cards: [
    {
      id: "self",
      title: "What observing costs",
      place: "foot",
      order: 200,
      blocks: [
        {
          block: "figures",
          rows: [
            { metric: "self_cpu_seconds" },
            { metric: "self_resident_bytes" },
            { metric: "self_anonymous_bytes" },
            { metric: "self_threads" },
            { metric: "self_descriptors" },
            { metric: "self_descriptors_limit" },
            { metric: "tick_duration_seconds", name: "Last tick took" },
            { metric: "tick_lateness_seconds", name: "Last tick was late by" },
            { metric: "tick_missed" },
          ],
          abreast: true,
        },
        {
          block: "fold",
          title: "Time of each collector",
          blocks: [
            {
              block: "table",
              scope: "collector",
              heading: "Collector",
              columns: [{ metric: "collector_duration_seconds", name: "Last reading took" }],
              sort: "collector_duration_seconds",
              most: 32,
              empty: "No collector was read yet",
            },
          ],
        },
      ],
    },
  ],
};

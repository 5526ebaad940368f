/** Pressure stall information: for what share of time tasks could not go on for want of something. */
import type { Measured, Subject } from "../catalogue.ts";

const collector = "pressure";

/** One line of one file: a resource, and whether some or all tasks stood still. */
export interface PressureLine {
  readonly file: "cpu" | "memory" | "io" | "irq";
  readonly line: "some" | "full";
  /** Instance of scope `pressure`. */
  readonly instance: string;
  /** Metric that holds the line's total. */
  readonly metric: string;
  readonly name: string;
  readonly help: string;
  readonly exposition: string;
}

/**
 * The lines that mean something. The kernel prints a line `full` for the CPU too, always zero: when all
 * tasks wait for a CPU, some task has it (kernel/sched/psi.c, psi_show).
 */
export const PRESSURE_LINES: readonly PressureLine[] = [
  {
    file: "cpu",
    line: "some",
    instance: "CPU",
    metric: "pressure_cpu_waiting_seconds",
    name: "Waiting for a CPU",
    help: "Time in which some task was ready and had no CPU.",
    exposition: "node_pressure_cpu_waiting_seconds_total",
  },
  {
    file: "memory",
    line: "some",
    instance: "Memory",
    metric: "pressure_memory_waiting_seconds",
    name: "Waiting for memory",
    help:
      "Time in which some task waited for memory: reclaim, swap, contents thrown out too early.",
    exposition: "node_pressure_memory_waiting_seconds_total",
  },
  {
    file: "memory",
    line: "full",
    instance: "Memory, all",
    metric: "pressure_memory_stalled_seconds",
    name: "All waiting for memory",
    help: "Time in which tasks waited for memory and none did anything useful.",
    exposition: "node_pressure_memory_stalled_seconds_total",
  },
  {
    file: "io",
    line: "some",
    instance: "I/O",
    metric: "pressure_io_waiting_seconds",
    name: "Waiting for I/O",
    help: "Time in which some task waited for a disk or another block device.",
    exposition: "node_pressure_io_waiting_seconds_total",
  },
  {
    file: "io",
    line: "full",
    instance: "I/O, all",
    metric: "pressure_io_stalled_seconds",
    name: "All waiting for I/O",
    help: "Time in which tasks waited for block devices and none did anything useful.",
    exposition: "node_pressure_io_stalled_seconds_total",
  },
  {
    file: "irq",
    line: "full",
    instance: "Interrupts, all",
    metric: "pressure_irq_stalled_seconds",
    name: "Held up by interrupts",
    help: "Time in which interrupts kept the tasks of a CPU from going on.",
    exposition: "node_pressure_irq_stalled_seconds_total",
  },
];

/** The averages of a line, by the kernel's names. */
export const PRESSURE_AVERAGES = [
  { field: "avg10", metric: "pressure_10s_ratio", seconds: 10 },
  { field: "avg60", metric: "pressure_60s_ratio", seconds: 60 },
  { field: "avg300", metric: "pressure_300s_ratio", seconds: 300 },
] as const;

const totals = PRESSURE_LINES.map((line): Measured => ({
  id: line.metric,
  name: line.name,
  help: line.help,
  unit: "s",
  kind: "counter",
  scope: "host",
  collector,
  source: `/proc/pressure/${line.file}, ${line.line}, total`,
  exposition: { name: line.exposition },
  since: "boot",
}));

// Not in /metrics: rates of the totals say the same over any window.
const averages = PRESSURE_AVERAGES.map(({ field, metric, seconds }): Measured => ({
  id: metric,
  name: `${seconds} s`,
  help:
    `Share of time in which tasks stood still, averaged by the kernel with a decay of ${seconds} s.`,
  unit: "1",
  kind: "gauge",
  scope: "pressure",
  collector,
  source: `/proc/pressure/*, ${field}`,
  sane: [0, 1],
}));

export const pressure: Subject = {
  scopes: [
    {
      id: "pressure",
      label: "pressure",
      name: "Pressure",
      spare: PRESSURE_LINES.length,
      most: PRESSURE_LINES.length,
    },
  ],
  metrics: [...totals, ...averages],
  cards: [
    {
      id: "pressure",
      title: "Pressure",
      place: "sys",
      order: 50,
      blocks: [
        {
          block: "table",
          scope: "pressure",
          heading: "Tasks stalled",
          columns: PRESSURE_AVERAGES.map(({ metric }) => ({ metric })),
          most: PRESSURE_LINES.length,
          empty: "The kernel keeps no pressure information",
        },
      ],
    },
  ],
};

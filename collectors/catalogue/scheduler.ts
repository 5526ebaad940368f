/**
 * What the scheduler and the interrupt code count for the whole host. Their figures stand in the file
 * of the CPU times, so one collector reads both.
 */
import type { Measured, Subject, Unit } from "../catalogue.ts";

const collector = "cpu_time";

/** In the order of the fields of the `softirq` line (kernel/softirq.c, softirq_to_name). */
export const SOFTIRQ_VECTORS = [
  "hi",
  "timer",
  "net_tx",
  "net_rx",
  "block",
  "irq_poll",
  "tasklet",
  "sched",
  "hrtimer",
  "rcu",
] as const;
export type SoftirqVector = (typeof SOFTIRQ_VECTORS)[number];

const WORDS: Readonly<Record<SoftirqVector, readonly [name: string, help: string]>> = {
  hi: ["High-priority tasklets", "Soft interrupts for tasklets of high priority."],
  timer: ["Timer", "Soft interrupts for timers that expired."],
  net_tx: ["Network, sent", "Soft interrupts that finish sending packets."],
  net_rx: ["Network, received", "Soft interrupts that take in packets."],
  block: ["Block", "Soft interrupts that complete requests to block devices."],
  irq_poll: ["IRQ poll", "Soft interrupts that poll block devices in place of interrupts."],
  tasklet: ["Tasklets", "Soft interrupts for tasklets of normal priority."],
  sched: ["Scheduler", "Soft interrupts that balance tasks between CPUs."],
  hrtimer: ["High-resolution timers", "Soft interrupts for high-resolution timers that expired."],
  rcu: ["RCU", "Soft interrupts that run RCU callbacks."],
};

/** Id of the metric that counts a vector. */
export function softirqMetric(vector: SoftirqVector): string {
  return `softirqs_${vector}`;
}

/** node_exporter's word for a vector: it kept an older name of the kernel's. */
function exposedVector(vector: SoftirqVector): string {
  return vector === "irq_poll" ? "block_iopoll" : vector;
}

const vectors = SOFTIRQ_VECTORS.map((vector, index): Measured => ({
  id: softirqMetric(vector),
  name: WORDS[vector][0],
  help: WORDS[vector][1],
  unit: "{softirq}",
  kind: "counter",
  scope: "host",
  collector,
  source: `/proc/stat, softirq, field ${index + 2}`,
  exposition: {
    name: "node_softirqs_total",
    labels: { vector: exposedVector(vector) },
    help: "Soft interrupts run, by vector.",
  },
  since: "boot",
}));

function counter(
  id: string,
  name: string,
  unit: Unit,
  words: { readonly help: string; readonly line: string; readonly exposed?: string },
): Measured {
  return {
    id,
    name,
    help: words.help,
    unit,
    kind: "counter",
    scope: "host",
    collector,
    source: `/proc/stat, ${words.line}`,
    exposition: words.exposed === undefined ? undefined : { name: words.exposed },
    since: "boot",
  };
}

function gauge(id: string, name: string, help: string, line: string): Measured {
  return {
    id,
    name,
    help,
    unit: "{task}",
    kind: "gauge",
    scope: "host",
    collector,
    source: `/proc/stat, ${line}`,
    exposition: { name: `node_${line}` },
  };
}

/** Id of the metric of when the kernel booted. */
export const BOOT_TIME = "boot_time_seconds";

export const scheduler: Subject = {
  metrics: [
    counter("context_switches", "Context switches", "{switch}", {
      help: "Times that a CPU went from one task to another.",
      line: "ctxt",
      exposed: "node_context_switches_total",
    }),
    counter("interrupts", "Interrupts", "{interrupt}", {
      help: "Interrupts of all kinds, those between CPUs and local timers included where the " +
        "architecture counts them.",
      line: "first number of intr",
      exposed: "node_intr_total",
    }),
    counter("forks", "New tasks", "{task}", {
      help: "Processes and threads created.",
      line: "processes",
      exposed: "node_forks_total",
    }),
    counter("softirqs", "Soft interrupts", "{softirq}", {
      help: "Soft interrupts of all vectors.",
      line: "first number of softirq",
    }),
    ...vectors,
    gauge(
      "tasks_running",
      "Running or ready",
      "Tasks that run or wait for a CPU, the one that reads this included.",
      "procs_running",
    ),
    gauge(
      "tasks_blocked",
      "Waiting for I/O",
      "Tasks that wait for I/O to complete.",
      "procs_blocked",
    ),
    {
      id: BOOT_TIME,
      name: "Booted",
      help: "When the kernel booted, in seconds since 1970, by the clock of the host as it is now.",
      unit: "s",
      kind: "gauge",
      scope: "host",
      collector,
      source: "/proc/stat, btime",
      // Told with the names of the host.
      exposition: undefined,
    },
  ],
};

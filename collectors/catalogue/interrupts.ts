/** Hardware interrupts by kind and by CPU, and the card that shows them beside context switches. */
import type { Measured, Subject } from "../catalogue.ts";
import { SOFTIRQ_VECTORS, softirqMetric } from "./scheduler.ts";

const collector = "interrupts";

export interface InterruptKind {
  readonly id: string;
  readonly name: string;
  readonly help: string;
}

/** What an interrupt may be for. A closed list: unknown rows of the kernel are `other`. */
export const INTERRUPT_KINDS: readonly InterruptKind[] = [
  {
    id: "timer",
    name: "Timer",
    help: "Timer interrupts: the local timers of the CPUs, and global ones.",
  },
  {
    id: "rescheduling",
    name: "Rescheduling",
    help: "Interrupts by which one CPU makes another choose its task anew, mostly wake-ups.",
  },
  {
    id: "function_call",
    name: "Function call",
    help: "Interrupts by which one CPU makes another call a function.",
  },
  {
    id: "tlb_shootdown",
    name: "TLB shootdown",
    help:
      "Requests of other CPUs to drop cached address translations. They arrive as function calls, so they are counted in that kind too and in no sum.",
  },
  {
    id: "nmi",
    name: "NMI",
    help:
      "Non-maskable interrupts and those of the performance counters: sampling profilers, the NMI watchdog, hardware errors.",
  },
  {
    id: "thermal",
    name: "Thermal",
    help: "Interrupts by which a CPU says that it crossed a thermal limit.",
  },
  {
    id: "machine_check",
    name: "Machine check",
    help: "Machine check exceptions, and interrupts for errors that hardware corrected.",
  },
  {
    id: "device",
    name: "Device",
    help: "Interrupts of devices: network, disks, USB and the like.",
  },
  {
    id: "other",
    name: "Other",
    help:
      "Interrupts of every other kind: IRQ work, spurious, hypervisor callbacks, posted interrupts.",
  },
];

/** Id of the metric that counts a kind. */
export function interruptMetric(kind: InterruptKind): string {
  return `interrupts_${kind.id}`;
}

const byKind = INTERRUPT_KINDS.map((kind): Measured => ({
  id: interruptMetric(kind),
  name: kind.name,
  help: kind.help,
  unit: "{interrupt}",
  kind: "counter",
  scope: "host",
  collector,
  source: "/proc/interrupts, rows of this kind over all online CPUs",
  exposition: {
    name: "ringside_interrupts_total",
    labels: { kind: kind.id },
    help:
      "Hardware interrupts of all online CPUs by kind. TLB shootdowns are among the function calls too.",
  },
}));

export const interrupts: Subject = {
  metrics: [
    ...byKind,
    {
      id: "interrupt_errors",
      name: "Interrupt errors",
      help:
        "Errors that the interrupt controllers counted, which no CPU has to itself: rows ERR and MIS.",
      unit: "{error}",
      kind: "counter",
      scope: "host",
      collector,
      source: "/proc/interrupts, rows with one value",
      exposition: { name: "ringside_interrupt_errors_total" },
    },
    {
      id: "cpu_interrupts",
      name: "Interrupts",
      help: "Hardware interrupts that the CPU took, of all kinds.",
      unit: "{interrupt}",
      kind: "counter",
      scope: "cpu",
      collector,
      source: "/proc/interrupts, one column",
      exposition: { name: "ringside_cpu_interrupts_total" },
    },
  ],
  cards: [
    {
      id: "interrupts",
      title: "Interrupts and context switches",
      place: "sys",
      order: 55,
      blocks: [
        {
          block: "figures",
          rows: [
            { metric: "interrupts", name: "Interrupts" },
            { metric: "context_switches" },
            { metric: "softirqs", name: "Soft interrupts" },
          ],
        },
        {
          block: "chart",
          id: "interrupts",
          title: "Interrupts by kind",
          style: "line",
          series: [
            { metric: "interrupts_timer" },
            { metric: "interrupts_rescheduling" },
            { metric: "interrupts_function_call" },
            { metric: "interrupts_device" },
          ],
        },
        {
          block: "chart",
          id: "context_switches",
          title: "Context switches",
          style: "line",
          series: [{ metric: "context_switches" }],
        },
        {
          block: "fold",
          title: "Interrupts by kind",
          blocks: [
            {
              block: "figures",
              rows: [
                ...INTERRUPT_KINDS.map((kind) => ({ metric: interruptMetric(kind) })),
                { metric: "interrupt_errors", name: "Errors" },
              ],
              sparse: true,
            },
          ],
        },
        {
          block: "fold",
          title: "Soft interrupts by kind",
          blocks: [
            {
              block: "figures",
              rows: SOFTIRQ_VECTORS.map((vector) => ({ metric: softirqMetric(vector) })),
            },
          ],
        },
        {
          block: "fold",
          title: "CPUs with most interrupts",
          blocks: [
            {
              block: "table",
              scope: "cpu",
              heading: "CPU",
              columns: [{ metric: "cpu_interrupts" }],
              sort: "cpu_interrupts",
              most: 8,
              empty: "The kernel lists no CPU in /proc/interrupts",
            },
          ],
        },
      ],
    },
  ],
};

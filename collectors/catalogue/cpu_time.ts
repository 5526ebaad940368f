/** What each CPU spends its time on, and the card that shows it. */
import type { Derived, Measured, Otlp, Subject } from "../catalogue.ts";
import { add, delta, divide, type Formula } from "../formula.ts";

const collector = "cpu_time";

export interface CpuMode {
  /** Metric that counts the mode. */
  readonly metric: string;
  readonly name: string;
  readonly help: string;
  readonly exposition: { readonly family: "cpu" | "guest"; readonly mode: string };
}

/** In the order of the fields of a `cpuN` line (proc_stat(5)). */
export const CPU_MODES: readonly CpuMode[] = [
  {
    metric: "cpu_user_seconds",
    name: "User",
    help: "Time in user mode at normal priority, virtual machines included.",
    exposition: { family: "cpu", mode: "user" },
  },
  {
    metric: "cpu_nice_seconds",
    name: "Nice",
    help: "Time in user mode at low priority (nice), virtual machines included.",
    exposition: { family: "cpu", mode: "nice" },
  },
  {
    metric: "cpu_system_seconds",
    name: "System",
    help: "Time in the kernel, without interrupts where the kernel accounts for them apart.",
    exposition: { family: "cpu", mode: "system" },
  },
  {
    metric: "cpu_idle_seconds",
    name: "Idle",
    help: "Time with nothing to run.",
    exposition: { family: "cpu", mode: "idle" },
  },
  {
    metric: "cpu_iowait_seconds",
    name: "Waiting for I/O",
    help:
      "Idle time during which a task that last ran on this CPU waited for I/O. A rough figure: " +
      "the task may go on anywhere, and the kernel's count may fall.",
    exposition: { family: "cpu", mode: "iowait" },
  },
  {
    metric: "cpu_irq_seconds",
    name: "Hard interrupts",
    help:
      "Time in hardware interrupts. On kernels without CONFIG_IRQ_TIME_ACCOUNTING it is in whatever the " +
      "CPU did when it was interrupted.",
    exposition: { family: "cpu", mode: "irq" },
  },
  {
    metric: "cpu_softirq_seconds",
    name: "Soft interrupts",
    help: "Time in soft interrupts: the later half of network, timer and disk interrupts.",
    exposition: { family: "cpu", mode: "softirq" },
  },
  {
    metric: "cpu_steal_seconds",
    name: "Stolen",
    help: "Time in which the CPU had work and the hypervisor ran something else.",
    exposition: { family: "cpu", mode: "steal" },
  },
  {
    metric: "cpu_guest_seconds",
    name: "Guest",
    help: "Time running virtual CPUs of guests at normal priority. It is part of user time.",
    exposition: { family: "guest", mode: "user" },
  },
  {
    metric: "cpu_guest_nice_seconds",
    name: "Guest, nice",
    help: "Time running virtual CPUs of guests at low priority. It is part of nice time.",
    exposition: { family: "guest", mode: "nice" },
  },
];

const FAMILIES = {
  cpu: {
    name: "node_cpu_seconds_total",
    help: "Seconds the CPUs spent in each mode.",
  },
  guest: {
    name: "node_cpu_guest_seconds_total",
    help: "Seconds the CPUs spent in guests (virtual CPUs), part of modes user and nice.",
  },
} as const;

/** Time in guests is in user and nice already, and would be summed twice. */
function otlpOf({ family, mode }: CpuMode["exposition"]): Otlp | undefined {
  if (family === "guest") return undefined;
  // The convention has one word for both kinds of interrupts; soft ones keep theirs, so that no two are one.
  const attributes = { "cpu.mode": mode === "irq" ? "interrupt" : mode };
  return { name: "system.cpu.time", attributes, help: FAMILIES.cpu.help };
}

const measured = CPU_MODES.map((mode): Measured => ({
  id: mode.metric,
  name: mode.name,
  help: mode.help,
  unit: "s",
  kind: "counter",
  scope: "cpu",
  collector,
  source: `/proc/stat, line cpuN, in 1/100 s`,
  exposition: { ...FAMILIES[mode.exposition.family], labels: { mode: mode.exposition.mode } },
  otlp: otlpOf(mode.exposition),
  since: "boot",
}));

const sum = (...modes: string[]): Formula => {
  const [first, ...rest] = modes.map((mode) => delta(`cpu_${mode}_seconds`)) as [Formula];
  return add(first, ...rest);
};

/** All of the time. Guest time is not a term: it is in user and nice already. */
const all = sum("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal");

function share(id: string, name: string, help: string, part: Formula): Derived {
  return {
    id,
    name,
    help,
    unit: "1",
    kind: "derived",
    scope: "cpu",
    formula: divide(part, all),
  };
}

const shares: readonly Derived[] = [
  share(
    "cpu_busy_ratio",
    "Busy",
    "Share of CPU time that was neither idle nor waiting for I/O. Stolen time counts as busy: " +
      "there was work to do.",
    sum("user", "nice", "system", "irq", "softirq", "steal"),
  ),
  share(
    "cpu_user_ratio",
    "User",
    "Share of CPU time in user mode at any priority, virtual machines included.",
    sum("user", "nice"),
  ),
  share("cpu_system_ratio", "System", "Share of CPU time in the kernel.", sum("system")),
  share(
    "cpu_interrupts_ratio",
    "Interrupts",
    "Share of CPU time in hard and soft interrupts.",
    sum("irq", "softirq"),
  ),
  share(
    "cpu_steal_ratio",
    "Stolen",
    "Share of CPU time that the hypervisor gave to others while this machine had work.",
    sum("steal"),
  ),
  share(
    "cpu_iowait_ratio",
    "Waiting for I/O",
    "Share of CPU time that was idle while a task waited for I/O.",
    sum("iowait"),
  ),
  share(
    "cpu_nice_ratio",
    "Low priority",
    "Share of CPU time in user mode at low priority (nice). It is part of user.",
    sum("nice"),
  ),
  share(
    "cpu_guest_ratio",
    "Guests",
    "Share of CPU time that ran virtual CPUs of guests. It is part of user.",
    sum("guest", "guest_nice"),
  ),
];

/** They add up to `cpu_busy_ratio`. */
const busyParts = [
  { metric: "cpu_user_ratio" },
  { metric: "cpu_system_ratio" },
  { metric: "cpu_interrupts_ratio" },
  { metric: "cpu_steal_ratio" },
];

const parts = [...busyParts, { metric: "cpu_iowait_ratio" }];

export const cpuTime: Subject = {
  scopes: [{
    id: "cpu",
    label: "cpu",
    name: "CPU",
    spare: 2,
    most: 1024,
    attributes: { cpu: "cpu.logical_number" },
  }],
  metrics: [...measured, ...shares],
  cards: [
    {
      id: "cpu_time",
      title: "CPU time",
      place: "wide",
      order: 10,
      blocks: [
        {
          block: "headline",
          shown: { metric: "cpu_busy_ratio" },
          caption: "busy, all CPUs",
        },
        { block: "figures", rows: parts, swatch: true },
        {
          block: "chart",
          id: "cpu_time",
          title: "CPU time, share of all CPUs",
          style: "stack",
          series: parts,
          top: 1,
          tall: true,
        },
        {
          block: "figures",
          rows: [
            { metric: "cpu_guest_ratio", name: "Guests, part of user" },
            { metric: "load_1m", name: "Load, 1 min" },
            { metric: "load_5m", name: "Load, 5 min" },
            { metric: "load_15m", name: "Load, 15 min" },
            { metric: "tasks_running", name: "Tasks running or ready" },
            { metric: "tasks_blocked", name: "Tasks waiting for I/O" },
          ],
        },
        { block: "each", scope: "cpu", heading: "CPU", parts: busyParts, most: 256, page: "/cpus" },
      ],
    },
  ],
};

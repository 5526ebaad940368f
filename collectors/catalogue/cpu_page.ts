/** What the page of the CPUs compares them by. */
import type { Heat, InstancePage, InstanceQuantity } from "../card.ts";

function column(
  key: string,
  name: string,
  metrics: readonly string[],
  heat?: Heat,
): InstanceQuantity {
  return { key, name, metrics, ...(heat === undefined ? {} : { heat }) };
}

/** Of one CPU only. */
function apart(key: string, name: string, metric: string): InstanceQuantity {
  return { key, name, metrics: [metric], apart: true };
}

export const CPU_PAGE: InstancePage = {
  scope: "cpu",
  heading: "CPU",
  heat: ["ipc", "busy", "clock", "llc"],
  sections: [
    {
      title: "Time",
      quantities: [
        column("busy", "Busy", ["cpu_busy_ratio"], {
          title: "Utilisation, share of time busy",
          top: 1,
        }),
        column("user", "User", ["cpu_user_ratio"]),
        column("system", "System", ["cpu_system_ratio"]),
        apart("irq", "Interrupts, share", "cpu_interrupts_ratio"),
        column("steal", "Stolen", ["cpu_steal_ratio"]),
        apart("iowait", "Waiting for I/O", "cpu_iowait_ratio"),
        apart("guest", "Guests, part of user", "cpu_guest_ratio"),
        apart("unhalted", "Not halted", "unhalted_ratio"),
      ],
    },
    {
      title: "Instructions",
      quantities: [
        column("ipc", "IPC", ["instructions_per_cycle"], {
          title: "Instructions per cycle (IPC)",
          // The widest cores do more at times; what most programs reach is below.
          top: 4,
        }),
        column("clock", "Clock", ["active_frequency_hertz", "cpu_frequency_hertz"], {
          title: "Clock",
          top: 5e9,
          topMetric: "cpu_frequency_max_hertz",
        }),
        column("instructions", "Instructions", ["instructions"]),
        apart("cycles", "Cycles", "cpu_cycles"),
        apart("cpi", "Cycles per instruction (CPI)", "cycles_per_instruction"),
        apart("frontend", "Stalled, front end", "stalled_frontend_ratio"),
        apart("backend", "Stalled, back end", "stalled_backend_ratio"),
      ],
    },
    {
      title: "Caches, branches and TLBs",
      quantities: [
        apart("l1i", "L1I MPKI", "l1i_mpki"),
        column("l1d", "L1D MPKI", ["l1d_mpki"]),
        column("l2", "L2 MPKI", ["l2_mpki"]),
        column("llc", "LLC MPKI", ["llc_mpki"], {
          title: "LLC misses per 1,000 instructions (MPKI)",
          top: 20,
        }),
        apart("l1dratio", "L1D miss ratio", "l1d_miss_ratio"),
        apart("l2ratio", "L2 miss ratio", "l2_miss_ratio"),
        apart("llcratio", "LLC miss ratio", "llc_miss_ratio"),
        column("branch", "Branch misses", ["branch_miss_ratio"]),
        apart("dtlb", "dTLB MPKI", "dtlb_mpki"),
        apart("itlb", "iTLB MPKI", "itlb_mpki"),
      ],
    },
    {
      title: "Work of the kernel",
      quantities: [
        column("interrupts", "Interrupts", ["cpu_interrupts"]),
        column("switches", "Switches", ["software_context_switches"]),
        apart("migrations", "Migrations", "software_cpu_migrations"),
        apart("faults", "Page faults", "software_page_faults"),
        apart("major", "Major faults", "software_major_faults"),
      ],
    },
  ],
  range: { name: "Clock", metrics: ["cpu_frequency_min_hertz", "cpu_frequency_max_hertz"] },
  unused: {
    word: "offline",
    message: "The kernel does not use it: nothing runs on it and nothing is counted",
    remedy: "To use it again: `echo 1 | sudo tee /sys/devices/system/cpu/cpu#/online`",
  },
};

/** The clock of the CPUs and what throttles it, and the card that shows both. */
import type { Measured, Subject } from "../catalogue.ts";

const collector = "frequency";

/** No CPU is clocked outside; what says so is broken. */
const SANE = [10e6, 10e9] as const;

const frequencies: readonly Measured[] = [
  {
    id: "cpu_frequency_hertz",
    name: "Clock",
    help:
      "Clock frequency of the CPU: measured where its driver can, otherwise what the driver last asked for.",
    unit: "Hz",
    kind: "gauge",
    scope: "cpu",
    collector,
    source: "/sys/devices/system/cpu/cpuN/cpufreq/scaling_cur_freq",
    across: "max",
    exposition: { name: "node_cpu_scaling_frequency_hertz" },
    otlp: { name: "system.cpu.frequency" },
    sane: SANE,
  },
  {
    id: "cpu_frequency_min_hertz",
    name: "Lowest",
    help: "Lowest clock frequency that the CPU can run at.",
    unit: "Hz",
    kind: "gauge",
    scope: "cpu",
    collector,
    source: "/sys/devices/system/cpu/cpuN/cpufreq/cpuinfo_min_freq",
    exposition: { name: "node_cpu_frequency_min_hertz" },
    sane: SANE,
  },
  {
    id: "cpu_frequency_max_hertz",
    name: "Highest",
    help:
      "Highest clock frequency that the CPU can run at, as its driver has it: some leave boost out.",
    unit: "Hz",
    kind: "gauge",
    scope: "cpu",
    collector,
    source: "/sys/devices/system/cpu/cpuN/cpufreq/cpuinfo_max_freq",
    across: "max",
    exposition: { name: "node_cpu_frequency_max_hertz" },
    sane: SANE,
  },
];

const throttles: readonly Measured[] = [
  {
    id: "core_throttles",
    name: "Cores throttled",
    help: "Times that a core was slowed down because it was too hot, each core once.",
    unit: "{event}",
    kind: "counter",
    scope: "host",
    collector,
    source: "/sys/devices/system/cpu/cpuN/thermal_throttle/core_throttle_count, one CPU a core",
    exposition: { name: "ringside_core_throttles_total" },
    since: "boot",
  },
  {
    id: "package_throttles",
    name: "Packages throttled",
    help: "Times that a package was slowed down because it was too hot, each package once.",
    unit: "{event}",
    kind: "counter",
    scope: "host",
    collector,
    source:
      "/sys/devices/system/cpu/cpuN/thermal_throttle/package_throttle_count, one CPU a package",
    exposition: { name: "ringside_package_throttles_total" },
    since: "boot",
  },
];

export const frequency: Subject = {
  metrics: [...frequencies, ...throttles],
  cards: [
    {
      id: "frequency",
      title: "CPU clock",
      place: "sys",
      order: 70,
      blocks: [
        {
          block: "figures",
          rows: [
            { metric: "cpu_frequency_hertz", name: "Fastest CPU now" },
            { metric: "cpu_frequency_max_hertz", name: "Highest possible" },
            { metric: "core_throttles" },
            { metric: "package_throttles" },
          ],
        },
        {
          block: "fold",
          title: "Fastest CPUs",
          blocks: [
            {
              block: "table",
              scope: "cpu",
              heading: "CPU",
              columns: [{ metric: "cpu_frequency_hertz" }],
              sort: "cpu_frequency_hertz",
              most: 8,
              empty: "The kernel lists no CPU",
            },
          ],
        },
      ],
    },
  ],
};

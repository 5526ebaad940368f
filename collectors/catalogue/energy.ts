/** Energy as the CPU meters it (RAPL), what it buys, and the card that shows both. */
import type { Derived, Measured, Otlp, Subject } from "../catalogue.ts";
import { add, divide, either, type Formula, multiply, number, rate } from "../formula.ts";
import { counter } from "./counted.ts";

const collector = "energy";

const FAMILY = {
  name: "ringside_energy_joules_total",
  help: "Energy used, by what is metered; a package holds its cores and its GPU.",
} as const;

/** One thing that is metered. */
export interface EnergyZone {
  readonly metric: string;
  /** The event of PMU `power` (arch/x86/events/rapl.c). */
  readonly event: string;
  /** What powercap calls it (drivers/powercap/intel_rapl_common.c). */
  readonly powercap: "package" | "core" | "dram" | "uncore" | "psys";
  /** In messages. */
  readonly whom: string;
  /** It may be there without being fed: absent until it moved. */
  readonly latent?: true;
}

type Zone = "package" | "cores" | "memory" | "gpu" | "platform";

interface ZoneEntry extends EnergyZone {
  readonly zone: Zone;
  readonly name: string;
  readonly help: string;
  readonly watts: readonly [least: number, most: number];
}

const ENTRIES: readonly ZoneEntry[] = [
  {
    metric: "energy_package_joules",
    event: "energy-pkg",
    powercap: "package",
    whom: "the package",
    zone: "package",
    name: "Package",
    help: "Energy of a CPU package: cores, caches, memory controllers, and a GPU that it has.",
    // Whatever is on uses some: a meter that stands is broken.
    watts: [0.01, 1500],
  },
  {
    metric: "energy_cores_joules",
    event: "energy-cores",
    powercap: "core",
    whom: "the cores",
    zone: "cores",
    name: "Cores of a package",
    help: "Energy of all cores of a package, which is a part of the package's.",
    watts: [0, 1500],
  },
  {
    metric: "energy_memory_joules",
    event: "energy-ram",
    powercap: "dram",
    whom: "the memory",
    zone: "memory",
    name: "Memory",
    help: "Energy of the memory of a package, which is no part of the package's.",
    watts: [0, 200],
  },
  {
    metric: "energy_gpu_joules",
    event: "energy-gpu",
    powercap: "uncore",
    whom: "the GPU",
    zone: "gpu",
    name: "GPU in the package",
    help: "Energy of the GPU in a package, which is a part of the package's.",
    watts: [0, 500],
  },
  {
    metric: "energy_platform_joules",
    event: "energy-psys",
    powercap: "psys",
    whom: "the platform",
    // The firmware may leave it off, and of several packages one has it (Sapphire Rapids).
    latent: true,
    zone: "platform",
    name: "Platform",
    help: "Energy of all that the board feeds together with the packages (psys).",
    watts: [0, 10_000],
  },
];

/** What a package may have a meter for. */
export const ENERGY_ZONES: readonly EnergyZone[] = ENTRIES;

/** The meter of each core, of PMU `power_core`. */
export const CORE_ENERGY = {
  metric: "energy_core_joules",
  event: "energy-core",
  whom: "each core",
} as const;

/** Of the whole package, and of its parts, which name it: sums are over those without a parent. */
const OTLP: Readonly<Record<Zone, Otlp>> = {
  package: hw("package-{}", { "hw.type": "cpu" }),
  cores: hw("package-{}-cores", { "hw.type": "cpu", "hw.parent": "package-{}" }),
  memory: hw("package-{}-memory", { "hw.type": "memory" }),
  gpu: hw("package-{}-gpu", { "hw.type": "gpu", "hw.parent": "package-{}" }),
  platform: { name: "ringside.platform.energy", source: "pmu" },
};

function hw(id: string, attributes: Readonly<Record<string, string>>): Otlp {
  const help = "Energy used, by component; one with a parent is a part of it.";
  return { name: "hw.energy", attributes: { "hw.id": id, ...attributes }, help, source: "pmu" };
}

const SOURCE = "perf_event_open, PMU power (RAPL); where it is not to be had, " +
  "/sys/class/powercap/intel-rapl:N/energy_uj";

const zones: readonly Measured[] = ENTRIES.flatMap((
  { metric, name, help, watts, zone, latent },
) => {
  const [count, ...times] = counter({
    id: metric,
    name,
    help,
    unit: "J",
    scope: "package",
    collector,
    sane: watts,
    exposition: { ...FAMILY, labels: { zone } },
    otlp: OTLP[zone],
  });
  return [{ ...count!, source: SOURCE, ...(latent ? { some: true } : {}) }, ...times];
});

const [core, ...coreTimes] = counter({
  id: CORE_ENERGY.metric,
  name: "Core",
  help: "Energy of one core, on CPUs that meter each of them.",
  unit: "J",
  scope: "cpu_core",
  collector,
  sane: [0, 200],
  exposition: { name: "ringside_core_energy_joules_total" },
  // Cores of a package may be metered together too: a component of its own would be summed twice.
  otlp: { name: "ringside.core.energy", source: "pmu" },
});

const cores: readonly Measured[] = [
  { ...core!, source: "perf_event_open, PMU power_core, event energy-core" },
  ...coreTimes,
];

/** Read and written, or what is counted of both together. */
const memoryTraffic: Formula = either(
  add(rate("memory_read_bytes"), rate("memory_write_bytes")),
  rate("memory_combined_bytes"),
);

const derived: readonly Derived[] = [
  {
    id: "energy_cores_watts",
    name: "Cores",
    help: "Power of all cores: as a package meters them together, or the sum of theirs.",
    unit: "W",
    kind: "derived",
    scope: "package",
    formula: either(rate("energy_cores_joules"), rate(CORE_ENERGY.metric)),
  },
  {
    id: "energy_per_billion_instructions_joules",
    name: "Energy per 10⁹ instructions",
    help: "Energy of the packages for every billion instructions retired; an idle machine has few.",
    unit: "J/{gigainstruction}",
    kind: "derived",
    scope: "package",
    sane: [0, 1e6],
    formula: divide(
      multiply(number(1e9), rate("energy_package_joules")),
      rate("instructions"),
    ),
  },
  {
    id: "energy_per_gigabyte_joules",
    name: "Energy per GB of memory traffic",
    help: "Energy for every 10⁹ bytes between the memory controllers and memory: the memory's, " +
      "or the packages' where the memory has no meter.",
    unit: "J/GBy",
    kind: "derived",
    scope: "package",
    sane: [0, 1e9],
    formula: divide(
      multiply(
        number(1e9),
        either(rate("energy_memory_joules"), rate("energy_package_joules")),
      ),
      memoryTraffic,
    ),
  },
];

export const energy: Subject = {
  scopes: [
    { id: "package", label: "package", name: "Package", spare: 1, most: 64 },
    { id: "cpu_core", label: "core", name: "Core", spare: 1, most: 1024 },
  ],
  metrics: [...zones, ...cores, ...derived],
  cards: [
    {
      id: "energy",
      title: "Energy",
      place: "side",
      order: 45,
      blocks: [
        {
          block: "figures",
          rows: [
            { metric: "energy_package_joules", name: "Packages" },
            { metric: "energy_cores_watts" },
            { metric: "energy_memory_joules" },
            { metric: "energy_gpu_joules" },
            { metric: "energy_platform_joules" },
            { metric: "energy_per_billion_instructions_joules" },
            { metric: "energy_per_gigabyte_joules" },
          ],
          sparse: true,
        },
        {
          block: "table",
          scope: "package",
          grouping: "socket",
          heading: "Socket",
          columns: [
            { metric: "energy_package_joules" },
            { metric: "energy_memory_joules" },
          ],
          most: 8,
          empty: "No socket is metered",
        },
      ],
    },
  ],
  doctor: [{
    id: "energy",
    name: "Energy",
    metrics: ["energy_package_joules"],
    needs: "uncore_pmu",
    uncore: [{ vendors: ["intel", "amd", "hygon"], devices: ["power"], module: "rapl" }],
  }],
};

/**
 * What the counters of the CPU cores count, and the ratios made of it. The terms of one bundle are
 * counted by one group of the kernel wherever they fit, so that their ratios are of one time.
 */
import type { Derived, Measured, Subject, Unit, Witness } from "../catalogue.ts";
import { add, delta, divide, either, type Formula, last, multiply, number } from "../formula.ts";
import type { BundleId } from "../pmu/recipe.ts";
import { counter, notOneIn } from "./counted.ts";
import type { DoctorRow } from "./doctor_row.ts";
import { HARDWARE_CARDS } from "./hardware_cards.ts";
import { MSR_FREQUENCY } from "./msr_clock.ts";
import { TSC_FREQUENCY } from "./tsc.ts";

const collector = "core_counters";
const PER_THOUSAND = 1000;
/** Of what is made of counts of two kinds: a plain number, and no share. */
export const MISSES_PER_THOUSAND: Unit = "{miss}/{kiloinstruction}";
/** Less says nothing: a CPU that slept through the window. */
const CYCLES_LEAST = 1e7;

/** So many instructions without one access to a cache: an event that a hypervisor filters stands at 0. */
const SOME_ACCESS = { least: 1e-9, from: 1e9 } as const;

/** One thing that a bundle counts. */
export interface Term {
  readonly metric: string;
  readonly bundle: BundleId;
  /** The recipe's word for it. */
  readonly role: string;
  /** Counted for the ratios of its bundle only. */
  readonly inner?: true;
}

interface TermEntry extends Term {
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  /** A CPU cannot do more of it in a second. */
  readonly most: number;
  readonly witness?: Witness | readonly Witness[];
  readonly zeroWith?: string;
  readonly twin?: string;
}

/** User, nice, system and interrupt time: when cycles must go by. */
const busySeconds = add(
  delta("cpu_user_seconds"),
  delta("cpu_nice_seconds"),
  delta("cpu_system_seconds"),
  delta("cpu_irq_seconds"),
  delta("cpu_softirq_seconds"),
);

function instructionsOf(bundle: BundleId): TermEntry {
  return {
    metric: `${bundle}_group_instructions`,
    bundle,
    role: "instructions",
    name: "Instructions (same group)",
    help: `Instructions retired, counted in the group of ${bundle}, for ratios of one time.`,
    unit: "{instruction}",
    most: 1e11,
    inner: true,
    twin: "instructions",
  };
}

function cyclesOf(bundle: BundleId): TermEntry {
  return {
    metric: `${bundle}_group_cycles`,
    bundle,
    role: "cycles",
    name: "Cycles (same group)",
    help: `CPU cycles, counted in the group of ${bundle}, for ratios of one time.`,
    unit: "{cycle}",
    most: 1e10,
    inner: true,
    twin: "cpu_cycles",
  };
}

function cache(
  bundle: BundleId,
  prefix: string,
  level: string,
  references: string,
  misses: string,
): readonly TermEntry[] {
  return [
    {
      metric: `${prefix}_references`,
      bundle,
      role: "references",
      name: `${level} references`,
      help: references,
      unit: "{access}",
      most: 1e11,
      // Reading the counters interrupts the CPU, which alone goes through all caches.
      witness: { of: delta(`${bundle}_group_instructions`), ...SOME_ACCESS },
    },
    {
      metric: `${prefix}_misses`,
      bundle,
      role: "misses",
      name: `${level} misses`,
      help: misses,
      unit: "{miss}",
      most: 1e10,
      // A loop may miss nothing at all for long: that no access is counted speaks against it.
      zeroWith: `${prefix}_references`,
      // Nor does it miss nothing from the start on, where accesses are not counted.
      witness: notOneIn(`${bundle}_group_instructions`),
    },
    instructionsOf(bundle),
  ];
}

const ENTRIES: readonly TermEntry[] = [
  {
    metric: "cpu_cycles",
    bundle: "core",
    role: "cycles",
    name: "Cycles",
    help: "CPU cycles at the clock that the core ran at; a halted CPU has none.",
    unit: "{cycle}",
    most: 1e10,
    // A hundredth of the slowest clock there is: less is a counter that does not count.
    witness: { of: busySeconds, least: 1e7, from: 0.05 },
  },
  {
    metric: "instructions",
    bundle: "core",
    role: "instructions",
    name: "Instructions",
    help: "Instructions retired: finished, and not thrown away again.",
    unit: "{instruction}",
    most: 1e11,
    // Its cycles may be as broken.
    witness: [
      { of: delta("cpu_cycles"), least: 1e-3, from: CYCLES_LEAST },
      { of: busySeconds, least: 1e6, from: 0.05 },
    ],
  },
  {
    metric: "branch_instructions",
    bundle: "branch",
    role: "branches",
    name: "Branches",
    help: "Branch instructions, taken or not.",
    unit: "{branch}",
    most: 5e10,
    witness: [
      { of: delta("branch_group_instructions"), least: 1e-4, from: CYCLES_LEAST },
      { of: busySeconds, least: 1e4, from: 0.05 },
    ],
  },
  {
    metric: "branch_misses",
    bundle: "branch",
    role: "misses",
    name: "Branch misses",
    help: "Branches whose direction or target was predicted wrong.",
    unit: "{miss}",
    most: 1e10,
    zeroWith: "branch_instructions",
  },
  instructionsOf("branch"),
  ...cache(
    "llc",
    "core_llc",
    "LLC",
    "Accesses of the core to the last-level cache.",
    "Accesses of the core that the last-level cache did not have.",
  ),
  ...cache(
    "l1d",
    "l1d",
    "L1D",
    "Accesses to the first-level data cache: loads, on some CPUs stores too.",
    "Accesses that the first-level data cache did not have, or lines that it had to fetch.",
  ),
  ...cache(
    "l2",
    "l2",
    "L2",
    "Accesses to the second-level cache.",
    "Accesses that the second-level cache did not have.",
  ),
  {
    metric: "dtlb_misses",
    bundle: "tlb",
    role: "dtlb_misses",
    name: "dTLB misses",
    help:
      "Accesses whose address the data TLBs did not have: of which level, and whether stores are " +
      "among them, depends on the CPU.",
    unit: "{miss}",
    most: 1e10,
    witness: notOneIn("tlb_group_instructions"),
  },
  {
    metric: "itlb_misses",
    bundle: "tlb",
    role: "itlb_misses",
    name: "iTLB misses",
    help: "Instruction fetches whose address the instruction TLBs did not have.",
    unit: "{miss}",
    most: 1e10,
    witness: notOneIn("tlb_group_instructions"),
  },
  instructionsOf("tlb"),
  ...cache(
    "l1i",
    "l1i",
    "L1I",
    "Fetches from the first-level instruction cache.",
    "Fetches that the first-level instruction cache did not have.",
  ),
  {
    metric: "stalled_cycles_frontend",
    bundle: "stalls",
    role: "frontend",
    name: "Cycles stalled, front end",
    help: "Cycles in which the front end delivered nothing to do.",
    unit: "{cycle}",
    most: 1e10,
    witness: notOneIn("stalls_group_cycles"),
  },
  {
    metric: "stalled_cycles_backend",
    bundle: "stalls",
    role: "backend",
    name: "Cycles stalled, back end",
    help: "Cycles in which nothing could go on for lack of data or of units.",
    unit: "{cycle}",
    most: 1e10,
    witness: notOneIn("stalls_group_cycles"),
  },
  cyclesOf("stalls"),
  {
    metric: "ref_cycles",
    bundle: "clock",
    role: "reference",
    name: "Reference cycles",
    help: "Cycles of the reference clock, which never changes, while the CPU was not halted.",
    unit: "{cycle}",
    most: 1e10,
    witness: notOneIn("clock_group_cycles"),
  },
  cyclesOf("clock"),
];

/** Terms by bundle, the important bundles first: with few counters those stay whole. */
export const TERMS: readonly Term[] = ENTRIES;

const INNER: ReadonlySet<string> = new Set(
  ENTRIES.filter(({ inner }) => inner).map(({ metric }) => metric),
);

/** Whether a term is counted only for the ratios of its bundle. */
export function isInner(metric: string): boolean {
  return INNER.has(metric);
}

const measured: readonly Measured[] = ENTRIES.flatMap(({ metric, most, ...entry }) =>
  counter({ ...entry, id: metric, scope: "cpu", collector, sane: [0, most] })
);

interface Ratio {
  readonly id: string;
  readonly name: string;
  readonly help: string;
  readonly unit?: Unit;
  readonly sane?: readonly [least: number, most: number];
  readonly formula: Formula;
}

function derived({ unit = "1", ...entry }: Ratio): Derived {
  return { ...entry, unit, kind: "derived", scope: "cpu" };
}

/**
 * Misses by accesses of the same group. `fetched`: a miss is a line fetched, by whomever: a loop that only
 * writes has hardly a load and many of those.
 */
function missRatio(prefix: string, level: string, fetched = false): Derived {
  return derived({
    id: `${prefix}_miss_ratio`,
    name: `${level} miss ratio`,
    help: `Share of the ${level}'s accesses that missed.`,
    ...(fetched ? {} : { sane: [0, 1] }),
    formula: divide(delta(`${prefix}_misses`), delta(`${prefix}_references`)),
  });
}

/**
 * Misses for a thousand instructions of the same group. They have no bound: one instruction may copy a
 * megabyte (`rep movs`). What misses cannot exceed is one a cycle, which their own band knows.
 */
function perThousand(id: string, level: string, misses: string, bundle: BundleId): Derived {
  return derived({
    id,
    name: `${level} MPKI`,
    help: `${level} misses for every 1,000 instructions retired.`,
    unit: MISSES_PER_THOUSAND,
    formula: mpki(misses, `${bundle}_group_instructions`),
  });
}

export function mpki(misses: string, instructions: string): Formula {
  return divide(multiply(number(PER_THOUSAND), delta(misses)), delta(instructions));
}

const ratios: readonly Derived[] = [
  derived({
    id: "instructions_per_cycle",
    name: "Instructions per cycle",
    help:
      "Instructions retired for every cycle (IPC). Wide cores reach 4 and more; below 1 they mostly wait.",
    unit: "{instruction}/{cycle}",
    sane: [0, 10],
    formula: divide(delta("instructions"), delta("cpu_cycles")),
  }),
  derived({
    id: "cycles_per_instruction",
    name: "Cycles per instruction",
    help: "Cycles for every instruction retired (CPI), the inverse of IPC.",
    unit: "{cycle}/{instruction}",
    sane: [0.1, 1000],
    formula: divide(delta("cpu_cycles"), delta("instructions")),
  }),
  derived({
    id: "active_frequency_hertz",
    name: "Active clock",
    help:
      "Clock of the CPU while it was not halted: cycles by reference cycles, times the reference clock.",
    unit: "Hz",
    sane: [1e8, 1e10],
    formula: either(
      multiply(
        divide(delta("clock_group_cycles"), delta("ref_cycles")),
        last(TSC_FREQUENCY),
      ),
      MSR_FREQUENCY,
    ),
  }),
  derived({
    id: "stalled_frontend_ratio",
    name: "Stalled, front end",
    help: "Share of cycles in which the front end delivered nothing to do.",
    sane: [0, 1],
    formula: divide(delta("stalled_cycles_frontend"), delta("stalls_group_cycles")),
  }),
  derived({
    id: "stalled_backend_ratio",
    name: "Stalled, back end",
    help: "Share of cycles in which nothing could go on for lack of data or of units.",
    sane: [0, 1],
    formula: divide(delta("stalled_cycles_backend"), delta("stalls_group_cycles")),
  }),
  derived({
    id: "branch_miss_ratio",
    name: "Branch miss ratio",
    help: "Share of branches that were predicted wrong.",
    sane: [0, 1],
    formula: divide(delta("branch_misses"), delta("branch_instructions")),
  }),
  perThousand("branch_mpki", "Branch", "branch_misses", "branch"),
  missRatio("l1d", "L1D", true),
  perThousand("l1d_mpki", "L1D", "l1d_misses", "l1d"),
  missRatio("l1i", "L1I"),
  perThousand("l1i_mpki", "L1I", "l1i_misses", "l1i"),
  missRatio("l2", "L2"),
  perThousand("l2_mpki", "L2", "l2_misses", "l2"),
  perThousand("dtlb_mpki", "dTLB", "dtlb_misses", "tlb"),
  perThousand("itlb_mpki", "iTLB", "itlb_misses", "tlb"),
];

export const coreCounters: Subject = {
  metrics: [...measured, ...ratios],
  cards: HARDWARE_CARDS,
  doctor: [
    row("core", "Cycles, instructions", ["cpu_cycles", "instructions"]),
    row("branch", "Branches", ["branch_instructions", "branch_misses"]),
    row("l1d", "L1 data cache", ["l1d_references", "l1d_misses"]),
    row("l1i", "L1 instruction cache", ["l1i_references", "l1i_misses"]),
    row("l2", "L2 cache", ["l2_references", "l2_misses"]),
    row("tlb", "TLBs", ["dtlb_misses", "itlb_misses"]),
    row("stalls", "Stalled cycles", ["stalled_cycles_frontend", "stalled_cycles_backend"]),
    row("clock", "Reference cycles", ["ref_cycles"]),
  ],
};

function row(id: string, name: string, metrics: readonly string[]): DoctorRow {
  return { id, name, metrics, needs: "core_pmu" };
}

/** The guests of the lab. Those without `extra` are what a commit must pass. @module */
import type { Machine } from "./machine.ts";

const INTEL = "Skylake-Server";
const AMD = "EPYC-Milan";

/** Rates that make ratios of different times visibly wrong. */
const PULSES = "pulse_ms=50 pulse_pct=80";

/** So many general counters, and three more for one event each or not. */
function few(counters: number, fixed: boolean): Machine {
  return {
    name: `counters_${counters}${fixed ? "_fixed" : ""}`,
    what: `${counters} counters${fixed ? " and fixed ones" : ""}: which ratios are of one time`,
    script: "ratios",
    parameters: `counters=${counters} fixed=${fixed ? 1 : 0} ${PULSES}`,
    model: fixed ? INTEL : AMD,
  };
}

/** Events that open with an error: how the kernel says that a CPU lacks them. */
function refusing(name: string, errno: number): Machine {
  return {
    name: `refusing_${name}`,
    what: `events refused with ${name.toUpperCase()}`,
    script: "refused",
    args: ["branch_misses", "dtlb_misses"],
    parameters: `unsupported=branch-misses,dTLB-load-misses unsupported_errno=${errno}`,
    model: AMD,
  };
}

export const MACHINES: readonly Machine[] = [
  {
    name: "itself",
    what: "the virtual PMU counts as README.md declares",
    script: "lab_itself",
    parameters: "counters=4",
  },
  {
    name: "itself_pulsing",
    what: "the same with rates that pulse and counts beyond 2^53",
    script: "lab_itself",
    parameters: "counters=5 pulse_ms=50 pulse_pct=80 offset_2p53=1",
    extra: true,
  },
  {
    name: "roomy",
    what: "more counters than events, CPUs of different speed, Intel",
    script: "counts",
    args: ["5", "1000", "100", "10"],
    parameters: "counters=64 cpu_step=10",
    model: INTEL,
  },
  {
    name: "crowded",
    what: "five times more events than counters, AMD",
    script: "counts",
    args: ["5", "1000", "100", "10"],
    parameters: "counters=4",
    model: AMD,
  },
  {
    name: "service",
    what: "the whole service over HTTP",
    script: "service",
    parameters: "counters=4",
    model: INTEL,
  },
  {
    name: "pulses",
    what: "what scaling totals in place of increases would show",
    script: "pulses",
    parameters: "counters=8 pulse_ms=3000 pulse_pct=80",
    model: INTEL,
  },
  {
    name: "packages",
    what: "two packages, CPUs of different speed, one CPU taken away and brought back",
    script: "hotplug",
    parameters: "counters=6 cpu_step=10",
    cpus: 4,
    sockets: 2,
    model: INTEL,
  },
  {
    name: "hybrid",
    what: "two kinds of core, of which one lacks an event",
    script: "refused",
    args: ["branch_misses"],
    parameters: "counters=6 atom=2-3 atom_unsupported=branch-misses",
    cpus: 4,
    model: INTEL,
  },
  {
    name: "caches",
    what: "L3 caches with a PMU of their own in two packages",
    script: "caches",
    parameters: "counters=6 uncore=l3",
    cpus: 4,
    sockets: 2,
    model: AMD,
  },
  {
    name: "hog",
    what: "counters that others take and give back",
    script: "hog",
    parameters: "counters=6",
    model: INTEL,
  },
  {
    name: "broken",
    what: "cycles and instructions that open and hardly count",
    script: "implausible",
    args: ["cpu_cycles", "instructions", "instructions_per_cycle"],
    parameters: "counters=64 slow=cpu-cycles,instructions",
    model: INTEL,
  },
  {
    name: "broken_instructions",
    what: "instructions that open and count nothing",
    script: "implausible",
    args: ["instructions", "instructions_per_cycle"],
    parameters: "counters=64 stuck=instructions",
    model: AMD,
    extra: true,
  },
  {
    name: "beyond_2p53",
    what: "counts that pass what a double holds exactly",
    script: "counts",
    args: ["3", "1000", "100"],
    parameters: "counters=64 offset_2p53=1",
    model: AMD,
  },
  { name: "bare", what: "no PMU at all", script: "bare", bare: true },
  {
    name: "rights",
    what: "root and nobody at every level of perf_event_paranoid, and few descriptors",
    script: "rights",
    parameters: "counters=4",
    cpus: 4,
    model: INTEL,
    secondsMost: 400,
  },
  ...[["enoent", 2], ["einval", 22], ["eopnotsupp", 95]].map(([name, errno]) =>
    refusing(name as string, errno as number)
  ),
  ...[1, 2, 4, 8].flatMap((counters) => [few(counters, false), few(counters, true)]),
  {
    name: "arm",
    what: "QEMU's Arm PMU, which counts cycles and instructions only",
    script: "arm",
    arm: true,
    extra: true,
  },
];

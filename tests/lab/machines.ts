/** The guests of the lab. Those without `extra` are what a commit must pass. @module */
import type { Machine } from "./machine.ts";

const INTEL = "Skylake-Server";
const AMD = "EPYC-Milan";
/** Its controllers are known to be whole channels. */
const GENOA = `${AMD},model=17`;
/** Models whose PMUs outside of the cores differ, by their numbers where QEMU has no such model. */
const ICE_LAKE = "Icelake-Server";
const TIGER_LAKE = "Skylake-Client,model=140";
const ZEN_4 = "EPYC-Milan,family=25,model=17";

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

/** Eight memory controllers of different traffic, MiB/s. */
const EIGHT = "imc_read=700,300,150,900,20,500,60,450 imc_write=33,5,100,200,7,80,90,80";

/** Memory controllers by themselves or together; two packages where it says so. */
function memory(
  name: string,
  what: string,
  parameters: string,
  model: string,
  more: Partial<Machine> = {},
): Machine {
  return { name: `memory_${name}`, what, script: "memory", parameters, model, ...more };
}

const TWO_PACKAGES = { cpus: 4, sockets: 2 } as const;

const UNCORE: readonly Machine[] = [
  {
    name: "itself_uncore",
    what: "the PMUs outside of the cores count as README.md declares, with too few counters",
    script: "uncore_itself",
    parameters: "uncore=imc,freerun_icx,client,power uncore_counters=2",
    model: INTEL,
    ...TWO_PACKAGES,
  },
  {
    name: "itself_uncore_more",
    what: "the same of AMD's, and of those that machines have in other forms",
    script: "uncore_itself",
    parameters: "uncore=umc,df,l3,imc_icx,freerun imc_read=700,300,20 imc_write=33,5",
    model: AMD,
    extra: true,
  },
  memory("imc", "memory controllers of an Intel server", "uncore=imc", INTEL, { extra: true }),
  memory(
    "together",
    "two ways to count the same and energy, in two packages, one CPU taken away and brought back",
    "uncore=imc_icx,freerun_icx,power imc_read=1500,300,70 imc_write=40,900,5 watts=120,80,11",
    ICE_LAKE,
    { args: ["hotplug"], ...TWO_PACKAGES },
  ),
  memory(
    "one_counter",
    "memory controllers with one counter for reads and writes",
    "uncore=imc uncore_counters=1 imc_read=3000,123 imc_write=200,4567",
    INTEL,
    TWO_PACKAGES,
  ),
  memory("freerun", "counters that run freely", "uncore=freerun imc_read=321", TIGER_LAKE),
  memory("client", "the memory controller of a client", "uncore=client", "Skylake-Client", {
    args: ["peak"],
    extra: true,
  }),
  memory("umc", "memory controllers of AMD", `uncore=umc ${EIGHT}`, GENOA, {
    args: ["peak"],
    ...TWO_PACKAGES,
  }),
  memory("df", "eight channels and four counters", `uncore=df ${EIGHT}`, AMD),
  memory(
    "umc_df",
    "memory controllers beside the data fabric, in two packages",
    "uncore=umc,df",
    AMD,
    { ...TWO_PACKAGES, extra: true },
  ),
  memory("umc_one", "one counter for reads and writes", "uncore=umc uncore_counters=1", AMD, {
    extra: true,
  }),
  {
    name: "memory_still",
    what: "memory controllers that open and count nothing",
    script: "still",
    parameters: "counters=64 uncore=imc_icx,freerun_icx imc_read=0,0 imc_write=0,0",
    model: ICE_LAKE,
  },
  {
    name: "memory_still_df",
    what: "a data fabric that cannot be asked for the events of this CPU",
    script: "still",
    parameters: "uncore=df",
    model: ZEN_4,
    extra: true,
  },
  {
    name: "energy",
    what: "energy of one package",
    script: "energy",
    parameters: "counters=6 uncore=power",
    model: AMD,
  },
  {
    name: "energy_packages",
    what: "energy of two packages, one CPU taken away and brought back",
    script: "energy",
    args: ["hotplug"],
    parameters: "counters=6 uncore=power,umc watts=225,140,33",
    model: AMD,
    ...TWO_PACKAGES,
    extra: true,
  },
];

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
    name: "unit",
    what: "deploy/ringside.service, started, confined, watched and stopped by systemd",
    script: "unit",
    parameters: "counters=4",
    model: INTEL,
    secondsMost: 900,
    extra: true,
  },
  {
    name: "podman",
    what: "the words for Podman in deploy/README.md, where podman and crun are installed",
    script: "podman",
    parameters: "counters=4",
    model: INTEL,
    secondsMost: 900,
    extra: true,
  },
  {
    name: "least_privilege",
    what:
      "a user with nothing, without and with CAP_PERFMON, at every level: the doctor's advice works",
    script: "least_privilege",
    parameters: "counters=4",
    model: INTEL,
    extra: true,
    secondsMost: 1200,
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
  ...UNCORE,
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
    // Four times what it takes beside nothing else: it bounds what hangs.
    secondsMost: 900,
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

/** Machines whose memory controllers count, as text: Ice Lake and unknown Intel servers, AMD Rome. @module */
import { memoryBandwidth } from "../../collectors/memory_bandwidth.ts";
import type { HostProfile } from "../../collectors/host/profile.ts";
import { type Slot, table } from "../fixtures/smbios/tables.ts";
import { CoreBench, type CoreBenchOptions, ONE_PMU } from "./core_bench.ts";

const DEVICES = "/sys/bus/event_source/devices";
const DMI = "/sys/firmware/dmi/tables/DMI";
const CPU = "/sys/devices/system/cpu";
type Files = Readonly<Record<string, string>>;

/** Two sockets of two CPUs each. */
const SOCKETS: Files = Object.fromEntries(
  [0, 1, 2, 3].map((cpu) => [
    `${CPU}/cpu${cpu}/topology/physical_package_id`,
    `${cpu >> 1}\n`,
  ]),
);

function pmu(name: string, type: number, more: Files = {}): Files {
  const files = {
    type: `${type}\n`,
    cpumask: "0,2\n",
    "format/event": "config:0-7\n",
    "format/umask": "config:8-15\n",
    ...more,
  };
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [`${DEVICES}/${name}/${file}`, text]),
  );
}

const LINE = { scale: "6.103515625e-5\n", unit: "MiB\n" };

function named(name: string, text: string): Files {
  return {
    [`events/${name}`]: `${text}\n`,
    [`events/${name}.scale`]: LINE.scale,
    [`events/${name}.unit`]: LINE.unit,
  };
}

const CAS = {
  ...named("cas_count_read", "event=0x04,umask=0x0f"),
  ...named("cas_count_write", "event=0x04,umask=0x30"),
  "events/clockticks": "event=0x00\n",
};

/** Free-running counters of the same two channels of each socket. */
export const FREE_RUNNING: Files = pmu("uncore_imc_free_running_0", 30, {
  ...named("read", "event=0xff,umask=0x20"),
  ...named("write", "event=0xff,umask=0x21"),
});

/** NUMA nodes of both sockets; the second has so much memory. */
export function nodes(secondKib: number): Files {
  return Object.fromEntries([[0, 16_777_216], [1, secondKib]].flatMap(([node, kib]) => [
    [`/sys/devices/system/node/node${node}/cpulist`, node === 0 ? "0-1\n" : "2-3\n"],
    [`/sys/devices/system/node/node${node}/meminfo`, `Node ${node} MemTotal: ${kib} kB\n`],
  ]));
}

/** What `FakePerf` knows the events of an Ice Lake by. */
export const IMC = {
  types: [20, 21, 30],
  cpumasks: [0, 1].map((channel) => `${DEVICES}/uncore_imc_${channel}/cpumask`),
  read: (channel: number) => `${20 + channel}:${0x0f04}`,
  write: (channel: number) => `${20 + channel}:${0x3004}`,
  clock: (channel: number) => `${20 + channel}:0`,
  pmemRead: (channel: number) => `${20 + channel}:${0xe3}`,
  freeRead: `30:${0x20ff}`,
  freeWrite: `30:${0x21ff}`,
} as const;

export interface MemoryBenchOptions extends CoreBenchOptions {
  /** Without any memory controllers. */
  readonly bare?: true;
  /** Channels with a module of DDR4-3200 each, in the firmware's table; absent: it cannot be read. */
  readonly modules?: number;
}

/** The cores' counters elsewhere: a `FakePerf` has as many counters for all PMUs of a CPU together. */
export const NO_CORES = { narrowing: { cpus: [1, 3] } } as const;

/** Two channels on each of two sockets. */
export function icelake(options: MemoryBenchOptions = {}): CoreBench {
  const { bare, modules, files = {}, profile, ...rest } = options;
  const channels = { ...pmu("uncore_imc_0", 20, CAS), ...pmu("uncore_imc_1", 21, CAS) };
  const other = profile?.cpuModelNumber !== undefined;
  const bench = new CoreBench([0, 1, 2, 3], {
    also: [memoryBandwidth],
    ...rest,
    files: { ...ONE_PMU, ...SOCKETS, ...(bare || other ? {} : channels), ...files },
    profile: {
      cpuVendor: "intel",
      cpuFamily: 6,
      cpuModelNumber: 0x6a,
      sockets: 2,
      numaNodes: 2,
      ...profile,
    },
  });
  if (modules !== undefined) bench.tree.set(DMI, table(slots(modules), false));
  return bench;
}

function slots(count: number): readonly Slot[] {
  return Array.from({ length: count }, (_, channel) => ({
    locator: `P${channel >> 1}_DIMM_${"AB"[channel & 1]}1`,
  }));
}

/** A server that nobody has seen yet, whose boxes have the names of their kind. */
export const UNKNOWN_SERVER: Partial<HostProfile> = { cpuModelNumber: 0xf0 };
export const UNNAMED: Files = pmu("uncore_type_6_0", 20);
/** One channel of each socket, and one of its memory on the package. */
export const SAPPHIRE_RAPIDS: Files = { ...pmu("uncore_imc_0", 20), ...pmu("uncore_hbm_0", 25) };

/** An Arm server that counts its memory, and the refills of its L3 caches. */
export const AMPERE_ONE: Partial<HostProfile> = {
  machine: "aarch64",
  cpuVendor: "ampere",
  cpuFamily: undefined,
  cpuModelNumber: undefined,
};
export const BESIDE_L3: Files = {
  ...pmu("ampere_mcu_pmu_0", 20, { "events/rd_rda_sent": "event=0x0f\n" }),
  ...pmu("arm_dsu_0", 30, { "events/l3d_cache_refill": "event=0x2a\n" }),
};

/** Of AMD's family 17h: channel n by its own event, all of them combined traffic. */
export const AMD = { type: 9 } as const;
export const DF_EVENTS: readonly bigint[] = [
  0x3807n,
  0x3847n,
  0x3887n,
  0x38c7n,
  0x100003807n,
  0x100003847n,
  0x100003887n,
  0x1000038c7n,
];

export function rome(): CoreBench {
  return new CoreBench([0, 1, 2, 3], {
    ...NO_CORES,
    also: [memoryBandwidth],
    files: {
      ...ONE_PMU,
      ...SOCKETS,
      ...pmu("amd_df", AMD.type, { "format/event": "config:0-7,32-35,59-60\n" }),
    },
    profile: { cpuVendor: "amd", cpuFamily: 0x17, cpuModelNumber: 0x31, sockets: 2, numaNodes: 2 },
  });
}

/** AMD's family 19h, model 11h: a PMU for each channel, each of one socket. */
export const UMC = {
  types: [40, 41],
  cpumask: `${DEVICES}/amd_umc_1/cpumask`,
  reads: (socket: number) => `${40 + socket}:${0x10a}`,
  writes: (socket: number) => `${40 + socket}:${0x20a}`,
} as const;

/** One channel on each of two sockets; of the second all CPUs may be offline. */
export function genoa(options: { readonly offline: boolean }): CoreBench {
  const channel = (socket: number, cpumask: string): Files =>
    pmu(`amd_umc_${socket}`, UMC.types[socket]!, {
      cpumask,
      "format/event": "config:0-7\n",
      "format/umask": "",
      "format/rdwrmask": "config:8-9\n",
    });
  return new CoreBench(options.offline ? [0, 1] : [0, 1, 2, 3], {
    also: [memoryBandwidth],
    files: {
      ...ONE_PMU,
      ...SOCKETS,
      ...channel(0, "0\n"),
      ...channel(1, options.offline ? "\n" : "2\n"),
    },
    profile: { cpuVendor: "amd", cpuFamily: 0x19, cpuModelNumber: 0x11, sockets: 2, numaNodes: 2 },
  });
}

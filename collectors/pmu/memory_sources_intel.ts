/**
 * Memory traffic on Intel: the memory controllers' counters, and their free-running ones. Events of
 * servers: arch/x86/events/intel/uncore_snbep.c; of clients: uncore_snb.c; of memory on the package and
 * of persistent memory: Intel's event lists (UNC_MCHBM_*, UNC_M_PMM_*).
 *
 * @module
 */
import type { MemoryEvent, MemorySource } from "./memory_source.ts";

const LINE = 64;

/** By model number of family 6. */
const SNB_EP_TO_BDX = [0x2d, 0x3e, 0x3f, 0x4f, 0x56];
const SKX = [0x55];
const ICX_SNR = [0x6a, 0x6c, 0x86];
const SPR_EMR = [0x8f, 0xcf];
const GNR_SRF = [0xad, 0xae, 0xaf, 0xb6, 0xdd];
const SNB_TO_RKL = [
  [0x2a, 0x3a],
  [0x3c, 0x45, 0x46, 0x3d, 0x47],
  [0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6, 0x66],
  [0x7d, 0x7e, 0xa7],
].flat();
export const LUNAR_LAKE = 0xbd;
const TGL_TO_LNL = [
  [0x8c, 0x8d],
  [0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe],
  [0xaa, 0xac],
  [0xb5, 0xc5, 0xc6],
  [LUNAR_LAKE],
].flat();

export const KNOWN_SERVERS = [SNB_EP_TO_BDX, SKX, ICX_SNR, SPR_EMR, GNR_SRF].flat();
const KNOWN = [KNOWN_SERVERS, SNB_TO_RKL, TGL_TO_LNL].flat();

const MODULE = "a kernel with the module intel_uncore";
const vendors = ["intel"];

/** By its name, or by event and umask: all of Intel's PMUs have them in the same place. */
function event(named: string | undefined, code: number, umask: number): MemoryEvent {
  const hex = (number: number): string => `0x${number.toString(16).padStart(2, "0")}`;
  return {
    ...(named === undefined ? {} : { named }),
    terms: `event=${hex(code)},umask=${hex(umask)}`,
    config: BigInt(umask << 8 | code),
  };
}

function lines(...events: readonly MemoryEvent[]): { events: readonly MemoryEvent[]; bytes: 64 } {
  return { events, bytes: LINE };
}

/** Main memory by a channel's own counters. */
const CHANNELS = {
  name: "Intel memory controllers",
  pmu: /^uncore_imc_\d+$/,
  traffic: "ddr",
  perChannel: true,
  provenance: "kernel",
  needs: MODULE,
} as const;

const OLD_CHANNELS = {
  ...CHANNELS,
  reads: lines(event("cas_count_read", 0x04, 0x03)),
  writes: lines(event("cas_count_write", 0x04, 0x0c)),
} as const;

const NEW_CHANNELS = {
  ...CHANNELS,
  reads: lines(event("cas_count_read", 0x05, 0xcf)),
  writes: lines(event("cas_count_write", 0x05, 0xf0)),
} as const;

/** What sysfs calls clockticks there is half of it. */
const DCLK = { event: event(undefined, 0x01, 0x01), transfersPerCount: 2 } as const;
/** Slower there: "DCLK is 1/4 of DRAM data rate", UNC_M_CLOCKTICKS in the event lists of both. */
const QUARTER_DCLK = { ...DCLK, transfersPerCount: 4 } as const;

const FREE_RUNNING_SERVER = {
  pmu: /^uncore_imc_free_running_\d+$/,
  cpus: { vendors, models: ICX_SNR },
  perChannel: false,
  provenance: "kernel",
  needs: MODULE,
} as const;

const PMEM_NOTE = "Stays at zero where there is no persistent memory.";

/** In order of preference. */
export const INTEL_MEMORY_SOURCES: readonly MemorySource[] = [
  { ...OLD_CHANNELS, id: "intel_imc_snbep", cpus: { vendors, models: SNB_EP_TO_BDX } },
  {
    ...OLD_CHANNELS,
    id: "intel_imc_skx",
    cpus: { vendors, models: SKX },
    clock: { event: event("clockticks", 0x00, 0x00), transfersPerCount: 2 },
  },
  {
    ...CHANNELS,
    id: "intel_imc_icx",
    cpus: { vendors, models: ICX_SNR },
    reads: lines(event("cas_count_read", 0x04, 0x0f)),
    writes: lines(event("cas_count_write", 0x04, 0x30)),
    clock: { event: event("clockticks", 0x00, 0x00), transfersPerCount: 2 },
    namesErr: true,
  },
  { ...NEW_CHANNELS, id: "intel_imc_spr", cpus: { vendors, models: SPR_EMR }, clock: DCLK },
  {
    ...CHANNELS,
    id: "intel_imc_gnr",
    cpus: { vendors, models: GNR_SRF },
    // cas_count_read, which kernels had there at first, is one sub-channel of the two.
    reads: lines(
      event("cas_count_read_sch0", 0x05, 0xcf),
      event("cas_count_read_sch1", 0x06, 0xcf),
    ),
    writes: lines(
      event("cas_count_write_sch0", 0x05, 0xf0),
      event("cas_count_write_sch1", 0x06, 0xf0),
    ),
    clock: QUARTER_DCLK,
  },
  {
    ...CHANNELS,
    id: "intel_imc",
    cpus: { vendors, otherThan: KNOWN },
    // No numbers: those differ from model to model.
    reads: lines({ named: /^cas_count_read(_sch\d)?$/ }),
    writes: lines({ named: /^cas_count_write(_sch\d)?$/ }),
    provenance: "unverified",
    needs: "a kernel that names the events of this CPU's memory controllers",
  },
  {
    ...NEW_CHANNELS,
    id: "intel_imc_unnamed",
    pmu: /^uncore_type_6_\d+$/,
    cpus: { vendors, otherThan: KNOWN_SERVERS },
    provenance: "unverified",
    note: "The kernel does not know this CPU: its memory controllers are taken to be as those of " +
      "Sapphire Rapids.",
  },
  {
    ...NEW_CHANNELS,
    id: "intel_hbm",
    name: "Intel HBM controllers",
    pmu: /^uncore_(hbm|type_14)_\d+$/,
    cpus: { vendors, models: SPR_EMR },
    traffic: "hbm",
    provenance: "unverified",
    note: "That a count is 64 bytes is not confirmed.",
  },
  {
    ...FREE_RUNNING_SERVER,
    id: "intel_free_running",
    name: "Intel free-running counters",
    traffic: "ddr",
    reads: lines(event("read", 0xff, 0x20)),
    writes: lines(event("write", 0xff, 0x21)),
    clock: { event: event("dclk", 0xff, 0x10), transfersPerCount: 2 },
  },
  {
    id: "intel_client",
    name: "Intel memory controller",
    pmu: /^uncore_imc$/,
    cpus: { vendors, models: SNB_TO_RKL },
    traffic: "ddr",
    perChannel: false,
    reads: lines({ named: "data_reads", terms: "event=0x01", config: 0x01n }),
    writes: lines({ named: "data_writes", terms: "event=0x02", config: 0x02n }),
    provenance: "kernel",
    needs: MODULE,
  },
  {
    id: "intel_client_free_running",
    name: "Intel free-running counters",
    pmu: /^uncore_imc_free_running_\d+$/,
    cpus: { vendors, models: TGL_TO_LNL },
    traffic: "ddr",
    perChannel: false,
    // data_total counts both once more.
    reads: lines(event("data_read", 0xff, 0x20)),
    writes: lines(event("data_write", 0xff, 0x30)),
    provenance: "kernel",
    needs: MODULE,
  },
  {
    id: "intel_by_name",
    name: "Intel memory controllers",
    pmu: /^uncore_imc(_free_running_\d+)?$/,
    cpus: { vendors, otherThan: KNOWN },
    traffic: "ddr",
    perChannel: false,
    // No numbers: the same ones mean other things from model to model.
    reads: lines({ named: /^(data_)?read(s)?$/ }),
    writes: lines({ named: /^(data_)?write(s)?$/ }),
    provenance: "unverified",
    needs: "a kernel that names the events of this CPU's memory controllers",
  },
  {
    ...CHANNELS,
    id: "intel_pmem",
    name: "Intel persistent memory",
    cpus: { vendors, models: [...SKX, 0x6a, 0x6c, 0x8f] },
    traffic: "pmem",
    reads: lines({ terms: "event=0xe3", config: 0xe3n }),
    writes: lines({ terms: "event=0xe7", config: 0xe7n }),
    provenance: "vendor",
    note: PMEM_NOTE,
  },
  {
    ...FREE_RUNNING_SERVER,
    id: "intel_pmem_free_running",
    name: "Intel persistent memory, free-running counters",
    traffic: "pmem",
    reads: lines(event("ddrt_read", 0xff, 0x30)),
    writes: lines(event("ddrt_write", 0xff, 0x31)),
    note: PMEM_NOTE,
  },
];

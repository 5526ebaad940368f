/**
 * Memory traffic on AMD's Zen: the memory controllers' counters, and before there was a driver for them
 * those of the data fabric. Drivers and formats: arch/x86/events/amd/uncore.c; events: AMD's Processor
 * Programming References and event lists.
 *
 * @module
 */
import type { MemoryEvent, MemoryEvents, MemorySource } from "./memory_source.ts";

const LINE = 64;
const vendors = ["amd", "hygon"];

/** Between the events of one channel, or of one coherent station, and those of the next. */
const NEXT_CHANNEL = 0x40;
const ZEN1_CHANNELS = 8;
const ZEN4_STATIONS = 12;

/**
 * Genoa, Bergamo, Turin, and desktops, which have two controllers for two channels (per_family_init,
 * drivers/edac/amd64_edac.c). Mobile CPUs of the same cores have four of 32 bits each for what firmware
 * calls two channels.
 */
const WHOLE_CHANNELS = [
  ...[[0x19, 0x10, 0x1f], [0x19, 0xa0, 0xaf], [0x1a, 0x00, 0x1f]] as const,
  ...[[0x19, 0x60, 0x6f], [0x1a, 0x40, 0x4f]] as const,
];

function events(
  first: number,
  count: number,
  umasks: readonly number[],
): readonly MemoryEvent[] {
  return Array.from({ length: count }, (_, channel) => first + channel * NEXT_CHANNEL).flatMap(
    (code) =>
      umasks.map((umask) => ({
        terms: `event=0x${code.toString(16).padStart(2, "0")},umask=0x${umask.toString(16)}`,
      })),
  );
}

function lines(list: readonly MemoryEvent[]): MemoryEvents {
  return { events: list, bytes: LINE };
}

/** In order of preference. */
export const AMD_MEMORY_SOURCES: readonly MemorySource[] = [
  {
    id: "amd_umc",
    name: "AMD memory controllers",
    pmu: /^amd_umc_\d+$/,
    cpus: { vendors },
    traffic: "ddr",
    perChannel: true,
    reads: lines([{ terms: "event=0x0a,rdwrmask=1", config: 0x010an }]),
    writes: lines([{ terms: "event=0x0a,rdwrmask=2", config: 0x020an }]),
    clock: { event: { terms: "event=0x00", config: 0n }, transfersPerCount: 2 },
    wholeOn: { amd: WHOLE_CHANNELS },
    provenance: "vendor",
    needs: "Linux 6.7 with the module amd_uncore",
  },
  {
    id: "amd_df",
    name: "AMD data fabric",
    pmu: /^amd_df$/,
    cpus: { vendors, zen: [4] },
    traffic: "ddr",
    perChannel: false,
    // Of the own socket, then of the other one.
    reads: lines(events(0x1f, ZEN4_STATIONS, [0x7fe, 0xbfe])),
    writes: lines(events(0x1f, ZEN4_STATIONS, [0x7ff, 0xbff])),
    provenance: "vendor",
    needs: "Linux 6.0 with the module amd_uncore",
  },
  {
    id: "amd_df_zen1",
    name: "AMD data fabric",
    pmu: /^amd_df$/,
    cpus: { vendors, zen: [1, 2, 3] },
    traffic: "ddr",
    perChannel: false,
    combined: lines(events(0x07, ZEN1_CHANNELS, [0x38])),
    provenance: "third_party",
    needs: "a kernel with the module amd_uncore",
    note:
      "Total, approximate: AMD gives these events for servers with one NUMA node a socket, and " +
      "some desktop CPUs count too little.",
  },
];

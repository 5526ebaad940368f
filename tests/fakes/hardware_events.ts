/**
 * What the counters of an Ice Lake server count, for fake perf events: rates that suit each other, so
 * that every ratio has an answer that can be worked out by hand. CPU n counts n + 1 times as much.
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { table } from "../fixtures/smbios/tables.ts";
import type { TextTree } from "../text_tree.ts";
import type { FakePerf } from "./fake_perf.ts";

const [HARDWARE, CACHE, RAW] = [0, 3, 4] as const;
/** The PMU `msr` of the server, and of the guest: each machine's own numbering. */
const [MSR, MSR_GUEST] = [20, 9] as const;
/** Generic events, generic cache events, the core's own events. */
const CORE_TYPES = [HARDWARE, CACHE, RAW];

/** By type and config: how many a millisecond on CPU 0 (perf_event.h, and the maker's event list). */
const A_MS: readonly (readonly [type: number, config: number, times: number])[] = [
  [HARDWARE, 0, 300_000], // cycles
  [HARDWARE, 1, 429_000], // instructions: 1.43 for each cycle
  [HARDWARE, 2, 3000], // cache-references
  [HARDWARE, 3, 1050], // cache-misses: 35 %
  [HARDWARE, 4, 75_000], // branches
  [HARDWARE, 5, 600], // branch-misses: 0.8 %
  [HARDWARE, 9, 261_000], // ref-cycles: a clock of 300 ÷ 261 × 2.9 GHz, 3.33 GHz
  [CACHE, 0x0, 120_000], // L1-dcache-loads
  [CACHE, 0x10000, 3600], // L1-dcache-load-misses: 3 %
  [CACHE, 0x1, 53_600], // L1-icache-loads, where the kernel has a code for it: 2 % miss
  [CACHE, 0x10001, 1072], // L1-icache-load-misses: 2.5 for each thousand instructions
  [CACHE, 0x10003, 90], // dTLB-load-misses
  [CACHE, 0x10004, 12], // iTLB-load-misses
  [RAW, 0x0183, 52_528], // icache_64b.iftag_hit
  [RAW, 0x0283, 1072], // icache_64b.iftag_miss: 2 % of both
  [RAW, 0xe724, 9000], // l2_rqsts.all_demand_references
  [RAW, 0x2724, 2700], // l2_rqsts.all_demand_miss: 30 %
];
/** Four memory controllers in each socket, counted on CPUs 0 and 2. */
const CONTROLLERS = [30, 31, 32, 33];
const POWER = 22;
const A_JOULE = 2 ** 14;
/** Beside the cores. */
const OUTSIDE_A_MS: readonly (readonly [type: number, config: number, times: number])[] = [
  ...CONTROLLERS.flatMap((type) => [
    [type, 0x0f04, 40_000] as const, // cas_count_read: 2.56 GB/s
    [type, 0x3004, 16_000] as const, // cas_count_write: 1.02 GB/s
  ]),
  [POWER, 2, Math.round(0.06 * A_JOULE)], // energy-pkg: 60 W
  [POWER, 3, Math.round(0.008 * 4 * A_JOULE)], // energy-ram, in a quarter of the unit: 8 W
  [MSR, 1, 300_000], // aperf
  [MSR, 2, 261_000], // mperf
];
/** One module for each controller. */
const MODULES = ["P0", "P1"].flatMap((socket) =>
  ["A", "B", "C", "D"].map((channel) => ({
    locator: `${socket}_DIMM_${channel}1`,
    bank: `${socket}_Node0_Channel${"ABCD".indexOf(channel)}_Dimm0`,
  }))
);
/** The time-stamp counter runs at one rate everywhere. */
const TSC_PER_MS = 2_900_000;

/** Events that the kernel has no code for on Ice Lake: accesses of the L1I, and stalled cycles. */
const UNKNOWN: readonly (readonly [type: number, config: bigint])[] = [
  [HARDWARE, 7n],
  [HARDWARE, 8n],
  [CACHE, 0x1n],
];

/** A server that shows its PMUs, with so many counters for each CPU, and what memory it has. */
export function showPmus(perf: FakePerf, tree: TextTree, counters: number): void {
  perf.counters = counters;
  for (const type of [MSR, POWER, ...CONTROLLERS]) perf.free.add(type);
  tree.set("/sys/firmware/dmi/tables/DMI", table(MODULES));
  for (const [type, config] of UNKNOWN) perf.refuse(ERRNO.ENOENT, { type, config });
  countHardware(perf);
}

/** From now on they count at these rates, or at a multiple of them; `waiting`: of cycles alone. */
export function countHardware(perf: FakePerf, factor = 1, waiting = 1): void {
  for (const [type, config, times] of A_MS) {
    const share = isClock(type, config) ? factor * waiting : factor;
    perf.perMs.set(`${type}:${config}`, Math.round(times * share));
  }
  for (const [type, config, times] of OUTSIDE_A_MS) {
    perf.perMs.set(`${type}:${config}`, Math.round(times * (type === MSR ? 1 : factor)));
  }
  perf.perMs.set(`${MSR}:0`, TSC_PER_MS);
}

function isClock(type: number, config: number): boolean {
  return type === HARDWARE && (config === 0 || config === 9);
}

/** A guest whose hypervisor has no PMU for it: the events of the core are unknown, its clock is not. */
export function hideCorePmu(perf: FakePerf): void {
  for (const type of CORE_TYPES) perf.refuse(ERRNO.ENOENT, { type });
  perf.free.add(MSR_GUEST);
  perf.perMs.set(`${MSR_GUEST}:0`, TSC_PER_MS);
}

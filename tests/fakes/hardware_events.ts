/**
 * What the counters of an Ice Lake server count, for fake perf events: rates that suit each other, so
 * that every ratio has an answer that can be worked out by hand. CPU n counts n + 1 times as much.
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
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
  [CACHE, 0x10001, 1072], // L1-icache-load-misses: 2.5 for each thousand instructions
  [CACHE, 0x10003, 90], // dTLB-load-misses
  [CACHE, 0x10004, 12], // iTLB-load-misses
  [RAW, 0x0183, 52_528], // icache_64b.iftag_hit
  [RAW, 0x0283, 1072], // icache_64b.iftag_miss: 2 % of both
  [RAW, 0xe724, 9000], // l2_rqsts.all_demand_references
  [RAW, 0x2724, 2700], // l2_rqsts.all_demand_miss: 30 %
];
/** The time-stamp counter runs at one rate everywhere. */
const TSC_PER_MS = 2_900_000;

/** Events that the kernel has no code for on Ice Lake: accesses of the L1I, and stalled cycles. */
const UNKNOWN: readonly (readonly [type: number, config: bigint])[] = [
  [HARDWARE, 7n],
  [HARDWARE, 8n],
  [CACHE, 0x1n],
];

/** A server that shows its PMU, with so many counters for each CPU. */
export function showCorePmu(perf: FakePerf, counters: number): void {
  perf.counters = counters;
  perf.free.add(MSR);
  for (const [type, config] of UNKNOWN) perf.refuse(ERRNO.ENOENT, { type, config });
  countHardware(perf);
}

/** From now on they count at these rates, or at a multiple of them; `waiting`: of cycles alone. */
export function countHardware(perf: FakePerf, factor = 1, waiting = 1): void {
  for (const [type, config, times] of A_MS) {
    const share = isClock(type, config) ? factor * waiting : factor;
    perf.perMs.set(`${type}:${config}`, Math.round(times * share));
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

/** The first line of `/proc/stat`: how much all CPUs together worked (proc_stat(5)). @module */

/** Since boot, in ticks. */
export interface BusyTime {
  readonly busy: number;
  /** Working and idle, of all CPUs. */
  readonly total: number;
}

/**
 * NaN for both where the line is not there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { busyTimeOf } from "./busy_time.ts";
 *
 * // user, nice, system, idle, iowait, irq, softirq, steal; what guests had is user time too.
 * assertEquals(busyTimeOf("cpu  20 1 4 60 10 2 2 1 5 0\ncpu0 ..."), { busy: 30, total: 100 });
 * ```
 */
export function busyTimeOf(stat: string): BusyTime {
  const fields = /^cpu +((?:\d+ +){6,7}\d+)/.exec(stat)?.[1]?.split(/ +/).map(Number);
  if (fields === undefined) return { busy: NaN, total: NaN };
  const total = fields.slice(0, FIELDS).reduce((sum, ticks) => sum + ticks, 0);
  return { busy: total - fields[IDLE]! - fields[IOWAIT]!, total };
}

/** The share of the time between two readings in which the CPUs worked, 0 to 1. */
export function busyShareOf(from: BusyTime, to: BusyTime): number {
  return (to.busy - from.busy) / (to.total - from.total);
}

const FIELDS = 8;
const IDLE = 3;
const IOWAIT = 4;

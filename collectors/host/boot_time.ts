/**
 * When the kernel booted: the line `btime` of `/proc/stat`. It is worked out from the clock of the day,
 * and printed without a sign: on a clock that stands less after 1970 than the kernel is up, such as that
 * of a board without a battery, it says almost 2^64 (fs/proc/stat.c).
 *
 * @module
 */
import { numberOf, textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

/** Seconds since 1970 that are believed: some 30,000 years, which a date can hold. */
export const BOOT_SECONDS_MOST = 1e12 - 1;

/** In seconds since 1970; undefined where nobody tells, or no date can be made of it. */
export function bootSecondsOf(tree: HostTree): number | undefined {
  return numberOf(textOf(tree, "/proc/stat"), /^btime (\d{1,12})$/m);
}

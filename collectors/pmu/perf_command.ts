/** The command that counts the same with perf-stat(1), for a person to paste into a shell. @module */

export interface PerfStatOptions {
  /** A list of CPUs such as `0-3,8`; absent: all. */
  readonly cpus?: string;
}

/** Nothing in it is special to a shell. */
const PLAIN = /^[\w.,:=/+-]+$/;

/**
 * `groups`: names of events as perf takes them; those of one group are counted at the same time.
 * Names stand once in a group, and a group that an earlier one contains is left out. Throws a
 * `RangeError` where there is no event, because perf would then choose some.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { perfStatCommand } from "./perf_command.ts";
 *
 * assertEquals(
 *   perfStatCommand([["cycles", "instructions"], ["dTLB-load-misses"]], { cpus: "0-3" }),
 *   "perf stat -C 0-3 -e '{cycles,instructions}' -e dTLB-load-misses sleep 1",
 * );
 * ```
 */
export function perfStatCommand(
  groups: readonly (readonly string[])[],
  options: PerfStatOptions = {},
): string {
  const kept: (readonly string[])[] = [];
  for (const group of groups) {
    const names = [...new Set(group)];
    if (names.length === 0) continue;
    if (!kept.some((other) => names.every((name) => other.includes(name)))) kept.push(names);
  }
  if (kept.length === 0) {
    throw new RangeError("Cannot write perf command: found no event, needs one or more");
  }
  const where = options.cpus === undefined ? ["-a"] : ["-C", shellWord(options.cpus)];
  const events = kept.flatMap((names) => [
    "-e",
    shellWord(names.length === 1 ? names[0]! : `{${names.join(",")}}`),
  ]);
  return ["perf", "stat", ...where, ...events, "sleep", "1"].join(" ");
}

/** A word that any POSIX shell hands on as it is. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

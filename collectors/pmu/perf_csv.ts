/**
 * What `perf stat -x ';'` prints, a line an event (tools/perf/Documentation/perf-stat.txt, CSV FORMAT):
 *
 *     4028.96;msec;cpu-clock;4028965278;100.00;1.999;CPUs utilized
 *     count  ;unit;event    ;running   ;share ;...
 *
 * The separator is one that no event has in its name. Counts are scaled already.
 *
 * @module
 */

/** What perf says of one event, over all CPUs together. */
export interface PerfCount {
  /** As perf prints it: its name, or what the event's `name=` says. */
  readonly event: string;
  /** Scaled to the whole time, times in seconds; NaN where perf did not count. */
  readonly count: number;
  /** In which it was counted, of all CPUs together. */
  readonly runningSeconds: number;
  /** It was counted all the time. perf's share says no more: it cuts it to whole percents. */
  readonly whole: boolean;
}

export const PERF_SEPARATOR = ";";

/** Seconds for one of perf's units of time; a count of anything else stays as it is. */
const SECONDS: Readonly<Record<string, number>> = { nsec: 1e-9, usec: 1e-6, msec: 1e-3, sec: 1 };

/**
 * The counts in a text; lines that are none, such as notes between them, are passed over.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parsePerfCounts } from "./perf_csv.ts";
 *
 * const [count] = parsePerfCounts("Events enabled\n900;;page-faults;2000000000;50.00;;\n");
 * assertEquals(count, { event: "page-faults", count: 900, runningSeconds: 2, whole: false });
 * ```
 */
export function parsePerfCounts(text: string): readonly PerfCount[] {
  return text.split("\n").flatMap((line) => {
    const [count, unit, event, runningNs, percent] = line.trim().split(PERF_SEPARATOR);
    if (event === undefined || event === "") return [];
    const runningSeconds = /^\d+$/.test(runningNs ?? "") ? Number(runningNs) / 1e9 : NaN;
    const known = /^\d+(\.\d+)?$/.test(count!) && runningSeconds > 0;
    return [{
      event,
      count: known ? Number(count) * (SECONDS[unit!] ?? 1) : NaN,
      runningSeconds: known ? runningSeconds : NaN,
      whole: known && Number(percent) === 100,
    }];
  });
}

/**
 * The count of each event that was asked for, in the order of asking; `undefined` where perf printed
 * none. perf prints events in the order in which it was told them, or sorted by PMU, and calls them as
 * it was told or as their `name=` says.
 */
export function matchPerfCounts(
  events: readonly string[],
  counts: readonly PerfCount[],
): readonly (PerfCount | undefined)[] {
  const left = new Set(counts.keys());
  const found = events.map((event, place) => {
    const names = [event, /\bname=([^,/]+)/.exec(event)?.[1]];
    const isIt = (at: number): boolean => left.has(at) && names.includes(counts[at]?.event);
    const at = isIt(place) ? place : [...left].find(isIt);
    if (at !== undefined) left.delete(at);
    return at;
  });
  return found.map((at, place) => {
    if (at !== undefined) return counts[at];
    // By another name, in its place.
    return counts.length === events.length && left.has(place) ? counts[place] : undefined;
  });
}

/**
 * Ringside's counts beside perf's, over the same span. Ringside is read on either side of both ends of
 * perf's span, so that what happened at the ends is known to lie between two counts and is not guessed:
 *
 *     Ringside   before |from                                  to| after
 *     perf               enable ---------------------- disable
 *
 * @module
 */
import { MEASURED, type Unit } from "../catalogue.ts";
import { matchPerfCounts, type PerfCount } from "../pmu/perf_csv.ts";
import { metricIndex } from "../sampling/layout.ts";
import type { Tally } from "./tally.ts";

/** What Ringside's counters stood at, around perf's span. */
export interface CheckSpan {
  /** Before perf was told to count, and after. */
  readonly before: readonly Tally[];
  readonly from: readonly Tally[];
  /** Before perf was told to stop, and after. */
  readonly to: readonly Tally[];
  readonly after: readonly Tally[];
  /** Between perf's two answers. */
  readonly perfSeconds: number;
  /** Of the time of all CPUs the share in which they worked, 0 to 1. */
  readonly busyShare: number;
}

/** One side's count. */
export interface Side {
  /** Events, or seconds; of a gauge its value. NaN where nothing was counted. */
  readonly count: number;
  /** By the second of its own time. */
  readonly perSecond: number;
  /** 0 to 1. */
  readonly coverage: number;
  /** Of its time, that in which it was counted; NaN for a gauge. */
  readonly runningSeconds: number;
}

/** Why two counts may differ, or cannot be compared, without anybody being wrong. */
export type Explanation =
  /** perf's lies between Ringside's counts within its span and around it. */
  | "ends"
  /** The counters took turns, and what happened in whose turn is chance. */
  | "chance"
  | "not_counted_by_perf"
  | "not_counted_here"
  /** A CPU went or came, or its groups were opened anew. */
  | "changed";

export interface Compared {
  /** As perf takes them, added up. */
  readonly events: readonly string[];
  /** What is counted together has the same number, from 1. */
  readonly group: number;
  readonly unit: Unit;
  readonly own: Side;
  readonly perf: Side;
  /** Ringside's by perf's, less 1; NaN where one of them is missing. */
  readonly difference: number;
  readonly within: boolean;
  /** Up to which difference nobody is wrong. */
  readonly allowed: number;
  readonly explained: Explanation | null;
  /** Ringside's count around perf's span: no less than perf's where nothing was shared. */
  readonly around: number;
}

/** Differences that are none: of counters that counted all the time, and of those that took turns. */
export const DIFFERENCE_MOST = { whole: 0.005, shared: 0.02 };
const WHOLE_LEAST = 0.9999;
/** Standard deviations that chance may reach. */
const DEVIATIONS_MOST = 4;
/** Work comes in bursts of up to so long, in which whoever has the counters counts all of it. */
const BURST_SECONDS = 0.1;

/** The groups of events that perf is asked for, so that it counts together what Ringside does. */
export function groupsOf(tallies: readonly Tally[]): readonly (readonly string[])[] {
  return [...groupsByKey(tallies).values()];
}

function groupsByKey(tallies: readonly Tally[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const tally of tallies) {
    for (const event of tally.events) {
      const key = keyOf(tally, event);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [event]);
      else if (!group.includes(event)) group.push(event);
    }
  }
  return groups;
}

/** Parts of a sum that are counted apart are in a group each. */
function keyOf({ collector, pmu, group }: Tally, event: string): string {
  return group < 0 ? `${collector} ${pmu} ${event}` : `${collector} ${pmu} ${group}`;
}

/** `asked`: the tallies that `groupsOf` made perf's groups of. */
export function compare(
  asked: readonly Tally[],
  span: CheckSpan,
  counts: readonly PerfCount[],
): readonly Compared[] {
  const groups = groupsByKey(asked);
  const numbers = new Map([...groups.keys()].map((key, index) => [key, index + 1]));
  const matched = matchPerfCounts([...groups.values()].flat(), counts);
  const byEvent = new Map(
    [...groups]
      .flatMap(([key, events]) => events.map((event) => `${key} ${event}`))
      .map((name, place) => [name, matched[place]]),
  );
  const countsOf = (tally: Tally): readonly (PerfCount | undefined)[] =>
    tally.events.map((event) => byEvent.get(`${keyOf(tally, event)} ${event}`));
  const perfSeconds = enabledSeconds(asked, countsOf) ?? span.perfSeconds;
  const rows = new Map<string, Compared>();
  for (const tally of asked) {
    const keys = tally.events.map((event) => keyOf(tally, event));
    const perf = perfSide(tally, countsOf(tally), perfSeconds);
    // The same events in the same group are the same count, whatever metric it is for.
    const name = `${keys.join()} ${tally.events.join()}`;
    if (!rows.has(name)) rows.set(name, compareOne(tally, numbers.get(keys[0]!)!, span, perf));
  }
  return [...rows.values()].toSorted((a, b) => a.group - b.group);
}

function compareOne(
  tally: Tally,
  group: number,
  span: CheckSpan,
  perf: Side,
): Compared {
  const { unit } = MEASURED[metricIndex(tally.metric)]!;
  const own = sideOf(tally, span.from, span.to);
  const around = sideOf(tally, span.before, span.after).count;
  const row = { events: tally.events, group, unit, own, perf, around };
  const explained = unmeasured(tally, span, own, perf);
  if (explained !== null) {
    return { ...row, difference: NaN, within: false, allowed: NaN, explained };
  }
  const same = own.perSecond === perf.perSecond;
  const difference = same ? 0 : own.perSecond / perf.perSecond - 1;
  const whole = own.coverage >= WHOLE_LEAST && perf.coverage >= WHOLE_LEAST;
  const most = whole ? DIFFERENCE_MOST.whole : DIFFERENCE_MOST.shared;
  const within = Math.abs(difference) <= most;
  if (within || tally.gauge) return { ...row, difference, within, allowed: most, explained };
  if (whole) {
    const ends = own.count <= perf.count && perf.count <= around;
    return { ...row, difference, within, allowed: most, explained: ends ? "ends" : null };
  }
  const allowed = chance(own, perf, span.busyShare);
  const byChance = Math.abs(difference) <= allowed;
  return { ...row, difference, within, allowed, explained: byChance ? "chance" : null };
}

/** Why there are no two counts to compare; null where there are. */
function unmeasured(
  { metric, pmu }: Tally,
  { from, to }: CheckSpan,
  own: Side,
  perf: Side,
): Explanation | null {
  if (Number.isNaN(perf.perSecond)) return "not_counted_by_perf";
  const began = find(from, metric, pmu)?.instances ?? [];
  const ended = find(to, metric, pmu)?.instances ?? [];
  if (began.join() !== ended.join() && began.length > 0) return "changed";
  return Number.isNaN(own.perSecond) ? "not_counted_here" : null;
}

function find(tallies: readonly Tally[], metric: string, pmu: string): Tally | undefined {
  return tallies.find((tally) => tally.metric === metric && tally.pmu === pmu);
}

function sideOf(
  { metric, pmu, gauge }: Tally,
  from: readonly Tally[],
  to: readonly Tally[],
): Side {
  const first = find(from, metric, pmu);
  const last = find(to, metric, pmu);
  if (last === undefined || first === undefined) return NOTHING;
  if (gauge) return { count: last.count, perSecond: last.count, coverage: 1, runningSeconds: NaN };
  const count = last.count - first.count;
  const enabled = last.enabledSeconds - first.enabledSeconds;
  const running = last.runningSeconds - first.runningSeconds;
  if (!(enabled > 0)) return NOTHING;
  const coverage = Math.min(1, running / enabled);
  return { count, perSecond: count / enabled, coverage, runningSeconds: running };
}

const NOTHING: Side = { count: NaN, perSecond: NaN, coverage: 0, runningSeconds: NaN };

function perfSide(
  { gauge, instances }: Tally,
  counts: readonly (PerfCount | undefined)[],
  seconds: number,
): Side {
  if (!counts.every((count) => count !== undefined)) return NOTHING;
  const enabledOf = (one: PerfCount): number =>
    one.whole ? one.runningSeconds : seconds * instances.length;
  const sum = counts.reduce((total, { count }) => total + count, 0);
  const perSecond = counts.reduce((total, one) => total + one.count / enabledOf(one), 0);
  const shares = counts.map((one) => Math.min(1, one.runningSeconds / enabledOf(one)));
  return {
    count: gauge ? perSecond : sum,
    perSecond,
    coverage: Math.min(...shares),
    runningSeconds: Math.min(...counts.map((one) => one.runningSeconds)),
  };
}

/**
 * How long each of perf's events was enabled on each CPU. perf tells it only of those that were counted
 * all the time, and enables and disables all of them together.
 */
function enabledSeconds(
  asked: readonly Tally[],
  countsOf: (tally: Tally) => readonly (PerfCount | undefined)[],
): number | undefined {
  for (const tally of asked) {
    const [count] = countsOf(tally);
    const cpus = tally.instances.length;
    if (count?.whole && tally.scope === "cpu" && cpus > 0) return count.runningSeconds / cpus;
  }
  return undefined;
}

/**
 * How far two counts may lie apart by chance, as a share. Of n events that were counted one by one a
 * root of n more or less is chance. Of CPUs that work for a share b of the time, in bursts, the bursts
 * that n turns met vary as a coin does that falls so with probability b: by (1 - b) / b / n of variance.
 */
function chance(own: Side, perf: Side, busyShare: number): number {
  const variance = [own, perf].reduce((sum, { count, coverage, runningSeconds }) => {
    const turns = runningSeconds / BURST_SECONDS;
    return sum + 1 / (count * coverage) + (1 - busyShare) / busyShare / turns;
  }, 0);
  return DEVIATIONS_MOST * Math.sqrt(variance);
}

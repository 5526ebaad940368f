import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type CheckSpan,
  compare,
  type Compared,
  groupsOf,
} from "../../../collectors/check/comparison.ts";
import type { Tally } from "../../../collectors/check/tally.ts";
import type { PerfCount } from "../../../collectors/pmu/perf_csv.ts";

function tally(metric: string, event: string, values: Partial<Tally> = {}): Tally {
  return {
    metric,
    collector: "core_counters",
    scope: "cpu",
    pmu: "cpu",
    events: [event],
    group: 0,
    instances: ["0", "1"],
    count: 1000,
    gauge: false,
    enabledSeconds: 10,
    runningSeconds: 10,
    ...values,
  };
}

const SWITCHES = tally("software_context_switches", "context-switches", {
  collector: "software_events",
  pmu: "software",
});
const CYCLES = tally("cpu_cycles", "cycles");

/** A tally after `count` more in `seconds` of each of its CPUs, of which it ran for a share. */
function later(from: Tally, count: number, seconds: number, share = 1): Tally {
  const time = seconds * from.instances.length;
  return {
    ...from,
    count: from.count + count,
    enabledSeconds: from.enabledSeconds + time,
    runningSeconds: from.runningSeconds + time * share,
  };
}

interface Around {
  readonly from: Tally;
  readonly to: Tally;
  readonly before?: Tally;
  readonly after?: Tally;
}

function spanOf(tallies: readonly Around[], busyShare = 0.5): CheckSpan {
  return {
    before: tallies.map(({ from, before }) => before ?? from),
    from: tallies.map(({ from }) => from),
    to: tallies.map(({ to }) => to),
    after: tallies.map(({ to, after }) => after ?? to),
    perfSeconds: 5,
    busyShare,
  };
}

function counted(event: string, count: number, runningSeconds: number, whole = true): PerfCount {
  return { event, count, runningSeconds, whole };
}

function only(rows: readonly Compared[]): Compared {
  assertEquals(rows.length, 1);
  return rows[0]!;
}

Deno.test("groupsOf() asks perf for the groups that Ringside counts in, each event once", () => {
  const tallies = [
    tally("cpu_cycles", "cycles"),
    tally("instructions", "instructions"),
    tally("branch_group_instructions", "instructions"),
    tally("l1d_misses", "L1-dcache-load-misses", { group: 1 }),
    tally("l1d_group_instructions", "instructions", { group: 1 }),
    tally("tsc_frequency_hertz", "msr/tsc/", { collector: "tsc", pmu: "msr" }),
    // Its parts are counted apart.
    tally("l2_misses", "a", { group: -7, events: ["a", "b"] }),
  ];
  assertEquals(groupsOf(tallies), [
    ["cycles", "instructions"],
    ["L1-dcache-load-misses", "instructions"],
    ["msr/tsc/"],
    ["a"],
    ["b"],
  ]);
});

Deno.test("compare() sets counts by the second beside each other", () => {
  // 500 in 2 x 5 s by Ringside, 507 in 2 x 5.05 s by perf: 50 and 50.198 a second.
  const span = spanOf([{ from: SWITCHES, to: later(SWITCHES, 500, 5) }]);
  const row = only(compare([SWITCHES], span, [counted("context-switches", 507, 10.1)]));
  assertEquals([row.own.count, row.perf.count], [500, 507]);
  assertEquals([row.own.perSecond, row.own.coverage, row.perf.coverage], [50, 1, 1]);
  assertAlmostEquals(row.difference, 50 / (507 / 10.1) - 1);
  assertEquals([row.within, row.explained, row.allowed], [true, null, 0.005]);
});

Deno.test("compare() explains a whole count by the ends only between two of Ringside's", () => {
  // Ringside counted 500 within perf's time and 520 around it.
  const to = later(SWITCHES, 510, 5);
  const around = {
    before: SWITCHES,
    from: later(SWITCHES, 10, 0.01),
    to,
    after: later(SWITCHES, 520, 5.01),
  };
  const explained = (count: number): string | null =>
    only(compare([SWITCHES], spanOf([around]), [counted("context-switches", count, 10)])).explained;
  assertEquals([explained(510), explained(520)], ["ends", "ends"]);
  assertEquals([explained(521), explained(480)], [null, null]);
});

Deno.test("compare() scales perf's shared counts by the time of those that were not", () => {
  // All events are enabled for 2 x 4 s; cycles had 2 s of it on a counter.
  const to = later(CYCLES, 24e9, 4, 0.25);
  const span = spanOf([
    { from: SWITCHES, to: later(SWITCHES, 400, 4) },
    { from: CYCLES, to },
  ]);
  const counts = [counted("context-switches", 400, 8), counted("cycles", 24.4e9, 2, false)];
  const [, cycles] = compare([SWITCHES, CYCLES], span, counts);
  assertEquals([cycles!.group, cycles!.perf.coverage], [2, 0.25]);
  assertAlmostEquals(cycles!.difference, 24 / 24.4 - 1);
  assertEquals([cycles!.within, cycles!.allowed], [true, 0.02]);
});

Deno.test("compare() allows shared counters what chance may do, by how evenly the CPUs worked", () => {
  // Ringside's 24e9 to perf's 20e9: 20 % more. Each ran for 2 s: 20 bursts of 0.1 s.
  const differing = (busyShare: number): Compared => {
    const span = spanOf([{ from: CYCLES, to: later(CYCLES, 24e9, 4, 0.25) }], busyShare);
    const counts = [counted("cycles", 20e9, 2, false)];
    return only(compare([CYCLES], { ...span, perfSeconds: 4 }, counts));
  };
  // Never idle: only the counts' own roots, some 1e-5.
  const busy = differing(1);
  assertAlmostEquals(busy.difference, 0.2);
  assertAlmostEquals(busy.allowed, 4 * Math.sqrt(1 / 6e9 + 1 / 5e9));
  assertEquals(busy.explained, null);
  // Busy for half of the time: 4 x sqrt(2 x 1 / 20).
  const half = differing(0.5);
  assertAlmostEquals(half.allowed, 4 * Math.sqrt(0.1), 1e-6);
  assertEquals([half.within, half.explained], [false, "chance"]);
});

Deno.test("compare() judges what was counted all the time by no chance", () => {
  const span = spanOf([{ from: CYCLES, to: later(CYCLES, 24e9, 4) }], 0.5);
  const row = only(compare([CYCLES], span, [counted("cycles", 20e9, 8)]));
  assertEquals([row.within, row.explained, row.allowed], [false, null, 0.005]);
});

Deno.test("compare() adds up the events of a sum", () => {
  const sum = tally("l2_references", "a", { events: ["a", "b"] });
  const span = spanOf([{ from: sum, to: later(sum, 300, 5) }]);
  const row = only(compare([sum], span, [counted("a", 100, 10), counted("b", 200, 10)]));
  assertEquals([row.events, row.perf.count, row.difference], [["a", "b"], 300, 0]);
});

Deno.test("compare() takes a gauge for what it says, by perf's ticks a second", () => {
  const clock = tally("tsc_frequency_hertz", "msr/tsc/", {
    collector: "tsc",
    scope: "host",
    pmu: "msr",
    instances: ["host"],
    gauge: true,
    count: 2.6e9,
    enabledSeconds: NaN,
    runningSeconds: NaN,
  });
  const span = spanOf([{ from: { ...clock, count: NaN, instances: [] }, to: clock }]);
  const row = only(compare([clock], span, [counted("msr/tsc/", 26e9, 10)]));
  assertEquals([row.unit, row.perf.count, row.difference, row.within], ["Hz", 2.6e9, 0, true]);
});

Deno.test("compare() tells apart why there are no two counts", () => {
  const whole = { from: CYCLES, to: later(CYCLES, 10, 5) };
  const perf = [counted("cycles", 10, 10)];
  const explained = (around: Around, counts: readonly PerfCount[]): string | null => {
    const row = only(compare([CYCLES], spanOf([around]), counts));
    assert(Number.isNaN(row.difference) && !row.within);
    return row.explained;
  };
  const silent = [counted("cycles", NaN, NaN, false)];
  assertEquals(explained(whole, silent), "not_counted_by_perf");
  assertEquals(explained(whole, []), "not_counted_by_perf");
  // Its group had no turn.
  assertEquals(explained({ from: CYCLES, to: CYCLES }, perf), "not_counted_here");
  assertEquals(
    explained({ ...whole, to: { ...whole.to, instances: ["0"] } }, perf),
    "changed",
  );
});

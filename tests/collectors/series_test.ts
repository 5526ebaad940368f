/**
 * Lines over time: what a point is worth, where there is none, and how fine points follow coarse ones.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type CollectorSpec } from "../../collectors/collector.ts";
import { POINT_MS_LEAST } from "../../collectors/fine_rows.ts";
import { type Series, SeriesStore } from "../../collectors/series.ts";
import { MESSAGE_GAP_MS_LEAST } from "../../routes/hub.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { HandCounted, type Rises, source } from "./hand_counted.ts";

const tree = new TextTree();
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;

/** Counters of CPUs, as the test sets them. */
type Totals = number[];

function cpus(totals: Totals, minIntervalMs = 0): CollectorSpec {
  return {
    id: "cpu_time",
    minIntervalMs,
    open: (site) => {
      const user = site.column("cpu_user_seconds");
      const cpu = site.instances("cpu");
      return {
        read: (row) => {
          for (const [n, total] of totals.entries()) row.count(user, cpu.claim(String(n)), total);
        },
        close: () => {},
      };
    },
  };
}

Deno.test("SeriesStore.read breaks a line where rows are missing", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals)], { tree });
  for (const advance of [1000, 1000, 1000, 9000, 1000, 1000]) {
    totals[0]! += advance / 1000;
    stage.tick(advance);
  }
  const series = stage.feed.series.read([{ metric: "cpu_user_seconds", instance: "0" }], 0, 60_000);
  assertEquals(series.values, [[null, 1, 1, null, 1, 1]]);
  assertEquals(series.seconds.map((at) => at - series.seconds[0]!), [0, 1, 2, 11, 12, 13]);
});

Deno.test("SeriesStore.read goes on after a cursor, and back no further than the span", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals)], { tree });
  const key = [{ metric: "cpu_user_seconds", instance: "0" }];
  for (let tick = 0; tick < 10; tick++) {
    totals[0]! += tick;
    stage.tick();
  }
  assertEquals(stage.feed.series.read(key, 7, 60_000).values, [[7, 8, 9]]);
  assertEquals(stage.feed.series.read(key, 0, 1000).values, [[8, 9]]);
  assertEquals(stage.feed.series.read(key, 10, 60_000).values, [[]]);
  assertEquals(stage.feed.series.read(key, 0, 60_000).sequence, 10);
});

Deno.test("SeriesStore.read tells a slow collector's values the same, live or at once", () => {
  const totals: Totals = [0];
  const live = new Stage([cpus(totals, 5000)], { tree });
  const key = [{ metric: "cpu_user_seconds", instance: "0" }];
  const seen: (number | null)[] = [];
  for (let tick = 0; tick < 16; tick++) {
    totals[0]! += 2;
    live.tick();
    seen.push(...live.feed.series.read(key, live.feed.sequence() - 1, 60_000).values[0]!);
  }
  const { layout, timeline } = live.engine;
  const fresh = new SeriesStore({ layout, timeline }).read(key, 0, 60_000).values[0]!;
  assertEquals(fresh, [...Array(5).fill(null), ...Array(11).fill(2)]);
  assertEquals(seen.slice(1), fresh.slice(1));
});

Deno.test("SeriesStore.read sees no gap where ticks do not divide the second", () => {
  for (const intervalMs of [300, 499, 760, 900, 999, 1000, 1700]) {
    const totals: Totals = [0];
    const stage = new Stage([cpus(totals)], { tree });
    stage.intervalMs = intervalMs;
    for (let tick = 0; tick < 120; tick++) {
      totals[0]! += intervalMs / 1000;
      stage.tick();
    }
    const [values] =
      stage.feed.series.read([{ metric: "cpu_user_seconds", instance: "0" }], 0, 900_000).values;
    assertEquals(values!.slice(1).filter((value) => value === null), [], `${intervalMs} ms`);
  }
});

/** Cycles and instructions of a tick, of which one asked for a second and was counted for a part. */
function counts(cycles: number, instructions: number, running = 1): Rises {
  return { cpu_cycles: [cycles, 1, running], instructions: [instructions, 1, running] };
}

Deno.test("SeriesStore.read says how much of the time each value was counted, and nothing where all is exact", () => {
  const core = new HandCounted("core_counters");
  const stage = new Stage([core.spec], { tree });
  const ticks: readonly Readonly<Record<string, Rises>>[] = [
    { 0: counts(1e9, 2e9), 1: counts(1e9, 2e9) },
    { 0: counts(1e9, 2e9), 1: counts(1e9, 2e9) },
    // Both half of the time.
    { 0: counts(1e9, 2e9, 0.5), 1: counts(1e9, 2e9, 0.5) },
    // One of two has no turn: the sum lacks it.
    { 0: counts(1e9, 2e9), 1: { cpu_cycles: [0, 0, 0], instructions: [0, 0, 0] } },
    // So little that it is hardly known is drawn too, with its share.
    { 0: counts(1e9, 2e9, 0.125), 1: counts(1e9, 2e9, 0.125) },
    { 0: counts(1e9, 2e9), 1: counts(1e9, 2e9) },
  ];
  for (const rises of ticks) {
    core.rises = rises;
    stage.tick();
  }
  const keys = [{ metric: "cpu_cycles" }, { metric: "cpu_cycles", instance: "0" }];
  const { values, shares } = stage.feed.series.read(keys, 0, MINUTE_MS);
  assertEquals(values, [[null, 2e9, 2e9, 1e9, 2e9, 2e9], [null, 1e9, 1e9, 1e9, 1e9, 1e9]]);
  assertEquals(shares, [[1, 1, 0.5, 0.5, 0.125, 1], [1, 1, 0.5, 1, 0.125, 1]]);
  // Of what is exact there is nothing to say, and of a part of the time only its own values count.
  assertEquals(stage.feed.series.read(keys, 5, MINUTE_MS).shares, [null, null]);
});

Deno.test("SeriesStore.read calls no value exact that the figure beside it does not", () => {
  const core = new HandCounted("core_counters");
  core.sources = [
    source("cpu_cycles", 1, ["0"]),
    source("instructions", 2, ["0"], { provenance: "unverified" }),
  ];
  core.rises = { 0: counts(1e9, 2e9) };
  const stage = new Stage([core.spec], { tree });
  for (let tick = 0; tick < 3; tick++) stage.tick();
  const keys = ["cpu_cycles", "instructions", "instructions_per_cycle"]
    .map((metric) => ({ metric }));
  const { values, shares } = stage.feed.series.read(keys, 0, MINUTE_MS);
  assertEquals(values.map((column) => column.at(-1)), [1e9, 2e9, 2]);
  assertEquals(shares.map((column) => column?.at(-1) ?? null), [null, 0.999, 0.999]);
});

Deno.test("SeriesStore.read goes on with the share of a value that is not read again", () => {
  const core = new HandCounted("core_counters");
  core.rises = { 0: counts(5e9, 5e9, 0.25) };
  const stage = new Stage([{ ...core.spec, minIntervalMs: 5000 }], { tree });
  for (let tick = 0; tick < 13; tick++) stage.tick();
  const { values, shares } = stage.feed.series.read([{ metric: "cpu_cycles" }], 0, MINUTE_MS);
  // By the second that was asked for; of the five that went by a twentieth was counted.
  assertEquals(values, [[...Array(5).fill(null), ...Array(8).fill(5e9)]]);
  assertEquals(shares, [[...Array(5).fill(1), ...Array(8).fill(0.05)]]);
});

Deno.test("SeriesStore.read adds up a group's members as they were at each row", () => {
  const core = new HandCounted("core_counters");
  // As many as there are columns for.
  core.groups = {
    0: { socket: "0" },
    1: { socket: "0" },
    2: { socket: "1" },
    3: { socket: "1" },
  };
  const [one, two, three] = [counts(1e9, 1e9), counts(2e9, 2e9), counts(3e9, 3e9)];
  // Few rows, so that a slot that was left is given away soon.
  const stage = new Stage([core.spec], { tree, timelineBytesMost: 60_000 });
  stage.intervalMs = QUARTER_MS;
  const keys = ["0", "1", "2"].map((name) => ({
    metric: "cpu_cycles",
    group: { grouping: "socket", name },
  }));
  const seen: (number | null)[][] = keys.map(() => []);
  const ticks = (count: number, rises: Readonly<Record<string, Rises>>): void => {
    core.rises = rises;
    for (let tick = 0; tick < count; tick++) {
      stage.tick();
      const { values } = stage.feed.series.read(keys, stage.feed.sequence() - 1, QUARTER_MS);
      values.forEach((column, index) => seen[index]!.push(...column));
    }
  };
  ticks(3, { 0: one, 1: two, 2: three, 3: one });
  assertEquals(seen, [[null, 3e9, 3e9], [null, 4e9, 4e9], [null, null, null]]);
  ticks(40, { 0: one, 2: three, 3: one });
  assertEquals(seen.map((column) => column.at(-1)), [1e9, 4e9, null]);
  // Another CPU of the other socket, in the slot of the one that left.
  core.groups = { ...core.groups, 9: { socket: "1" } };
  ticks(3, { 0: one, 2: three, 3: one, 9: two });
  const { instances } = stage.engine.layout.scopes["cpu"]!;
  assertEquals(instances.map((instance) => instance?.name), ["0", "9", "2", "3"]);
  assertEquals(seen.map((column) => column.slice(-3)), [
    [1e9, 1e9, 1e9],
    // Its first reading is no increase.
    [4e9, 6e9, 6e9],
    [null, null, null],
  ]);
  // At once it is the same as tick by tick.
  const { layout, timeline } = stage.engine;
  const fresh = new SeriesStore({ layout, timeline }).read(keys, -1, Infinity).values;
  const rows = fresh[0]!.length - 1;
  assertEquals(fresh.map((column) => column.slice(1)), seen.map((column) => column.slice(-rows)));
});

Deno.test("SeriesStore.read leaves out what cannot be true from the second time on, as the figure does", () => {
  const ticks = [1e9, 1e9, 400, 400, 400, 1e9, 400, 1e9];
  for (const [intervalMs, fine] of [[1000, false], [1000, true], [100, true]] as const) {
    const core = new HandCounted("core_counters");
    const live = new Stage([core.spec], { tree });
    live.intervalMs = intervalMs;
    const keys = [{ metric: "instructions", instance: "0" }, { metric: "cpu_cycles" }];
    const seen: (number | null)[][] = [[], []];
    const figures: (string | undefined)[] = [];
    for (const instructions of ticks) {
      core.rises = { 0: counts(1e9, instructions) };
      live.tick();
      const after = live.feed.sequence() - 1;
      const { values } = live.feed.series.read(keys, after, MINUTE_MS, { fine });
      values.forEach((column, index) => seen[index]!.push(...column));
      const figure = live.read("instructions", "0");
      figures.push("grade" in figure ? figure.grade : undefined);
    }
    assertEquals(seen[0], [null, 1e9, 400, null, null, 1e9, 400, 1e9], `${intervalMs} ms`);
    assertEquals(seen[1], [null, ...Array(7).fill(1e9)]);
    const { layout, timeline } = live.engine;
    const fresh = new SeriesStore({ layout, timeline }).read(keys, -1, MINUTE_MS, { fine });
    assertEquals(fresh.values, seen, `${intervalMs} ms, at once`);
    if (intervalMs < 1000) continue;
    const drawn = figures.map((grade, index) => grade === "implausible" ? index : -1);
    assertEquals(drawn.filter((index) => index >= 0), [3, 4]);
  }
});

/** A counter whose total is known at each moment at which it was read. */
class Known {
  readonly totals: Totals = [0, 0];
  readonly stage: Stage;
  readonly key = { metric: "cpu_user_seconds", instance: "0" };
  readonly #at = new Map<number, number>();
  #state = 7;

  constructor(minIntervalMs = 0) {
    this.stage = new Stage([cpus(this.totals, minIntervalMs)], { tree });
  }

  /** Ticks, each early or late by up to `jitterMs`, in which the counter rises by something. */
  ticks(count: number, intervalMs: number, jitterMs = 0): void {
    this.stage.intervalMs = intervalMs;
    let late = 0;
    for (let tick = 0; tick < count; tick++) {
      const next = Math.round(jitterMs * this.#random());
      this.totals[0]! += this.#random() * intervalMs / 1000;
      this.stage.tick(intervalMs + next - late);
      late = next;
      this.#at.set(this.stage.clock.wall, this.totals[0]!);
    }
  }

  read(after = -1, spanMs = QUARTER_MS, until = Infinity): Series {
    return this.stage.feed.series.read([this.key], after, spanMs, { fine: true, until });
  }

  /** Each value is the rate between its moment and that of the point before. */
  holds(seconds: readonly number[], values: readonly (number | null)[]): void {
    for (let n = 1; n < seconds.length; n++) {
      const [from, to] = [wallMs(seconds[n - 1]!), wallMs(seconds[n]!)];
      assert(from < to, `point ${n} at ${to} is not after ${from}`);
      const rate = 1000 * (this.#at.get(to)! - this.#at.get(from)!) / (to - from);
      assertAlmostEquals(values[n]!, rate, 1e-9, `point ${n}: ${values[n]}, not ${rate}`);
    }
  }

  #random(): number {
    return (this.#state = (this.#state * 48_271) % 2_147_483_647) / 2_147_483_647;
  }
}

function wallMs(seconds: number): number {
  return Math.round(1000 * seconds);
}

Deno.test("fine points are rates from point to point, also where they follow coarse ones", () => {
  for (const intervalMs of [10, 30, 40, 70, 100, 110, 250, 300, 500, 700, 999]) {
    const known = new Known();
    // More than the fine rows hold.
    known.ticks(Math.ceil(60_000 / intervalMs), intervalMs, Math.min(4, intervalMs / 10));
    const { seconds, values } = known.read();
    known.holds(seconds, values[0]!);
    const steps = seconds.slice(1).map((at, n) => Math.round(1000 * (at - seconds[n]!)));
    const finest = Math.max(intervalMs, POINT_MS_LEAST);
    assert(steps.every((ms) => ms >= 0.7 * finest), `${intervalMs} ms: ${Math.min(...steps)}`);
    // The newest second has as many points as there can be.
    const newest = steps.slice(-3);
    assert(newest.every((ms) => ms < 2 * finest + 10), `${intervalMs} ms: ${newest}`);
    const [oldest] = seconds;
    assert(seconds.at(-1)! - oldest! > 57, `${intervalMs} ms: the past is not there`);
  }
});

Deno.test("fine points are as many as messages, and at a second they are the coarse ones", () => {
  assertEquals(POINT_MS_LEAST, MESSAGE_GAP_MS_LEAST);
  for (const intervalMs of [1000, 1500, 5000]) {
    const known = new Known();
    known.ticks(40, intervalMs);
    assertEquals(known.read(), known.stage.feed.series.read([known.key], -1, QUARTER_MS));
  }
});

Deno.test("whoever takes fine points as they come gets each once, and so does who was away", () => {
  for (const intervalMs of [10, 40, 100, 250]) {
    const known = new Known();
    known.ticks(Math.ceil(5000 / intervalMs), intervalMs, 2);
    const seconds: number[] = [];
    const values: (number | null)[] = [];
    let after = -1;
    // Ticks between two looks: now and then, ten seconds, a minute and a half, none.
    const pauses = [1, 1, 7, 1, 10_000 / intervalMs, 3, 1, 90_000 / intervalMs, 1, 0, 2];
    for (const pause of pauses) {
      known.ticks(pause, intervalMs, 2);
      const found = known.read(after);
      seconds.push(...found.seconds);
      values.push(...found.values[0]!);
      // The cursor of a stream is its newest tick, whether that is a point or not.
      after = known.stage.feed.sequence();
    }
    const order = seconds.toSorted((a, b) => a - b);
    assertEquals(seconds, [...new Set(order)], `${intervalMs} ms`);
    // Coarse points that make up for what was missed tell of the second before them.
    const steps = seconds.slice(1).map((at, n) => at - seconds[n]!);
    assert(Math.max(...steps) <= 1.1, `${intervalMs} ms: a hole of ${Math.max(...steps)} s`);
    assert(values.slice(1).every((value) => value !== null));
  }
});

Deno.test("a change of the interval leaves neither a hole nor a point too many", () => {
  const known = new Known();
  for (const [count, intervalMs] of [[20, 1000], [30, 100], [9, 2000], [25, 50], [8, 250]]) {
    known.ticks(count!, intervalMs!);
    const { seconds, values } = known.read();
    const steps = seconds.slice(1).map((at, n) => at - seconds[n]!);
    assert(Math.max(...steps) <= Math.max(1, intervalMs! / 1000, 2) + 0.01, `${intervalMs} ms`);
    if (intervalMs! < 1000) known.holds(seconds, values[0]!);
  }
});

Deno.test("fine points keep the step of what is read seldom, and its value is that of its own readings", () => {
  const known = new Known(1000);
  known.ticks(50, 100);
  const live: (number | null)[] = [];
  for (let tick = 0; tick < 30; tick++) {
    const after = known.stage.feed.sequence();
    known.ticks(1, 100);
    live.push(...known.read(after).values[0]!);
  }
  assertEquals(live.length, 30);
  const heights = [...new Set(live)];
  assertEquals(heights.includes(null), false);
  // Three readings in three seconds, and the one before them.
  assert(heights.length === 3 || heights.length === 4, `${heights}`);
  const [whole] = known.read().values;
  assertEquals(whole!.slice(-30), live);
});

Deno.test("a tick that is missing is a gap in fine points", () => {
  const known = new Known();
  known.ticks(12, 100);
  known.stage.tick(200);
  known.ticks(2, 100);
  const [values] = known.read().values;
  assertEquals(values!.map((value) => value === null), [
    true,
    ...Array(11).fill(false),
    true,
    false,
    false,
  ]);
});

Deno.test("SeriesStore.read tells nothing of rows after the one that is asked for", () => {
  for (const intervalMs of [100, 1000]) {
    const known = new Known();
    known.ticks(40, intervalMs);
    const whole = known.read();
    const until = known.read(-1, QUARTER_MS, 30);
    const wall = (known.stage.clock.wall - 10 * intervalMs) / 1000;
    assertEquals([until.seconds.at(-1), until.sequence], [wall, 30]);
    assertEquals(until.values[0], whole.values[0]!.slice(0, until.seconds.length));
  }
});

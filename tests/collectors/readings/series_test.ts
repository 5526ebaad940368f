/**
 * Lines over time: what a point is worth, and where there is none.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { load } from "../../../collectors/load.ts";
import { SeriesStore } from "../../../collectors/readings/series.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { cpus, type Totals } from "../known_counter.ts";
import { HandCounted, type Rises, source } from "./hand_counted.ts";

const tree = new TextTree();
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;

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

Deno.test("SeriesStore.read tells what stands as it was read, from the first row and after a gap", () => {
  const loads = new TextTree({ "/proc/loadavg": "0.25 0.01 0.05 1/119 4242\n" });
  const stage = new Stage([{ ...load, minIntervalMs: 5000 }], { tree: loads });
  const key = [{ metric: "load_1m" }];
  const live: (number | null)[] = [];
  for (const advance of [1000, 1000, 1000, 9000, 1000, 1000]) {
    stage.tick(advance);
    const { layout, timeline } = stage.engine;
    const fresh = new SeriesStore({ layout, timeline });
    live.push(...fresh.read(key, stage.feed.sequence() - 1, 60_000).values[0]!);
  }
  const expected = [null, 0.25, 0.25, null, 0.25, 0.25];
  assertEquals(live, expected);
  assertEquals(stage.feed.series.read(key, 0, 60_000).values, [expected]);
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
    // Also where the row before the first is judged by is none of those that are asked for.
    const late = new SeriesStore({ layout, timeline }).read(keys, 4, MINUTE_MS, { fine });
    assertEquals(late.values, seen.map((column) => column.slice(4)), `${intervalMs} ms, later on`);
    if (intervalMs < 1000) continue;
    const drawn = figures.map((grade, index) => grade === "implausible" ? index : -1);
    assertEquals(drawn.filter((index) => index >= 0), [3, 4]);
  }
});

Deno.test("SeriesStore.read judges what is read seldom by its own reading before", () => {
  const core = new HandCounted("core_counters");
  core.rises = { 0: counts(1e9, 400) };
  const stage = new Stage([{ ...core.spec, minIntervalMs: 5000 }], { tree });
  for (let tick = 0; tick < 14; tick++) stage.tick();
  const key = { metric: "instructions", instance: "0" };
  const [values] = stage.feed.series.read([key], 0, MINUTE_MS).values;
  assertEquals(values, [...Array(5).fill(null), ...Array(5).fill(400), ...Array(4).fill(null)]);
});

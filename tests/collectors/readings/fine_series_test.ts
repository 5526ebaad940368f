/** Points finer than coarse rows: how they follow them, and who gets which. @module */
import { assert, assertEquals } from "@std/assert";
import { POINT_MS_LEAST } from "../../../collectors/readings/fine_rows.ts";
import { SeriesStore } from "../../../collectors/readings/series.ts";
import { MESSAGE_GAP_MS_LEAST } from "../../../routes/stream/hub.ts";
import { Known } from "../known_counter.ts";

const QUARTER_MS = 900_000;

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
  // Who begins in the middle of a step finds where it began.
  const { layout, timeline } = known.stage.engine;
  const fresh = new SeriesStore({ layout, timeline });
  const after = known.stage.feed.sequence() - 3;
  const begun = fresh.read([known.key], after, QUARTER_MS, { fine: true });
  assertEquals(begun.values, [live.slice(-3)]);
});

Deno.test("whoever begins in the middle of a step finds where it began, in coarse rows too", () => {
  const known = new Known(5000);
  known.ticks(30, 1000);
  const { layout, timeline } = known.stage.engine;
  for (const fine of [false, true]) {
    // Of fine rows there are none that are old enough: at 40 a second they reach back some seconds.
    if (fine) known.ticks(400, 25);
    const [whole] = known.stage.feed.series.read([known.key], -1, QUARTER_MS, { fine }).values;
    const after = known.stage.feed.sequence() - 9;
    const begun = new SeriesStore({ layout, timeline })
      .read([known.key], after, QUARTER_MS, { fine });
    assertEquals(begun.values, [whole!.slice(-begun.seconds.length)]);
    assertEquals(begun.values[0]!.includes(null), false);
  }
});

Deno.test("a point that is missing is a gap in fine points, and a tick that is late is none", () => {
  for (const [intervalMs, late, missing] of [[100, 170, 200], [10, 90, 110]] as const) {
    const known = new Known();
    known.ticks(100, intervalMs);
    known.stage.tick(late);
    known.ticks(50, intervalMs);
    known.stage.tick(missing);
    known.ticks(50, intervalMs);
    const [values] = known.read().values;
    const gaps = values!.slice(1).filter((value) => value === null);
    assertEquals(gaps, [null], `${intervalMs} ms`);
  }
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

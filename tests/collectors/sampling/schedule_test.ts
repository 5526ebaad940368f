import { assertEquals, assertThrows } from "@std/assert";
import { Schedule } from "../../../collectors/sampling/schedule.ts";

/** Ticks that ended at these times, from a start at 0: deadline and missed of each next tick. */
function check(
  intervalMs: number,
  ends: number[],
  expected: [deadline: number, missed: number][],
): void {
  const schedule = new Schedule(0, intervalMs);
  const seen = ends.map((end) => {
    schedule.advance(end);
    return [schedule.deadlineMs, schedule.missed];
  });
  assertEquals(seen, expected);
}

Deno.test("Schedule keeps to its grid when ticks are a little late", () => {
  check(100, [3, 104, 250, 301], [[100, 0], [200, 0], [300, 0], [400, 0]]);
});

Deno.test("Schedule counts deadlines that passed and does not make up for them", () => {
  check(100, [150, 201], [[200, 1], [300, 0]]);
  // At 350 the deadlines 100, 200 and 300 are lost.
  check(100, [350, 401], [[400, 3], [500, 0]]);
  // The process stood still for a minute.
  check(1000, [60_500], [[61_000, 60]]);
});

Deno.test("Schedule counts a new interval from the last deadline that was met", () => {
  const schedule = new Schedule(0, 1000);
  schedule.advance(1);
  schedule.setInterval(250, 2);
  assertEquals([schedule.deadlineMs, schedule.intervalMs], [250, 250]);
  schedule.advance(251);
  schedule.setInterval(60_000, 252);
  assertEquals(schedule.deadlineMs, 60_250);
});

Deno.test("Schedule makes nothing late or missed by a shorter interval", () => {
  const schedule = new Schedule(0, 60_000);
  schedule.advance(1);
  schedule.setInterval(100, 20_000);
  assertEquals([schedule.deadlineMs, schedule.missed], [20_000, 0]);
  schedule.advance(20_001);
  assertEquals([schedule.deadlineMs, schedule.missed], [20_100, 0]);
});

Deno.test("Schedule goes on from a deadline that was hastened", () => {
  const schedule = new Schedule(0, 60_000);
  schedule.advance(1);
  schedule.hasten(1000);
  assertEquals(schedule.deadlineMs, 1000);
  schedule.advance(1001);
  assertEquals(schedule.deadlineMs, 61_000);
  schedule.hasten(90_000);
  assertEquals(schedule.deadlineMs, 61_000);
});

Deno.test("Schedule refuses intervals under 10 ms and over a minute", () => {
  for (const wrong of [0, 9.99, 60_001, NaN, -1, Infinity]) {
    assertThrows(() => new Schedule(0, wrong), RangeError, "needs 10 ms to 60000 ms");
  }
});

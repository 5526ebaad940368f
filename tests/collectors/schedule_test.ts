import { assertEquals, assertThrows } from "@std/assert";
import { Schedule } from "../../collectors/schedule.ts";

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

Deno.test("Schedule ticks at once after a tick that took more than an interval", () => {
  check(100, [150, 201], [[100, 0], [200, 0]]);
});

Deno.test("Schedule counts deadlines that passed and does not make up for them", () => {
  // At 350 the deadlines 100 and 200 are lost, 300 is met late.
  check(100, [350, 351], [[300, 2], [400, 0]]);
  // The process stood still for a minute.
  check(1000, [60_500], [[60_000, 59]]);
});

Deno.test("Schedule counts a new interval from the last deadline that was met", () => {
  const schedule = new Schedule(0, 1000);
  schedule.advance(1);
  schedule.setInterval(250);
  assertEquals([schedule.deadlineMs, schedule.intervalMs], [250, 250]);
  schedule.advance(251);
  schedule.setInterval(60_000);
  assertEquals(schedule.deadlineMs, 60_250);
});

Deno.test("Schedule refuses intervals under 10 ms and over a minute", () => {
  for (const wrong of [0, 9.99, 60_001, NaN, -1, Infinity]) {
    assertThrows(() => new Schedule(0, wrong), RangeError, "needs 10 ms to 60000 ms");
  }
});

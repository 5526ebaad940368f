import { assert, assertEquals } from "@std/assert";
import "../../static/points.js";
import type { Points, Sample } from "./points_types.ts";

const { RingsidePoints } = globalThis as unknown as { RingsidePoints: new () => Points };

function points(...samples: readonly Sample[]): Points {
  const made = new RingsidePoints();
  for (const sample of samples) made.take(sample);
  return made;
}

Deno.test("points are appended to the columns that are there, and a reset begins anew", () => {
  const held = points({ x: [1, 2], y: [[10, 20]] });
  const { columns: [column] } = held;
  held.take({ x: [3], y: [[30]] });
  assertEquals([held.seconds, held.columns], [[1, 2, 3], [[10, 20, 30]]]);
  assert(held.columns[0] === column, "the column was made anew");
  held.take({ reset: true, x: [9], y: [[90], [91]] });
  assertEquals([held.seconds, held.columns], [[9], [[90], [91]]]);
});

Deno.test("a point that is told twice is kept once", () => {
  const held = points({ x: [1, 2], y: [[10, 20]] }, { x: [2.003, 3], y: [[20, 30]] });
  assertEquals([held.seconds, held.columns], [[1, 2, 3], [[10, 20, 30]]]);
  held.take({ x: [3], y: [[31]] });
  assertEquals(held.columns, [[10, 20, 30]]);
});

Deno.test("a gap is a row of nulls before the first point after it", () => {
  const held = points({ x: [1], y: [[10]], z: [[0.5]] }, { gap: true, x: [9], y: [[90]] });
  assertEquals(held.seconds, [1, 8.999, 9]);
  assertEquals([held.columns, held.shares], [[[10, null, 90]], [[0.5, 1, 1]]]);
  assertEquals(points({ gap: true, x: [9], y: [[90]] }).seconds, [9]);
});

Deno.test("shares of a column begin with the first that is below 1", () => {
  const held = points({ x: [1], y: [[1], [2]] }, { x: [2], y: [[1], [2]], z: [null, [0.3]] });
  held.take({ x: [3], y: [[1], [2]] });
  assertEquals(held.shares, [null, [1, 0.3, 1]]);
});

Deno.test("points begin anew after the clock was set back: theirs have no place any more", () => {
  const held = points({ x: [5000, 5001], y: [[1, 2]] }, { x: [1402], y: [[3]] });
  assertEquals([held.seconds, held.columns], [[1402], [[3]]]);
});

Deno.test("find is the first point at a time or later", () => {
  const held = points({ x: [1, 2, 4], y: [[0, 0, 0]] });
  assertEquals([0, 1, 1.5, 4, 5].map((at) => held.find(at)), [0, 0, 1, 2, 3]);
});

Deno.test("the number of points is bounded, by more where the last minutes are finer", () => {
  for (const [step, least, most] of [[1, 1120, 1142], [0.1, 2200, 2222]] as const) {
    const held = points({ x: [], y: [[]] });
    for (let at = 0; at < 20_000; at++) held.take({ x: [at * step], y: [[at]] });
    const { length } = held.seconds;
    assert(length >= least && length <= most, `${length} of ${step} s`);
    assertEquals(held.columns[0]!.at(-1), 19_999);
    assertEquals(held.columns[0]!.length, length);
  }
});

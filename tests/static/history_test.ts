import { assert, assertEquals } from "@std/assert";
import "../../static/points.js";
import "../../static/history.js";
import type { Points, Sample } from "./points_types.ts";

const { RingsidePoints, ringsideHistory } = globalThis as unknown as {
  RingsidePoints: new () => Points;
  ringsideHistory: {
    older(points: Points, sample: Sample): boolean;
    thin(points: Points): void;
  };
};

function points(...samples: readonly Sample[]): Points {
  const made = new RingsidePoints();
  for (const sample of samples) made.take(sample);
  return made;
}

Deno.test("older points come before those that are there, and what came since stays", () => {
  const held = points({ x: [8, 9], y: [[80, 90]], z: [[1, 0.5]] });
  ringsideHistory.older(held, {
    reset: true,
    x: [1, 2, 8.004],
    y: [[10, 20, 80]],
    z: [[0.2, 1, 1]],
  });
  assertEquals(held.seconds, [1, 2, 8.004, 9]);
  assertEquals([held.columns, held.shares], [[[10, 20, 80, 90]], [[0.2, 1, 1, 0.5]]]);
  // Of another set of lines: not to be mixed with these.
  ringsideHistory.older(held, { x: [0], y: [[1], [2]] });
  assertEquals(held.seconds.length, 4);
});

Deno.test("what the service has forgotten stays before what it knows, and a hole stays one", () => {
  // The service was started again between 2 and 8, and knows what was since 6.
  const held = points({ x: [1, 2], y: [[10, 20]] }, { gap: true, x: [8, 9], y: [[80, 90]] });
  ringsideHistory.older(held, { reset: true, x: [6, 7, 8.004], y: [[60, 70, 80]] });
  assertEquals(held.seconds, [1, 2, 5.999, 6, 7, 8.004, 9]);
  assertEquals(held.columns, [[10, 20, null, 60, 70, 80, 90]]);
  // It knows nothing that is not known here: no second hole.
  ringsideHistory.older(held, {
    reset: true,
    x: [6, 7, 8.004],
    y: [[60, 70, 80]],
    z: [[1, 1, 0.5]],
  });
  assertEquals(held.seconds, [1, 2, 5.999, 6, 7, 8.004, 9]);
  assertEquals([held.columns, held.shares], [
    [[10, 20, null, 60, 70, 80, 90]],
    [[1, 1, 1, 1, 1, 0.5, 1]],
  ]);
});

/** Ten points a second for so long, one sample each. */
function fine(seconds: number, value: (tenth: number) => number | null): Points {
  const held = points({ reset: true, x: [], y: [[], []] });
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    held.take({ x: [1000 + tenth / 10], y: [[value(tenth)], [1]], z: [null, [0.5]] });
    ringsideHistory.thin(held);
  }
  return held;
}

Deno.test("fine points of two minutes are kept, older ones a second apart, as they were", () => {
  const held = fine(300, (tenth) => tenth);
  const now = held.seconds.at(-1)!;
  const steps = held.seconds.map((at, index) => at - (held.seconds[index - 1] ?? at));
  // What became old only now is not yet worth the work.
  const young = held.find(now - 120);
  const old = held.find(now - 130);
  assert(held.seconds.length - young >= 1199, `${held.seconds.length - young}`);
  for (const step of steps.slice(2, old)) assert(step > 0.9 && step < 1.06, `${step}`);
  held.seconds.forEach((at, index) => {
    assertEquals(held.columns[0]![index], Math.round((at - 1000) * 10));
  });
  assertEquals(held.shares[1]!.length, held.seconds.length);
});

Deno.test("points a second apart are all kept, however they are jittered", () => {
  const x = Array.from({ length: 600 }, (_, index) => 1000 + index + (index % 3) * 0.06);
  const held = points({ x, y: [x] });
  held.take({ x: [1600], y: [[1600]] });
  ringsideHistory.thin(held);
  assertEquals(held.seconds.length, 601);
});

Deno.test("what is missing is still missing among thinned points, of one line or of all", () => {
  const held = fine(300, (tenth) => tenth === 505 ? null : tenth);
  const { columns: [column] } = held;
  assertEquals(column!.filter((value) => value === null).length, 1);
  const at = column!.indexOf(null);
  assert(held.seconds[at - 1]! < 1050.5 && held.seconds[at + 1]! > 1050.5);
});

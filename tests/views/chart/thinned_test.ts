import { assert, assertEquals } from "@std/assert";
import { thinned } from "../../../views/chart/thinned.ts";

const MOST = 18;

function flat(length: number, others: Readonly<Record<number, number>> = {}): Float64Array {
  const heights = new Float64Array(length).fill(-10);
  for (const [index, height] of Object.entries(others)) heights[Number(index)] = height;
  return heights;
}

Deno.test("a line that stands still is its two ends", () => {
  assertEquals(thinned(flat(300), null, MOST), [0, 299]);
});

Deno.test("a peak of one point is drawn with the points beside it, however few are drawn of the rest", () => {
  const heights = flat(300, { 40: -90, 41: -60, 200: -30 });
  assertEquals(thinned(heights, null, MOST), [0, 39, 40, 41, 42, 199, 200, 201, 299]);
});

Deno.test("of a line of noise only so many points are drawn, its greatest and least among them", () => {
  const heights = Float64Array.from({ length: 300 }, (_, index) => (index * 7919) % 97);
  heights[123] = 500;
  heights[222] = -500;
  const kept = thinned(heights, null, MOST);
  assertEquals(kept.length, MOST);
  assert(kept.includes(123) && kept.includes(222), String(kept));
  assertEquals(kept, kept.toSorted((a, b) => a - b));
});

Deno.test("a gap is left open, be it of one point where noise would take all", () => {
  for (const length of [1, 2, 12, 60]) {
    const heights = Float64Array.from({ length: 300 }, (_, index) => (index * 7919) % 97);
    heights.fill(NaN, 100, 100 + length);
    // An estimate up to the gap is drawn after it.
    for (const shares of [null, Array.from({ length: 300 }, (_, index) => index < 50 ? 0.5 : 1)]) {
      const kept = thinned(heights, shares, MOST);
      const open = kept.indexOf(100);
      assertEquals(kept.slice(open - 1, open + 2), [99, 100, 100 + length]);
    }
  }
});

Deno.test("what is missing at both ends is not drawn, and a point between two gaps is", () => {
  const heights = new Float64Array(60).fill(NaN);
  for (const index of [10, 11, 12, 30, 50, 51]) heights[index] = -10;
  assertEquals(thinned(heights, null, MOST), [10, 12, 13, 30, 31, 50, 51]);
  assertEquals(thinned(new Float64Array(60).fill(NaN), null, MOST), []);
});

Deno.test("an estimate begins and ends where it does, though the line stands still", () => {
  const shares = Array.from({ length: 100 }, (_, index) => index >= 20 && index < 50 ? 0.5 : 1);
  assertEquals(thinned(flat(100), shares, MOST), [0, 19, 49, 99]);
});

Deno.test("a line with many gaps keeps its shape between them", () => {
  const heights = Float64Array.from({ length: 300 }, (_, index) => (index * 7919) % 97);
  for (let gap = 20; gap < 160; gap += 20) heights[gap] = NaN;
  heights[230] = 500;
  const kept = thinned(heights, null, MOST);
  const open = kept.filter((index) => Number.isNaN(heights[index]!));
  assertEquals(open, [20, 40, 60, 80, 100, 120, 140]);
  assertEquals(kept.length - open.length, MOST + 2 * open.length);
  assert(kept.includes(230));
});

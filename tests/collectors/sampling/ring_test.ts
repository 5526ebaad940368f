import { assert, assertEquals } from "@std/assert";
import { Ring } from "../../../collectors/sampling/ring.ts";

function ring(rows: number, width: number): Ring {
  return new Ring(new SharedArrayBuffer(Ring.byteLength(rows, width)), 0, rows, width);
}

/** A row whose cells all follow from its number, so that a torn one shows. */
function row(number: number, width: number): Float64Array {
  return Float64Array.from({ length: width }, (_, cell) => number * 1000 + cell);
}

/** Small, seeded, good enough to vary sizes: mulberry32. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("Ring is empty before the first row", () => {
  const empty = ring(4, 2);
  assertEquals([empty.count(), empty.oldest()], [0, 0]);
  assertEquals(empty.copy(0, new Float64Array(2)), false);
  assertEquals(empty.cell(0, 0), NaN);
});

Deno.test("Ring gives back rows by their number until they are overwritten", () => {
  const small = ring(4, 3);
  for (let n = 0; n < 6; n++) small.push(row(n, 3));
  const into = new Float64Array(3);
  assertEquals([small.count(), small.oldest()], [6, 3]);
  assertEquals(small.copy(5, into), true);
  assertEquals([...into], [5000, 5001, 5002]);
  assertEquals(small.cell(3, 2), 3002);
  // Row 2 lies where row 6 is written at any moment, so it counts as gone already.
  assertEquals(small.copy(2, into), false);
  assertEquals(small.copy(6, into), false);
  assertEquals(small.copy(-1, into), false);
  assertEquals([-1, 2, 6].map((index) => small.cell(index, 0)), [NaN, NaN, NaN]);
  const young = ring(4, 3);
  young.push(row(7, 3));
  assertEquals([young.cell(0, 0), young.cell(0, 2)], [7000, 7002]);
});

Deno.test("Ring leaves what lies around it in the buffer alone, over hundreds of laps", () => {
  const next = random(7);
  for (let round = 0; round < 20; round++) {
    const rows = 2 + Math.floor(next() * 9);
    const width = 1 + Math.floor(next() * 6);
    const bytes = Ring.byteLength(rows, width);
    const buffer = new SharedArrayBuffer(8 + bytes + 8);
    const canaries = [new Float64Array(buffer, 0, 1), new Float64Array(buffer, 8 + bytes, 1)];
    for (const canary of canaries) canary[0] = 42;
    const tested = new Ring(buffer, 8, rows, width);
    const into = new Float64Array(width);
    for (let n = 0; n < rows * 300; n++) {
      tested.push(row(n, width));
      const index = n - Math.floor(next() * (rows + 1));
      const there = tested.copy(index, into);
      assertEquals(there, index >= Math.max(0, n - rows + 2), `row ${index} of ${n}, ${rows} rows`);
      if (there) assertEquals([...into], [...row(index, width)]);
    }
    assertEquals(canaries.map((canary) => canary[0]), [42, 42]);
  }
});

Deno.test("Ring counts past the range of its low word", () => {
  const buffer = new SharedArrayBuffer(Ring.byteLength(4, 1));
  new Int32Array(buffer, 0, 2).set([3, 2 ** 30 - 2]);
  const old = new Ring(buffer, 0, 4, 1);
  const before = 3 * 2 ** 30 + 2 ** 30 - 2;
  for (let n = 0; n < 5; n++) {
    assertEquals(old.count(), before + n);
    old.push(Float64Array.of(n));
    assertEquals(old.cell(old.count() - 1, 0), n);
  }
});

Deno.test("Ring shows a reader on another thread whole rows only", async () => {
  const rows = 8;
  const width = 64;
  const buffer = new SharedArrayBuffer(Ring.byteLength(rows, width));
  const writer = new Worker(new URL("./ring_writer.ts", import.meta.url).href, { type: "module" });
  const finished = new Promise<void>((resolve) => writer.onmessage = () => resolve());
  let done = false;
  finished.then(() => done = true);
  writer.postMessage({ buffer, rows, width, count: 200_000 });
  const reader = new Ring(buffer, 0, rows, width);
  const into = new Float64Array(width);
  let whole = 0;
  let refused = 0;
  while (!done || whole === 0) {
    for (let i = 0; i < 2000; i++) {
      const index = reader.count() - 1 - (i % rows);
      if (!reader.copy(index, into)) {
        refused++;
        continue;
      }
      whole++;
      const first = into[0]!;
      assertEquals(first, index * 1000);
      for (let cell = 1; cell < width; cell++) {
        assert(into[cell] === first + cell, `row ${index} is torn at cell ${cell}`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  writer.terminate();
  assert(whole > 0, "no row was read");
  assert(refused > 0, "no row was overwritten while it was looked for");
});

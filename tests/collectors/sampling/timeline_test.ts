import { assert, assertEquals } from "@std/assert";
import { COARSE_SPAN_MS, Timeline, timelineShape } from "../../../collectors/sampling/timeline.ts";

Deno.test("timelineShape holds a quarter of an hour within its bytes, for any width", () => {
  for (const width of [10, 350, 2000, 7000, 30_000]) {
    const shape = timelineShape(width);
    const rows = shape.fineRows + shape.coarseRows;
    assert(rows * width * 8 <= 16 << 20, `${width} columns take ${rows * width * 8} bytes`);
    const spanMs = (shape.coarseRows - 2) * shape.coarseStepMs;
    assert(spanMs >= COARSE_SPAN_MS, `${width} columns reach back ${spanMs} ms`);
    assert(shape.fineRows >= 16);
  }
});

Deno.test("timelineShape keeps coarse rows a second apart while they fit", () => {
  assertEquals(timelineShape(350).coarseStepMs, 1000);
  assert(timelineShape(7000).coarseStepMs > 1000);
});

Deno.test("Timeline.push keeps one coarse row a step, by deadlines", () => {
  const timeline = new Timeline({ width: 1, fineRows: 64, coarseRows: 16, coarseStepMs: 1000 });
  for (let tick = 0; tick <= 30; tick++) timeline.push(Float64Array.of(tick), 5000 + tick * 100);
  assertEquals([timeline.fine.count(), timeline.coarse.count()], [31, 4]);
  assertEquals([0, 1, 2, 3].map((row) => timeline.coarse.cell(row, 0)), [0, 10, 20, 30]);
});

Deno.test("Timeline takes its memory after a minute, and what is remembered stays", () => {
  const timeline = new Timeline({ width: 3, fineRows: 64, coarseRows: 1000, coarseStepMs: 1000 });
  const rowOf = (tick: number): Float64Array => Float64Array.of(tick, -tick, tick / 7);
  for (let tick = 0; tick < 90; tick++) timeline.push(rowOf(tick), tick * 1000);
  for (const ring of [timeline.fine, timeline.coarse]) {
    for (let index = ring.oldest(); index < ring.count(); index++) {
      assertEquals([0, 1, 2].map((column) => ring.cell(index, column)), [...rowOf(index)]);
    }
  }
});

Deno.test("Timeline.carry takes over what is remembered, row by row", () => {
  const old = new Timeline({ width: 1, fineRows: 8, coarseRows: 8, coarseStepMs: 1000 });
  for (let tick = 0; tick < 20; tick++) old.push(Float64Array.of(tick), tick * 500);
  const wider = new Timeline({ width: 2, fineRows: 8, coarseRows: 8, coarseStepMs: 1000 });
  wider.carry(old, (row, into) => into.set([row[0]!, -row[0]!]));
  const read = (ring: Timeline["fine"]): number[][] => {
    const rows: number[][] = [];
    for (let i = ring.oldest(); i < ring.count(); i++) {
      rows.push([ring.cell(i, 0), ring.cell(i, 1)]);
    }
    return rows;
  };
  assertEquals(read(wider.fine), [13, 14, 15, 16, 17, 18, 19].map((n) => [n, -n]));
  assertEquals(read(wider.coarse), [6, 8, 10, 12, 14, 16, 18].map((n) => [n, -n]));
  // The step that is under way is not begun again.
  wider.push(Float64Array.of(20, -20), 9900);
  assertEquals(wider.coarse.count(), 7);
});

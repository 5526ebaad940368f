import { assertEquals, assertThrows } from "@std/assert";
import { CollectorError, type Column } from "../../../collectors/collector.ts";
import { RowBuffer } from "../../../collectors/sampling/row_buffer.ts";

const FIRST = 0 as Column;
const SECOND = 1 as Column;

/** Two metrics of three slots each, from column 4 on. */
function buffer(): RowBuffer {
  return new RowBuffer(10, [4, 7], [3, 3]);
}

/** What the row shows after each of these raw counters. */
function check(
  raws: readonly number[],
  expected: readonly number[],
  wrapAt?: number,
  most = Infinity,
): void {
  const row = buffer();
  const shown = raws.map((raw) => {
    if (wrapAt === undefined) row.count(FIRST, 1, raw);
    else row.countWrapping(FIRST, 1, raw, wrapAt, most);
    return row.cells[5];
  });
  assertEquals(shown, [...expected]);
}

Deno.test("RowBuffer.count begins with the kernel's own total and adds increases", () => {
  check([500, 500, 750, 751], [500, 500, 750, 751]);
});

Deno.test("RowBuffer.count goes on after a counter that began anew, without its loss", () => {
  // What was counted before the new first sight is not known: not added, and no standing still either.
  check([100_000, 100_900, 50, 70], [100_000, 100_900, NaN, 100_920]);
});

Deno.test("RowBuffer.countAnew goes on with another counter, whatever that one has", () => {
  for (const other of [5, 99_990, 9_000_000]) {
    const row = buffer();
    row.setPerUnit(FIRST, 10);
    row.count(FIRST, 1, 100_000);
    row.countAnew(FIRST, 1, other);
    assertEquals(row.cells[5], NaN);
    row.count(FIRST, 1, other + 20);
    assertEquals(row.cells[5], 10_002);
  }
  const row = buffer();
  row.countAnew(FIRST, 1, 5);
  row.count(FIRST, 1, 7);
  assertEquals(row.cells[5], 7);
});

Deno.test("RowBuffer.count waits out a small step back, so that nothing is counted twice", () => {
  check([10_000, 9_990, 9_995, 10_000, 10_003], [10_000, 10_000, 10_000, 10_000, 10_003]);
});

Deno.test("RowBuffer.count knows a small counter that began anew from one that stepped back", () => {
  check([50, 3, 20, 49], [50, NaN, 67, 96]);
  // Not below half, but by more than a hundredth.
  check([100_000, 98_999, 99_000], [100_000, NaN, 100_001]);
  check([100_000, 99_000, 100_001], [100_000, 100_000, 100_001]);
});

Deno.test("RowBuffer.count holds a step back against the file's own unit", () => {
  const row = buffer();
  row.setPerUnit(FIRST, 100);
  for (const raw of [1000, 900]) row.count(FIRST, 0, raw);
  for (const raw of [1000, 899]) row.count(FIRST, 1, raw);
  assertEquals([...row.cells.subarray(4, 6)], [10, NaN]);
});

Deno.test("RowBuffer.count adds across a wrap where the counter has one", () => {
  const top = 2 ** 32;
  check([top - 10, top - 4, 6], [top - 10, top - 4, top + 6], top);
  // A fall that would be more than half a turn is a counter that began anew.
  check([3_000_000, 5, 6], [3_000_000, NaN, 3_000_001], top);
  // So is one that would be more than it can have risen by.
  check([top - 1000, 5, 8], [top - 1000, NaN, top - 997], top, 1004);
  check([top - 1000, 5, 8], [top - 1000, top + 5, top + 8], top, 1005);
});

Deno.test("RowBuffer.countWrapping holds the most against the file's own unit", () => {
  const row = buffer();
  row.setPerUnit(FIRST, 1000);
  for (const raw of [2 ** 32 - 500, 500]) row.countWrapping(FIRST, 0, raw, 2 ** 32, 1000);
  assertEquals(row.cells[4], (2 ** 32 + 500) / 1000);
  for (const raw of [2 ** 32 - 500, 501]) row.countWrapping(FIRST, 1, raw, 2 ** 32, 1000);
  assertEquals(row.cells[5], NaN);
});

Deno.test("RowBuffer.count keeps small increases of large totals exact", () => {
  const large = 2 ** 52;
  check([large, large + 1, large + 3], [large, large + 1, large + 3]);
});

Deno.test("RowBuffer.add never falls", () => {
  const row = buffer();
  for (const increase of [5, -3, 0, 2]) row.add(SECOND, 2, increase);
  assertEquals(row.cells[9], 7);
});

Deno.test("RowBuffer.gauge and add take what they are given in the file's own unit", () => {
  const row = buffer();
  row.setPerUnit(FIRST, 1000);
  row.gauge(FIRST, 1, 250);
  row.gaugeFrom(FIRST, 2, Float64Array.of(1, 750), 1);
  assertEquals([...row.cells.subarray(4, 7)], [NaN, 0.25, 0.75]);
  row.setPerUnit(SECOND, 1000);
  for (const increase of [500, 1000]) row.add(SECOND, 0, increase);
  assertEquals(row.cells[7], 1.5);
});

Deno.test("RowBuffer.gauge refuses NaN by the metric's name", () => {
  const row = buffer();
  row.gauge(FIRST, 0, -5);
  assertEquals(row.cells[4], -5);
  assertThrows(() => row.gauge(FIRST, 0, NaN), CollectorError, "found NaN");
});

Deno.test("RowBuffer keeps totals through an absence, so that the next delta spans it", () => {
  const row = buffer();
  row.count(FIRST, 0, 100);
  row.noneAtAll(FIRST);
  assertEquals([...row.cells.subarray(4, 7)], [NaN, NaN, NaN]);
  row.count(FIRST, 0, 160);
  assertEquals(row.cells[4], 160);
});

Deno.test("RowBuffer.count has the total again where a counter began anew in an absence", () => {
  const row = buffer();
  row.count(FIRST, 0, 1000);
  row.noneAtAll(FIRST);
  row.count(FIRST, 0, 7);
  assertEquals(row.cells[4], 1000);
  row.count(FIRST, 0, 9);
  assertEquals(row.cells[4], 1002);
});

Deno.test("RowBuffer.forget begins anew for the slot's next owner", () => {
  const row = buffer();
  for (const slot of [0, 1, 2]) row.count(FIRST, slot, 1_000_000);
  row.forget(FIRST, 1);
  assertEquals([...row.cells.subarray(4, 7)], [1_000_000, NaN, 1_000_000]);
  row.count(FIRST, 1, 7);
  assertEquals(row.cells[5], 7);
});

Deno.test("RowBuffer.move takes cells, totals and what they were made of to wider columns", () => {
  const row = buffer();
  row.count(FIRST, 2, 1000);
  row.count(SECOND, 0, 50);
  row.noneAtAll(SECOND);
  // It began anew unseen: from here on its total is another number than the counter.
  row.count(SECOND, 0, 7);
  row.move(14, [4, 9], [5, 5]);
  assertEquals([row.cells[6], row.cells[9], row.cells[8]], [1000, 50, NaN]);
  row.count(FIRST, 2, 1300);
  row.count(FIRST, 4, 9);
  row.count(SECOND, 0, 9);
  row.count(SECOND, 4, 3);
  assertEquals([row.cells[6], row.cells[8], row.cells[9], row.cells[13]], [1300, 9, 52, 3]);
  row.noneAtAll(SECOND);
  assertEquals([...row.cells.subarray(8)], [9, NaN, NaN, NaN, NaN, NaN]);
});

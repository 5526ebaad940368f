import { assertEquals } from "@std/assert";
import { pack, type Parcel } from "../../../views/overview/packing.ts";

function rigid(...heights: readonly number[]): Parcel[] {
  return heights.map((height) => ({ height, stretches: false }));
}

function chart(height: number): Parcel {
  return { height, stretches: true };
}

Deno.test("pack gives each parcel to the lowest column", () => {
  assertEquals(pack(rigid(4, 3, 3), 2), [[0], [1, 2]]);
  assertEquals(pack(rigid(5, 5, 5), 3), [[0], [1], [2]]);
});

Deno.test("pack swaps parcels that would end on different lines in their order", () => {
  // In order: 3 + 2 + 2 beside 3 + 2.
  assertEquals(pack(rigid(3, 3, 2, 2, 2), 2), [[0, 1], [2, 3, 4]]);
});

Deno.test("pack puts a chart into every column rather than two into one", () => {
  // In order both charts come into the first column.
  const columns = pack([chart(5), ...rigid(5), chart(5), ...rigid(5)], 2);
  const charts = columns.map((column) => column.filter((index) => index % 2 === 0).length);
  assertEquals(charts, [1, 1]);
});

Deno.test("pack leaves no slack to a column that has nothing to fill it", () => {
  // The chart of 9 can take what 4 + 4 leave; 9 of text could not.
  assertEquals(pack([...rigid(4, 4), chart(9)], 2), [[0, 1], [2]]);
  assertEquals(pack([chart(4), ...rigid(4), ...rigid(9)], 2), [[0, 1], [2]]);
});

Deno.test("pack begins with the first parcel in the first column", () => {
  assertEquals(pack(rigid(1, 10, 9), 2), [[0, 2], [1]]);
});

Deno.test("pack has no more columns than parcels", () => {
  assertEquals(pack(rigid(7), 3), [[0]]);
  assertEquals(pack([], 3), []);
});

Deno.test("pack lets no chart fill a column that it would fill alone", () => {
  const parcels = [...rigid(20, 20, 20), chart(18), chart(18), chart(18)];
  const columns = pack(parcels, 3);
  const heights = columns.map((column) =>
    column.reduce((sum, index) => sum + parcels[index]!.height, 0)
  );
  assertEquals(heights, [38, 38, 38]);
});

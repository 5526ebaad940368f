import { assert, assertEquals } from "@std/assert";
import { COLUMNS, pack, packClasses, type Parcel } from "../../views/packing.ts";

function rigid(...heights: readonly number[]): Parcel[] {
  return heights.map((height) => ({ height, stretches: false }));
}

/** `column:height` of each. */
function packed(parcels: readonly Parcel[], columns: number): string {
  return pack(parcels, columns).map(({ column, height }) => `${column}:${height}`).join(" ");
}

Deno.test("pack gives each parcel to the lowest column, and lets the last line be one", () => {
  assertEquals(packed(rigid(4, 3, 3), 2), "1:6 2:3 2:3");
  assertEquals(packed(rigid(5, 5, 5), 3), "1:5 2:5 3:5");
});

Deno.test("pack swaps where in their order the parcels would leave a step", () => {
  // In order: 3 + 2 + 2 beside 3 + 2.
  assertEquals(packed(rigid(3, 3, 2, 2, 2), 2), "1:3 1:3 2:2 2:2 2:2");
});

Deno.test("pack leaves the slack of a column to what stretches in it", () => {
  const chart = { height: 3, stretches: true };
  assertEquals(packed([...rigid(10, 4), chart], 2), "1:10 2:4 2:6");
  // Without a chart all of them take a part, the first what is left over.
  assertEquals(packed(rigid(20, 3, 3, 3), 2), "1:20 2:7 2:7 2:6");
});

Deno.test("pack puts a chart into every column rather than two into one", () => {
  const chart = { height: 5, stretches: true };
  // In order both charts come into the first column.
  const places = pack([chart, ...rigid(5), chart, ...rigid(5)], 2);
  assertEquals(places.map(({ height }) => height), [5, 5, 5, 5]);
  assertEquals(new Set([places[0]!.column, places[2]!.column]).size, 2);
});

Deno.test("pack begins with the first parcel in the first column", () => {
  assertEquals(packed(rigid(1, 10, 9), 2), "1:1 2:10 1:9");
});

Deno.test("pack fills as many columns as there are parcels", () => {
  assertEquals(packed(rigid(7), 3), "1:7");
  assertEquals(packed([], 3), "");
});

Deno.test("packClasses says column, tens and ones for every number of columns", () => {
  assertEquals(packClasses(rigid(17)), [
    "k2-1 t2-1 u2-7 k3-1 t3-1 u3-7 k4-1 t4-1 u4-7",
  ]);
});

Deno.test("every class that packClasses may give is in packing.css", async () => {
  const css = await Deno.readTextFile(new URL("../../static/packing.css", import.meta.url));
  for (const columns of COLUMNS) {
    for (let digit = 0; digit < 10; digit++) {
      if (digit >= 1 && digit <= columns) {
        assert(css.includes(`.k${columns}-${digit} {\n  --column${columns}: ${digit};`));
      }
      assert(css.includes(`.t${columns}-${digit} {\n  --tens${columns}: ${digit};`));
      assert(css.includes(`.u${columns}-${digit} {\n  --ones${columns}: ${digit};`));
    }
  }
});

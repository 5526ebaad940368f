import { assert, assertEquals } from "@std/assert";
import { blockCells } from "../../../collectors/sampling/layout.ts";

/** Bytes after which the sets of a first-level cache repeat, on every x86 and most Arm. */
const SETS_BYTES = 4096;
const LINE_BYTES = 64;

Deno.test("blockCells() spreads the metrics of one instance over the cache, however many there are", () => {
  for (let capacity = 1; capacity <= 1024; capacity++) {
    const block = blockCells(capacity);
    assert(block >= capacity && block < capacity + 16, `${capacity} slots in ${block} cells`);
    if (capacity < 64) continue;
    const sets = new Set(
      Array.from({ length: 64 }, (_, metric) => {
        const byte = metric * block * Float64Array.BYTES_PER_ELEMENT;
        return Math.floor(byte % SETS_BYTES / LINE_BYTES);
      }),
    );
    assert(sets.size === 64, `${capacity} slots: 64 metrics in ${sets.size} sets`);
  }
});

Deno.test("blockCells() spends nothing where instances are few", () => {
  assertEquals([1, 2, 8, 63].map(blockCells), [1, 2, 8, 63]);
});

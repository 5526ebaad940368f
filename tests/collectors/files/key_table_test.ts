import { assertEquals } from "@std/assert";
import { KeyTable } from "../../../collectors/files/key_table.ts";
import { ascii } from "../../../collectors/files/scan.ts";

const KEYS = ["Dirty", "Slab", "Cached", "pgsteal_kswapd", "pgsteal_direct"];

function find(text: string, start: number, end: number): string | undefined {
  const found = new KeyTable(KEYS).find(ascii(text), start, end);
  return KEYS[found];
}

Deno.test("KeyTable.find finds a key between other bytes", () => {
  assertEquals(find("  Dirty: 4 kB", 2, 7), "Dirty");
  assertEquals(find("pgsteal_direct 7", 0, 14), "pgsteal_direct");
  assertEquals(find("pgsteal_kswapd 7", 0, 14), "pgsteal_kswapd");
});

Deno.test("KeyTable.find finds no key in parts of one, in longer words or in nothing", () => {
  assertEquals(find("Dirt", 0, 4), undefined);
  assertEquals(find("SwapCached", 0, 10), undefined);
  assertEquals(find("pgsteal_khugepaged", 0, 18), undefined);
  assertEquals(find("Dirty", 0, 0), undefined);
  assertEquals(find("dirty", 0, 5), undefined);
});

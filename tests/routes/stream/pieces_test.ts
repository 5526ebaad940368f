import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../routes/encoding.ts";
import { PIECE_BYTES, Pieces, PIECES_MOST } from "../../../routes/stream/pieces.ts";

/** Bytes 0 to 255, over and over, so that what is lost, doubled or out of order shows. */
function bytesOf(length: number): Bytes {
  return Uint8Array.from({ length }, (_, index) => index);
}

class Outlet {
  readonly taken: Bytes[] = [];

  enqueue(bytes: Bytes): void {
    this.taken.push(bytes);
  }

  get sizes(): number[] {
    return this.taken.map(({ length }) => length);
  }

  get whole(): number[] {
    return this.taken.flatMap((bytes) => [...bytes]);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** All turns that are due are over. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await turn();
}

Deno.test("Pieces sends what is short at once, and keeps no timer for it", () => {
  const outlet = new Outlet();
  new Pieces().begin(outlet, [bytesOf(10), bytesOf(PIECE_BYTES - 10)]);
  assertEquals(outlet.sizes, [PIECE_BYTES]);
});

Deno.test("Pieces sends what is long a piece a turn, all outlets in the same turns", async () => {
  const pieces = new Pieces();
  const outlets = [new Outlet(), new Outlet()];
  const long = bytesOf(2 * PIECE_BYTES + 100);
  for (const outlet of outlets) pieces.begin(outlet, [bytesOf(3), long]);
  for (const { sizes } of outlets) assertEquals(sizes, [PIECE_BYTES]);
  await until(() => outlets.every(({ sizes }) => sizes.length === 3));
  for (const { sizes, whole } of outlets) {
    assertEquals(sizes, [PIECE_BYTES, PIECE_BYTES, 103]);
    assertEquals(whole, [...bytesOf(3), ...long]);
  }
});

Deno.test("Pieces sends what is very long in larger pieces, so that it is soon over", async () => {
  const pieces = new Pieces();
  const outlet = new Outlet();
  const long = bytesOf(40 * PIECE_BYTES + 5);
  pieces.begin(outlet, [long]);
  await until(() => outlet.whole.length === long.length);
  assertEquals(outlet.sizes.length, PIECES_MOST);
  assertEquals(outlet.whole, [...long]);
});

Deno.test("Pieces sends the rest at once where something else is to follow", async () => {
  const pieces = new Pieces();
  const outlet = new Outlet();
  const long = bytesOf(5 * PIECE_BYTES);
  pieces.begin(outlet, [long]);
  pieces.finish(outlet);
  assertEquals(outlet.sizes, [PIECE_BYTES, 4 * PIECE_BYTES]);
  pieces.finish(outlet);
  await turn();
  await turn();
  assertEquals(outlet.whole, [...long]);
});

Deno.test("Pieces sends nothing to an outlet that is gone, and goes on for the others", async () => {
  const pieces = new Pieces();
  const [gone, stays] = [new Outlet(), new Outlet()];
  for (const outlet of [gone, stays]) pieces.begin(outlet, [bytesOf(3 * PIECE_BYTES)]);
  pieces.drop(gone);
  await until(() => stays.sizes.length === 3);
  assertEquals(gone.sizes, [PIECE_BYTES]);
  assert(stays.whole.length === 3 * PIECE_BYTES);
});

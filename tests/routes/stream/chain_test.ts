import { Buffer } from "node:buffer";
import { constants, inflateRawSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { Chain } from "../../../routes/stream/chain.ts";
import { type Bytes, Encoded } from "../../../routes/encoding.ts";

/** Messages of a few kilobytes, each like the one before but for its numbers. */
function messages(count: number): readonly Encoded[] {
  let state = 1;
  const digit = (): number => (state = (state * 48_271) % 2_147_483_647) % 1000;
  return Array.from(
    { length: count },
    () =>
      new Encoded(Array.from({ length: 200 }, (_, i) => `<b id="${i}">${digit()}</b>`).join("")),
  );
}

function decoded(blocks: readonly Bytes[]): string {
  return inflateRawSync(Buffer.concat(blocks), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

function textOf(told: readonly Encoded[]): string {
  return told.map(({ plain }) => new TextDecoder().decode(plain)).join("");
}

Deno.test("a chain's blocks are its texts, and smaller than blocks that stand for themselves", async () => {
  const chain = new Chain();
  const told = messages(20);
  const blocks: Bytes[] = [];
  for (const { plain } of told) blocks.push(await chain.block(plain));
  chain.close();
  assertEquals(decoded(blocks), textOf(told));
  const alone = told.at(-1)!.block().length;
  assert(blocks.at(-1)!.length < alone, `${blocks.at(-1)!.length} of ${alone}`);
});

Deno.test("who comes later reads the chain once it has read as much as blocks point back to", async () => {
  const told = messages(40);
  for (const from of [1, 2, 7, 25]) {
    const chain = new Chain();
    const blocks: Bytes[] = [];
    let read = 0;
    let chained = 0;
    for (const [index, message] of told.entries()) {
      const within = read >= chain.least;
      const block = await chain.block(message.plain);
      if (index < from) continue;
      blocks.push(within ? block : message.block());
      if (within) chained++;
      read += message.plain.length;
    }
    chain.close();
    assertEquals(decoded(blocks), textOf(told.slice(from)), `from ${from}`);
    assert(chained > 5, `from ${from}: ${chained} in the chain`);
  }
});

Deno.test("a chain at its beginning is for everybody, and later for nobody who has read less", async () => {
  const chain = new Chain();
  assertEquals(chain.least, 0);
  await chain.block(new Encoded("one").plain);
  assertEquals(chain.least, 3);
  await chain.block(new Uint8Array(100_000));
  assertEquals(chain.least, 32_768);
  chain.close();
});

Deno.test("a chain that is closed gives the block that it was asked for", async () => {
  const chain = new Chain();
  const text = new Encoded("the last one");
  const block = chain.block(text.plain);
  chain.close();
  assertEquals(decoded([await block]), "the last one");
});

/**
 * A thousand clients at a time that do not behave: they stop reading, read a byte now and then, or go
 * without a word. That one that is stuck is cut off after half a minute is in `hub_test.ts`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { checkGaps, TickFollower } from "./ticks.ts";
import { Victim } from "./victim.ts";

const KINDS = { still: 600, slow: 200, vanishing: 200 } as const;
/** Of resident memory for each: a stream is some 60 kB, and what it does not take must not be kept. */
const BYTES_MOST = 120_000;

const REQUEST = new TextEncoder().encode(
  "GET /stream?page=overview HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n",
);

async function open(victim: Victim): Promise<Deno.Conn> {
  const connection = await victim.connect();
  await connection.write(REQUEST);
  return connection;
}

Deno.test("a thousand clients that do not behave cost their own memory, and others miss no tick", async () => {
  await using victim = await Victim.start({ args: ["--interval", "100ms"] });
  await victim.ticks(5);
  const before = { descriptors: await victim.descriptors(), resident: await victim.resident() };
  const ticks = await TickFollower.of(victim);

  const still: Deno.Conn[] = [];
  const slow: Deno.Conn[] = [];
  for (let i = 0; i < KINDS.still; i++) still.push(await open(victim));
  for (let i = 0; i < KINDS.slow; i++) slow.push(await open(victim));
  for (let i = 0; i < KINDS.vanishing; i++) (await open(victim)).close();

  const one = new Uint8Array(1);
  for (let tick = 0; tick < 30; tick++) {
    for (const connection of slow) await connection.read(one);
    await ticks.follow(1);
  }
  const held = await victim.descriptors();
  assert(held >= before.descriptors + KINDS.still + KINDS.slow, `${held} descriptors`);
  const each = (await victim.residentMost() - before.resident) / (KINDS.still + KINDS.slow);
  assert(each < BYTES_MOST, `${Math.round(each)} bytes for each client`);

  for (const connection of [...still, ...slow]) connection.close();
  await ticks.cancel();
  // What fetch keeps open for its next request is not the service's to close.
  while (await victim.descriptors() > before.descriptors + 4) await victim.ticks(1);
  await checkGaps(victim);
  assertEquals(victim.errors.text, "");
  await victim.end();
});

import { assert, assertEquals } from "@std/assert";
import type { Hono } from "hono";
import { Marks } from "../../../collectors/readings/marks.ts";
import { createApp } from "../../../routes/app.ts";
import { Encoded } from "../../../routes/encoding.ts";
import { StaticFiles } from "../../../routes/static_files.ts";
import { Hub } from "../../../routes/stream/hub.ts";
import { PIECE_BYTES } from "../../../routes/stream/pieces.ts";
import { createViews } from "../../../views/mod.ts";
import { BusyHost } from "../../busy_host.ts";
import { FakeClock, settled } from "../../fake_clock.ts";
import { SseReader } from "../../sse_reader.ts";

const TICKS = 12;

/** The real overview of a machine whose figures all change. */
async function overviewOf(): Promise<{ app: Hono; tick(): Promise<void> }> {
  const host = await BusyHost.load("firecracker-2cpu");
  const { sampler } = host;
  host.tick();
  host.tick();
  const clock = new FakeClock();
  const app = createApp({
    sampler,
    hub: new Hub({ sampler, clock }),
    rendering: createViews({ url: (name) => name, version: "1.2.3" }),
    marks: new Marks(sampler.feed),
    files: await StaticFiles.of({}),
    version: "1.2.3",
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
  });
  const tick = async (): Promise<void> => {
    await clock.advance(1000);
    host.tick();
    await settled();
  };
  return { app, tick };
}

async function stream(app: Hono): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const response = await app.request("/stream?page=overview", {
    headers: { "accept-encoding": "gzip" },
  });
  return response.body!;
}

function readerOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): SseReader {
  return new SseReader(new Response(body), true);
}

/** Reads what a stream begins with: the state of the page, and then the interval. */
async function begin(reader: SseReader): Promise<void> {
  await tickOf(reader);
  await reader.message();
}

/** All messages up to the one with an id: what one tick tells. */
async function tickOf(reader: SseReader): Promise<string> {
  let text = "";
  while (true) {
    const { event, id, data } = await reader.message();
    text += `${event} ${id} ${data}\n`;
    if (id !== undefined) return text;
  }
}

Deno.test("early and late clients read the same, each tick as a part of one deflate stream", async () => {
  const { app, tick } = await overviewOf();
  const readers = [readerOf(await stream(app))];
  await begin(readers[0]!);
  for (let n = 0; n < TICKS; n++) {
    if (n === 2 || n === 5) {
      readers.push(readerOf(await stream(app)));
      await begin(readers.at(-1)!);
    }
    await tick();
    const told = await Promise.all(readers.map(tickOf));
    assert(told[0]!.length > 1000, `${told[0]!.length} letters`);
    assertEquals(new Set(told).size, 1, `tick ${n}`);
  }
  for (const reader of readers) await reader.cancel();
});

Deno.test("a tick takes less than half of its bytes where the one before was read too", async () => {
  const { app, tick } = await overviewOf();
  let passed = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out): void {
      passed += chunk.length;
      out.enqueue(chunk);
    },
  });
  const reader = readerOf((await stream(app)).pipeThrough(counter));
  await begin(reader);
  for (let n = 0; n < TICKS; n++) {
    const before = passed;
    await tick();
    const text = await tickOf(reader);
    if (n < 3) continue;
    const alone = new Encoded(text).block().length;
    const bytes = passed - before;
    assert(0 < bytes && bytes < alone / 2, `tick ${n}: ${bytes} bytes, ${alone} alone`);
  }
  await reader.cancel();
});

Deno.test("what a client is told first comes in pieces, whole and in order", async () => {
  const { app } = await overviewOf();
  const sizes: number[] = [];
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out): void {
      sizes.push(chunk.length);
      out.enqueue(chunk);
    },
  });
  const reader = readerOf((await stream(app)).pipeThrough(counter));
  await begin(reader);
  assert(sizes.length > 2 && Math.max(...sizes) <= PIECE_BYTES, sizes.join());
  await reader.cancel();
});

Deno.test("a client that read along and is skipped for a while reads on, beside one that is not", async () => {
  const { app, tick } = await overviewOf();
  const quick = readerOf(await stream(app));
  await begin(quick);
  const taken = (await stream(app)).getReader();
  const passed = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const writer = passed.writable.getWriter();
  const slow = readerOf(passed.readable);
  /** What the slow one takes is passed on to it as it is. */
  const take = async (blocks: number): Promise<void> => {
    for (let block = 0; block < blocks; block++) {
      const { value } = await taken.read();
      void writer.write(value!);
    }
  };
  // The state of the page comes in pieces.
  let begun = false;
  const beginning = begin(slow).then(() => begun = true);
  while (!begun) {
    await take(1);
    await settled();
  }
  await beginning;
  const told = async (): Promise<string> => {
    await tick();
    return await tickOf(quick);
  };
  for (let n = 0; n < 5; n++) {
    const text = await told();
    await take(1);
    assert(await tickOf(slow) === text, `tick ${n}`);
  }
  // One that it does not take, and then it is told no more.
  const kept = await told();
  for (let n = 0; n < 3; n++) await told();
  await take(1);
  assert(await tickOf(slow) === kept);
  // All that it missed at once, which nobody else is told; then the same as all.
  const text = await told();
  await take(1);
  assert(await tickOf(slow) !== text);
  for (let n = 0; n < 3; n++) {
    const text = await told();
    await take(1);
    assert(await tickOf(slow) === text, `tick ${n} after the pause`);
  }
  await quick.cancel();
  await taken.cancel();
});

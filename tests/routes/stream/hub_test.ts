import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { Refusal } from "../../../routes/refusal.ts";
import { NEW } from "../../../routes/stream/cursor.ts";
import {
  type Composed,
  DESCRIPTORS_LEFT,
  HEARTBEAT_MS,
  Hub,
  MESSAGE_GAP_MS_LEAST,
  STUCK_MS_MOST,
  WATCH_MS,
} from "../../../routes/stream/hub.ts";
import { settled } from "../../fake_clock.ts";
import type { SseReader } from "../../sse_reader.ts";
import { listen, nextTick, startHost } from "../host.ts";

const PAGE = "/stream?page=overview";

/** Reads what a page's stream begins with. */
async function begin(reader: SseReader): Promise<void> {
  await reader.message();
  await reader.message();
}

/** The cursor of the tick that comes next. */
async function nextCursor(reader: SseReader): Promise<string | undefined> {
  const message = await reader.message();
  return message.id ?? (await reader.message()).id;
}

Deno.test("Hub renders a tick once for all of its clients", async () => {
  const host = startHost();
  host.tick(0.25);
  const readers = [];
  for (let i = 0; i < 5; i++) readers.push(await listen(host, PAGE));
  assertEquals(host.rendered.fragments, 1);
  for (const reader of readers) await begin(reader);
  await nextTick(host, 0.5);
  assertEquals(host.rendered.fragments, 2);
  for (const reader of readers) {
    assertEquals((await reader.message()).data, 'load=<b id="load">0.5</b>');
    await reader.cancel();
  }
});

Deno.test("Hub renders nothing, waits for nothing and keeps no timer while nobody listens", async () => {
  const host = startHost();
  host.tick(0.25);
  host.tick(0.5);
  await settled();
  assertEquals([host.rendered.fragments, host.sampler.waiting, host.clock.sleepers], [0, 0, 0]);
  const reader = await listen(host, PAGE);
  assertEquals([host.hub.clients, host.sampler.waiting, host.clock.sleepers], [1, 1, 1]);
  await reader.cancel();
  await settled();
  assertEquals([host.hub.clients, host.sampler.waiting, host.clock.sleepers], [0, 0, 0]);
  host.tick(0.75);
  await settled();
  assertEquals(host.rendered.fragments, 1);
});

Deno.test("Hub goes on for a client that comes as the last one leaves", async () => {
  const host = startHost();
  host.tick(0.25);
  const first = await listen(host, PAGE);
  const leaving = first.cancel();
  const second = await listen(host, PAGE);
  await leaving;
  await begin(second);
  await nextTick(host, 0.5);
  assertEquals(await nextCursor(second), "stageboot-2");
  assertEquals(host.sampler.waiting, 1);
  await second.cancel();
});

Deno.test("Hub sends the same deflated bytes to every gzip client, late ones too", async () => {
  const host = startHost();
  host.tick(0.25);
  const early = await listen(host, PAGE, { gzip: true });
  assertStringIncludes((await early.message()).data, ">0.25<");
  await early.message();
  await nextTick(host, 0.5);
  const late = await listen(host, PAGE, { gzip: true });
  assertStringIncludes((await late.message()).data, ">0.5<");
  assertEquals((await late.message()).id, "stageboot-2");
  assertEquals(await nextCursor(early), "stageboot-2");
  for (const load of [0.75, 1, 1.25]) {
    await nextTick(host, load);
    for (const reader of [early, late]) {
      assertStringIncludes((await reader.message()).data, `>${load}<`);
      await reader.message();
    }
  }
  await early.cancel();
  await late.cancel();
});

Deno.test("Hub skips a client that does not read, and tells it later all that it missed", async () => {
  const host = startHost();
  host.tick(0.25);
  const slow = await listen(host, PAGE);
  const quick = await listen(host, PAGE);
  await begin(quick);
  for (const load of [0.5, 0.75]) {
    await nextTick(host, load);
    await nextCursor(quick);
  }
  await begin(slow);
  await settled();
  await nextTick(host, 1);
  assertEquals((await slow.message()).data, 'load=<b id="load">1</b>');
  const sample = JSON.parse((await slow.message()).data);
  assertEquals([sample.id, sample.y, sample.gap], ["stageboot-4", [[0.5, 0.75, 1]], false]);
  await slow.cancel();
  await quick.cancel();
});

Deno.test("Hub cuts off a client that reads nothing for half a minute", async () => {
  const host = startHost();
  host.tick(0.25);
  const stuck = await listen(host, PAGE);
  const quick = await listen(host, PAGE);
  await begin(quick);
  await nextTick(host, 0.5);
  await nextCursor(quick);
  const third = nextCursor(quick);
  await host.clock.advance(STUCK_MS_MOST - 1);
  assertEquals(host.hub.clients, 2);
  await host.clock.advance(1 + WATCH_MS);
  assertEquals(host.hub.clients, 1);
  assertEquals(
    await stuck.next().catch((reason) => reason),
    "A stream was cut off: nothing of it was read for 30000 ms",
  );
  await nextTick(host, 0.75);
  assertEquals(await third, "stageboot-3");
  await quick.cancel();
});

Deno.test("Hub tells ticks that come faster than ten a second no faster than that", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 10;
  host.tick(0.25);
  const reader = await listen(host, PAGE);
  await begin(reader);
  for (let i = 0; i < 9; i++) {
    await host.clock.advance(10);
    host.tick(0.5);
    await settled();
  }
  assertEquals(host.rendered.fragments, 1);
  await host.clock.advance(MESSAGE_GAP_MS_LEAST - 90);
  assertEquals(host.rendered.fragments, 2);
  assertEquals(await nextCursor(reader), "stageboot-10");
  await reader.cancel();
});

Deno.test("Hub keeps a quiet stream alive with a comment", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 60_000;
  host.tick(0.25);
  const readers = [await listen(host, PAGE), await listen(host, PAGE, { gzip: true })];
  for (const reader of readers) await begin(reader);
  const cursors = Promise.all(readers.map(nextCursor));
  for (let ms = 0; ms < HEARTBEAT_MS; ms += WATCH_MS) await host.clock.advance(WATCH_MS);
  await nextTick(host, 0.5);
  assertEquals(await cursors, ["stageboot-2", "stageboot-2"]);
  for (const reader of readers) {
    assertEquals(reader.comments, 1);
    await reader.cancel();
  }
});

Deno.test("Hub says that somebody looks, often enough for slow ticks too", async () => {
  const host = startHost();
  host.tick(0.25);
  assertEquals(host.sampler.watched, 0);
  const reader = await listen(host, PAGE);
  assertEquals(host.sampler.watched, 1);
  await host.clock.advance(WATCH_MS);
  assertEquals(host.sampler.watched, 2);
  await host.clock.advance(WATCH_MS);
  assertEquals(host.sampler.watched, 3);
  await reader.cancel();
});

Deno.test("Hub refuses a client too many, and takes one again when one has left", async () => {
  const host = startHost({ clientsMost: 2 });
  host.tick(0.25);
  const first = await listen(host, PAGE);
  const second = await listen(host, PAGE);
  const refused = await host.app.request(PAGE);
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("retry-after"), "5");
  assertEquals(await refused.json(), {
    error: {
      status: 503,
      message: "Cannot open a stream: 2 are open, needs one of them to end",
    },
  });
  await first.cancel();
  const third = await listen(host, PAGE);
  assertEquals(host.hub.clients, 2);
  await second.cancel();
  await third.cancel();
});

Deno.test("Hub leaves descriptors for others than its clients", () => {
  const host = startHost();
  const { sampler } = host;
  const open = (most: number): number => {
    sampler.descriptors = { open: 100, most };
    const hub = new Hub({ sampler, clock: host.clock });
    const channel = {
      key: "quiet",
      compose: ({ sequence }: Snapshot): Composed => ({ text: "", next: { kind: "at", sequence } }),
    };
    try {
      for (let i = 0; i < 100; i++) hub.open(channel, NEW, false);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const { clients } = hub;
    hub.stop();
    return clients;
  };
  assertEquals(open(100 + DESCRIPTORS_LEFT + 7), 7);
  // One is let in however few there are: it may be the person who looks why.
  assertEquals(open(110), 1);
  assertEquals(open(1_000_000), 100);
});

Deno.test("Hub.stop ends every stream and refuses new ones", async () => {
  const host = startHost();
  host.tick(0.25);
  const plain = await listen(host, PAGE);
  const unread = await listen(host, PAGE);
  await begin(plain);
  host.hub.stop();
  assertEquals(await plain.next(), null);
  await begin(unread);
  assertEquals(await unread.next(), null);
  assertEquals((await host.app.request(PAGE)).status, 503);
  await settled();
  assertEquals([host.sampler.waiting, host.clock.sleepers], [0, 0]);
});

Deno.test("Hub tells a stream that was opened before the first tick when the tick comes", async () => {
  const host = startHost();
  const reader = await listen(host, PAGE);
  await nextTick(host, 0.25);
  assertStringIncludes((await reader.message()).data, ">0.25<");
  await reader.cancel();
});

Deno.test("Hub tells all of a tick that a client who joined saw first", async () => {
  const host = startHost();
  host.tick(0.25);
  const first = await listen(host, PAGE);
  await begin(first);
  await host.clock.advance(1000);
  // The row is there, and the hub has not been woken for it.
  host.sampler.stage.tick();
  const second = await listen(host, PAGE);
  await second.message();
  assertEquals((await second.message()).id, "stageboot-2");
  await host.clock.advance(WATCH_MS);
  assertEquals(await nextCursor(first), "stageboot-2");
  await first.cancel();
  await second.cancel();
});

Deno.test("Hub reports what a view cannot render, and goes on with the next tick", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await listen(host, PAGE);
  await begin(reader);
  host.rendered.broken = true;
  await nextTick(host, 0.5);
  assertEquals(host.reports, [
    'Cannot tell tick 2 to stream "page overview": the view is broken',
  ]);
  host.rendered.broken = false;
  await nextTick(host, 0.75);
  assertStringIncludes((await reader.message()).data, ">0.75<");
  const sample = JSON.parse((await reader.message()).data);
  assertEquals(sample.y, [[0.5, 0.75]]);
  await reader.cancel();
});

Deno.test("a HEAD request for a stream opens none", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request(PAGE, { method: "HEAD" });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals([response.body, host.hub.clients], [null, 0]);
});

Deno.test("Hub leaves nothing waiting after many ticks", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await listen(host, PAGE);
  await begin(reader);
  for (let i = 0; i < 20; i++) {
    await nextTick(host, 0.25 * (i % 2));
    await nextCursor(reader);
  }
  assertEquals([host.sampler.waiting, host.clock.sleepers], [1, 1]);
  await reader.cancel();
  await settled();
  assertEquals([host.sampler.waiting, host.clock.sleepers], [0, 0]);
});

Deno.test("Hub goes on after its last client went while it was being told", async () => {
  const host = startHost();
  host.tick(0.25);
  let ends = false;
  const channel = {
    key: "one that ends",
    compose: ({ sequence }: Snapshot): Composed => {
      if (ends) host.hub.closeAll();
      return { text: "", next: { kind: "at", sequence } };
    },
  };
  host.hub.open(channel, NEW, false);
  ends = true;
  await nextTick(host, 0.5);
  assertEquals([host.hub.clients, host.sampler.waiting], [0, 0]);
  const reader = await listen(host, PAGE);
  await begin(reader);
  await nextTick(host, 0.75);
  assertEquals(await nextCursor(reader), "stageboot-3");
  await reader.cancel();
});

Deno.test("Hub tells pages and programs when ticks do not come, and who comes then", async () => {
  const host = startHost();
  host.tick(0.25);
  const page = await listen(host, PAGE);
  const ticks = await listen(host, "/api/v1/stream?metric=load_1m");
  await begin(page);
  await ticks.message();
  host.sampler.healthNow = { ticking: false, ageMs: 5000, reading: "load" };
  await host.clock.advance(WATCH_MS);
  const told = await page.message();
  assertEquals([told.data, told.id], ["late 1 5000 load", undefined]);
  const { event, id, data } = await ticks.message();
  assertEquals([event, id, data], ["stale", undefined, '{"age_seconds":5,"reading":"load"}']);
  const comer = await listen(host, PAGE);
  await begin(comer);
  assertEquals((await comer.message()).data, "late 1 5000 load");
  host.sampler.healthNow = { ticking: true, ageMs: 0, reading: null };
  await nextTick(host, 0.5);
  for (const reader of [page, comer]) {
    assertStringIncludes((await reader.message()).data, ">0.5<");
    await reader.cancel();
  }
  assertEquals((await ticks.message()).id, "stageboot-2");
  await ticks.cancel();
});

for (const say of ["tellInterval", "closeAll"] as const) {
  Deno.test(`Hub.${say}() sends nothing after a connection turned out to be gone`, async () => {
    const host = startHost();
    host.tick(0.25);
    const reader = host.hub.open(
      {
        key: "large",
        compose: ({ sequence }) => ({
          text: `data: ${"x".repeat(40_000)}\n\n`,
          next: { kind: "at", sequence },
        }),
        aside: () => "data: aside\n\n",
      },
      NEW,
      false,
    ).getReader();
    // One piece of many.
    assertEquals((await reader.read()).done, false);
    // Deno cancels the stream of a connection that is gone at once, within `enqueue`.
    const { prototype } = ReadableStreamDefaultController;
    const { enqueue } = prototype;
    prototype.enqueue = function (chunk): void {
      prototype.enqueue = enqueue;
      enqueue.call(this, chunk);
      void reader.cancel();
    };
    host.hub[say]();
    assertEquals(host.hub.clients, 0);
  });
}

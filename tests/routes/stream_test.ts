import { assertEquals, assertStringIncludes } from "@std/assert";
import { settled } from "../fake_clock.ts";
import { SseReader } from "../sse_reader.ts";
import { type Host, listen, nextTick, startHost } from "./host.ts";

function connect(host: Host, lastEventId?: string): Promise<SseReader> {
  return listen(host, "/stream?page=overview", lastEventId === undefined ? {} : { lastEventId });
}

const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

Deno.test("a new stream begins with every fragment and the whole span of the charts", async () => {
  const host = startHost();
  host.tick(0.25);
  host.tick(0.5);
  const reader = await connect(host);
  assertEquals(await reader.message(), {
    event: "message",
    id: undefined,
    retry: "1000",
    data: 'load=<b id="load">0.5</b>\nname=<i id="name">stage</i>',
  });
  const sample = await reader.message();
  assertEquals([sample.event, sample.id], ["sample", "stageboot-2"]);
  assertEquals(JSON.parse(sample.data), {
    id: "stageboot-2",
    reset: true,
    gap: false,
    x: [START + 1, START + 2],
    // The first row has no row before it, so no window.
    y: [[null, 0.5]],
  });
  await reader.cancel();
});

Deno.test("a tick tells only the fragments that changed, and the points since the last one", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await connect(host);
  await reader.message();
  await reader.message();
  await nextTick(host, 0.5);
  assertEquals(await reader.message(), {
    event: "message",
    id: undefined,
    retry: undefined,
    data: 'load=<b id="load">0.5</b>',
  });
  const sample = await reader.message();
  assertEquals(JSON.parse(sample.data), {
    id: "stageboot-2",
    reset: false,
    gap: false,
    x: [START + 2],
    y: [[0.5]],
  });
  await reader.cancel();
});

Deno.test("a message without fragments is a sample alone", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await connect(host);
  await reader.message();
  await reader.message();
  await nextTick(host, 0.25);
  const message = await reader.message();
  assertEquals([message.event, message.id], ["sample", "stageboot-2"]);
  await reader.cancel();
});

Deno.test("ticks between two points of the charts carry no sample", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 250;
  host.tick(0.25);
  const reader = await connect(host);
  await reader.message();
  await reader.message();
  const seen: string[] = [];
  for (const load of [0.5, 0.75, 1, 1.25]) {
    await host.clock.advance(250);
    host.tick(load);
    await settled();
    const message = await reader.message();
    seen.push(message.event);
    // Where a sample follows, the cursor is its.
    if (message.id === undefined) {
      const sample = await reader.message();
      seen.push(`${sample.event} ${JSON.parse(sample.data).x}`);
      assertEquals(sample.id, "stageboot-4");
    }
  }
  // The stage's clock begins on a whole second: its fourth tick is the first of the next second.
  assertEquals(seen, ["message", "message", "message", `sample ${START + 1}`, "message"]);
  await reader.cancel();
});

Deno.test("a client that comes back gets what it missed, once", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75, 1]) host.tick(load);
  const reader = await connect(host, "stageboot-2");
  const message = await reader.message();
  assertEquals(message.retry, undefined);
  assertStringIncludes(message.data, "load=");
  const sample = JSON.parse((await reader.message()).data);
  assertEquals(sample, {
    id: "stageboot-4",
    reset: false,
    gap: false,
    x: [START + 3, START + 4],
    y: [[0.75, 1]],
  });
  await reader.cancel();
});

Deno.test("a fragment that did not change while the client was away is not told again", async () => {
  const host = startHost();
  host.tick(0.25);
  const first = await connect(host);
  await first.message();
  await nextTick(host, 0.5);
  await first.cancel();
  host.tick(0.75);
  const again = await connect(host, "stageboot-2");
  assertEquals((await again.message()).data, 'load=<b id="load">0.75</b>');
  await again.cancel();
});

Deno.test("a client with the newest cursor waits for the next tick", async () => {
  const host = startHost();
  host.tick(0.25);
  const first = await connect(host);
  const reader = await connect(host, "stageboot-1");
  await nextTick(host, 0.5);
  const message = await reader.message();
  assertEquals(message.data, 'load=<b id="load">0.5</b>');
  assertEquals((await reader.message()).id, "stageboot-2");
  await first.cancel();
  await reader.cancel();
});

Deno.test("a cursor that cannot be resumed gets the state of the page and an explicit gap", async () => {
  const lost = ["otherboot-1", "stageboot-99", "nonsense", "stageboot-", "-1"];
  for (const lastEventId of lost) {
    const host = startHost();
    host.tick(0.25);
    host.tick(0.5);
    const reader = await connect(host, lastEventId);
    assertStringIncludes((await reader.message()).data, 'name=<i id="name">');
    const sample = JSON.parse((await reader.message()).data);
    assertEquals([sample.reset, sample.gap], [false, true], lastEventId);
    assertEquals(sample.x, [START + 1, START + 2]);
    await reader.cancel();
  }
});

Deno.test("values of a sample have five digits", async () => {
  const host = startHost();
  host.tick(0);
  host.tick(123_456.78);
  const reader = await connect(host);
  await reader.message();
  assertEquals(JSON.parse((await reader.message()).data).y, [[null, 123_460]]);
  await reader.cancel();
});

import { assertEquals } from "@std/assert";
import { settled } from "../fake_clock.ts";
import { listen, nextTick, startHost } from "./host.ts";

const PATH = "/api/v1/stream";
const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

Deno.test("each tick is one message with its cursor", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await listen(host, PATH);
  assertEquals(await reader.message(), {
    event: "message",
    id: "stageboot-1",
    retry: "1000",
    data: '{"cursor":"stageboot-1","metrics":"all"}',
  });
  await nextTick(host, 0.25);
  assertEquals(await reader.message(), {
    event: "message",
    id: "stageboot-2",
    retry: undefined,
    data: '{"cursor":"stageboot-2","metrics":"all"}',
  });
  await reader.cancel();
});

Deno.test("metric= is told to the rendering, and clients that ask the same share it", async () => {
  const host = startHost();
  host.tick(0.25);
  const readers = [];
  for (let i = 0; i < 3; i++) readers.push(await listen(host, `${PATH}?metric=load_1m,load_5m`));
  for (const reader of readers) {
    const { data } = await reader.message();
    assertEquals(data, '{"cursor":"stageboot-1","metrics":["load_1m","load_5m"]}');
    await reader.cancel();
  }
  assertEquals(host.rendered.snapshots, 1);
});

Deno.test("a client that comes back gets the rows between as columns first", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75, 1]) host.tick(load);
  const reader = await listen(host, `${PATH}?metric=load_1m`, { lastEventId: "stageboot-1" });
  const replay = await reader.message();
  assertEquals([replay.event, replay.id], ["replay", undefined]);
  assertEquals(JSON.parse(replay.data), {
    time_seconds: [START + 2, START + 3],
    series: [{ metric: "load_1m", unit: "{task}", values: [0.5, 0.75], coverage: null }],
  });
  assertEquals((await reader.message()).id, "stageboot-4");
  await reader.cancel();
});

Deno.test("a client that missed nothing gets no replay", async () => {
  const host = startHost();
  host.tick(0.25);
  host.tick(0.5);
  const reader = await listen(host, PATH, { lastEventId: "stageboot-1" });
  const message = await reader.message();
  assertEquals([message.event, message.id], ["message", "stageboot-2"]);
  await reader.cancel();
});

Deno.test("a client without a filter gets every metric that has a history replayed", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75]) host.tick(load);
  const reader = await listen(host, PATH, { lastEventId: "stageboot-1" });
  const { series } = JSON.parse((await reader.message()).data);
  const found = series.find((column: { metric: string }) => column.metric === "load_1m");
  assertEquals(found.values, [0.5]);
  await reader.cancel();
});

Deno.test("a client that was too slow gets the rows between as columns first", async () => {
  const host = startHost();
  host.tick(0.25);
  const slow = await listen(host, `${PATH}?metric=load_1m`);
  for (const load of [0.5, 0.75]) await nextTick(host, load);
  assertEquals((await slow.message()).id, "stageboot-1");
  await settled();
  await nextTick(host, 1);
  const replay = await slow.message();
  assertEquals([replay.event, JSON.parse(replay.data).series[0].values], ["replay", [0.5, 0.75]]);
  assertEquals((await slow.message()).id, "stageboot-4");
  await slow.cancel();
});

Deno.test("where the service was too slow for a tick, everybody gets its row before the next", async () => {
  for (const intervalMs of [1000, 100]) {
    const host = startHost();
    host.sampler.stage.intervalMs = intervalMs;
    for (const load of [0.25, 0.5]) host.tick(load);
    const reader = await listen(host, `${PATH}?metric=load_1m`);
    assertEquals((await reader.message()).id, "stageboot-2");
    await host.clock.advance(1000);
    host.tick(0.75);
    host.tick(1);
    await settled();
    const replay = await reader.message();
    assertEquals([replay.event, JSON.parse(replay.data).series[0].values], ["replay", [0.75]]);
    assertEquals((await reader.message()).id, "stageboot-4");
    await reader.cancel();
  }
});

Deno.test("ticks finer than messages are left out, and nobody calls that slow", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 10;
  host.tick(0.25);
  const reader = await listen(host, `${PATH}?metric=load_1m`);
  assertEquals((await reader.message()).id, "stageboot-1");
  await host.clock.advance(1000);
  for (let tick = 0; tick < 10; tick++) host.tick(0.5);
  await settled();
  const message = await reader.message();
  assertEquals([message.event, message.id], ["message", "stageboot-11"]);
  await reader.cancel();
});

Deno.test("a cursor that cannot be resumed is told as a gap with its reason", async () => {
  const lost = [
    ["otherboot-2", "foreign_boot", "Last-Event-ID is not of this run of the service"],
    ["stageboot-99", "future", "Last-Event-ID is newer than the newest tick"],
  ] as const;
  for (const [lastEventId, reason, found] of lost) {
    const host = startHost();
    host.tick(0.25);
    const reader = await listen(host, PATH, { lastEventId });
    const gap = await reader.message();
    assertEquals([gap.event, gap.id], ["gap", undefined]);
    assertEquals(JSON.parse(gap.data), {
      reason,
      message: `Cannot replay: ${found}`,
      resumed_at: "stageboot-1",
    });
    assertEquals((await reader.message()).id, "stageboot-1");
    await reader.cancel();
  }
});

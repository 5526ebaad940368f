import { assert, assertEquals } from "@std/assert";
import { is } from "valibot";
import { SERIES_SCHEMAS } from "../../../routes/openapi/series.ts";
import { settled } from "../../fake_clock.ts";
import { listen, nextTick, startHost } from "../host.ts";

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

Deno.test("clients that ask for other metrics are told those", async () => {
  const host = startHost();
  host.tick(0.25);
  const [one, other, all] = await Promise.all(
    ["?metric=load_1m", "?metric=load_5m", ""].map((query) => listen(host, PATH + query)),
  );
  const metricsOf = async (reader: typeof one): Promise<unknown> =>
    JSON.parse((await reader!.message()).data).metrics;
  for (let tick = 0; tick < 2; tick++) {
    assertEquals(await metricsOf(one), ["load_1m"]);
    assertEquals(await metricsOf(other), ["load_5m"]);
    assertEquals(await metricsOf(all), "all");
    await nextTick(host, 0.5);
  }
  for (const reader of [one, other, all]) await reader!.cancel();
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

Deno.test("a client that was away for longer than is replayed is told so, and gets the rest", async () => {
  const host = startHost();
  for (let tick = 1; tick <= 400; tick++) host.tick(tick / 100);
  const events = async (sequence: number): Promise<readonly [string, string][]> => {
    const lastEventId = `stageboot-${sequence}`;
    const reader = await listen(host, `${PATH}?metric=load_1m`, { lastEventId });
    const found: [string, string][] = [];
    while (found.at(-1)?.[0] !== "message") {
      const { event, data } = await reader.message();
      found.push([event, data]);
    }
    await reader.cancel();
    return found;
  };
  // Row 100 is as old as five minutes, at tick 400.
  const whole = await events(99);
  assertEquals(whole.map(([event]) => event), ["replay", "message"]);
  const rows = JSON.parse(whole[0]![1]).time_seconds;
  assertEquals([rows.length, rows[0], rows.at(-1)], [300, START + 100, START + 399]);
  for (const sequence of [98, 1]) {
    const cut = await events(sequence);
    assertEquals(cut.map(([event]) => event), ["gap", "replay", "message"]);
    const gap = JSON.parse(cut[0]![1]);
    assert(is(SERIES_SCHEMAS.Gap, gap), "it is described otherwise");
    assertEquals(gap, {
      reason: "beyond_replay",
      message: "Cannot replay all: Last-Event-ID is older than the 5 minutes that are replayed, " +
        "/api/v1/series may have more",
      resumed_at: "stageboot-400",
    });
    assertEquals(cut[1], whole[0]);
  }
});

Deno.test("ticks finer than a second are replayed without a gap, as far back as is replayed", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 500;
  for (let tick = 1; tick <= 700; tick++) host.tick(tick / 100);
  const first = async (sequence: number): Promise<readonly [string, string | undefined]> => {
    const lastEventId = `stageboot-${sequence}`;
    const reader = await listen(host, `${PATH}?metric=load_1m`, { lastEventId });
    const { event, data } = await reader.message();
    await reader.cancel();
    return [event, JSON.parse(data).reason];
  };
  assertEquals(await first(400), ["replay", undefined]);
  assertEquals(await first(110), ["replay", undefined]);
  assertEquals(await first(90), ["gap", "beyond_replay"]);
});

Deno.test("a host that stood still for longer than is replayed has lost no row", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5]) host.tick(load);
  host.tick(0.75, 20 * 60_000);
  host.tick(1);
  const reader = await listen(host, `${PATH}?metric=load_1m`, { lastEventId: "stageboot-2" });
  const replay = await reader.message();
  assertEquals([replay.event, JSON.parse(replay.data).time_seconds], ["replay", [START + 1202]]);
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

Deno.test("a replay is the host's: of what only its parts have it has no column of nulls", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75]) host.tick(load);
  const metrics = "filesystem_used_ratio,load_1m,collector_success";
  const reader = await listen(host, `${PATH}?metric=${metrics}`, { lastEventId: "stageboot-1" });
  const { series } = JSON.parse((await reader.message()).data);
  assertEquals(series, [{ metric: "load_1m", unit: "{task}", values: [0.5], coverage: null }]);
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

Deno.test("a client that comes back within a tick is not told the same tick twice", async () => {
  const host = startHost();
  host.tick(0.25);
  const reader = await listen(host, PATH, { lastEventId: "stageboot-1" });
  await nextTick(host, 0.5);
  const message = await reader.message();
  assertEquals([message.event, message.id], ["message", "stageboot-2"]);
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

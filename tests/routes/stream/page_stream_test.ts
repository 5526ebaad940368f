import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { columnsKey } from "../../../routes/sample.ts";
import { settled } from "../../fake_clock.ts";
import { SseReader } from "../../sse_reader.ts";
import { type Host, listen, nextTick, startHost } from "../host.ts";

function connect(host: Host, lastEventId?: string): Promise<SseReader> {
  return listen(host, "/stream?page=overview", lastEventId === undefined ? {} : { lastEventId });
}

function toldOf(host: Host): Host["sampler"]["stage"]["snapshot"] {
  host.tick(0);
  return host.sampler.stage.snapshot;
}

const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;
const TOLD = toldOf(startHost());
const KEY = columnsKey("1.2.3", [{ metric: "load_1m" }], TOLD);

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
    key: KEY,
    reset: true,
    gap: false,
    x: [START + 1, START + 2],
    // The first row has no row before it, so no window.
    y: [[null, 0.5]],
    marks: [],
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
    key: KEY,
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

Deno.test("a page without lines is sent no times of them, and its fragments move the cursor", async () => {
  const host = startHost({ columns: [] });
  host.tick(0.25);
  const reader = await connect(host);
  await reader.message();
  // A beginning is told as one, whatever there is to draw.
  assertEquals((await reader.message()).event, "sample");
  await nextTick(host, 0.5);
  const first = await reader.message();
  assertEquals([first.event, first.id], ["message", "stageboot-2"]);
  await nextTick(host, 0.75);
  const second = await reader.message();
  assertEquals([second.event, second.id], ["message", "stageboot-3"]);
  host.marks.add("deploy", (START + 4) * 1000);
  await nextTick(host, 1);
  assertEquals((await reader.message()).id, undefined);
  assertEquals(JSON.parse((await reader.message()).data).marks, [[START + 4, "deploy"]]);
  await reader.cancel();
});

Deno.test("ticks finer than a second are points, no finer than messages", async () => {
  for (const [intervalMs, stride] of [[250, 1], [50, 2], [30, 4]] as const) {
    const host = startHost();
    host.sampler.stage.intervalMs = intervalMs;
    const loads = Array.from({ length: 8 }, (_, tick) => tick / 4);
    host.tick(9);
    const reader = await connect(host);
    await reader.message();
    await reader.message();
    const seen: number[] = [];
    for (const load of loads) {
      await host.clock.advance(Math.max(intervalMs, 101));
      host.tick(load);
      await settled();
      const message = await reader.message();
      // Where a sample follows, the cursor is its.
      if (message.id !== undefined) continue;
      const sample = JSON.parse((await reader.message()).data);
      assertEquals([sample.x.length, sample.reset, sample.gap], [1, false, false]);
      seen.push(...sample.y[0]);
    }
    // The tick before them has number 1, and is a point: what is too near to it is none.
    const told = loads.filter((_, index) =>
      (index + 2) % stride === 0 && (index + 1) * intervalMs >= 75
    );
    assertEquals(seen, told, `${intervalMs} ms`);
    await reader.cancel();
  }
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
    key: KEY,
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

Deno.test("columnsKey is another one for other columns, another order, version and host", () => {
  const [one, five] = [{ metric: "load_1m" }, { metric: "load_5m" }];
  const socket = { metric: "load_1m", group: { grouping: "socket", name: "0" } };
  const { profile } = TOLD;
  const keys = [
    columnsKey("1.2.3", [one, five], TOLD),
    columnsKey("1.2.4", [one, five], TOLD),
    columnsKey("1.2.3", [five, one], TOLD),
    columnsKey("1.2.3", [one], TOLD),
    columnsKey("1.2.3", [one, { metric: "load_5m", instance: "0" }], TOLD),
    columnsKey("1.2.3", [socket, five], TOLD),
    columnsKey("1.2.3", [], TOLD),
    columnsKey("1.2.3", [one, five], { profile: { ...profile, hostname: "other" } }),
  ];
  assertEquals(new Set(keys).size, keys.length);
  const again = { profile: { ...profile, bootedAtMs: 1 } };
  assertEquals(columnsKey("1.2.3", [{ ...one }, { ...five }], again), keys[0]);
  assert(keys.every((key) => /^[0-9a-z]{1,7}$/.test(key)), keys.join(" "));
});

Deno.test("a client whose page comes to have other columns begins anew with them", async () => {
  const columns = [{ metric: "load_1m" }];
  const host = startHost({ columns });
  host.tick(0.25);
  host.tick(0.5);
  const reader = await connect(host);
  await reader.message();
  await reader.message();
  columns.push({ metric: "load_5m" });
  await nextTick(host, 0.75);
  await reader.message();
  const sample = JSON.parse((await reader.message()).data);
  assertEquals([sample.reset, sample.gap, sample.key], [
    true,
    false,
    columnsKey("1.2.3", columns, TOLD),
  ]);
  assertEquals(sample.y, [[null, 0.5, 0.75], [null, 0.01, 0.01]]);
  // Once.
  await nextTick(host, 1);
  await reader.message();
  const next = JSON.parse((await reader.message()).data);
  assertEquals([next.reset, next.y], [false, [[1], [0.01]]]);
  await reader.cancel();
});

Deno.test("marks are told to who begins, and to everybody when there is a new one", async () => {
  const host = startHost();
  host.tick(0.25);
  host.marks.add("first", (START + 1) * 1000);
  const reader = await connect(host);
  await reader.message();
  assertEquals(JSON.parse((await reader.message()).data).marks, [[START + 1, "first"]]);
  const samples: { marks?: unknown; x: number[] }[] = [];
  const tick = async (load: number): Promise<void> => {
    await nextTick(host, load);
    await reader.message();
    samples.push(JSON.parse((await reader.message()).data));
  };
  await tick(0.5);
  await tick(0.75);
  // After a tick that all have been told: the next one brings it.
  host.marks.add("deploy 7f3c2", (START + 2.5) * 1000);
  host.marks.add("earlier", (START + 2) * 1000);
  await tick(1);
  await tick(1.25);
  const all = [[START + 1, "first"], [START + 2, "earlier"], [START + 2.5, "deploy 7f3c2"]];
  // At the first the client may have been told already; more than once is no harm.
  assertEquals(samples.slice(1).map(({ marks }) => marks), [undefined, all, undefined]);
  await reader.cancel();
  // Who was away comes back to them.
  host.marks.add("late", (START + 5) * 1000);
  const again = await connect(host, "stageboot-4");
  await again.message();
  assertEquals(JSON.parse((await again.message()).data).marks, [...all, [START + 5, "late"]]);
  await again.cancel();
});

Deno.test("a mark is told also with a tick that is no point", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 40;
  for (let tick = 0; tick < 6; tick++) host.tick(0.25);
  const reader = await connect(host);
  await reader.message();
  await reader.message();
  host.marks.add("deploy", host.sampler.stage.clock.wall);
  await host.clock.advance(101);
  // Every third is a point: not the seventh.
  host.tick(0.25);
  await settled();
  const sample = JSON.parse((await reader.message()).data);
  assertEquals([sample.x, sample.y, sample.marks.length], [[], [[]], 1]);
  await reader.cancel();
});

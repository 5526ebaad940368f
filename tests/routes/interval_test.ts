import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { listen, nextTick, startHost } from "./host.ts";

function form(body: string, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body,
  };
}

Deno.test("POST /interval changes the interval and answers each caller in its way", async () => {
  const { app, sampler } = startHost();
  const program = await app.request("/interval", form("interval=250ms"));
  assertEquals([program.status, await program.json()], [200, { interval_seconds: 0.25 }]);
  assertEquals(sampler.intervalMs, 250);
  const page = await app.request("/interval", form("interval=2s", { accept: "text/html" }));
  assertEquals([page.status, page.headers.get("location")], [303, "./"]);
  assertEquals(sampler.intervalMs, 2000);
  const htmx = await app.request(
    "/interval",
    form("interval=100ms", { "accept": "text/html", "hx-request": "true" }),
  );
  assertEquals([htmx.status, htmx.body], [204, null]);
  assertEquals(sampler.intervalMs, 100);
});

Deno.test("POST /interval refuses what is no interval, and leaves it as it is", async () => {
  const needed = "needs a span of time from 100ms to 1m, such as 250ms, 1s or 1.5s";
  const cases = [
    ["interval=99ms", `Cannot take interval "99ms": ${needed}`],
    ["interval=61s", `Cannot take interval "61s": ${needed}`],
    ["interval=", `Cannot take interval "": ${needed}`],
    ["", 'Cannot find parameter "interval": it is missing, and needed'],
    ["interval=1s&interval=2s", 'Cannot take parameter "interval" twice: needs it once'],
    ["interval=1s&x=1", 'Cannot take parameter "x": it is unknown here, known: interval, back'],
  ] as const;
  const { app, sampler } = startHost();
  for (const [body, message] of cases) {
    const response = await app.request("/interval", form(body));
    assertEquals([response.status, (await response.json()).error.message], [400, message]);
  }
  // What stands in the address would be lost without a word.
  const asked = await app.request("/interval?interval=5s", form("interval=2s"));
  assertEquals([asked.status, (await asked.json()).error.message], [
    400,
    'Cannot take parameter "interval": it is unknown here, known: none at all',
  ]);
  assertEquals(sampler.intervalMs, 1000);
});

Deno.test("POST /interval sends a browser back to the page it came from, and nowhere else", async () => {
  const { app, sampler } = startHost();
  const ask = (back: string): Promise<Response> =>
    Promise.resolve(
      app.request("/interval", form(`interval=2s&back=${back}`, { accept: "text/html" })),
    );
  const page = await ask("/metrics-guide");
  assertEquals([page.status, page.headers.get("location")], [303, "./metrics-guide"]);
  sampler.setIntervalMs(1000);
  for (const back of ["//example.org", "https://example.org", "/\\example.org", "", "/a/b"]) {
    assertEquals((await ask(encodeURIComponent(back))).status, 400, back);
  }
  assertEquals(sampler.intervalMs, 1000);
});

Deno.test("POST /interval is told at once to every page, and to one that comes, without a tick", async () => {
  const host = startHost({ asides: true });
  host.tick(0.25);
  const page = await listen(host, "/stream?page=overview");
  const program = await listen(host, "/api/v1/stream");
  assertEquals((await program.message()).id, "stageboot-1");
  for (let i = 0; i < 2; i++) await page.message();
  assertEquals((await page.message()).data, "interval=1000");
  await host.app.request("/interval", form("interval=5s"));
  const told = await page.message();
  // It moves no cursor.
  assertEquals([told.event, told.id, told.data], ["message", undefined, "interval=5000"]);
  // One that has heard of the newest tick, but not of this.
  const late = await listen(host, "/stream?page=overview", { lastEventId: "stageboot-1" });
  assertEquals((await late.message()).data, "interval=5000");

  await nextTick(host, 0.5);
  assertEquals((await page.message()).data, 'load=<b id="load">0.5</b>');
  // Programs are told of ticks alone.
  assertEquals((await program.message()).id, "stageboot-2");
  for (const reader of [page, program, late]) await reader.cancel();
});

Deno.test("POST /interval reads only a short form", async () => {
  const { app } = startHost();
  const json = await app.request("/interval", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(json.status, 415);
  const long = await app.request("/interval", form(`interval=${"1".repeat(300)}`));
  assertEquals(long.status, 413);
  const longest = await app.request("/interval", form(`interval=${"1".repeat(247)}`));
  assertEquals(longest.status, 400);
});

Deno.test("POST /interval whose caller goes away is no error of the service", async () => {
  const { app, reports } = startHost();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await app.request("/interval", { method: "POST", headers, body });
  assertEquals(response.status, 400);
  assertEquals(
    (await response.json()).error.message,
    "Cannot read the body: reset, needs a whole one",
  );
  assertEquals(reports, []);
});

Deno.test("a page that was too slow for a change that is taken back is told how it is", async () => {
  const host = startHost({ asides: true });
  Object.assign(host.rendering.overview, {
    fragments: ({ intervalMs }: Snapshot) => new Map([["interval", `${intervalMs}`]]),
  });
  host.tick(0.25);
  const reader = await listen(host, "/stream?page=overview");
  await reader.message();
  await reader.message();
  assertEquals((await reader.message()).data, "interval=1000");
  // It takes the first, and nothing more for a while.
  for (const intervalMs of [60_000, 1000]) {
    host.sampler.setIntervalMs(intervalMs);
    host.hub.tellInterval();
  }
  assertEquals((await reader.message()).data, "interval=60000");
  await nextTick(host, 0.25);
  assertEquals((await reader.message()).event, "sample");
  assertEquals((await reader.message()).data, "interval=1000");
  await reader.cancel();
});

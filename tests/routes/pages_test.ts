import { assertEquals } from "@std/assert";
import { busyApp } from "./busy_app.ts";
import { listen, startHost } from "./host.ts";

Deno.test("/ is made once for a tick and an interval", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/");
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  // The cursor, how many points the charts have, the interval.
  assertEquals(await response.text(), "<!DOCTYPE html>stageboot-1 1 1000");
  await host.app.request("/");
  assertEquals(host.rendered.documents, 1);
  host.sampler.setIntervalMs(500);
  assertEquals(await (await host.app.request("/")).text(), "<!DOCTYPE html>stageboot-1 1 500");
  host.tick(0.5, 1000);
  assertEquals(await (await host.app.request("/")).text(), "<!DOCTYPE html>stageboot-2 2 500");
  assertEquals(host.rendered.documents, 3);
});

Deno.test("/ shows as many points as its span has, one page for each span", async () => {
  const host = startHost();
  for (let i = 0; i < 400; i++) host.tick(0.25);
  const points = async (query: string): Promise<number> =>
    Number((await (await host.app.request(`/${query}`)).text()).split(" ")[2]);
  assertEquals(await points("?span=1m"), 61);
  assertEquals(await points(""), 301);
  assertEquals(await points("?span=5m"), 301);
  assertEquals(await points("?span=all"), 400);
  assertEquals(host.rendered.documents, 3);
});

Deno.test("/ is made anew for a new mark, and has them all", async () => {
  const host = startHost();
  host.tick(0.25);
  await host.app.request("/");
  assertEquals(host.rendered.marks, []);
  const mark = host.marks.add("deploy", host.sampler.stage.clock.wall);
  await host.app.request("/");
  assertEquals(host.rendered.marks, [mark]);
});

Deno.test("/ names its columns as its stream and its samples do", async () => {
  const get = await busyApp();
  const named = /<body [^>]*data-key="([^"]+)"/.exec(await (await get("/")).text())?.[1];
  const { key, y } = await (await get("/sample?page=overview")).json();
  assertEquals([named, y.length > 10], [key, true]);
});

Deno.test("/ says that somebody looks", async () => {
  const host = startHost();
  host.tick(0.25);
  await host.app.request("/");
  assertEquals(host.sampler.watched, 1);
});

Deno.test("/ and /stream refuse what they do not know", async () => {
  const { app } = startHost();
  const cases = [
    ["/?page=1", 'Cannot take parameter "page": it is unknown here, known: span'],
    ["/?span=2m", 'Cannot show span="2m": needs 1m, 5m, 15m, all'],
    ["/stream?page=fleet", 'Cannot stream page "fleet": needs overview or cpus'],
    [
      "/stream?pages=overview",
      'Cannot take parameter "pages": it is unknown here, known: page, after',
    ],
  ] as const;
  for (const [path, message] of cases) {
    const response = await app.request(path);
    assertEquals([response.status, (await response.json()).error.message], [400, message]);
  }
});

Deno.test("/stream without a page is the overview's", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/stream");
  assertEquals([response.status, host.hub.clients], [200, 1]);
  await response.body!.cancel();
});

interface Begun {
  readonly reset: boolean;
  readonly gap: boolean;
  readonly points: number;
}

Deno.test("/stream goes on after a cursor of its address; the header goes before it", async () => {
  const host = startHost();
  for (let i = 1; i <= 3; i++) host.tick(i / 4);
  /** How the points of the first sample begin: of all, or of what was missed. */
  const begins = async (path: string, lastEventId?: string): Promise<Begun> => {
    const reader = await listen(host, path, lastEventId === undefined ? {} : { lastEventId });
    let message = await reader.message();
    while (message.event !== "sample") message = await reader.message();
    await reader.cancel();
    const { reset, gap, x } = JSON.parse(message.data);
    return { reset, gap, points: x.length };
  };
  const whole = { reset: true, gap: false, points: 3 };
  const lost = { reset: false, gap: true, points: 3 };
  const path = "/stream?page=overview&after=";
  assertEquals(await begins(path), whole);
  assertEquals(await begins(`${path}stageboot-1`), { reset: false, gap: false, points: 2 });
  assertEquals(await begins(`${path}otherboot-1`), lost);
  assertEquals(await begins(`${path}otherboot-1`, "stageboot-2"), {
    reset: false,
    gap: false,
    points: 1,
  });
  assertEquals(await begins(`${path}stageboot-2`, "otherboot-1"), lost);
  // A page without lines is told that something was lost, and else nothing of points.
  assertEquals((await begins("/stream?page=cpus&after=otherboot-1")).gap, true);
  for (const page of ["overview", "cpus"]) {
    const long = await host.app.request(`/stream?page=${page}&after=${"x".repeat(129)}`);
    assertEquals(
      [long.status, (await long.json()).error.message],
      [400, "Cannot take a cursor of 129 characters: needs 128 or fewer"],
    );
  }
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { busyApp } from "./busy_app.ts";

Deno.test("the page of a CPU, its samples, its series and its tables are of the same lines", async () => {
  const get = await busyApp();
  const page = await (await get("/cpus?cpu=3&span=1m")).text();
  const [, key] = / data-key="([^"]+)"/.exec(page)!;
  const sample = await (await get("/sample?page=cpus&cpu=3&span=15m")).json();
  assertEquals(sample.key, key);
  const { series, time_seconds } = await (await get("/api/v1/series?page=cpus&cpu=3")).json();
  assertEquals(series.length, sample.y.length);
  assert(series.length > 1 && series.every((line: { instance: string }) => line.instance === "3"));
  assertEquals(time_seconds, sample.x);
  const csv = await (await get("/api/v1/series?page=cpus&cpu=3&format=csv&span=1m")).text();
  assertEquals(csv.trim().split("\r\n").length, 1 + sample.x.length);
  // Every link to a table leads to one.
  const tables = [...page.matchAll(/href="(chart\/[^"]*)"/g)].map(([, href]) => href!);
  assertEquals(tables.length, page.match(/<figure/g)?.length);
  for (const href of tables) {
    const answer = await get(`/${href.replaceAll("&amp;", "&")}`);
    assertEquals(answer.status, 200, href);
    assertMatch(await answer.text(), /<h1>CPU 3: /);
  }
});

Deno.test("charts of another CPU are other answers within the same tick", async () => {
  const get = await busyApp();
  for (const path of ["/sample?page=cpus", "/chart/cpu_busy?span=1m", "/cpus?by=busy"]) {
    const [three, four] = await Promise.all(
      ["3", "4"].map(async (cpu) => await (await get(`${path}&cpu=${cpu}`)).text()),
    );
    assert(three !== four, path);
  }
});

Deno.test("charts are refused of a CPU that is not there, and of none, with what is needed", async () => {
  const get = await busyApp();
  const none = 'Cannot show charts of CPU "99": there is none of that number';
  const cases = [
    ["/sample?page=cpus&cpu=99", 404, none],
    ["/api/v1/series?page=cpus&cpu=99", 404, none],
    ["/chart/cpu_busy?cpu=99", 404, none],
    [
      "/sample?page=cpus",
      400,
      'Cannot show the charts of page "cpus" for all CPUs: it has none, needs cpu=, such as cpu=0',
    ],
    [
      "/api/v1/series?page=overview&cpu=3",
      400,
      'Cannot show the charts of page "overview" for CPU "3": needs page=cpus, or no cpu=',
    ],
    ["/sample?page=cpus&cpu=x", 400, 'Cannot show cpu="x": needs the number of a CPU, such as 0'],
    ["/chart/cpu_busy", 404, 'Cannot show chart "cpu_busy": there is none of that name'],
    ["/chart/cpu_time?cpu=3", 404, 'Cannot show chart "cpu_time": there is none of that name'],
    [
      "/cpus?span=1m",
      400,
      'Cannot show span="1m" of all CPUs: one of them has charts, needs cpu= with it',
    ],
    ["/cpus?cpu=3&span=1h", 400, 'Cannot show span="1h": needs 1m, 5m, 15m, all'],
  ] as const;
  for (const [path, status, message] of cases) {
    const answer = await get(path);
    assertEquals([answer.status, (await answer.json()).error.message], [status, message], path);
  }
});

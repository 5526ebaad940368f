import { assert, assertEquals, assertMatch } from "@std/assert";
import { createViews } from "../../../views/mod.ts";
import { BusyHost } from "../../busy_host.ts";

const views = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });
const { overview } = views;
const chart = await views.chart();

Deno.test("a chart's table names its lines and spells each value with its unit", async () => {
  const host = await BusyHost.load("server-2socket");
  for (let i = 0; i < 5; i++) host.tick();
  const { snapshot, feed } = host.stage;
  const keys = chart.series("cpu_time", snapshot)!;
  const series = feed.series.read(keys, -1, 60_000);
  const html = chart.document({ id: "cpu_time", snapshot, series, span: "1m" });
  const heads = [...html.matchAll(/<th scope="col">([^<]*)/g)].map(([, name]) => name);
  assertEquals(heads.slice(0, 3), ["Time, UTC", "User", "System"]);
  // The first row has no step before it.
  assertEquals(html.match(/<tr class="point">/g)?.length, 4);
  assertMatch(html, /<td><b>[\d.]+<\/b>\u00a0%<\/td>/);
  assertEquals(/\b(undefined|NaN|null|Infinity)\b/.exec(html), null);
});

Deno.test("a chart's table says of each estimate how much was counted", async () => {
  const host = await BusyHost.load("server-2socket");
  for (let i = 0; i < 5; i++) host.tick();
  const { snapshot, feed } = host.stage;
  const series = feed.series.read(chart.series("ipc", snapshot)!, -1, 60_000);
  const html = chart.document({
    id: "ipc",
    snapshot,
    series,
    span: "5m",
    marks: [{ seconds: 0, text: "never" }],
  });
  assertMatch(html, /<small> estimated \d+\u00a0%<\/small>/);
  assert(!html.includes("never"));
  const nothing = { ...series, seconds: [], values: series.values.map(() => []) };
  const empty = chart.document({ id: "ipc", snapshot, series: nothing, span: "5m" });
  assert(empty.includes("Nothing was measured yet."), empty);
});

Deno.test("a chart of one CPU has a table that says whose it is, and leads back to it", async () => {
  const host = await BusyHost.load("server-2socket");
  for (let i = 0; i < 5; i++) host.tick();
  const { snapshot, feed } = host.stage;
  const keys = chart.series("cpu_busy", snapshot, "3")!;
  assertEquals(keys.map(({ instance }) => instance), ["3"]);
  const series = feed.series.read(keys, -1, 60_000);
  const html = chart.document({ id: "cpu_busy", cpu: "3", snapshot, series, span: "1m" });
  assertMatch(html, /<title>CPU 3: [^<]+, /);
  assertMatch(html, /<h1>CPU 3: /);
  assertMatch(html, /<a href="\.\.\/cpus\?cpu=3&amp;span=1m#chart-cpu_busy">The chart<\/a>/);
  assertMatch(html, /<a href="\?cpu=3&amp;span=15m" ?>15 min<\/a>/);
  assertEquals(html.match(/<tr class="point">/g)?.length, 4);
  // Charts of the overview are not of a CPU, nor the other way.
  assertEquals(chart.series("cpu_busy", snapshot), undefined);
  assertEquals(chart.series("cpu_time", snapshot, "3"), undefined);
});

Deno.test("there is no table of what is no chart", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  assertEquals(chart.series("cpu", host.stage.snapshot), undefined);
});

Deno.test("every chart of the overview links its table, and the controls say the span", async () => {
  const host = await BusyHost.load("server-2socket");
  for (let i = 0; i < 90; i++) host.tick();
  const { snapshot, feed } = host.stage;
  const series = feed.series.read(overview.series(snapshot), -1, Infinity);
  const html = overview.document({ snapshot, series, intervalMs: 1000, span: "all" });
  const figures = html.match(/<figure/g)!.length;
  assertEquals(html.match(/<a href="chart\/\w+\?span=all">/g)?.length, figures);
  assertMatch(html, /<a href="\?span=all" data-span="all" aria-current="true">All<\/a>/);
  // 89 seconds from the first point to now, and an axis that begins at a round time.
  assertMatch(html, /data-span="90"/);
  assertMatch(
    html,
    /<a class="btn" href="api\/v1\/series\?page=overview&amp;span=15m&amp;format=csv"/,
  );
});

import { assertEquals } from "@std/assert";
import { columnsKey } from "../../routes/sample.ts";
import { startHost } from "./host.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

Deno.test("/sample is what a stream would begin with, of the span that is asked for", async () => {
  const host = startHost();
  for (let tick = 1; tick <= 1000; tick++) host.tick(tick / 100);
  host.marks.add("deploy", (START + 999) * 1000);
  const points: Record<string, number> = {};
  for (const span of ["1m", "5m", "15m", "all"]) {
    const response = await host.app.request(`/sample?page=overview&span=${span}`);
    assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
    const { x, y, ...sample } = await response.json();
    assertEquals(sample, {
      id: "stageboot-1000",
      key: columnsKey("1.2.3", [{ metric: "load_1m" }], host.sampler.stage.snapshot),
      reset: true,
      gap: false,
      marks: [[START + 999, "deploy"]],
    });
    assertEquals([x.at(-1), y[0].at(-1)], [START + 1000, 10]);
    points[span] = x.length;
  }
  // The ring has 960 places, of which one is being written.
  assertEquals(points, { "1m": 61, "5m": 301, "15m": 901, "all": 959 });
});

Deno.test("/sample has points as fine as the ticks, and the past before them", async () => {
  const host = startHost();
  host.sampler.stage.intervalMs = 100;
  for (let tick = 1; tick <= 3000; tick++) host.tick(tick / 100);
  const { x } = await (await host.app.request("/sample?span=1m")).json();
  const steps = x.slice(1).map((at: number, n: number) => Math.round(10 * (at - x[n])));
  assertEquals(x.at(-1) - x[0], 60);
  assertEquals(new Set(steps.slice(-100)), new Set([1]));
  assertEquals(new Set(steps.slice(0, 20)), new Set([10]));
});

Deno.test("/sample knows of a new mark before the next tick", async () => {
  const host = startHost();
  host.tick(0.25);
  const marks = async (): Promise<unknown> =>
    (await (await host.app.request("/sample")).json()).marks;
  assertEquals(await marks(), []);
  host.marks.add("a", (START + 1) * 1000);
  host.marks.add("b", (START + 1) * 1000);
  assertEquals(await marks(), [[START + 1, "a"], [START + 1, "b"]]);
  host.marks.add("c", (START + 1) * 1000);
  assertEquals((await marks() as unknown[]).length, 3);
});

Deno.test("/sample refuses what it has not", async () => {
  const host = startHost();
  host.tick(0.25);
  const cases = [
    ["page=doctor", 'Cannot sample page "doctor": needs overview or cpus'],
    ["span=2m", 'Cannot take span "2m": needs one of 1m, 5m, 15m, all'],
    ["since=1", 'Cannot take parameter "since": it is unknown here, known: page, cpu, span'],
  ] as const;
  for (const [query, message] of cases) {
    const response = await host.app.request(`/sample?${query}`);
    assertEquals([response.status, (await response.json()).error.message], [400, message]);
  }
});

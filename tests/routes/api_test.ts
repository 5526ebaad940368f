import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { startHost } from "./host.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

Deno.test("/api/v1/snapshot is rendered once a tick, and says that somebody looks", async () => {
  const host = startHost();
  host.tick(0.25);
  for (let i = 0; i < 3; i++) {
    const response = await host.app.request("/api/v1/snapshot");
    assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
    assertEquals(await response.json(), { cursor: "stageboot-1", metrics: "all" });
  }
  assertEquals([host.rendered.snapshots, host.sampler.watched], [1, 3]);
  host.tick(0.25);
  const next = await host.app.request("/api/v1/snapshot");
  assertEquals((await next.json()).cursor, "stageboot-2");
});

Deno.test("/api/v1/series gives columns for metrics over a span", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75, 1]) host.tick(load);
  const response = await host.app.request("/api/v1/series?metric=load_1m,load_5m&span=2s");
  assertEquals(await response.json(), {
    cursor: "stageboot-4",
    time_seconds: [START + 2, START + 3, START + 4],
    series: [
      { metric: "load_1m", unit: "{task}", values: [0.5, 0.75, 1] },
      { metric: "load_5m", unit: "{task}", values: [0.01, 0.01, 0.01] },
    ],
  });
});

Deno.test("/api/v1/series gives the history of one instance", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5]) host.tick(load);
  const response = await host.app.request(
    "/api/v1/series?metric=collector_success&instance=load&span=300s",
  );
  assertEquals((await response.json()).series, [
    { metric: "collector_success", instance: "load", unit: "{flag}", values: [null, 1] },
  ]);
});

Deno.test("/api/v1/series refuses what could hold no value, and says what could", async () => {
  const cases = [
    ["", 400, 'Cannot find parameter "metric": it is missing, and needed'],
    [
      "metric=load_1m&since=3",
      400,
      'Cannot take parameter "since": it is unknown here, known: metric, instance, span',
    ],
    [
      "metric=load_1m,lod",
      400,
      'Cannot read metric "lod": it is not in the catalogue, needs an id that /api/v1/catalogue lists',
    ],
    [
      "metric=",
      400,
      'Cannot read metric "": it is not in the catalogue, needs an id that /api/v1/catalogue lists',
    ],
    [
      "metric=load_1m&span=16m",
      400,
      'Cannot take span "16m": needs a span of time from 1s to 15m, such as 5m or 300s',
    ],
    [
      "metric=load_1m&instance=0",
      400,
      'Cannot read a series of "load_1m" of instance "0": it is the host\'s, needs none',
    ],
    [
      "metric=collector_success&instance=lod",
      404,
      'Cannot read a series of "collector_success" of collector "lod": there is none of that name, ' +
      "needs one of load",
    ],
    [
      "metric=collector_success",
      400,
      'Cannot read a series of "collector_success": it has a value for each collector and none for ' +
      "the host, needs instance=, one of load",
    ],
    [
      `metric=${"load_1m,".repeat(32)}load_1m`,
      400,
      "Cannot read 33 metrics at once: needs 32 or fewer",
    ],
    [
      `metric=load_1m&instance=${"x".repeat(257)}`,
      400,
      "Cannot take an instance of 257 characters: needs 256 or fewer",
    ],
  ] as const;
  const host = startHost();
  host.tick(0.25);
  for (const [query, status, message] of cases) {
    const response = await host.app.request(`/api/v1/series?${query}`);
    assertEquals(await response.json(), { error: { status, message } });
    assertEquals(response.status, status);
  }
});

Deno.test("/api/v1/catalogue lists every metric, and who is there", async () => {
  const host = startHost();
  host.tick(0.25);
  const { metrics, scopes } = await (await host.app.request("/api/v1/catalogue")).json();
  assertEquals(metrics.length, METRICS.size);
  const load = metrics.find((metric: { id: string }) => metric.id === "load_1m");
  assertEquals(load, {
    id: "load_1m",
    name: "Load, 1 min",
    help: METRICS.get("load_1m")!.help,
    kind: "gauge",
    unit: "{task}",
    shown_unit: "{task}",
    scope: "host",
    exposition: "node_load1",
    collector: "load",
    source: "/proc/loadavg, field 1",
    sources: [],
    perf_stat: null,
  });
  const derived = metrics.find((metric: { kind: string }) => metric.kind === "derived");
  assert(derived.formula.length > 0 && derived.inputs.length > 0);
  const collector = scopes.find((scope: { id: string }) => scope.id === "collector");
  assertEquals(collector.instances, ["load"]);
  assertEquals(scopes.find((scope: { id: string }) => scope.id === "host").instances, []);
});

Deno.test("/api/v1/perf says that nothing is available where nothing counts", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/api/v1/perf");
  assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
  assertEquals(await response.json(), {
    available: false,
    reason: "No hardware event is counted",
  });
});

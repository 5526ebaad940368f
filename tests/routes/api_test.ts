import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { startHost } from "./host.ts";

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

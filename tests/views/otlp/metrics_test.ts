import { assert, assertEquals } from "@std/assert";
import { METRICS, SCOPES } from "../../../collectors/catalogue.ts";
import type { Source } from "../../../collectors/source.ts";
import { otlpMessage, type OtlpMetric, otlpName } from "../../../views/otlp/metrics.ts";
import { HandFilled } from "../hand_filled.ts";

const BOOT = Date.UTC(2026, 0, 1);
const START = Date.UTC(2026, 0, 2, 3, 0, 0);

const HOST = new HandFilled([
  {
    "self_start_uptime_seconds": (START - BOOT) / 1000,
    "disk_read_bytes{sda}": 1000,
    "disk_read_bytes{sdb}": undefined,
    "cpu_irq_seconds{0}": 1,
    "cpu_softirq_seconds{0}": 2,
    "memory_total_bytes": 8 * 2 ** 30,
    "tick_total": 1,
  },
  {
    "disk_read_bytes{sda}": 1500,
    "disk_read_bytes{sdb}": undefined,
    "cpu_irq_seconds{0}": 3,
    "cpu_softirq_seconds{0}": 4,
    "memory_total_bytes": 8 * 2 ** 30,
    "tick_total": 2,
    "self_start_uptime_seconds": (START - BOOT) / 1000,
  },
], { profile: { bootedAtMs: BOOT } });

const IDENTITY = { version: "1.2.3", instance: "one", resource: {} };

function metrics(host = HOST): ReadonlyMap<string, OtlpMetric> {
  const { metrics } = otlpMessage(host.snapshot, IDENTITY);
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

Deno.test("otlpMessage sends totals that rise, and has no point for what was not measured", () => {
  const io = metrics().get("system.disk.io")!;
  assertEquals([io.kind, io.unit], ["total", "By"]);
  assertEquals(
    io.points.map(({ attributes, value }) => ({ attributes, value })),
    [{ attributes: { "system.device": "sda", "disk.io.direction": "read" }, value: 1500 }],
  );
  assert(!metrics().has("system.network.io"), "nothing of it was measured");
});

Deno.test("a total of the kernel's begins with its boot, one of the service with its start", () => {
  const found = metrics();
  assertEquals(found.get("system.cpu.time")!.points[0]!.sinceMs, BOOT);
  assertEquals(found.get("ringside.ticks")!.points[0]!.sinceMs, START);
  assertEquals(found.get("system.memory.limit")!.points[0]!.sinceMs, undefined);
});

Deno.test("a total whose beginning nobody knows does not claim one", () => {
  const unknown = new HandFilled([{ "page_faults": 1 }, { "page_faults": 2 }], {
    profile: { bootedAtMs: undefined },
  });
  assertEquals(metrics(unknown).get("ringside.page_faults")!.points[0]!.sinceMs, undefined);
  const [disk] = metrics().get("system.disk.io")!.points;
  assertEquals(disk!.sinceMs, undefined, "a disk may have come after the boot");
});

Deno.test("no total begins after it was read, nor anew each time, where a clock was set back", () => {
  const uptime = (HOST.snapshot.wallMs - BOOT) / 1000 + 3600;
  const started = { "tick_total": 1, "self_start_uptime_seconds": uptime };
  const [point] = metrics(new HandFilled([started])).get("ringside.ticks")!.points;
  assertEquals(point!.sinceMs, undefined);
});

Deno.test("numbers of CPUs are numbers, and no two modes are one series", () => {
  const { points } = metrics().get("system.cpu.time")!;
  assertEquals(points.map(({ attributes, value }) => [attributes, value]), [
    [{ "cpu.logical_number": 0, "cpu.mode": "interrupt" }, 3],
    [{ "cpu.logical_number": 0, "cpu.mode": "softirq" }, 4],
  ]);
});

Deno.test("a gauge that can be summed is no gauge, and no counter", () => {
  assertEquals(metrics().get("system.memory.limit")!.kind, "sum");
});

Deno.test("an event tells its PMU, and its core type; its times tell what of them they are", () => {
  const source: Source = {
    metric: "cpu_cycles",
    pmu: "cpu_atom",
    events: ["cpu_atom/cycles/"],
    instances: ["0"],
    group: 0,
    provenance: "kernel",
  };
  const cells = {
    "cpu_cycles{0}": 10,
    "cpu_cycles_time_enabled_seconds{0}": 2,
    "cpu_cycles_time_running_seconds{0}": 1,
  };
  const counted = new HandFilled([cells, cells], { sources: [source] });
  const attributes = {
    "cpu.logical_number": 0,
    "pmu.name": "cpu_atom",
    "pmu.event": "cycles",
  };
  for (
    const [name, value] of [
      ["ringside.cpu_cycles", 10],
      ["ringside.pmu.time_enabled", 2],
      ["ringside.pmu.time_running", 1],
    ] as const
  ) {
    const { points } = metrics(counted).get(name)!;
    assertEquals(points.map(({ attributes, value }) => ({ attributes, value })), [
      { attributes, value },
    ], name);
  }
  const nobody = new HandFilled([cells, cells]);
  assert(!metrics(nobody).has("ringside.cpu_cycles"), "nobody says which event it is");
});

Deno.test("what is not counted is told as not available, with the reason", () => {
  const refused = new HandFilled([{}, {}]);
  const { points } = metrics(refused).get("ringside.pmu.available")!;
  assert(points.length > 5);
  for (const { attributes, value } of points) {
    assertEquals(value, 0);
    assert(String(attributes["ringside.absent"]).length > 0);
  }
});

Deno.test("attributes stay the same objects from tick to tick", () => {
  const before = metrics().get("system.disk.io")!.points[0]!.attributes;
  assert(metrics().get("system.disk.io")!.points[0]!.attributes === before);
});

Deno.test("the resource is the host and the service, and its owner's words win", () => {
  const { resource } = otlpMessage(HOST.snapshot, {
    ...IDENTITY,
    resource: { "service.name": "edge", "deployment.environment.name": "lab" },
  });
  assertEquals(resource["service.name"], "edge");
  assertEquals(resource["deployment.environment.name"], "lab");
  assertEquals(resource["service.version"], "1.2.3");
  assertEquals(resource["service.instance.id"], "one");
  assertEquals(resource["host.name"], HOST.snapshot.profile.hostname);
  assertEquals(resource["os.type"], "linux");
});

Deno.test("every metric of /metrics has a name here, that follows the rules for names", () => {
  for (const metric of METRICS.values()) {
    const name = otlpName(metric);
    const isExposed = metric.exposition !== undefined && !SCOPES.get(metric.scope)?.volatile;
    assert(name !== undefined || !isExposed, metric.id);
    if (name === undefined) continue;
    assert(
      /^(system|process|hw|ringside)(\.[a-z][a-z0-9_]*)+$/.test(name),
      `${metric.id} is called ${name}`,
    );
  }
});

Deno.test("metrics of one name have one unit, one kind and one help", () => {
  const seen = new Map<string, string>();
  for (const metric of METRICS.values()) {
    const name = otlpName(metric);
    if (name === undefined) continue;
    const kind = metric.kind === "counter" ? "total" : metric.otlp?.sum ? "sum" : "gauge";
    // Where none is said, a family of several would have that of the first.
    const help = metric.otlp?.help ?? `of ${metric.id}`;
    const all = `${kind} in ${metric.unit}: ${help}`;
    assertEquals(seen.get(name) ?? all, all, name);
    seen.set(name, all);
  }
});

Deno.test("an event that is counted for two metrics has its times once, by the one that has them", () => {
  const sources = ["cpu_cycles", "ref_cycles"].map((metric): Source => ({
    metric,
    pmu: "cpu",
    events: ["cycles"],
    instances: ["0"],
    group: 0,
    provenance: "kernel",
  }));
  const first = "cpu_cycles_time_enabled_seconds{0}";
  const second = "ref_cycles_time_enabled_seconds{0}";
  const enabled = (cells: Readonly<Record<string, number | undefined>>): readonly number[] => {
    const { points } = metrics(new HandFilled([cells, cells], { sources }))
      .get("ringside.pmu.time_enabled")!;
    return points.map(({ value }) => value);
  };
  const counts = { "cpu_cycles{0}": 1, "ref_cycles{0}": 1 };
  assertEquals(enabled({ ...counts, [first]: 5, [second]: 6 }), [5]);
  assertEquals(enabled({ ...counts, [first]: undefined, [second]: 6 }), [6]);
});

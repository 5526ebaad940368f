/** Which families `/metrics` has, and by what names: as the service was started, and as it is asked. */
import { assert, assertEquals } from "@std/assert";
import { COLLECT, METRICS, NODE_PERF, PMU_QUANTITIES } from "../../../collectors/mod.ts";
import type { Source } from "../../../collectors/source.ts";
import { exposition, type ExpositionOptions } from "../../../views/exposition/exposition.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

function counted(metric: string, cpu: number, count: number): Cells {
  return {
    [`${metric}{${cpu}}`]: count,
    [`${metric}_time_enabled_seconds{${cpu}}`]: 2,
    [`${metric}_time_running_seconds{${cpu}}`]: 1.5,
  };
}

function source(metric: string, pmu: string, event: string, cpu: number): Source {
  return { metric, pmu, events: [event], instances: [`${cpu}`], group: 1, provenance: "kernel" };
}

const HOST = new HandFilled([{
  "disk_read_bytes{sda}": 1500,
  "load_1m": 0.25,
  "software_page_faults{0}": 30,
  "software_time_enabled_seconds{0}": 2,
  "software_time_running_seconds{0}": 2,
  ...counted("cpu_cycles", 0, 100),
  ...counted("cpu_cycles", 1, 50),
  ...counted("l1d_references", 0, 20),
  ...counted("l1i_references", 0, 9),
  ...counted("l2_misses", 0, 4),
  ...counted("l2_references", 0, 44),
  "l3_misses{0}": 3,
}], {
  profile: { bootedAtMs: Date.UTC(2026, 0, 1) },
  sources: [
    source("cpu_cycles", "cpu_core", "cpu_core/cycles/", 0),
    source("cpu_cycles", "cpu_atom", "cpu_atom/cycles/", 1),
    source("l1d_references", "cpu_core", "cpu_core/L1-dcache-loads/", 0),
    source("l1i_references", "cpu_core", "cpu_core/L1-icache-loads/", 0),
    source("l2_misses", "cpu_core", "cpu_core/event=0x24,umask=0x3f,name=l2_rqsts.miss/", 0),
    // A sum of two events, and an event that no CPU has to itself: both are others' than node_exporter's.
    {
      ...source("l2_references", "cpu_core", "cpu_core/cache-references/", 0),
      events: ["cpu_core/cache-references/", "cpu_core/L1-icache-load-misses/"],
    },
    source("l3_misses", "amd_l3", "amd_l3/cache-misses/", 0),
  ],
});

function lines(options: Partial<ExpositionOptions>, host = HOST): readonly string[] {
  return exposition(host.snapshot, "prometheus", { version: "1.2.3", ...options }).split("\n");
}

function names(options: Partial<ExpositionOptions>): readonly string[] {
  return lines(options).flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
}

Deno.test("exposition leaves out all of node_* where it is told to, and nothing else", () => {
  const all = names({});
  const others = names({ nodeMetrics: false });
  assert(all.includes("node_disk_read_bytes_total") && all.includes("node_boot_time_seconds"));
  assertEquals(others, all.filter((name) => !name.startsWith("node_")));
  assert(others.includes("ringside_pmu_events_total"));
});

Deno.test("exposition has node_exporter's names of what its events count, where it is told to", () => {
  const told = (options: Partial<ExpositionOptions>): readonly string[] =>
    lines(options).filter((line) => line.startsWith("node_perf_"));
  assertEquals(told({}), []);
  const expected = [
    'node_perf_cpucycles_total{cpu="0"} 100',
    'node_perf_cpucycles_total{cpu="1"} 50',
    'node_perf_page_faults_total{cpu="0"} 30',
    // Not what l1i_references counts: node_exporter has no name for it.
    'node_perf_cache_l1d_read_hits_total{cpu="0"} 20',
  ];
  assertEquals(told({ nodePerf: true }), expected);
  assertEquals(told({ nodePerf: true, nodeMetrics: false }), expected);
});

Deno.test("what node_exporter calls hits says that it is accesses", () => {
  const hits = [...NODE_PERF.values()].filter(({ name }) => name.includes("_hits_"));
  assertEquals(hits.length, 2);
  for (const { name, help } of hits) assert(help.includes("Hits and misses together"), name);
});

Deno.test("each of node_exporter's names is told for an event of its own", () => {
  const all = [...NODE_PERF.values()].map(({ name }) => name);
  assertEquals(all.length, new Set(all).size);
  for (const name of all) assert(/^node_perf_[a-z0-9_]+_total$/.test(name), name);
});

Deno.test("exposition tells the parts that are collected alone", () => {
  assertEquals(names({ collect: ["disk"] }), ["node_disk_read_bytes_total"]);
  assertEquals(names({ collect: ["disk", "load"] }), [
    "node_load1",
    "node_disk_read_bytes_total",
  ]);
  assertEquals(names({ collect: ["host"] }), [
    "ringside_build_info",
    "node_uname_info",
    "node_time_seconds",
    "node_boot_time_seconds",
  ]);
  assertEquals(names({ collect: ["host"], nodeMetrics: false }), ["ringside_build_info"]);
  assertEquals(names({ collect: ["thermal"] }), []);
});

Deno.test("a group of counters is told with its times and whether it is available", () => {
  const told = lines({ collect: ["l1d"] }).filter((line) => /^\w/.test(line));
  const labels = '{cpu="0",event="L1-dcache-loads",pmu="cpu_core"}';
  assertEquals(told, [
    `ringside_pmu_events_total${labels} 20`,
    `ringside_pmu_time_enabled_seconds_total${labels} 2`,
    `ringside_pmu_time_running_seconds_total${labels} 1.5`,
    'ringside_pmu_event_info{event="L1-dcache-loads",pmu="cpu_core",quantity="l1d_references"} 1',
    'ringside_pmu_available{group="l1d",reason="not_yet"} 0',
  ]);
  const disk = lines({ collect: ["disk"] }).filter((line) => /^\w/.test(line));
  const both = lines({ collect: ["disk", "l1d"] }).filter((line) => /^\w/.test(line));
  assertEquals(new Set(both), new Set([...disk, ...told]));
  const perf = lines({ collect: ["l1d"], nodePerf: true })
    .filter((line) => line.startsWith("node_"));
  assertEquals(perf, ['node_perf_cache_l1d_read_hits_total{cpu="0"} 20']);
});

Deno.test("more choices than are kept are answered as the first", () => {
  const parts = [...COLLECT.keys()];
  const first = parts.map((part) => lines({ collect: [part] }).join("\n"));
  assert(parts.length > 20);
  assertEquals(parts.map((part) => lines({ collect: [part] }).join("\n")), first);
});

Deno.test("every exposed metric and every group of counters can be collected by a name", () => {
  const ids = new Set([...COLLECT.values()].flatMap((each) => [...each]));
  const lost = [...METRICS.values()].filter(({ id, exposition, scope }) =>
    exposition !== undefined && scope !== "process" && !ids.has(id)
  );
  assertEquals(lost.map(({ id }) => id), []);
  assertEquals(PMU_QUANTITIES.filter(({ id }) => !COLLECT.has(id)), []);
  for (const name of COLLECT.keys()) assert(/^[a-z0-9_]+$/.test(name), name);
});

Deno.test("exposition says what each event counts here, once for all CPUs", () => {
  const info = lines({}).filter((line) => line.startsWith("ringside_pmu_event_info{"));
  assertEquals(info.filter((line) => /quantity="(cpu_cycles|l[23]_\w+)"/.test(line)), [
    'ringside_pmu_event_info{event="cycles",pmu="cpu_core",quantity="cpu_cycles"} 1',
    'ringside_pmu_event_info{event="cycles",pmu="cpu_atom",quantity="cpu_cycles"} 1',
    'ringside_pmu_event_info{event="cache-references+L1-icache-load-misses",pmu="cpu_core",' +
    'quantity="l2_references"} 1',
    'ringside_pmu_event_info{event="l2_rqsts.miss",pmu="cpu_core",quantity="l2_misses"} 1',
    'ringside_pmu_event_info{event="cache-misses",pmu="amd_l3",quantity="l3_misses"} 1',
  ]);
});

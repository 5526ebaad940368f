import { assert, assertEquals } from "@std/assert";
import { METRICS, SCOPES } from "../../../collectors/catalogue.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Source } from "../../../collectors/source.ts";
import { exposition, type ExpositionFormat } from "../../../views/exposition/exposition.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

const HOST = new HandFilled([
  {
    "disk_read_bytes{sda}": 1000,
    "disk_read_bytes{sdb}": undefined,
    "memory_total_bytes": 8 * 2 ** 30,
    "page_faults_major": 7,
  },
  {
    "disk_read_bytes{sda}": 1500,
    "disk_read_bytes{sdb}": undefined,
    "memory_total_bytes": 8 * 2 ** 30,
    "page_faults_major": 9,
  },
], { profile: { bootedAtMs: Date.UTC(2026, 0, 1) } });

function lines(format: ExpositionFormat, host = HOST): string[] {
  return exposition(host.snapshot, format, { version: "1.2.3" }).split("\n");
}

/** Lines that begin with a name, its comments included. */
function family(format: ExpositionFormat, name: string, host = HOST): string[] {
  return lines(format, host).filter((line) =>
    line.startsWith(`${name} `) || line.startsWith(`${name}{`) ||
    new RegExp(`^# (TYPE|UNIT) ${name} `).test(line)
  );
}

Deno.test("exposition writes totals, not rates, and leaves out what was not measured", () => {
  assertEquals(family("prometheus", "node_disk_read_bytes_total"), [
    "# TYPE node_disk_read_bytes_total counter",
    'node_disk_read_bytes_total{device="sda"} 1500',
  ]);
});

Deno.test("exposition leaves out a family of which nothing was measured", () => {
  const text = lines("prometheus").join("\n");
  assert(!text.includes("node_disk_written_bytes_total"), text);
});

Deno.test("exposition names an OpenMetrics counter's family without _total, and its unit", () => {
  assertEquals(
    lines("openmetrics").filter((line) => line.includes("node_disk_read_bytes")).slice(0, 2),
    [
      "# TYPE node_disk_read_bytes counter",
      "# UNIT node_disk_read_bytes bytes",
    ],
  );
  assertEquals(lines("openmetrics").at(-2), "# EOF");
  assert(!lines("prometheus").includes("# EOF"));
});

Deno.test("exposition writes gauges as they are", () => {
  assertEquals(family("prometheus", "node_memory_MemTotal_bytes"), [
    "# TYPE node_memory_MemTotal_bytes gauge",
    "node_memory_MemTotal_bytes 8589934592",
  ]);
});

Deno.test("exposition calls a total without _total untyped, and unknown in OpenMetrics", () => {
  assertEquals(family("prometheus", "node_vmstat_pgmajfault"), [
    "# TYPE node_vmstat_pgmajfault untyped",
    "node_vmstat_pgmajfault 9",
  ]);
  assertEquals(family("openmetrics", "node_vmstat_pgmajfault"), [
    "# TYPE node_vmstat_pgmajfault unknown",
    "node_vmstat_pgmajfault 9",
  ]);
});

Deno.test("exposition escapes what a label may not hold", () => {
  const name = 'a"b\\c\nd';
  const host = new HandFilled([{ [`disk_read_bytes{${name}}`]: 1 }]);
  assertEquals(
    family("prometheus", "node_disk_read_bytes_total", host).at(-1),
    'node_disk_read_bytes_total{device="a\\"b\\\\c\\\\u000ad"} 1',
  );
});

Deno.test("exposition puts the labels of an instance and of the metric side by side", () => {
  const host = new HandFilled([{ "cpu_user_seconds{0}": 12.5, "cpu_idle_seconds{0}": 80 }]);
  assertEquals(family("prometheus", "node_cpu_seconds_total", host), [
    "# TYPE node_cpu_seconds_total counter",
    'node_cpu_seconds_total{cpu="0",mode="user"} 12.5',
    'node_cpu_seconds_total{cpu="0",mode="idle"} 80',
  ]);
});

Deno.test("exposition tells its version and when the kernel booted", () => {
  assertEquals(family("prometheus", "ringside_build_info"), [
    "# TYPE ringside_build_info gauge",
    'ringside_build_info{version="1.2.3"} 1',
  ]);
  assertEquals(family("openmetrics", "node_boot_time_seconds"), [
    "# TYPE node_boot_time_seconds gauge",
    "# UNIT node_boot_time_seconds seconds",
    "node_boot_time_seconds 1767225600",
  ]);
});

Deno.test("exposition says TYPE and HELP once a family, before its samples, in both formats", () => {
  for (const format of ["prometheus", "openmetrics"] as const) {
    const seen = new Set<string>();
    let current = "";
    for (const line of lines(format).filter((text) => text !== "" && text !== "# EOF")) {
      const type = /^# TYPE (\S+) /.exec(line)?.[1];
      if (type !== undefined) assert(!seen.has(type), `${type} is told twice`);
      const name = type ?? /^(?:# \w+ )?([\w:]+)/.exec(line)![1]!;
      if (type !== undefined) seen.add(current = type);
      if (format === "prometheus" && line.startsWith("# HELP")) continue;
      const samples = [current, `${current}_total`, `${current}_created`];
      assert(samples.includes(name), `${line} stands in ${current}`);
    }
  }
});

Deno.test("every exposed name of the catalogue keeps the rules of its kind", () => {
  const types = new Map<string, string>();
  const broken: string[] = [];
  for (const { exposition, kind, scope, id } of METRICS.values()) {
    if (exposition === undefined || SCOPES.get(scope)?.volatile) continue;
    const { name, labels = {}, type = kind } = exposition;
    if (!/^[a-z][A-Za-z0-9_]*$/.test(name)) broken.push(`${id}: ${name} is no name`);
    if (type === "counter" && !name.endsWith("_total")) broken.push(`${id}: ${name} lacks _total`);
    if (type !== "counter" && name.endsWith("_total")) broken.push(`${id}: ${name} is no counter`);
    for (const label of [labels].flat().flatMap(Object.keys)) {
      if (!/^[a-z_]+$/.test(label)) broken.push(`${id}: label ${label}`);
    }
    const family = name.replace(/_total$/, "");
    if ((types.get(family) ?? type) !== type) broken.push(`${id}: ${family} has two types`);
    types.set(family, type);
  }
  assertEquals(broken, []);
});

const CYCLES: Source = {
  metric: "cpu_cycles",
  pmu: "cpu",
  events: ["cycles"],
  instances: ["0"],
  group: 1,
  provenance: "kernel",
};

/** A count with its two times. */
function counted(metric: string, cpu: number, count: number): Cells {
  return {
    [`${metric}{${cpu}}`]: count,
    [`${metric}_time_enabled_seconds{${cpu}}`]: 2,
    [`${metric}_time_running_seconds{${cpu}}`]: 1.5,
  };
}

Deno.test("exposition labels a count with the events and the PMU that count it on that CPU", () => {
  const host = new HandFilled([{
    ...counted("cpu_cycles", 0, 100),
    ...counted("cpu_cycles", 1, 50),
    // No source says what was counted here.
    ...counted("cpu_cycles", 2, 7),
  }], {
    sources: [
      CYCLES,
      {
        ...CYCLES,
        pmu: "cpu_atom",
        events: ["cpu_atom/cycles/", "cpu_atom/event=0x24,umask=0x1,name=l2_request.miss/"],
        instances: ["1"],
      },
    ],
  });
  assertEquals(family("prometheus", "ringside_pmu_events_total", host).slice(1), [
    'ringside_pmu_events_total{cpu="0",event="cycles",pmu="cpu"} 100',
    'ringside_pmu_events_total{cpu="1",event="cycles+l2_request.miss",pmu="cpu_atom"} 50',
  ]);
  assertEquals(family("prometheus", "ringside_pmu_time_running_seconds_total", host).slice(1), [
    'ringside_pmu_time_running_seconds_total{cpu="0",event="cycles",pmu="cpu"} 1.5',
    'ringside_pmu_time_running_seconds_total{cpu="1",event="cycles+l2_request.miss",pmu="cpu_atom"} 1.5',
  ]);
});

Deno.test("exposition names an event by its own name where it has one, else by its terms", () => {
  for (
    const [event, label] of [
      ["L1-dcache-loads", "L1-dcache-loads"],
      ["cpu_core/cycles/", "cycles"],
      ["cpu/event=0x24,umask=0xff,name=l2_rqsts.references/", "l2_rqsts.references"],
      ["cpu/name=l2,event=0x24/", "l2"],
      ["amd_l3/event=0x04,umask=0xff/", "event=0x04,umask=0xff"],
    ] as const
  ) {
    const sources = [{ ...CYCLES, events: [event] }];
    const host = new HandFilled([counted("cpu_cycles", 0, 100)], { sources });
    assertEquals(family("prometheus", "ringside_pmu_events_total", host).slice(1), [
      `ringside_pmu_events_total{cpu="0",event="${label}",pmu="cpu"} 100`,
    ]);
  }
});

Deno.test("exposition tells an event once that is counted for two metrics", () => {
  const host = new HandFilled([
    { ...counted("cpu_cycles", 0, 100), ...counted("branch_misses", 0, 99) },
  ], { sources: [CYCLES, { ...CYCLES, metric: "branch_misses" }] });
  assertEquals(family("prometheus", "ringside_pmu_events_total", host).slice(1), [
    'ringside_pmu_events_total{cpu="0",event="cycles",pmu="cpu"} 100',
  ]);
});

Deno.test("exposition says of every group of quantities whether it is counted, or why not", () => {
  const denied = new CollectorError("denied", "Cannot open: EACCES");
  const at = (seconds: number): Cells => ({
    ...counted("cpu_cycles", 0, 100 * seconds),
    "cpu_cycles_time_enabled_seconds{0}": seconds,
    "cpu_cycles_time_running_seconds{0}": seconds,
  });
  const host = new HandFilled([at(1), at(2)], {
    sources: [CYCLES],
    refused: { software_events: denied },
  });
  assertEquals(family("prometheus", "ringside_pmu_available", host), [
    "# TYPE ringside_pmu_available gauge",
    'ringside_pmu_available{group="core",reason=""} 1',
    'ringside_pmu_available{group="branch",reason="not_supported"} 0',
    'ringside_pmu_available{group="llc",reason="not_supported"} 0',
    'ringside_pmu_available{group="l1d",reason="not_supported"} 0',
    'ringside_pmu_available{group="l2",reason="not_supported"} 0',
    'ringside_pmu_available{group="tlb",reason="not_supported"} 0',
    'ringside_pmu_available{group="l1i",reason="not_supported"} 0',
    'ringside_pmu_available{group="stalls",reason="not_supported"} 0',
    'ringside_pmu_available{group="clock",reason="not_supported"} 0',
    'ringside_pmu_available{group="l3",reason="not_supported"} 0',
    'ringside_pmu_available{group="memory_bandwidth",reason="not_supported"} 0',
    'ringside_pmu_available{group="energy",reason="not_supported"} 0',
    'ringside_pmu_available{group="software",reason="denied"} 0',
    'ringside_pmu_available{group="tsc",reason="not_yet"} 0',
  ]);
});

/** Since when counters count, and for how long: what PromQL needs besides their totals. */
import { assert, assertEquals } from "@std/assert";
import type { Source } from "../../../collectors/source.ts";
import { exposition } from "../../../views/exposition/exposition.ts";
import { CoreBench } from "../../fakes/core_bench.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

const BOOT = Date.UTC(2026, 0, 1);

function openMetrics(host: { readonly snapshot: HandFilled["snapshot"] }): readonly string[] {
  return exposition(host.snapshot, "openmetrics", { version: "1.2.3" }).split("\n");
}

function created(host: { readonly snapshot: HandFilled["snapshot"] }): readonly string[] {
  return openMetrics(host).filter((line) => /_created[ {]/.test(line));
}

Deno.test("what the kernel counts since it booted is created then, what nobody knows not at all", () => {
  const cells = {
    "context_switches": 9,
    "disk_read_bytes{sda}": 1,
    "page_faults": 4,
    "load_1m": 1,
  };
  const host = new HandFilled([cells], { profile: { bootedAtMs: BOOT } });
  assertEquals(created(host), [`node_context_switches_created ${BOOT / 1000}`]);
  // By its name no counter to OpenMetrics.
  const faults = openMetrics(host).filter((line) => line.startsWith("node_vmstat_pgfault"));
  assertEquals(faults, ["node_vmstat_pgfault 4"]);
  assertEquals(created(new HandFilled([cells], { profile: { bootedAtMs: undefined } })), []);
});

Deno.test("what the service counts of itself is created when its process started", () => {
  const cells = { "self_cpu_seconds": 1.5, "self_start_uptime_seconds": 100.25 };
  assertEquals(created(new HandFilled([cells])), [
    "ringside_ticks_created 1767225700.25",
    "ringside_ticks_missed_created 1767225700.25",
    "process_cpu_seconds_created 1767225700.25",
  ]);
});

Deno.test("after the clock was set back nothing is created in the future", () => {
  const cells = { "context_switches": 9 };
  const at = (bootedAtMs: number): HandFilled =>
    new HandFilled([cells], { profile: { bootedAtMs } });
  const { wallMs } = at(BOOT).snapshot;
  assertEquals(created(at(wallMs)), [`node_context_switches_created ${wallMs / 1000}`]);
  const host = at(wallMs + 1);
  assertEquals(created(host), []);
  assert(openMetrics(host).includes("node_context_switches_total 9"));
});

Deno.test("a counter's creation follows its total, in OpenMetrics alone", () => {
  const cells = { "cpu_user_seconds{0}": 2, "cpu_user_seconds{1}": 3 };
  const host = new HandFilled([cells], { profile: { bootedAtMs: BOOT } });
  assertEquals(openMetrics(host).filter((line) => line.startsWith("node_cpu_seconds")), [
    'node_cpu_seconds_total{cpu="0",mode="user"} 2',
    `node_cpu_seconds_created{cpu="0",mode="user"} ${BOOT / 1000}`,
    'node_cpu_seconds_total{cpu="1",mode="user"} 3',
    `node_cpu_seconds_created{cpu="1",mode="user"} ${BOOT / 1000}`,
  ]);
  const plain = exposition(host.snapshot, "prometheus", { version: "1.2.3" });
  assert(!plain.includes("_created"));
});

const SOURCES: readonly Source[] = ["0", "1"].map((cpu) => ({
  metric: "cpu_cycles",
  pmu: "cpu",
  events: ["cycles"],
  instances: [cpu],
  group: 1,
  provenance: "kernel",
}));

/** CPU 0 is counted from the first tick on, CPU 1 ten seconds later. */
function late(second: number): Cells {
  const at = (cpu: number, seconds: number): Cells => ({
    [`cpu_cycles{${cpu}}`]: 1e9 * seconds,
    [`cpu_cycles_time_enabled_seconds{${cpu}}`]: seconds,
    [`cpu_cycles_time_running_seconds{${cpu}}`]: seconds / 2,
  });
  return { ...at(0, second), ...(second < 10 ? {} : at(1, second - 10)) };
}

Deno.test("what is counted since the first tick is created then, what came later at no known time", () => {
  const ticks = Array.from({ length: 21 }, (_, second) => late(second));
  const host = new HandFilled(ticks.slice(0, 1), { sources: SOURCES });
  const first = host.snapshot.wallMs;
  for (const cells of ticks.slice(1)) host.tick(cells);
  const labels = '{cpu="0",event="cycles",pmu="cpu"}';
  assertEquals(created(host), [
    `ringside_pmu_events_created${labels} ${first / 1000}`,
    `ringside_pmu_time_enabled_seconds_created${labels} ${first / 1000}`,
    `ringside_pmu_time_running_seconds_created${labels} ${first / 1000}`,
  ]);
});

Deno.test("a first tick that nobody saw is no creation", () => {
  const bench = new CoreBench([0]);
  bench.ticks(3);
  const { snapshot } = bench.stage;
  assert(created({ snapshot }).some((line) => line.startsWith("ringside_pmu_events_created")));
  Object.defineProperty(snapshot, "begun", { value: null });
  Object.defineProperty(snapshot, "shape", { value: {} });
  assertEquals(created({ snapshot }).filter((line) => line.startsWith("ringside_pmu")), []);
});

/** Label sets of a family, sorted. */
function labelsOf(text: string, family: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith(`${family}{`))
    .map((line) => line.slice(family.length, line.lastIndexOf(" "))).toSorted();
}

Deno.test("every family of the PMUs has its two times, with the same labels", async () => {
  const golden = new URL("../../golden/server-2socket.prom", import.meta.url);
  const text = await Deno.readTextFile(golden);
  for (
    const [total, prefix] of [
      ["ringside_pmu_events_total", "ringside_pmu"],
      ["ringside_memory_bandwidth_bytes_total", "ringside_memory_bandwidth"],
      ["ringside_energy_joules_total", "ringside_energy"],
    ] as const
  ) {
    const labels = labelsOf(text, total);
    assert(labels.length > 3, total);
    for (const time of ["enabled", "running"]) {
      assertEquals(labelsOf(text, `${prefix}_time_${time}_seconds_total`), labels, total);
    }
  }
});

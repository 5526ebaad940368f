import { assertEquals } from "@std/assert";
import { CollectorError } from "../../collectors/collector.ts";
import { timeEnabledOf, timeRunningOf } from "../../collectors/catalogue/counted.ts";
import { perfJson } from "../../routes/perf_json.ts";
import type { Source } from "../../collectors/source.ts";
import { type Cells, HandFilled, type HandFilledOptions } from "../views/hand_filled.ts";

/** What two CPUs counted in so many seconds, of which the counters ran for a share. */
function counts(seconds: number, aSecond: Cells, share = 1): Cells {
  const cells: Record<string, number> = {};
  for (const [metric, times] of Object.entries(aSecond)) {
    for (const cpu of [0, 1]) {
      cells[`${metric}{${cpu}}`] = times! * seconds;
      cells[`${timeEnabledOf(metric)}{${cpu}}`] = seconds;
      cells[`${timeRunningOf(metric)}{${cpu}}`] = seconds * share;
    }
  }
  return cells;
}

const CORE = {
  cpu_cycles: 2_000_000_000,
  instructions: 3_000_000_000,
  branch_instructions: 500_000_000,
  branch_misses: 4_000_000,
  l1i_misses: 1_000_000.4,
  core_llc_references: 20_000_000,
  core_llc_misses: 5_000_000,
  dtlb_misses: 600_000,
};

Deno.test("perfJson answers with the whole counts of the last interval, over all CPUs", () => {
  const at = (seconds: number): Cells => ({
    ...counts(seconds, CORE),
    "context_switches": 900 * seconds,
    "interrupts": 700 * seconds,
  });
  const { snapshot } = new HandFilled([at(1), at(2), at(3)]);
  assertEquals(perfJson(snapshot), {
    available: true,
    interval_seconds: 1,
    cycles: 4_000_000_000,
    instructions: 6_000_000_000,
    ipc: 1.5,
    l1d_references: null,
    l1d_misses: null,
    l1d_miss_rate: null,
    // 2,000,000.8 by the accumulators: a count is a whole number.
    l1i_misses: 2_000_001,
    l2_references: null,
    l2_misses: null,
    l2_miss_rate: null,
    llc_references: 40_000_000,
    llc_misses: 10_000_000,
    llc_miss_rate: 0.25,
    branch_instructions: 1_000_000_000,
    branch_misses: 8_000_000,
    branch_miss_rate: 0.008,
    dtlb_misses: 1_200_000,
    itlb_misses: null,
    context_switches: 900,
    interrupts: 700,
    memory_read_mbps: null,
    memory_write_mbps: null,
    memory_total_mbps: null,
  });
});

Deno.test("perfJson takes the last-level cache from its own PMU where the cores do not count it", () => {
  const at = (seconds: number): Cells => ({
    "l3_references{0}": 8000 * seconds,
    "l3_references_time_enabled_seconds{0}": seconds,
    "l3_references_time_running_seconds{0}": seconds,
    "l3_misses{0}": 2000 * seconds,
    "l3_misses_time_enabled_seconds{0}": seconds,
    "l3_misses_time_running_seconds{0}": seconds,
  });
  const { snapshot } = new HandFilled([at(1), at(2)]);
  const { available, interval_seconds, cycles, llc_references, llc_misses, llc_miss_rate } =
    perfJson(snapshot) as Record<string, unknown>;
  assertEquals(
    [available, interval_seconds, cycles, llc_references, llc_misses, llc_miss_rate],
    [true, 1, null, 8000, 2000, 0.25],
  );
});

Deno.test("perfJson takes context switches from software events where the host does not tell", () => {
  const at = (seconds: number): Cells => ({
    ...counts(seconds, { cpu_cycles: 10 }),
    "software_context_switches{0}": 30 * seconds,
    "software_context_switches{1}": 7 * seconds,
    "software_time_enabled_seconds{0}": seconds,
    "software_time_enabled_seconds{1}": seconds,
    "software_time_running_seconds{0}": seconds,
    "software_time_running_seconds{1}": seconds,
  });
  const answer = perfJson(new HandFilled([at(1), at(2)]).snapshot) as Record<string, unknown>;
  assertEquals([answer["context_switches"], answer["interrupts"]], [37, null]);
});

Deno.test("perfJson tells no count that is implausible", () => {
  // A CPU of 40 GHz, twice in a row.
  const { snapshot } = new HandFilled(
    [1, 2, 3].map((seconds) => counts(seconds, { cpu_cycles: 4e10, instructions: 1e9 })),
  );
  const answer = perfJson(snapshot) as Record<string, unknown>;
  assertEquals([answer["cycles"], answer["ipc"], answer["instructions"]], [null, null, 2e9]);
});

Deno.test("perfJson is not available without hardware events, whatever else counts", () => {
  const none = new CollectorError("not_supported", "Cannot find a PMU: this guest has none");
  const at = (seconds: number): Cells => ({
    "context_switches": 900 * seconds,
    "interrupts": 700 * seconds,
  });
  const { snapshot } = new HandFilled([at(1), at(2)], { refused: { core_counters: none } });
  assertEquals(perfJson(snapshot), {
    available: false,
    reason: "No hardware event is counted: Cannot find a PMU: this guest has none",
  });
});

Deno.test("perfJson says before the second reading that it is too early", () => {
  const { snapshot } = new HandFilled([counts(1, CORE)]);
  assertEquals(perfJson(snapshot), {
    available: false,
    reason: "No hardware event is counted: counters show something from their second reading on",
  });
});

/** Without the second CPU. */
function onlyFirst(cells: Cells): Cells {
  return Object.fromEntries(
    Object.entries(cells).map(([key, value]) => [key, key.endsWith("{1}") ? undefined : value]),
  );
}

Deno.test("perfJson tells no sum that lacks a CPU, and ratios of those that have all terms", () => {
  const at = (seconds: number): Cells => ({
    ...onlyFirst(counts(seconds, CORE)),
    ...counts(seconds, { branch_instructions: 500_000_000, branch_misses: 4_000_000 }),
    "software_context_switches{0}": 30 * seconds,
    "software_context_switches{1}": undefined,
    "software_time_enabled_seconds{0}": seconds,
    "software_time_running_seconds{0}": seconds,
  });
  const answer = perfJson(new HandFilled([at(1), at(2), at(3)]).snapshot);
  const { available, interval_seconds, ...fields } = answer as Record<string, unknown>;
  assertEquals([available, interval_seconds], [true, 1]);
  assertEquals(Object.entries(fields).filter(([, value]) => value !== null), [
    ["ipc", 1.5],
    ["llc_miss_rate", 0.25],
    ["branch_instructions", 1_000_000_000],
    ["branch_misses", 8_000_000],
    ["branch_miss_rate", 0.008],
  ]);
});

Deno.test("perfJson knows the interval of a ratio when no count is of the whole host", () => {
  const at = (seconds: number): Cells =>
    onlyFirst(counts(seconds, { cpu_cycles: 2e9, instructions: 3e9 }));
  const answer = perfJson(new HandFilled([at(1), at(2), at(3)]).snapshot) as Record<
    string,
    unknown
  >;
  assertEquals(
    [answer["available"], answer["interval_seconds"], answer["cycles"], answer["ipc"]],
    [true, 1, null, 1.5],
  );
});

Deno.test("perfJson says so when counts of some CPUs are all there is", () => {
  const at = (seconds: number): Cells => onlyFirst(counts(seconds, { dtlb_misses: 600 }));
  assertEquals(perfJson(new HandFilled([at(1), at(2), at(3)]).snapshot), {
    available: false,
    reason: "No hardware event is counted on the whole host: dTLB misses on 1 of 2",
  });
});

/** What a controller moved in so many seconds, in bytes a second. */
function traffic(seconds: number, aSecond: Cells): Cells {
  const cells: Record<string, number> = {};
  for (const [metric, bytes] of Object.entries(aSecond)) {
    cells[`${metric}{0/uncore_imc_0}`] = bytes! * seconds;
    cells[`${timeEnabledOf(metric)}{0/uncore_imc_0}`] = seconds;
    cells[`${timeRunningOf(metric)}{0/uncore_imc_0}`] = seconds;
  }
  return cells;
}

const TRAFFIC = { memory_read_bytes: 1_500_000_000, memory_write_bytes: 250_500_000 };

function bandwidths(
  aSecond: Cells,
  more: (seconds: number) => Cells = () => ({}),
  options: HandFilledOptions = {},
): readonly unknown[] {
  const at = (seconds: number): Cells => ({
    ...counts(seconds, CORE),
    ...traffic(seconds, aSecond),
    ...more(seconds),
  });
  const { snapshot } = new HandFilled([at(1), at(2), at(3)], options);
  const answer = perfJson(snapshot) as Record<string, unknown>;
  return [answer["memory_read_mbps"], answer["memory_write_mbps"], answer["memory_total_mbps"]];
}

Deno.test("perfJson tells memory bandwidth in millions of bytes a second", () => {
  assertEquals(bandwidths(TRAFFIC), [1500, 250.5, 1750.5]);
});

Deno.test("perfJson takes the total of memory from what tells no more", () => {
  assertEquals(bandwidths({ memory_combined_bytes: 2_000_000_000 }), [null, null, 2000]);
});

Deno.test("perfJson tells no memory bandwidth that is a lower bound only", () => {
  const missed = bandwidths({}, () => ({ llc_line_bytes: 64 }));
  assertEquals(missed, [null, null, null]);
  // What devices move goes past the monitors of the L3 caches.
  const monitored = bandwidths({}, (seconds) => ({ "mbm_total_bytes{0}": 3e9 * seconds }));
  assertEquals(monitored, [null, null, null]);
});

Deno.test("perfJson tells no memory bandwidth that lacks a controller", () => {
  const other = (): Cells => ({ "memory_read_bytes{0/uncore_imc_1}": undefined });
  assertEquals(bandwidths(TRAFFIC, other), [null, null, null]);
});

Deno.test("perfJson tells no memory bandwidth that nobody vouches for", () => {
  const sourceOf = (metric: string): Source => ({
    metric,
    pmu: "uncore_imc",
    events: ["uncore_imc/event=0x05,umask=0xcf/"],
    instances: ["0/uncore_imc_0"],
    group: 0,
    provenance: metric.includes("read") ? "third_party" : "vendor",
  });
  const sources = Object.keys(TRAFFIC).map(sourceOf);
  assertEquals(bandwidths(TRAFFIC, undefined, { sources }), [null, 250.5, null]);
});

Deno.test("perfJson tells no memory bandwidth that is above what the memory can do", () => {
  const peak = (): Cells => ({ "memory_peak_bytes_per_second{0/uncore_imc_0}": 1e9 });
  assertEquals(bandwidths(TRAFFIC, peak), [null, null, null]);
});

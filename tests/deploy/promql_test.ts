/** Metrics of the catalogue as PromQL, and what cannot be asked for. */
import { assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { boundQl, promql } from "../../deploy/prometheus/promql.ts";

const RANGE = { range: "1m" };

function sum(series: string, by = "job, instance, cluster"): string {
  return `sum by (${by}) (rate(${series}[1m]))`;
}

/** The same of PMUs that count another quantity too. */
function paired(series: string, partner: string): string {
  return `sum by (job, instance, cluster) (rate(${series}[1m]) ` +
    `and on (job, instance, cluster, pmu) ringside_pmu_event_info{quantity="${partner}"})`;
}

function believed(expr: string, group: string): string {
  return `${expr} unless on (job, instance, cluster) ` +
    `ringside_pmu_available{${group}, reason="implausible"}`;
}

const CYCLES = 'ringside_pmu_events_total{event=~"CPU_CYCLES|cycles"}';
const INSTRUCTIONS = 'ringside_pmu_events_total{event=~"INST_RETIRED|instructions"}';

Deno.test("promql divides sums by sums of the same PMUs, and never by zero", () => {
  const [above, below] = [paired(INSTRUCTIONS, "cpu_cycles"), paired(CYCLES, "instructions")];
  assertEquals(
    promql("instructions_per_cycle", RANGE),
    believed(`${above} / (${below} > 0)`, 'group="core"'),
  );
});

Deno.test("promql divides what is counted of different things as it is", () => {
  const l3 = 'ringside_pmu_events_total{event="event=0x04,umask=0x01", pmu="amd_l3"}';
  const mpki = promql("llc_mpki", RANGE)!;
  // Where some are missing they would be of different CPUs. What is of one place is so in any case.
  const whole =
    ' unless on (job, instance, cluster) ringside_pmu_inexact{group=~"core|l3", why="partial"}';
  const apart = ` or 1000 * ${sum(l3)} / (${sum(INSTRUCTIONS)} > 0)${whole})`;
  assertEquals(mpki.includes(apart), true, mpki);
  assertEquals(mpki.split("ringside_pmu_inexact").length, 2);
  assertEquals(
    promql("energy_per_billion_instructions_joules", RANGE),
    believed(
      `1000000000 * ${sum('ringside_energy_joules_total{zone="package"}')} / ` +
        `(${sum(INSTRUCTIONS)} > 0)` +
        ' unless on (job, instance, cluster) ringside_pmu_inexact{group=~"core|energy", why="partial"}',
      'group=~"core|energy"',
    ),
  );
});

Deno.test("promql tells parts apart by labels that the series have, and by no others", () => {
  const by = "job, instance, cluster, pmu";
  assertEquals(
    promql("instructions_per_cycle", { ...RANGE, by: ["pmu"] }),
    believed(`${sum(INSTRUCTIONS, by)} / (${sum(CYCLES, by)} > 0)`, 'group="core"'),
  );
  assertEquals(promql("instructions_per_cycle", { ...RANGE, by: ["socket"] }), undefined);
  // The host's peak is no socket's.
  assertEquals(
    promql("memory_host_peak_bytes_per_second", { ...RANGE, by: ["socket"] }),
    undefined,
  );
});

Deno.test("promql asks for the event itself where a ratio has a count of its own", () => {
  const misses = 'ringside_pmu_events_total{event=~"L1I_TLB_REFILL|iTLB-load-misses"}';
  const [above, below] = [
    paired(misses, "instructions"),
    paired(INSTRUCTIONS, "itlb_misses"),
  ];
  assertEquals(
    promql("itlb_mpki", RANGE),
    believed(`1000 * ${above} / (${below} > 0)`, 'group=~"core|tlb"'),
  );
});

Deno.test("promql takes the second way where the first has no series", () => {
  const direction = (name: string): string =>
    sum(`ringside_memory_bandwidth_bytes_total{direction="${name}"}`);
  assertEquals(
    promql("memory_controller_bytes_per_second", RANGE),
    believed(
      `(${direction("read")} + ${direction("write")} or ${direction("combined")})`,
      'group="memory_bandwidth"',
    ),
  );
});

Deno.test("promql asks the machine which quantity an event stands for", () => {
  const misses = promql("core_llc_misses", { ...RANGE, matchers: 'job="a"' })!;
  assertEquals(
    misses,
    `sum by (job, instance, cluster) (rate(ringside_pmu_events_total{event=~` +
      `"L3D_CACHE_REFILL|LLC-load-misses|LL_CACHE_MISS_RD|cache-misses", job="a"}[1m]) ` +
      `and on (job, instance, cluster, pmu, event) ` +
      `ringside_pmu_event_info{quantity="core_llc_misses", job="a"}) ` +
      `unless on (job, instance, cluster) ` +
      `ringside_pmu_available{group="llc", reason="implausible", job="a"}`,
  );
  // What has one meaning everywhere needs no asking.
  assertEquals(promql("cpu_cycles", RANGE), believed(sum(CYCLES), 'group="core"'));
});

Deno.test("promql has values and their bounds apart, each by its own name", () => {
  const value = promql("memory_bytes_per_second", RANGE)!;
  assertEquals(value, promql("memory_controller_bytes_per_second", RANGE));
  const floor = promql("memory_bytes_per_second", { ...RANGE, bound: "lower" })!;
  assertEquals(floor.includes("ringside_mbm_bytes_total"), true, floor);
  assertEquals(floor.includes("ringside_memory_bandwidth"), false, floor);
  assertEquals(
    boundQl("memory_bytes_per_second", "lower", RANGE, "x"),
    `(${floor}) unless on (job, instance, cluster) x`,
  );
  // The difference of a value and a lower bound is an upper one.
  const residual = "memory_residual_llc_bytes_per_second";
  assertEquals(promql(residual, RANGE), undefined);
  assertEquals(promql(residual, { ...RANGE, bound: "lower" }), undefined);
  assertEquals(promql(residual, { ...RANGE, bound: "upper" })!.includes(" - "), true);
  assertEquals(promql("instructions_per_cycle", { ...RANGE, bound: "lower" }), undefined);
});

Deno.test("promql tells instances apart by all the labels that name them", () => {
  const by = (...by: readonly string[]): string | undefined =>
    promql("sensor_temperature_celsius", { ...RANGE, by });
  assertEquals(
    by("chip", "sensor"),
    "max by (job, instance, cluster, chip, sensor) (node_hwmon_temp_celsius)",
  );
  assertEquals(by("sensor"), undefined);
});

Deno.test("promql leaves elapsed time out of what is a rate already", () => {
  assertEquals(
    promql("disk_busy_ratio", { ...RANGE, by: ["device"] }),
    sum("node_disk_io_time_seconds_total", "job, instance, cluster, device"),
  );
});

Deno.test("promql adds up no family that drives share with what is stacked on them", () => {
  assertEquals(promql("disk_read_bytes", RANGE), undefined);
  assertEquals(promql("memory_device_traffic_bytes_per_second", RANGE), undefined);
  assertEquals(
    promql("disk_read_bytes", { ...RANGE, by: ["device"] }),
    sum("node_disk_read_bytes_total", "job, instance, cluster, device"),
  );
});

Deno.test("promql has gauges as they are, added up only where the catalogue does", () => {
  assertEquals(
    promql("memory_total_bytes", RANGE),
    "max by (job, instance, cluster) (node_memory_MemTotal_bytes)",
  );
  assertEquals(
    promql("memory_peak_bytes_per_second", RANGE),
    "sum by (job, instance, cluster) (ringside_memory_peak_bytes_per_second)",
  );
  assertEquals(promql("sensor_temperature_celsius", RANGE), undefined);
});

Deno.test("promql knows nothing of what /metrics leaves out", () => {
  assertEquals(promql("process_cpu_ratio", RANGE), undefined);
  assertEquals(promql("pressure_10s_ratio", RANGE), undefined);
});

Deno.test("promql is a rate, a ratio or a gauge for every metric", () => {
  // It throws for a formula that is none.
  const told = [...METRICS.keys()].filter((id) => promql(id, RANGE) !== undefined);
  assertEquals(told.length > METRICS.size / 2, true, `${told.length} of ${METRICS.size}`);
});

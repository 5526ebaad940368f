/** Metrics of the catalogue as PromQL, and what cannot be asked for. */
import { assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { promql } from "../../deploy/prometheus/promql.ts";

const RANGE = { range: "1m" };

function sum(series: string, by = "job, instance"): string {
  return `sum by (${by}) (rate(${series}[1m]))`;
}

const CYCLES = 'ringside_pmu_events_total{event=~"CPU_CYCLES|cycles"}';
const INSTRUCTIONS = 'ringside_pmu_events_total{event=~"INST_RETIRED|instructions"}';

Deno.test("promql divides sums by sums, and never by zero", () => {
  assertEquals(
    promql("instructions_per_cycle", RANGE),
    `${sum(INSTRUCTIONS)} / (${sum(CYCLES)} > 0)`,
  );
});

Deno.test("promql tells parts apart by labels that the series have, and by no others", () => {
  const by = "job, instance, pmu";
  assertEquals(
    promql("instructions_per_cycle", { ...RANGE, by: ["pmu"] }),
    `${sum(INSTRUCTIONS, by)} / (${sum(CYCLES, by)} > 0)`,
  );
  assertEquals(promql("instructions_per_cycle", { ...RANGE, by: ["socket"] }), undefined);
  // The host's peak is no socket's.
  assertEquals(
    promql("memory_host_peak_bytes_per_second", { ...RANGE, by: ["socket"] }),
    undefined,
  );
});

Deno.test("promql asks for the event itself where a ratio has a count of its own", () => {
  assertEquals(
    promql("itlb_mpki", RANGE),
    `1000 * ${sum('ringside_pmu_events_total{event=~"L1I_TLB_REFILL|iTLB-load-misses"}')} / (${
      sum(INSTRUCTIONS)
    } > 0)`,
  );
});

Deno.test("promql takes the second way where the first has no series", () => {
  const direction = (name: string): string =>
    sum(`ringside_memory_bandwidth_bytes_total{direction="${name}"}`);
  assertEquals(
    promql("memory_controller_bytes_per_second", RANGE),
    `${direction("read")} + ${direction("write")} or ${direction("combined")}`,
  );
});

Deno.test("promql asks groups which quantity an event stands for", () => {
  const available = (group: string): string =>
    `ringside_pmu_available{group="${group}", job="a"} == 1`;
  const events = 'ringside_pmu_events_total{event="cache-misses", job="a"}';
  const misses = promql("l2_misses", { ...RANGE, matchers: 'job="a"' })!;
  assertEquals(
    misses.slice(misses.indexOf(" or ") + 4),
    `${sum(events)} and on (job, instance) ` +
      `(${available("l2")} unless on (job, instance) ${available("llc")})`,
  );
});

Deno.test("promql leaves elapsed time out of what is a rate already", () => {
  assertEquals(
    promql("disk_busy_ratio", { ...RANGE, by: ["device"] }),
    sum("node_disk_io_time_seconds_total", "job, instance, device"),
  );
});

Deno.test("promql adds up no family that drives share with what is stacked on them", () => {
  assertEquals(promql("disk_read_bytes", RANGE), undefined);
  assertEquals(promql("memory_device_traffic_bytes_per_second", RANGE), undefined);
  assertEquals(
    promql("disk_read_bytes", { ...RANGE, by: ["device"] }),
    sum("node_disk_read_bytes_total", "job, instance, device"),
  );
});

Deno.test("promql has gauges as they are, added up only where the catalogue does", () => {
  assertEquals(
    promql("memory_total_bytes", RANGE),
    "max by (job, instance) (node_memory_MemTotal_bytes)",
  );
  assertEquals(
    promql("memory_peak_bytes_per_second", RANGE),
    "sum by (job, instance) (ringside_memory_peak_bytes_per_second)",
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

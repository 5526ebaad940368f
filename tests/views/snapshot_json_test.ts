import { assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { CollectorError } from "../../collectors/collector.ts";
import { snapshotJson } from "../../views/snapshot_json.ts";
import { HandFilled } from "./hand_filled.ts";

Deno.test("snapshotJson names the moment and the host, null where it knows nothing", () => {
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { profile: { cpuModel: undefined } });
  const { boot, sequence, time, interval_seconds, host } = snapshotJson(snapshot);
  assertEquals([boot, sequence, time, interval_seconds], [
    "stageboot",
    1,
    "2026-01-02T03:04:06.000Z",
    1,
  ]);
  assertEquals(host, {
    hostname: "stage",
    kernel: "6.12.0",
    machine: "x86_64",
    cpu_model: null,
    sockets: 1,
    cores: 2,
    cpus: 2,
    numa_nodes: 1,
    hypervisor: null,
    distribution: "Example Linux",
    memory_bytes: 8589934592,
    booted_at: "2026-01-01T00:00:00.000Z",
  });
});

Deno.test("snapshotJson counts the CPUs that are online now, and the memory that there is now", () => {
  const { snapshot } = new HandFilled([{
    "memory_total_bytes": 6 * 2 ** 30,
    ...Object.fromEntries(["0", "2", "3"].map((cpu) => [`cpu_idle_seconds{${cpu}}`, 1])),
  }]);
  const { cpus, memory_bytes } = snapshotJson(snapshot).host;
  assertEquals({ cpus, memory_bytes }, { cpus: 3, memory_bytes: 6 * 2 ** 30 });
});

Deno.test("snapshotJson counts the cores and sockets of the CPUs that are online now", () => {
  const groups = {
    "0": { core: "0", socket: "0" },
    "1": { core: "1", socket: "0" },
    "2": { core: "1", socket: "0" },
    "4": { core: "4", socket: "1" },
  };
  const cells = Object.fromEntries(
    Object.keys(groups).map((cpu) => [`cpu_idle_seconds{${cpu}}`, 1]),
  );
  const hostOf = (...args: ConstructorParameters<typeof HandFilled>): unknown => {
    const { cpus, cores, sockets } = snapshotJson(new HandFilled(...args).snapshot).host;
    return { cpus, cores, sockets };
  };
  const profile = { sockets: 1, cores: 2 };
  assertEquals(hostOf([cells], { groups, profile }), { cpus: 4, cores: 3, sockets: 2 });
  // Where it is not known of each they are as many as at the start.
  const some = { "0": groups["0"] };
  assertEquals(hostOf([cells], { groups: some, profile }), { cpus: 4, cores: 2, sockets: 1 });
});

Deno.test("snapshotJson tells every metric, or those that were asked for", () => {
  const { snapshot } = new HandFilled([{ "load_1m": 1 }]);
  const told = Object.keys(snapshotJson(snapshot).metrics);
  const untold = [...METRICS.keys()].filter((id) => !told.includes(id));
  assertEquals(
    untold.filter((id) => !/_time_(enabled|running)_seconds$/.test(id)),
    [],
  );
  assertEquals(told.filter((id) => METRICS.has(`${id}_time_enabled_seconds`)).length > 0, true);
  assertEquals(told.includes("software_time_enabled_seconds"), true);
  assertEquals(snapshotJson(snapshot, ["load_1m"]).metrics, {
    load_1m: { unit: "{task}", kind: "gauge", value: 1, coverage: 1, grade: "exact" },
  });
});

Deno.test("snapshotJson tells counters as rates, for the host and for each instance", () => {
  const { snapshot } = new HandFilled([
    { "disk_read_bytes{sda}": 0, "disk_read_bytes{sdb}": 0 },
    { "disk_read_bytes{sda}": 1000, "disk_read_bytes{sdb}": 500 },
  ]);
  assertEquals(snapshotJson(snapshot, ["disk_read_bytes"]).metrics["disk_read_bytes"], {
    unit: "By/s",
    kind: "counter",
    value: 1500,
    coverage: 1,
    grade: "exact",
    instances: {
      sda: { labels: { device: "sda" }, value: 1000, coverage: 1, grade: "exact" },
      sdb: { labels: { device: "sdb" }, value: 500, coverage: 1, grade: "exact" },
    },
  });
});

Deno.test("snapshotJson gives null, the kind of the absence and its cause", () => {
  const refusal = new CollectorError("denied", "Cannot open it: EACCES", "sudo it");
  const { snapshot } = new HandFilled([{ "cpu_user_seconds{0}": 1 }], {
    refused: { load: refusal },
  });
  const { metrics, problems } = snapshotJson(snapshot, ["load_1m", "cpu_user_seconds"]);
  assertEquals(metrics["load_1m"], {
    unit: "{task}",
    kind: "gauge",
    value: null,
    absent: "denied",
    reason: "Cannot open it: EACCES",
    remedy: "sudo it",
  });
  assertEquals(metrics["cpu_user_seconds"]?.value, null);
  assertEquals(problems, [{
    collector: "load",
    absent: "denied",
    reason: "Cannot open it: EACCES",
    remedy: "sudo it",
    metrics: null,
    instance: null,
  }]);
});

Deno.test("snapshotJson sums counters over what their instances have in common", () => {
  const at = (seconds: number) => ({
    "cpu_interrupts{0}": 100 * seconds,
    "cpu_interrupts{1}": 20 * seconds,
    "cpu_interrupts{2}": 3 * seconds,
  });
  const host = new HandFilled([at(1), at(2)], {
    groups: {
      "0": { socket: "0", l3_domain: "0" },
      "1": { socket: "0", l3_domain: "8" },
      "2": { socket: "1", l3_domain: "16" },
    },
  });
  const exact = { coverage: 1, grade: "exact" };
  assertEquals(snapshotJson(host.snapshot, ["cpu_interrupts"]).metrics["cpu_interrupts"]?.groups, {
    l3_domain: {
      "0": { value: 100, ...exact },
      "8": { value: 20, ...exact },
      "16": { value: 3, ...exact },
    },
    socket: { "0": { value: 120, ...exact }, "1": { value: 3, ...exact } },
  });
});

Deno.test("snapshotJson makes no sum of gauges, nor groups where instances have none", () => {
  const cells = { "cpu_frequency_hertz{0}": 1e9, "cpu_interrupts{0}": 1 };
  const host = new HandFilled([cells], { groups: { "0": { socket: "0" } } });
  const { metrics } = snapshotJson(host.snapshot, ["cpu_frequency_hertz", "cpu_interrupts"]);
  assertEquals(metrics["cpu_frequency_hertz"]?.groups, undefined);
  assertEquals(Object.keys(metrics["cpu_interrupts"]?.groups ?? {}), ["socket"]);
  const none = snapshotJson(new HandFilled([cells]).snapshot, ["cpu_interrupts"]);
  assertEquals(none.metrics["cpu_interrupts"]?.groups, undefined);
});

const NO_PMU = new CollectorError("not_supported", "Cannot find a PMU: none is there", "get one");

Deno.test("snapshotJson tells a cause at the host's value, not again at each CPU and group", () => {
  // Interrupts are counted by somebody else, who knows the CPU and its socket.
  const { snapshot } = new HandFilled([{ "cpu_interrupts{0}": 1 }, { "cpu_interrupts{0}": 2 }], {
    groups: { "0": { socket: "0" } },
    refused: { core_counters: NO_PMU },
  });
  const { cpu_cycles } = snapshotJson(snapshot, ["cpu_cycles"]).metrics;
  assertEquals(cpu_cycles, {
    unit: "{cycle}/s",
    kind: "counter",
    value: null,
    absent: "not_supported",
    reason: "Cannot find a PMU: none is there",
    remedy: "get one",
    instances: { "0": { labels: { cpu: "0" }, value: null, absent: "not_supported" } },
    groups: { socket: { "0": { value: null, absent: "not_supported" } } },
  });
});

Deno.test("snapshotJson tells the cause of one CPU where the host has a value or another cause", () => {
  const problem = {
    key: "left",
    collector: "core_counters",
    reason: "left_out" as const,
    message: "Cannot count on cpu 1",
    remedy: "count there",
    instances: ["1"],
  };
  const at = (count: number) => ({
    "cpu_cycles{0}": count,
    "cpu_cycles_time_enabled_seconds{0}": count / 100,
    "cpu_cycles_time_running_seconds{0}": count / 100,
    "cpu_cycles{1}": undefined,
  });
  const { snapshot } = new HandFilled([at(100), at(200), at(300)], { problems: [problem] });
  const { cpu_cycles } = snapshotJson(snapshot, ["cpu_cycles"]).metrics;
  assertEquals(cpu_cycles!.value, 100);
  assertEquals(cpu_cycles!.instances!["1"], {
    labels: { cpu: "1" },
    value: null,
    absent: "left_out",
    reason: "Cannot count on cpu 1",
    remedy: "count there",
  });
});

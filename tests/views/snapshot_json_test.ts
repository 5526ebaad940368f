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

Deno.test("snapshotJson tells every metric, or those that were asked for", () => {
  const { snapshot } = new HandFilled([{ "load_1m": 1 }]);
  assertEquals(Object.keys(snapshotJson(snapshot).metrics), [...METRICS.keys()]);
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

import { assertEquals } from "@std/assert";
import { readPmuDevices } from "../../../collectors/host/pmu_devices.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { corePmus } from "../../../collectors/pmu/core_pmu.ts";
import { TextTree } from "../../text_tree.ts";

const DEVICES = "/sys/bus/event_source/devices";

/** Files by their names below the folder of PMUs. */
function tree(files: Readonly<Record<string, string>>): TextTree {
  return new TextTree(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [`${DEVICES}/${file}`, text])),
  );
}

const HYBRID = {
  "cpu_atom/type": "10\n",
  "cpu_atom/cpus": "16-23\n",
  "cpu_atom/format/event": "config:0-7\n",
  "cpu_core/type": "4\n",
  "cpu_core/cpus": "0-15\n",
  "cpu_core/format/event": "config:0-7\n",
  "cpu_core/caps/branches": "32\n",
  "cpu_core/perf_event_mux_interval_ms": "4\n",
  "power/type": "21\n",
  "power/cpumask": "0\n",
  "power/events/energy-pkg": "event=0x02\n",
  "power/events/energy-pkg.scale": "2.3283064365386962890625e-10\n",
  "software/type": "1\n",
};

Deno.test("readPmuDevices() reads every PMU with all of its folders", () => {
  const devices = readPmuDevices(tree(HYBRID));
  assertEquals(devices.map(({ name, type }) => `${name} ${type}`), [
    "cpu_atom 10",
    "cpu_core 4",
    "power 21",
    "software 1",
  ]);
  const [, core, power] = devices;
  assertEquals([core?.cpus?.length, core?.muxIntervalMs], [16, 4]);
  assertEquals([...core!.caps], [["branches", "32"]]);
  assertEquals([power?.cpumask, power?.cpus], [[0], undefined]);
  assertEquals(power?.events.get("energy-pkg")?.scale, 2 ** -32);
  assertEquals(devices.flatMap(({ faults }) => faults), []);
  assertEquals(corePmus(devices).map(({ name }) => name), ["cpu_core", "cpu_atom"]);
});

Deno.test("readPmuDevices() finds none where there is no folder, or no right to look", () => {
  assertEquals(readPmuDevices(new TextTree()), []);
  const hidden = tree(HYBRID);
  hidden.fail(DEVICES, ERRNO.EACCES);
  assertEquals(readPmuDevices(hidden), []);
});

Deno.test("readPmuDevices() loses a file that cannot be read, and a PMU without its number", () => {
  const broken = tree(HYBRID);
  broken.fail(`${DEVICES}/cpu_core/perf_event_mux_interval_ms`, ERRNO.EIO);
  broken.set(`${DEVICES}/cpu_atom/type`, "none\n");
  broken.remove(`${DEVICES}/software/type`);
  broken.set(`${DEVICES}/power/format/event`, "config:0-99\n");
  const devices = readPmuDevices(broken);
  assertEquals(devices.map(({ name }) => name), ["cpu_core", "power"]);
  assertEquals(devices[0]?.muxIntervalMs, undefined);
  assertEquals(devices[1]?.faults.map((fault) => fault.split(":")[0]), ["format/event"]);
});

Deno.test("readPmuDevices() reads the machines of text", async () => {
  const server = readPmuDevices(await TextTree.load("server-2socket"));
  const cpu = server.find(({ name }) => name === "cpu");
  assertEquals(cpu?.type, 4);
  assertEquals(cpu?.events.get("cpu-cycles")?.terms, [{ name: "event", value: 0x3cn }]);
  assertEquals(corePmus(server).map(({ name }) => name), ["cpu"]);
  const guest = readPmuDevices(await TextTree.load("firecracker-2cpu"));
  assertEquals(corePmus(guest), []);
});

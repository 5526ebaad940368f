import { assertEquals } from "@std/assert";
import { memoryBoxes } from "../../../collectors/memory_bandwidth/boxes.ts";
import type { MemoryPlan } from "../../../collectors/pmu/memory_source.ts";
import { TextTree } from "../../text_tree.ts";

const event = (name: string, config: bigint) => ({ name, type: 20, config });
const READS = { events: [event("read", 1n)], bytesPerCount: 32 };
const WRITES = { events: [event("write", 2n)], bytesPerCount: 1 };

function plan(pmu: string, writes = WRITES): MemoryPlan {
  return {
    id: "example",
    name: "Example controllers",
    traffic: "ddr",
    perChannel: false,
    provenance: "third_party",
    note: "Of the cores only.",
    boxes: [{ pmu, cpu: 0, reads: READS, writes }],
  };
}

function tree(mask: string | undefined, topology: Readonly<Record<string, string>>): TextTree {
  const found = new TextTree();
  const pmu = "/sys/bus/event_source/devices/example_pmu_0";
  if (mask !== undefined) found.set(`${pmu}/cpumask`, mask);
  for (const [file, text] of Object.entries(topology)) {
    const [cpu, name] = file.split("/");
    found.set(`/sys/devices/system/cpu/cpu${cpu}/topology/${name}`, text);
  }
  return found;
}

function names(mask: string | undefined, topology: Readonly<Record<string, string>>): unknown {
  const boxes = memoryBoxes(plan("example_pmu_0"), "ddr", tree(mask, topology));
  return boxes.map(({ name, cpu, groups }) => [name, cpu, groups.socket]);
}

Deno.test("memoryBoxes are named by socket and PMU, wherever their events are now", () => {
  const sockets = { "1/physical_package_id": "0", "8/physical_package_id": "1" };
  assertEquals(names("1,8\n", sockets), [
    ["0/example_pmu_0", 1, "0"],
    ["1/example_pmu_0", 8, "1"],
  ]);
});

Deno.test("memoryBoxes are named by die too where a socket has several", () => {
  const topology = Object.fromEntries([0, 4, 8, 12].flatMap((cpu, die) => [
    [`${cpu}/physical_package_id`, String(die >> 1)],
    [`${cpu}/die_id`, String(die & 1)],
  ]));
  assertEquals(names("0,4,8,12\n", topology), [
    ["0.0/example_pmu_0", 0, "0"],
    ["0.1/example_pmu_0", 4, "0"],
    ["1.0/example_pmu_0", 8, "1"],
    ["1.1/example_pmu_0", 12, "1"],
  ]);
  const untold = { "0/physical_package_id": "0", "4/physical_package_id": "0" };
  assertEquals(names("0,4\n", untold), [
    ["0.0/example_pmu_0", 0, "0"],
    ["0.1/example_pmu_0", 4, "0"],
  ]);
});

Deno.test("memoryBoxes keep the die in their names when the other dies of the socket are offline", () => {
  const found = tree("0,4\n", {
    "0/physical_package_id": "0",
    "0/die_id": "0",
    "4/physical_package_id": "0",
    "4/die_id": "1",
  });
  const split = new Set<string>();
  const boxes = (): readonly string[] =>
    memoryBoxes(plan("example_pmu_0"), "ddr", found, split).map(({ name }) => name);
  assertEquals(boxes(), ["0.0/example_pmu_0", "0.1/example_pmu_0"]);
  found.set("/sys/bus/event_source/devices/example_pmu_0/cpumask", "4\n");
  assertEquals(boxes(), ["0.1/example_pmu_0"]);
});

Deno.test("memoryBoxes are named by the PMU alone where nobody knows the socket", () => {
  assertEquals(names("0\n", { "0/physical_package_id": "-1" }), [
    ["example_pmu_0", 0, undefined],
  ]);
  assertEquals(names(undefined, {}), [["example_pmu_0", 0, undefined]]);
  assertEquals(names("\n", {}), []);
});

Deno.test("memoryBoxes count reads and writes of different worth a second time as two", () => {
  const boxes = memoryBoxes(plan("example_pmu_0"), "second", tree("0\n", {}));
  assertEquals(boxes.map(({ name, terms }) => [name, terms.map((term) => term.unitsPerCount)]), [
    ["example_pmu_0 reads", [32]],
    ["example_pmu_0 writes", [1]],
  ]);
  const lines = plan("example_pmu_0", { ...WRITES, bytesPerCount: 32 });
  const [box, ...more] = memoryBoxes(lines, "second", tree("0\n", {}));
  assertEquals(more, []);
  assertEquals(box?.terms.map(({ events }) => events.map((each) => each.name)), [[
    "read",
    "write",
  ]]);
});

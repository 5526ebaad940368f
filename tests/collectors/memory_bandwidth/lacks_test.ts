import { assert, assertEquals } from "@std/assert";
import { memoryLacks, type MemoryPresence } from "../../../collectors/memory_bandwidth/lacks.ts";
import type { MemoryPlan } from "../../../collectors/pmu/memory_source.ts";

const TERM = { events: [{ name: "e", type: 30, config: 1n }], bytesPerCount: 64 };

function plan(part: "reads" | "combined"): MemoryPlan {
  return {
    id: "some",
    name: "Some controllers",
    traffic: "ddr",
    perChannel: true,
    provenance: "kernel",
    boxes: [{ pmu: "some_0", cpu: 0, [part]: TERM }],
  };
}

function costs(presence: MemoryPresence): readonly string[] {
  return memoryLacks(presence).flatMap(({ metrics }) => metrics ?? []);
}

Deno.test("memoryLacks says what a source does not tell by its nature", () => {
  const counted = { second: "counted", hbm: "counted", pmem: "counted" } as const;
  assertEquals(costs({ main: plan("reads"), ...counted }), ["memory_combined_bytes"]);
  assertEquals(costs({ main: plan("combined"), ...counted }), [
    "memory_read_bytes",
    "memory_write_bytes",
  ]);
  const [parts] = memoryLacks({ main: plan("combined"), ...counted });
  assert(parts!.message.includes("found Some controllers, whose counters count both together"));
});

Deno.test("memoryLacks leaves alone what somebody else explains", () => {
  assertEquals(costs({ main: null, second: "missed", hbm: "missed", pmem: "missed" }), []);
  // Without main memory there is nothing to compare.
  assertEquals(costs({ main: null, second: "nowhere", hbm: "nowhere", pmem: "nowhere" }), [
    "hbm_read_bytes",
    "hbm_write_bytes",
    "pmem_read_bytes",
    "pmem_write_bytes",
  ]);
});

Deno.test("memoryLacks tells each metric that is nowhere once", () => {
  const all = costs({ main: plan("reads"), second: "nowhere", hbm: "nowhere", pmem: "nowhere" });
  assertEquals(new Set(all).size, all.length);
  assert(all.includes("second_memory_bytes"));
});

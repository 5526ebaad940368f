import { assertEquals } from "@std/assert";
import { hasUncountedL3, intelCore, isZen, zenOf } from "../../../collectors/pmu/cpu_model.ts";

Deno.test("intelCore() knows cores by family and model", () => {
  for (
    const [model, pmu, core] of [
      [0x3f, "cpu", "haswell"], // Xeon E5 v3
      [0x4f, "cpu", "haswell"], // Broadwell
      [0x55, "cpu", "skylake"], // Xeon Scalable, first and second generation
      [0x9e, "cpu", "skylake"], // Coffee Lake
      [0x66, "cpu", "cannon_lake"],
      [0x6a, "cpu", "ice_lake_server"],
      [0x7e, "cpu", "ice_lake"],
      [0x8f, "cpu", "golden_cove"], // Sapphire Rapids
      [0xcf, "cpu", "golden_cove"],
      [0xad, "cpu", "golden_cove"],
      [0x97, "cpu_core", "golden_cove"], // Alder Lake
      [0x97, "cpu_atom", "gracemont"],
      [0xaa, "cpu_core", "golden_cove"], // Meteor Lake
      [0xaa, "cpu_atom", "crestmont"],
      [0x86, "cpu", "tremont"],
      [0xbe, "cpu", "gracemont"],
      [0xaf, "cpu", "crestmont"],
      [0xaa, "cpu_lowpower", undefined],
      [0xb5, "cpu_core", "golden_cove"], // Arrow Lake-U
      [0xb5, "cpu_atom", "crestmont"],
      [0xc6, "cpu_core", "lion_cove"], // Arrow Lake
      [0xc5, "cpu_atom", "skymont"],
      [0xbd, "cpu_core", "lion_cove"], // Lunar Lake
      [0xbd, "cpu_atom", "skymont"],
      [0xcc, "cpu_core", undefined], // Panther Lake
      [0x1a, "cpu", undefined], // Nehalem
      [undefined, "cpu", undefined],
    ] as const
  ) {
    assertEquals(intelCore({ vendor: "intel", family: 6, model }, pmu), core, `${model} ${pmu}`);
  }
  assertEquals(intelCore({ vendor: "intel", family: 15, model: 0x55 }, "cpu"), undefined);
  assertEquals(intelCore({ vendor: "zhaoxin", family: 6, model: 0x55 }, "cpu"), undefined);
});

Deno.test("zenOf() knows generations by family and model", () => {
  for (
    const [vendor, family, model, zen] of [
      ["amd", 0x17, 0x01, 1], // Naples
      ["amd", 0x17, 0x31, 2], // Rome
      ["amd", 0x17, 0x71, 2], // Matisse
      ["hygon", 0x18, 0x01, 1],
      ["amd", 0x19, 0x01, 3], // Milan
      ["amd", 0x19, 0x21, 3], // Vermeer
      ["amd", 0x19, 0x11, 4], // Genoa
      ["amd", 0x19, 0x61, 4], // Raphael
      ["amd", 0x1a, 0x02, 5], // Turin
      ["amd", 0x1a, 0x44, 5], // Granite Ridge
      ["amd", 0x1a, 0x50, undefined], // Zen 6
      ["amd", 0x1b, 0x01, undefined],
      ["amd", 0x0f, 0x6b, undefined],
      ["amd", 0x19, undefined, undefined],
      ["intel", 0x19, 0x01, undefined],
    ] as const
  ) {
    assertEquals(zenOf({ vendor, family, model }), zen, `${vendor} ${family} ${model}`);
  }
});

Deno.test("isZen() takes later families for Zen, and earlier ones for none", () => {
  assertEquals(isZen({ vendor: "amd", family: 0x1b, model: 1 }), true);
  assertEquals(isZen({ vendor: "hygon", family: 0x18, model: 0 }), true);
  assertEquals(isZen({ vendor: "amd", family: 0x16, model: 0 }), false);
  assertEquals(isZen({ vendor: "amd", family: undefined, model: 1 }), false);
  assertEquals(isZen({ vendor: "intel", family: 0x19, model: 1 }), false);
});

Deno.test("hasUncountedL3() tells Bulldozer from its successors without an L3", () => {
  assertEquals(hasUncountedL3({ vendor: "amd", family: 0x10, model: 9 }), true);
  assertEquals(hasUncountedL3({ vendor: "amd", family: 0x15, model: 2 }), true);
  assertEquals(hasUncountedL3({ vendor: "amd", family: 0x15, model: 0x30 }), false);
  assertEquals(hasUncountedL3({ vendor: "amd", family: 0x0f, model: 2 }), false);
  assertEquals(hasUncountedL3({ vendor: "intel", family: 0x10, model: 2 }), false);
});

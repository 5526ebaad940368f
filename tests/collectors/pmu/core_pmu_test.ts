import { assertEquals, assertThrows } from "@std/assert";
import { corePmus, genericEvent, rawEvent } from "../../../collectors/pmu/core_pmu.ts";
import type { PmuDevice } from "../../../collectors/pmu/device.ts";
import { encodeEvent, parseEventTerms } from "../../../collectors/pmu/format.ts";
import { AMD_FORMATS, ARM_FORMATS, coreOf, device, INTEL_FORMATS } from "./pmu_fixture.ts";

function coresOf(...devices: readonly PmuDevice[]): string[] {
  return corePmus(devices).map(({ name }) => name);
}

Deno.test("corePmus() finds PMUs of cores among all others", () => {
  assertEquals(
    coresOf(
      device("breakpoint", { type: "5" }),
      device("software", { type: "1" }),
      device("msr", { "type": "8", "events/tsc": "event=0x00" }),
      device("power", { type: "9", cpumask: "0" }),
      device("uncore_imc_0", { type: "10", cpumask: "0" }),
      device("cpu", { type: "4" }),
    ),
    ["cpu"],
  );
  assertEquals(coresOf(device("armv8_pmuv3_0", { cpus: "0-3" })), ["armv8_pmuv3_0"]);
  assertEquals(coresOf(device("cpum_cf", {})), ["cpum_cf"]);
  assertEquals(coresOf(device("armv7_cortex_a7", { cpus: "0-3" })), ["armv7_cortex_a7"]);
  assertEquals(coresOf(device("apple_icestorm_pmu", { cpus: "0-3" })), ["apple_icestorm_pmu"]);
  // Both stand in clusters of cores, outside of them.
  assertEquals(coresOf(device("arm_dsu_0", { cpumask: "0", associated_cpus: "0-3" })), []);
  assertEquals(coresOf(device("arm_spe_0", { cpumask: "0-3" })), []);
  assertEquals(coresOf(), []);
});

Deno.test("corePmus() orders cores that differ by their CPUs, and knows that there are several", () => {
  const pmus = corePmus([
    device("cpu_atom", { type: "10", cpus: "16-23" }),
    device("cpu_core", { type: "4", cpus: "0-15" }),
    device("uncore_imc_free_running_0", { type: "30", cpumask: "0" }),
  ]);
  assertEquals(pmus.map(({ coreType, extended, cpus }) => [coreType, extended, cpus?.[0]]), [
    ["cpu_core", true, 0],
    ["cpu_atom", true, 16],
  ]);
});

Deno.test("corePmus() leaves a single PMU without a number in its events", () => {
  const [pmu] = corePmus([device("cpu", { type: "4" })]);
  assertEquals([pmu?.extended, pmu?.cpus], [false, undefined]);
  // A hybrid of which one type is left is still asked for by name.
  assertEquals(corePmus([device("cpu_core", { cpus: "0-3" })])[0]?.extended, true);
});

Deno.test("genericEvent() has perf's plain name where there is one PMU", () => {
  const pmu = coreOf("cpu", { type: "4" });
  assertEquals(genericEvent(pmu, "cycles"), { name: "cycles", type: 0, config: 0n });
  assertEquals(genericEvent(pmu, "ref-cycles"), { name: "ref-cycles", type: 0, config: 9n });
  assertEquals(genericEvent(pmu, "LLC-load-misses"), {
    name: "LLC-load-misses",
    type: 3,
    config: 0x10002n,
  });
});

Deno.test("genericEvent() names its PMU, and puts its number above, where there are several", () => {
  const atom = coreOf("cpu_atom", { type: "10", cpus: "16-23" });
  assertEquals(genericEvent(atom, "instructions"), {
    name: "cpu_atom/instructions/",
    type: 0,
    config: 0xa_0000_0001n,
  });
  assertEquals(genericEvent(atom, "L1-icache-load-misses"), {
    name: "cpu_atom/L1-icache-load-misses/",
    type: 3,
    config: 0xa_0001_0001n,
  });
});

Deno.test("genericEvent() refuses a name that perf does not have", () => {
  for (const name of ["cycle", "toString", ""]) {
    assertThrows(
      () => genericEvent(coreOf("cpu", { type: "4" }), name),
      RangeError,
      `found ${JSON.stringify(name)}, needs a name such as "cycles"`,
    );
  }
});

Deno.test("rawEvent() writes a code in the PMU's own terms", () => {
  for (
    const [formats, pmu, config, name] of [
      [INTEL_FORMATS, "cpu", 0xff24n, "cpu/event=0x24,umask=0xff/"],
      [INTEL_FORMATS, "cpu", 0x24n, "cpu/event=0x24/"],
      [INTEL_FORMATS, "cpu", 0x0184_0179n, "cpu/event=0x79,umask=0x1,cmask=0x1,edge=0x1,inv=0x1/"],
      [AMD_FORMATS, "cpu", 0x1_0000_188en, "cpu/event=0x18e,umask=0x18/"],
      [ARM_FORMATS, "armv8_cortex_a55", 0x4009n, "armv8_cortex_a55/event=0x4009/"],
      // No format, or none that has this bit.
      [{}, "cpu", 0xff24n, "cpu/config=0xff24/"],
      [INTEL_FORMATS, "cpu", 0x1_0000_188en, "cpu/config=0x10000188e/"],
    ] as const
  ) {
    const core = coreOf(pmu, { type: "12", ...formats });
    assertEquals(rawEvent(core, config), { name, type: 12, config });
    // What perf makes of the name is the code again.
    const terms = parseEventTerms(name.slice(name.indexOf("/") + 1, -1));
    assertEquals(encodeEvent(terms, core.device.formats).config, config, name);
  }
});

Deno.test("rawEvent() carries the name that perf is to print", () => {
  assertEquals(
    rawEvent(coreOf("cpu", { type: "4", ...INTEL_FORMATS }), 0xff24n, "l2_rqsts.references").name,
    "cpu/event=0x24,umask=0xff,name=l2_rqsts.references/",
  );
});

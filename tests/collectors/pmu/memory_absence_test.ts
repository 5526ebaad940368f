import { assertEquals, assertMatch } from "@std/assert";
import {
  type MemorySurroundings,
  type NoMemoryCounters,
  whyNoMemory,
} from "../../../collectors/pmu/memory_absence.ts";
import type { MemoryMachine } from "../../../collectors/pmu/memory_source.ts";

const HERE: MemorySurroundings = {
  hypervisor: undefined,
  kernelRelease: "6.12.5-amd64",
  devices: ["cpu", "software"],
};

function intel(cpuModelNumber: number): MemoryMachine {
  return { cpuVendor: "intel", cpuFamily: 6, cpuModelNumber, machine: "x86_64" };
}

function amd(cpuFamily: number, cpuModelNumber: number): MemoryMachine {
  return { cpuVendor: "amd", cpuFamily, cpuModelNumber, machine: "x86_64" };
}

function arm(cpuVendor: string): MemoryMachine {
  return { cpuVendor, machine: "aarch64" };
}

/** What is needed and what helps, without what is the same for all. */
function why(
  machine: MemoryMachine,
  surroundings: Partial<MemorySurroundings> = {},
): readonly (string | undefined)[] {
  const found: NoMemoryCounters = whyNoMemory(machine, { ...HERE, ...surroundings });
  const start = "Cannot count memory traffic: found no PMU of a memory controller, needs ";
  assertEquals(found.message.slice(0, start.length), start);
  assertMatch(found.message, /[^.]$/);
  return [found.message.slice(start.length), found.remedy];
}

Deno.test("a virtual machine has no memory controllers, whatever its CPU and its kernel", () => {
  const expected = [
    "a hypervisor that passes one on, or the machine itself",
    undefined,
  ];
  assertEquals(why(intel(0x6a), { hypervisor: "KVM" }), expected);
  assertEquals(why(amd(0x19, 0x11), { hypervisor: "unknown", kernelRelease: "5.10.0" }), expected);
  assertEquals(why(arm("arm"), { hypervisor: "Xen" }), expected);
});

Deno.test("Zen 4 and later need Linux 6.7, and Zen 4 can do with 6.0", () => {
  const old = { kernelRelease: "5.15.0-91-generic" };
  const both =
    "Linux 6.7 for this CPU, or Linux 6.0 for an approximation by the data fabric: this " +
    "is 5.15.0-91-generic";
  assertEquals(why(amd(0x19, 0x11), old), [both, "Use Linux 6.7 or newer"]);
  const zen5 = ["Linux 6.7 for this CPU: this is 6.6.9", "Use Linux 6.7 or newer"];
  assertEquals(why(amd(0x1a, 2), { kernelRelease: "6.6.9", devices: ["amd_df"] }), zen5);
  // What comes after those that are known.
  assertEquals(why(amd(0x1b, 0), { kernelRelease: "6.6.9" }), zen5);
});

Deno.test("a Zen whose kernel is new enough needs its module, or firmware that tells of controllers", () => {
  const load = ["the module amd_uncore", "Load the module: `sudo modprobe amd_uncore`"];
  assertEquals(why(amd(0x19, 0x11), { kernelRelease: "6.0.0" }), load);
  assertEquals(why(amd(0x19, 0x11)), load);
  assertEquals(why(amd(0x19, 0x01), { kernelRelease: "5.4.0" }), load);
  assertEquals(why({ ...amd(0x18, 0), cpuVendor: "hygon" }), load);
  // The version may be anything that somebody called their kernel.
  assertEquals(why(amd(0x1a, 2), { kernelRelease: "custom" }), load);
  assertMatch(why(amd(0x1a, 2), { devices: ["amd_df", "amd_l3"] })[0]!, /^memory controllers that/);
});

Deno.test("an AMD CPU before Zen has events that nobody lists", () => {
  assertEquals(why(amd(0x15, 2)), [
    "a CPU with Zen cores: events of older ones are not known",
    undefined,
  ]);
});

Deno.test("Intel needs its module, and where that is there a newer kernel", () => {
  assertEquals(why(intel(0x6a)), [
    "the module intel_uncore",
    "Load the module: `sudo modprobe intel_uncore`",
  ]);
  assertEquals(why(intel(0xcf), { devices: ["uncore_cha_0"] }), [
    "a kernel that drives the memory controllers' counters of this CPU: this is 6.12.5-amd64",
    "Use a newer kernel",
  ]);
  assertEquals(why(intel(0xfe), { devices: ["uncore_type_0_0"] }), [
    "a kernel that knows this CPU: this is 6.12.5-amd64",
    "Use a newer kernel",
  ]);
});

Deno.test("Lunar Lake without a PMU of its memory controllers needs a newer kernel", () => {
  assertEquals(
    why(intel(0xbd), { devices: ["uncore_cbox_0"] })[0],
    [
      "a kernel that drives them on Lunar Lake, which Linux 6.12 does not: this is 6.12.5-amd64",
    ][0],
  );
});

Deno.test("an Arm machine needs the driver of its chip, which is named where it is known", () => {
  const chip = "the driver of this chip's memory controllers";
  const remedy = "Load the module of this chip, where the kernel has it (modprobe): ";
  assertEquals(why(arm("ampere")), [
    chip,
    `${remedy}arm_cspmu_module and ampere_cspmu (Linux 6.7), for AmpereOne`,
  ]);
  assertEquals(why(arm("hisilicon"))[1], `${remedy}hisi_uncore_ddrc_pmu, for Kunpeng`);
  assertMatch(
    why(arm("arm"))[1]!,
    /nvidia_cspmu \(NVIDIA Grace\), arm_dmc620_pmu \(Ampere Altra\)/,
  );
});

Deno.test("a CPU that is not known is said to be none that is known", () => {
  const known = "a CPU whose memory counters are known: ";
  assertEquals(why(arm("apple")), [`${known}this is apple, on aarch64`, undefined]);
  assertEquals(
    why({ cpuVendor: "zhaoxin", machine: "x86_64" })[0],
    `${known}this is zhaoxin, on x86_64`,
  );
  assertEquals(why({ machine: "riscv64" })[0], `${known}it is not known whose this is, on riscv64`);
});

Deno.test("a POWER machine needs firmware that offers the counters of its nest", () => {
  assertEquals(why({ machine: "ppc64le" }), [
    "firmware (OPAL) that offers the counters of the nest, nest_mcs01_imc",
    undefined,
  ]);
});

Deno.test("a PMU that no rule for the model uses is named, and its absence is not claimed", () => {
  const devices = ["cpu", "uncore_cha_0", "uncore_imc_free_running_0"];
  assertEquals(whyNoMemory(intel(0x55), { ...HERE, devices }), {
    message:
      "Cannot count memory traffic: found uncore_imc_free_running_0, which no rule for model " +
      "0x55 uses, needs the PMU of each channel (uncore_imc_0): this is 6.12.5-amd64",
    remedy: "Use a newer kernel",
  });
  const many = [0, 1, 2, 3].map((i) => `uncore_type_6_${i}`);
  assertMatch(
    whyNoMemory(intel(0x55), { ...HERE, devices: many }).message,
    /found uncore_type_6_0, uncore_type_6_1, uncore_type_6_2 and 1 more, which no rule/,
  );
});

import { assertEquals } from "@std/assert";
import { readCpuIdentity } from "../../../collectors/host/cpu.ts";
import { TextTree } from "../../text_tree.ts";

interface Identity {
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly guest: boolean | undefined;
  readonly processors: string;
}

function identity(cpuinfo: string, files: Readonly<Record<string, string>> = {}): Identity {
  const { vendor, model, guest, processors } = readCpuIdentity(
    new TextTree({ "/proc/cpuinfo": cpuinfo, ...files }),
  );
  return { vendor, model, guest, processors: processors.join(",") };
}

function x86(vendorId: string, model: string, flags: string): string {
  return [0, 1].map((cpu) =>
    `processor\t: ${cpu}\nvendor_id\t: ${vendorId}\ncpu family\t: 25\nmodel name\t: ${model}\n` +
    `flags\t\t: ${flags}\nbugs\t\t: spectre_v1\n`
  ).join("\n");
}

/** Cores of these parts, as an Arm kernel lists them. */
function arm(...cores: readonly (readonly [implementer: number, part: number])[]): string {
  return cores.map(([implementer, part], cpu) =>
    `processor\t: ${cpu}\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n` +
    `CPU implementer\t: 0x${implementer.toString(16)}\nCPU architecture: 8\nCPU variant\t: 0x3\n` +
    `CPU part\t: 0x${part.toString(16).padStart(3, "0")}\nCPU revision\t: 1\n`
  ).join("\n");
}

Deno.test("readCpuIdentity() takes a model that a sandbox does not know for none", () => {
  assertEquals(identity(x86("GenuineIntel", "unknown", "fpu")).model, undefined);
  assertEquals(identity(x86("GenuineIntel", "", "fpu")).model, undefined);
});

Deno.test("readCpuIdentity() reads x86 by its vendor's name", () => {
  for (
    const [vendorId, vendor] of [
      ["GenuineIntel", "intel"],
      ["AuthenticAMD", "amd"],
      ["HygonGenuine", "hygon"],
      ["CentaurHauls", "centaur"],
      ["  Shanghai  ", "zhaoxin"],
      ["Nobody", undefined],
    ] as const
  ) {
    assertEquals(identity(x86(vendorId, "Some  CPU", "fpu msr")), {
      vendor,
      model: "Some CPU",
      guest: false,
      processors: "0,1",
    });
  }
});

Deno.test("readCpuIdentity() reads family and model number of x86 as decimal numbers", () => {
  const numbersOf = (cpuinfo: string): (number | undefined)[] => {
    const { family, modelNumber } = readCpuIdentity(new TextTree({ "/proc/cpuinfo": cpuinfo }));
    return [family, modelNumber];
  };
  const skylake = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n" +
    "model\t\t: 85\nmodel name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\n";
  assertEquals(numbersOf(skylake), [6, 0x55]);
  // `model name` is another field than `model`.
  assertEquals(numbersOf(x86("AuthenticAMD", "AMD EPYC 7763", "fpu")), [25, undefined]);
  assertEquals(numbersOf(skylake.replace(": 85", ": 0x55")), [6, undefined]);
  assertEquals(numbersOf(arm([0x41, 0xd0c])), [undefined, undefined]);
  assertEquals(numbersOf(""), [undefined, undefined]);
});

Deno.test("readCpuIdentity() finds the flag of a guest as a word", () => {
  assertEquals(identity(x86("AuthenticAMD", "AMD EPYC", "fpu hypervisor lahf_lm")).guest, true);
  assertEquals(identity(x86("AuthenticAMD", "AMD EPYC", "fpu hypervisorless")).guest, false);
});

Deno.test("readCpuIdentity() names Arm cores by implementer and part", () => {
  for (
    const [core, vendor, model] of [
      [[0x41, 0xd0c], "arm", "Neoverse-N1"],
      [[0x41, 0xd4f], "arm", "Neoverse-V2"],
      [[0x41, 0xd08], "arm", "Cortex-A72"],
      [[0xc0, 0xac3], "ampere", "Ampere-1"],
      [[0x46, 0x001], "fujitsu", "A64FX"],
      [[0x6d, 0xd49], "microsoft", "Neoverse-N2"],
    ] as const
  ) {
    assertEquals(identity(arm(core, core)), { vendor, model, guest: undefined, processors: "0,1" });
  }
});

Deno.test("readCpuIdentity() names both kinds of a machine that has two", () => {
  const little = [0x41, 0xd05] as const;
  const big = [0x41, 0xd0b] as const;
  assertEquals(identity(arm(little, little, big)).model, "Cortex-A55 + Cortex-A76");
});

Deno.test("readCpuIdentity() takes the board's name for a core that it does not know", () => {
  const board = { "/proc/device-tree/model": "Example Board Rev 1\0" };
  assertEquals(identity(arm([0x41, 0xfff]), board), {
    vendor: "arm",
    model: "Example Board Rev 1",
    guest: undefined,
    processors: "0",
  });
  assertEquals(identity(arm([0x99, 0x001])).model, undefined);
  assertEquals(identity(arm([0x99, 0x001])).vendor, undefined);
});

Deno.test("readCpuIdentity() knows nothing from a file that is empty, missing or no cpuinfo", () => {
  const nothing = { vendor: undefined, model: undefined, guest: undefined, processors: "" };
  assertEquals(identity(""), nothing);
  assertEquals(identity("hello\nworld: 3\n\nprocessor: x\n"), nothing);
  assertEquals(readCpuIdentity(new TextTree()).processors, []);
});

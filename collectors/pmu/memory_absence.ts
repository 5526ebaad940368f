/**
 * Why nothing counts memory traffic on a machine, and what changes that: where none of its PMUs is a
 * source of `memory_sources.ts`.
 *
 * @module
 */
import { isZen, zenOf } from "./cpu_model.ts";
import type { MemoryMachine } from "./memory_source.ts";
import { INTEL_MEMORY_SOURCES, KNOWN_SERVERS, LUNAR_LAKE } from "./memory_sources_intel.ts";

/** What a machine says of itself, apart from its CPU. */
export interface MemorySurroundings {
  /** Whose guest it is; absent on bare metal. */
  readonly hypervisor: string | undefined;
  /** `uname -r`. */
  readonly kernelRelease: string;
  /** Names of all PMUs in sysfs. */
  readonly devices: readonly string[];
}

/** For a person. Without a remedy there is nothing to be done on this machine. */
export interface NoMemoryCounters {
  readonly message: string;
  readonly remedy?: string;
}

type Version = readonly [major: number, minor: number];

/** The driver of `amd_umc`, and the format of `amd_df` that Zen 4 needs (arch/x86/events/amd/uncore.c). */
const UMC_SINCE: Version = [6, 7];
const DF2_SINCE: Version = [6, 0];

const NAMES_SHOWN = 3;
const INTEL_SERVER = "a kernel that drives the memory controllers' counters of this CPU";

/** Modules by the maker of the cores, where it is the maker of the controllers too. */
const ARM_MODULES: Readonly<Record<string, string>> = {
  ampere: "arm_cspmu_module and ampere_cspmu (Linux 6.7), for AmpereOne",
  cavium: "thunderx2_pmu, for ThunderX2",
  hisilicon: "hisi_uncore_ddrc_pmu, for Kunpeng",
  nvidia: "arm_cspmu_module and nvidia_cspmu",
};
/** Cores that Arm designed, in chips of many makers. */
const ARM_DESIGNS =
  "arm_cspmu_module and nvidia_cspmu (NVIDIA Grace), arm_dmc620_pmu (Ampere Altra), " +
  "alibaba_uncore_drw_pmu (Alibaba Yitian), marvell_cn10k_ddr_pmu (Marvell CN10K) or arm_cmn";

/** `devices` holds none that counts memory traffic. */
export function whyNoMemory(
  machine: MemoryMachine,
  surroundings: MemorySurroundings,
): NoMemoryCounters {
  const { hypervisor } = surroundings;
  if (hypervisor !== undefined) {
    return absent("needs a hypervisor that passes one on, or the machine itself");
  }
  switch (machine.cpuVendor) {
    case "intel":
      return intelAbsence(machine, surroundings);
    case "amd":
    case "hygon":
      return amdAbsence(machine, surroundings);
    default:
      return otherAbsence(machine);
  }
}

function intelAbsence(
  { cpuFamily, cpuModelNumber }: MemoryMachine,
  { kernelRelease, devices }: MemorySurroundings,
): NoMemoryCounters {
  const model = cpuFamily === 6 ? cpuModelNumber : undefined;
  if (model === LUNAR_LAKE) {
    return absent(
      `needs a kernel that drives them on Lunar Lake, which Linux 6.12 does not: this is ` +
        kernelRelease,
      "Use a newer kernel, if there is one that does",
    );
  }
  if (!devices.some((name) => name.startsWith("uncore_"))) {
    return absent("needs the module intel_uncore", "Load the module: `sudo modprobe intel_uncore`");
  }
  // Of main memory on some other model: here it may count anything.
  const others = devices.filter((name) => INTEL_MEMORY_SOURCES.some(({ pmu }) => pmu.test(name)));
  if (others.length > 0) return unruled(others, model, kernelRelease);
  // The driver is there, and what it knows of this CPU is not enough.
  const known = model !== undefined && KNOWN_SERVERS.includes(model);
  return absent(
    `needs ${known ? INTEL_SERVER : "a kernel that knows this CPU"}: this is ${kernelRelease}`,
    "Use a newer kernel",
  );
}

function unruled(
  names: readonly string[],
  model: number | undefined,
  kernelRelease: string,
): NoMemoryCounters {
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  const rest = names.length - NAMES_SHOWN;
  const cpu = model === undefined ? "this CPU" : `model 0x${model.toString(16)}`;
  const own = model !== undefined && KNOWN_SERVERS.includes(model)
    ? "the PMU of each channel (uncore_imc_0)"
    : "the PMU that kernels have for memory controllers of this CPU";
  return {
    message: `Cannot count memory traffic: found ${shown}${rest > 0 ? ` and ${rest} more` : ""}, ` +
      `which no rule for ${cpu} uses, needs ${own}: ` +
      `this is ${kernelRelease}`,
    remedy: "Use a newer kernel",
  };
}

function amdAbsence(machine: MemoryMachine, surroundings: MemorySurroundings): NoMemoryCounters {
  const { cpuVendor: vendor, cpuFamily: family, cpuModelNumber: model } = machine;
  const { kernelRelease, devices } = surroundings;
  const cpu = { vendor, family, model };
  if (!isZen(cpu)) return absent("needs a CPU with Zen cores: events of older ones are not known");
  const since = versionOf(kernelRelease);
  const zen = zenOf(cpu);
  // Zen 4 and what comes after it have counters in the memory controllers.
  const hasUmc = zen === undefined || zen >= 4;
  const least = zen === 4 ? DF2_SINCE : hasUmc ? UMC_SINCE : undefined;
  if (least !== undefined && since !== undefined && isBefore(since, least)) {
    const or = zen === 4 ? ", or Linux 6.0 for an approximation by the data fabric" : "";
    return absent(
      `needs Linux 6.7 for this CPU${or}: this is ${kernelRelease}`,
      "Use Linux 6.7 or newer",
    );
  }
  if (
    hasUmc && devices.includes("amd_df") && !(since !== undefined && isBefore(since, UMC_SINCE))
  ) {
    return absent(
      "needs memory controllers that the firmware tells of (CPUID 0x80000022)",
      "Look for amd_uncore in the kernel's log (dmesg), which says what it found",
    );
  }
  return absent("needs the module amd_uncore", "Load the module: `sudo modprobe amd_uncore`");
}

function otherAbsence({ cpuVendor, machine }: MemoryMachine): NoMemoryCounters {
  if (machine === "aarch64") {
    const modules = ARM_MODULES[cpuVendor ?? ""] ?? (cpuVendor === "arm" ? ARM_DESIGNS : undefined);
    if (modules !== undefined) {
      return absent(
        "needs the driver of this chip's memory controllers",
        `Load the module of this chip, where the kernel has it (modprobe): ${modules}`,
      );
    }
  }
  if (machine === "ppc64le" || machine === "ppc64") {
    return absent("needs firmware (OPAL) that offers the counters of the nest, nest_mcs01_imc");
  }
  const whose = cpuVendor === undefined ? "it is not known whose this is" : `this is ${cpuVendor}`;
  return absent(`needs a CPU whose memory counters are known: ${whose}, on ${machine}`);
}

function absent(needs: string, remedy?: string): NoMemoryCounters {
  const message = `Cannot count memory traffic: found no PMU of a memory controller, ${needs}`;
  return remedy === undefined ? { message } : { message, remedy };
}

/** The first two numbers of `6.1.0-56-amd64`. */
function versionOf(release: string): Version | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

function isBefore([major, minor]: Version, [least, leastMinor]: Version): boolean {
  return major < least || major === least && minor < leastMinor;
}

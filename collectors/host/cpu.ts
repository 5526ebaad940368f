/**
 * Who made the CPU and what it is called, from `/proc/cpuinfo`: names on x86, and on Arm the numbers
 * of the main identification register (MIDR_EL1), which its makers publish.
 *
 * @module
 */
import { numberOf, textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { armCoreName, armVendor } from "./arm.ts";

export interface CpuIdentity {
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  /** Family and model number of x86 CPUs, as CPUID combines them: 6 and 0x55, 25 and 1. */
  readonly family: number | undefined;
  readonly modelNumber: number | undefined;
  /** Numbers of the CPUs that are listed. */
  readonly processors: readonly number[];
  /** Whether the CPU says that it runs under a hypervisor; absent on Arm, where it says neither. */
  readonly guest: boolean | undefined;
}

const X86_VENDORS: Readonly<Record<string, string>> = {
  GenuineIntel: "intel",
  AuthenticAMD: "amd",
  HygonGenuine: "hygon",
  CentaurHauls: "centaur",
  Shanghai: "zhaoxin",
};

const WHOLE_NUMBER = /^(\d+)$/;

export function readCpuIdentity(tree: HostTree): CpuIdentity {
  const records = (textOf(tree, "/proc/cpuinfo") ?? "").split(/\n\s*\n/).map(fields);
  const processors = records
    .map((record) => record.get("processor") ?? "")
    .filter((number) => /^\d+$/.test(number))
    .map(Number);
  const isArm = records.some((record) => record.has("CPU implementer"));
  return { ...(isArm ? armIdentity(tree, records) : x86Identity(records)), processors };
}

type Fields = ReadonlyMap<string, string>;

/** `key : value` a line. */
function fields(record: string): Fields {
  const found = new Map<string, string>();
  for (const line of record.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) found.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return found;
}

function x86Identity(records: readonly Fields[]): Omit<CpuIdentity, "processors"> {
  const first = records.find((record) => record.has("processor"));
  const vendorId = first?.get("vendor_id");
  const model = first?.get("model name")?.replace(/\s+/g, " ");
  return {
    vendor: vendorId === undefined ? undefined : X86_VENDORS[vendorId],
    // Sandboxes that make up the file have no name for it.
    model: model === "" || model === "unknown" ? undefined : model,
    family: numberOf(first?.get("cpu family"), WHOLE_NUMBER),
    modelNumber: numberOf(first?.get("model"), WHOLE_NUMBER),
    guest: first?.get("flags")?.split(" ").includes("hypervisor"),
  };
}

/** A machine may have cores of several kinds: they are named in the order of their CPUs. */
function armIdentity(
  tree: HostTree,
  records: readonly Fields[],
): Omit<CpuIdentity, "processors"> {
  const cores = records.filter((record) => record.has("CPU implementer")).map((record) => ({
    implementer: Number(record.get("CPU implementer")),
    part: Number(record.get("CPU part")),
  }));
  const names = [...new Set(cores.map(armCoreName))];
  const known = names.every((name) => name !== undefined);
  return {
    vendor: armVendor(cores[0]?.implementer),
    model: known ? names.join(" + ") : boardName(tree),
    family: undefined,
    modelNumber: undefined,
    guest: undefined,
  };
}

/** `model` of the device tree, ended by a zero byte. */
function boardName(tree: HostTree): string | undefined {
  return textOf(tree, "/proc/device-tree/model")?.split("\0", 1)[0] || undefined;
}

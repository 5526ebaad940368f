/**
 * What machine this is: names, sizes and rights that do not change while the service runs.
 *
 * @module
 */
import { cpuListOf, numberOf, textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { printable } from "../printable.ts";
import { type PerfAccess, probeAccess } from "./access.ts";
import { bootSecondsOf } from "./boot_time.ts";
import { type CpuIdentity, readCpuIdentity } from "./cpu.ts";
import { hypervisorOf } from "./hypervisor.ts";
import { coresOf, socketsOf } from "./topology.ts";

export type { PerfAccess };

/** Whole numbers and names that a page, an API answer or a plan needs to know the machine by. */
export interface HostProfile {
  readonly hostname: string;
  /** `uname -r`. */
  readonly kernelRelease: string;
  /** `x86_64`, `aarch64`. */
  readonly machine: string;
  /** As `/proc/cpuinfo` or the device tree names it; absent where neither does. */
  readonly cpuModel: string | undefined;
  /** `intel`, `amd`, `arm`, ... from vendor_id or implementer. */
  readonly cpuVendor: string | undefined;
  /** Family and model number of x86 CPUs, as CPUID combines them: 6 and 0x55, 25 and 1. */
  readonly cpuFamily?: number | undefined;
  readonly cpuModelNumber?: number | undefined;
  /** Packages with a CPU online; absent where the kernel does not tell. */
  readonly sockets: number | undefined;
  /** Cores with a CPU online, hardware threads of one counted once. */
  readonly cores: number | undefined;
  /** Numbers of the CPUs that were online at the start. */
  readonly onlineCpus: readonly number[];
  /** Numbers of the CPUs that were plugged in at the start, online or not. */
  readonly presentCpus?: readonly number[] | undefined;
  /** Absent: a kernel without NUMA. */
  readonly numaNodes: number | undefined;
  /** `KVM`, `VMware`, ...; `unknown` when the CPU says it is a guest and nothing says whose; absent on bare metal. */
  readonly hypervisor: string | undefined;
  /** Wall clock in ms at which the kernel booted (`btime`). */
  readonly bootedAtMs: number | undefined;
  /** `PRETTY_NAME` of os-release. */
  readonly distribution: string | undefined;
  readonly memoryBytes: number | undefined;
  /** Tells machines of one name apart: machine-id(5), else the kernel's id of this boot. Confidential. */
  readonly hostId?: string | undefined;
  /** `/proc/sys/kernel/perf_event_paranoid`; absent: a kernel without perf. */
  readonly perfEventParanoid: number | undefined;
  /** Effective capabilities, low 64 bits as hexadecimal, from `/proc/self/status`. */
  readonly effectiveCapabilities: string | undefined;
  /** What perf_event_open answered at the start. */
  readonly perfAccess?: PerfAccess | undefined;
}

/** Reads the profile once. What a file does not tell, or tells in another format, is absent. */
export function readHostProfile(kernel: Kernel, tree: HostTree): HostProfile {
  const { nodename, release, machine } = kernel.uname();
  const cpu = readCpuIdentity(tree);
  const online = onlineCpus(tree, cpu);
  const bootedAt = bootSecondsOf(tree);
  const memory = numberOf(textOf(tree, "/proc/meminfo"), /^MemTotal:\s+(\d+) kB$/m);
  return {
    hostname: printable(nodename),
    kernelRelease: printable(release),
    machine,
    cpuModel: cpu.model === undefined ? undefined : printable(cpu.model),
    cpuVendor: cpu.vendor,
    cpuFamily: cpu.family,
    cpuModelNumber: cpu.modelNumber,
    sockets: socketsOf(tree, online),
    cores: coresOf(tree, online),
    onlineCpus: online,
    presentCpus: cpuListOf(tree, "/sys/devices/system/cpu/present"),
    numaNodes: cpuListOf(tree, "/sys/devices/system/node/online")?.length,
    hypervisor: hypervisorOf(tree, cpu.guest),
    bootedAtMs: bootedAt === undefined ? undefined : bootedAt * 1000,
    distribution: distribution(tree),
    memoryBytes: memory === undefined ? undefined : memory * 1024,
    hostId: hostIdOf(tree),
    perfEventParanoid: numberOf(textOf(tree, "/proc/sys/kernel/perf_event_paranoid"), /^(-?\d+)$/),
    effectiveCapabilities: /^CapEff:\s+([0-9a-f]{16})$/m.exec(
      textOf(tree, "/proc/self/status") ?? "",
    )?.[1],
    perfAccess: probeAccess(kernel, tree),
  };
}

/** Containers may hide sysfs; `/proc/cpuinfo` lists online CPUs too. */
function onlineCpus(tree: HostTree, cpu: CpuIdentity): readonly number[] {
  return cpuListOf(tree, "/sys/devices/system/cpu/online") ?? cpu.processors;
}

/** Containers have no machine-id, or an empty one; "uninitialized" stands in it at a first boot. */
function hostIdOf(tree: HostTree): string | undefined {
  const machine = textOf(tree, "/etc/machine-id")?.trim() ?? "";
  if (/^[0-9a-f]{32}$/.test(machine)) return machine;
  const boot = textOf(tree, "/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return /^[0-9a-f-]{36}$/.test(boot) ? boot : undefined;
}

/** os-release(5): the second path holds where the first is missing. */
function distribution(tree: HostTree): string | undefined {
  const text = textOf(tree, "/etc/os-release") ?? textOf(tree, "/usr/lib/os-release") ?? "";
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim();
  return printable(value?.replace(/^(["'])(.*)\1$/, "$2") ?? "") || undefined;
}

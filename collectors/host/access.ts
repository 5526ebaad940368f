/**
 * What this process may count through perf_event_open(2), found out by trying. One error number has
 * many causes: EACCES may be the level, a capability, a namespace or a security module, and it comes
 * before the kernel even looks whether there is such an event. So the same call is made in steps, from
 * what nothing but a filter refuses to what needs every right, and the first step that fails tells the
 * cause. The order of the kernel's checks is that of kernel/events/core.c, `perf_event_open`.
 *
 * @module
 */
import { cpuListOf, namesIn, numberOf, textOf } from "../files/text.ts";
import { SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { encodeAttr, FLAG } from "../pmu/attr.ts";
import { EVENT_TYPE, SOFTWARE_EVENTS } from "../pmu/event_codes.ts";
import { GROUP_FORMAT } from "../pmu/read_format.ts";
import { type Runtime, runtimeOf } from "./runtime.ts";

/** One call that was made to learn from its answer. */
export interface PerfTry {
  /** Goes on after "Cannot": `count "cycles" on cpu 0`. */
  readonly tried: string;
  /** 0: it opened, and was closed again. */
  readonly errno: number;
}

/** Plain data, as of the start: it travels between threads. What a file does not tell is absent. */
export interface PerfAccess {
  readonly tries: {
    /** With a structure that is too short: E2BIG from every kernel that has the call. */
    readonly call: PerfTry;
    /** What mainline kernels allow to everybody at every level. */
    readonly ownSoftware: PerfTry;
    /** What collectors need, and no counter of the CPU. */
    readonly cpuSoftware: PerfTry;
    /** Tells that there is a PMU also where counting a whole CPU is denied. */
    readonly ownCycles: PerfTry;
    readonly cpuCycles: PerfTry;
  };
  /** RLIMIT_NOFILE, and how many descriptors were open. */
  readonly descriptors:
    | { readonly soft: number; readonly hard: number; readonly open: number | undefined }
    | undefined;
  /** `/proc/sys/kernel/perf_event_paranoid`. */
  readonly paranoid: number | undefined;
  /** Mode of seccomp(2): 0 off, 1 strict, 2 a filter. */
  readonly seccomp: number | undefined;
  /** `CapEff` and `CapBnd`, hexadecimal. */
  readonly effectiveCapabilities: string | undefined;
  readonly boundingCapabilities: string | undefined;
  /** Whether this is another user namespace than the first, where capabilities do not count. */
  readonly userNamespace: boolean | undefined;
  /** The NMI watchdog holds a counter of each CPU. */
  readonly nmiWatchdog: boolean | undefined;
  /** Names in `/sys/bus/event_source/devices`. */
  readonly devices: readonly string[] | undefined;
  readonly runtime: Runtime;
  /** Maker and product of the machine by its firmware: `Amazon EC2 c5.large`. */
  readonly firmware: string | undefined;
}

const DEVICES = "/sys/bus/event_source/devices";
const DMI = "/sys/class/dmi/id";
const FIRST_CPU = 0;
/** PERF_COUNT_HW_CPU_CYCLES. */
const CYCLES = 0n;
/** `size` of the structure stands here. */
const SIZE_AT = 4;
/** Below PERF_ATTR_SIZE_VER0, 64. */
const TOO_SHORT = 1;
/** The first namespace maps all user ids to themselves (user_namespaces(7)). */
const WHOLE_MAP = "0 0 4294967295";

/** Makes the calls and reads the files. What it opens it closes. */
export function probeAccess(kernel: Kernel, tree: HostTree): PerfAccess {
  const cpu = cpuListOf(tree, "/sys/devices/system/cpu/online")?.[0] ?? FIRST_CPU;
  const status = textOf(tree, "/proc/self/status");
  const uidMap = textOf(tree, "/proc/self/uid_map")?.trim().replace(/\s+/g, " ");
  const watchdog = textOf(tree, "/proc/sys/kernel/nmi_watchdog");
  return {
    tries: tryAll(kernel, cpu),
    descriptors: descriptorsOf(kernel, tree),
    paranoid: numberOf(textOf(tree, "/proc/sys/kernel/perf_event_paranoid"), /^(-?\d+)$/),
    seccomp: numberOf(status, /^Seccomp:\s+(\d)$/m),
    effectiveCapabilities: maskOf(status, "CapEff"),
    boundingCapabilities: maskOf(status, "CapBnd"),
    userNamespace: uidMap === undefined ? undefined : uidMap !== WHOLE_MAP,
    nmiWatchdog: watchdog === undefined ? undefined : watchdog === "1",
    devices: namesIn(tree, DEVICES),
    runtime: runtimeOf(tree),
    firmware: firmwareOf(tree),
  };
}

function tryAll(kernel: Kernel, cpu: number): PerfAccess["tries"] {
  const whole = { pid: -1, cpu, groupFd: -1 };
  const own = { pid: 0, cpu: -1, groupFd: -1 };
  const userOnly = FLAG.disabled | FLAG.excludeKernel | FLAG.excludeHypervisor;
  const dummy = { type: EVENT_TYPE.software, config: BigInt(SOFTWARE_EVENTS.dummy) };
  const cycles = { type: EVENT_TYPE.hardware, config: CYCLES };
  const short = encodeAttr({ ...dummy, readFormat: GROUP_FORMAT, flags: FLAG.disabled });
  new DataView(short.buffer).setUint32(SIZE_AT, TOO_SHORT, true);
  const attempt = (
    tried: string,
    event: { readonly type: number; readonly config: bigint },
    target: typeof whole,
    flags: number,
  ): PerfTry => {
    const attr = encodeAttr({ ...event, readFormat: GROUP_FORMAT, flags });
    return { tried, errno: errnoOf(kernel, attr, target) };
  };
  return {
    call: { tried: "call perf_event_open", errno: errnoOf(kernel, short, own) },
    ownSoftware: attempt('count "dummy" of this process, in user mode', dummy, own, userOnly),
    cpuSoftware: attempt(`count "dummy" on cpu ${cpu}`, dummy, whole, FLAG.disabled),
    ownCycles: attempt('count "cycles" of this process, in user mode', cycles, own, userOnly),
    cpuCycles: attempt(`count "cycles" on cpu ${cpu}`, cycles, whole, FLAG.disabled),
  };
}

/** 0 for what opens. */
function errnoOf(
  kernel: Kernel,
  attr: Uint8Array<ArrayBuffer>,
  target: Parameters<Kernel["perfEventOpen"]>[1],
): number {
  const fd = kernel.perfEventOpen(attr, target);
  if (fd < 0) return -fd;
  kernel.close(fd);
  return 0;
}

function descriptorsOf(kernel: Kernel, tree: HostTree): PerfAccess["descriptors"] {
  try {
    const { soft, hard } = kernel.descriptorLimit();
    return { soft, hard, open: openDescriptors(tree) };
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** Without the one that the folder itself is read through. */
function openDescriptors(tree: HostTree): number | undefined {
  try {
    return tree.count("/proc/self/fd") - 1;
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

function maskOf(status: string | undefined, field: string): string | undefined {
  return new RegExp(`^${field}:\\s+([0-9a-f]{16})$`, "m").exec(status ?? "")?.[1];
}

function firmwareOf(tree: HostTree): string | undefined {
  const words = [textOf(tree, `${DMI}/sys_vendor`), textOf(tree, `${DMI}/product_name`)]
    .filter((word) => word !== undefined && word !== "");
  return words.length === 0 ? undefined : words.join(" ");
}

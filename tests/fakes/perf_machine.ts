/**
 * Machines and processes by how perf_event_open answers them: the kernel's own checks in its own order,
 * over rules that a test sets (kernel/events/core.c; Debian's level 3 as in its patch
 * `security-perf-allow-further-restriction-of-perf_event_open`).
 *
 * @module
 */
import { type PerfAccess, probeAccess } from "../../collectors/host/access.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { FLAG } from "../../collectors/pmu/attr.ts";
import { EVENT_TYPE } from "../../collectors/pmu/event_codes.ts";
import { TextTree } from "../text_tree.ts";
import { FakeKernel } from "./fake_kernel.ts";

export const NO_CAPABILITY = "0000000000000000";
export const PERFMON = "0000004000000000"; // bit 38
export const SYS_ADMIN = "0000000000200000"; // bit 21
const ALL = "000001ffffffffff";
/** Between them E2BIG: a structure may not be shorter (PERF_ATTR_SIZE_VER0). */
const SIZE_LEAST = 64;
const FIRST_FD = 50;

export interface PerfRules {
  /** A filter's answer to every call. */
  readonly filter?: number;
  /** Absent: the kernel has no perf events. */
  readonly paranoid?: number;
  /** Debian's patch: from level 3 on nobody without CAP_SYS_ADMIN opens anything. */
  readonly patched?: true;
  readonly capabilities?: string;
  /** Another user namespace than the first. */
  readonly contained?: true;
  /** A security module refuses. */
  readonly module?: true;
  /** The answer to cycles; absent: they count. */
  readonly cycles?: number;
  /** Names in sysfs; null: there is no such folder. */
  readonly devices?: readonly string[] | null;
  /** The answer to everything that would open. */
  readonly open?: number;
  /** Further files. */
  readonly files?: Readonly<Record<string, string>>;
}

export const BARE: readonly string[] = ["breakpoint", "cpu", "msr", "software", "tracepoint"];
export const GUEST: readonly string[] = ["breakpoint", "msr", "software", "tracepoint"];

export class PerfMachine {
  readonly kernel = new FakeKernel();
  readonly tree: TextTree;
  /** Descriptors that were opened and not closed. */
  readonly open = new Set<number>();
  readonly #rules: PerfRules;
  #nextFd = FIRST_FD;

  constructor(rules: PerfRules = {}) {
    this.#rules = rules;
    const { capabilities = NO_CAPABILITY, contained, paranoid, filter, devices = BARE } = rules;
    this.tree = new TextTree({
      "/proc/self/status": `CapEff:\t${capabilities}\nCapBnd:\t${ALL}\n` +
        `Seccomp:\t${filter === undefined ? 0 : 2}\n`,
      "/proc/self/uid_map": contained
        ? "         0       1000          1\n"
        : "         0          0 4294967295\n",
      "/proc/self/fd/0": "",
      "/proc/self/fd/1": "",
      "/proc/self/fd/2": "",
      "/proc/self/fd/3": "",
      "/sys/devices/system/cpu/online": "2-3\n",
      "/proc/sys/kernel/nmi_watchdog": "1\n",
      ...(paranoid === undefined
        ? {}
        : { "/proc/sys/kernel/perf_event_paranoid": `${paranoid}\n` }),
      ...Object.fromEntries(
        (devices ?? []).map((name) => [`/sys/bus/event_source/devices/${name}/type`, "4\n"]),
      ),
      ...rules.files,
    });
    this.kernel
      .always("perfEventOpen", [], (attr, target) => this.#openEvent(attr, target))
      .always("close", [], (fd) => {
        if (!this.open.delete(fd)) throw new Error(`Cannot close ${fd}: it is not open`);
      })
      .always("descriptorLimit", [], { soft: 1024, hard: 4096 });
  }

  access(): PerfAccess {
    return probeAccess(this.kernel, this.tree);
  }

  #openEvent(
    attr: Uint8Array<ArrayBuffer>,
    { pid, cpu }: { readonly pid: number; readonly cpu: number },
  ): number {
    const view = new DataView(attr.buffer);
    const refused = this.#refusalOf({
      size: view.getUint32(4, true),
      type: view.getUint32(0, true),
      userOnly: (view.getUint32(40, true) & FLAG.excludeKernel) !== 0,
      whole: pid === -1 && cpu >= 0,
    });
    if (refused !== undefined) return -refused;
    const fd = this.#nextFd++;
    this.open.add(fd);
    return fd;
  }

  #refusalOf(call: {
    readonly size: number;
    readonly type: number;
    readonly userOnly: boolean;
    readonly whole: boolean;
  }): number | undefined {
    const { filter, paranoid, patched, capabilities, contained, module, cycles, open } =
      this.#rules;
    if (filter !== undefined) return filter;
    if (paranoid === undefined) return ERRNO.ENOSYS;
    if (call.size < SIZE_LEAST) return ERRNO.E2BIG;
    const counts = (needed: readonly (string | undefined)[]): boolean =>
      contained === undefined && needed.includes(capabilities);
    const admin = counts([SYS_ADMIN, ALL]);
    const perfmon = counts([PERFMON, SYS_ADMIN, ALL]);
    if (patched && paranoid > 2 && !admin) return ERRNO.EACCES;
    if (module) return ERRNO.EACCES;
    if (!call.userOnly && paranoid > 1 && !perfmon) return ERRNO.EACCES;
    if (open !== undefined) return open;
    if (call.type === EVENT_TYPE.hardware && cycles !== undefined) return cycles;
    return call.whole && paranoid > 0 && !perfmon ? ERRNO.EACCES : undefined;
  }
}

/**
 * What a person can do about a refusal: one sentence, least privilege first. Rules of
 * perf_event_open(2), kernel.perf_event_paranoid (Documentation/admin-guide/sysctl/kernel.rst) and
 * capabilities(7).
 *
 * @module
 */
import { ERRNO } from "./errno.ts";

/** What was opened. */
export type Opened = "perf_event" | { readonly file: string };

/** What the process may do, from a host profile. */
export interface Rights {
  readonly perfEventParanoid: number | undefined;
  /** Hexadecimal, from `CapEff`. */
  readonly effectiveCapabilities: string | undefined;
}

// include/uapi/linux/capability.h
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;

/** The remedy for an error number, or `undefined` where there is none to give. */
export function remedyFor(errno: number, opened: Opened, rights: Rights): string | undefined {
  switch (errno) {
    case ERRNO.EMFILE:
      return "Raise the limit of open files: LimitNOFILE=65536 in the unit, " +
        "or --ulimit nofile=65536 for a container";
    case ERRNO.ENFILE:
      return "Raise the system's limit of open files: sysctl fs.file-max";
  }
  return opened === "perf_event" ? perfEventRemedy(errno, rights) : fileRemedy(errno, opened.file);
}

function perfEventRemedy(errno: number, rights: Rights): string | undefined {
  switch (errno) {
    case ERRNO.EACCES:
      return deniedRemedy(rights);
    case ERRNO.EPERM:
      return "Add CAP_PERFMON to the container (--cap-add PERFMON, Docker 23 or later), " +
        "or use a seccomp profile that allows perf_event_open";
    case ERRNO.ENOSYS:
      // The file is there whenever the kernel has perf events, so then a filter hides the call.
      return rights.perfEventParanoid === undefined
        ? "Use a kernel that is built with CONFIG_PERF_EVENTS=y"
        : "Use a seccomp profile that allows perf_event_open, or add CAP_PERFMON to the container";
    default:
      return undefined;
  }
}

function deniedRemedy({ perfEventParanoid, effectiveCapabilities }: Rights): string {
  const level = perfEventParanoid ?? 2;
  // Debian and Ubuntu add levels 3 and 4, at which CAP_PERFMON does not suffice.
  const raised = level >= 3;
  if (
    holds(effectiveCapabilities, CAP_SYS_ADMIN) ||
    (holds(effectiveCapabilities, CAP_PERFMON) && !raised)
  ) {
    return "Run outside a user namespace (a rootless container has one), in which CAP_PERFMON " +
      "does not count, or allow perf_event in the security module (SELinux) that refuses it";
  }
  if (level <= 0) {
    return `Allow perf_event in the security module (SELinux) that refuses it: ` +
      `kernel.perf_event_paranoid is ${level} and does not`;
  }
  if (raised) {
    return "Set kernel.perf_event_paranoid=2 with sysctl and give the service CAP_PERFMON " +
      `(AmbientCapabilities=CAP_PERFMON in its unit): at ${level} the kernel asks for CAP_SYS_ADMIN`;
  }
  return "Give the service CAP_PERFMON (AmbientCapabilities=CAP_PERFMON in its unit, " +
    "--cap-add PERFMON for a container), or set kernel.perf_event_paranoid=0 with sysctl";
}

function fileRemedy(errno: number, file: string): string | undefined {
  if (errno !== ERRNO.EACCES && errno !== ERRNO.EPERM) return undefined;
  // Files of other users' processes are guarded as ptrace is (proc_pid_io(5)).
  return /^\/proc\/\d+\//.test(file)
    ? "Give the service CAP_SYS_PTRACE (AmbientCapabilities=CAP_SYS_PTRACE in its unit)"
    : `Let the service's user or group read ${file}, ` +
      "or give the service CAP_DAC_READ_SEARCH (AmbientCapabilities=CAP_DAC_READ_SEARCH)";
}

function holds(capabilities: string | undefined, bit: bigint): boolean {
  return capabilities !== undefined && (BigInt(`0x${capabilities}`) >> bit & 1n) === 1n;
}

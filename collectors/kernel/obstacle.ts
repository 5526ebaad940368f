/**
 * What stands between this process and counting a whole CPU, by the answers of the calls that were
 * made to find out. The steps follow the kernel's own order (kernel/events/core.c, `perf_event_open`;
 * capabilities(7), user_namespaces(7), seccomp(2)).
 *
 * @module
 */
import type { PerfAccess } from "../host/profile.ts";
import { ERRNO } from "./errno.ts";

export const OBSTACLES = [
  /** A kernel in user space that has the call and refuses all of it, as gVisor does. */
  "sandbox",
  /** Built without CONFIG_PERF_EVENTS. */
  "no_perf",
  /** seccomp(2), or another filter of system calls. */
  "filter",
  /** A level that only distributions know, at which nobody without CAP_SYS_ADMIN opens anything. */
  "level",
  /** The level asks for a capability, and this process has none. */
  "capability",
  /** Capabilities count in the first user namespace only. */
  "user_namespace",
  /** SELinux, or another security module. */
  "security_module",
  /** RLIMIT_NOFILE. */
  "descriptors",
  /** fs.file-max. */
  "system_descriptors",
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

// include/uapi/linux/capability.h
export const CAP_SYS_ADMIN = 21n;
export const CAP_PERFMON = 38n;

/** Debian and Ubuntu add levels from here on; mainline treats them as 2. */
export const DISTRIBUTION_LEVEL = 3;

/** `null`: nothing. `undefined`: something that these answers do not tell. */
export function obstacleOf(access: PerfAccess): Obstacle | null | undefined {
  const { call, ownSoftware, cpuSoftware } = access.tries;
  if (cpuSoftware.errno === 0) return null;
  const all = [call, ownSoftware, cpuSoftware].map(({ errno }) => errno);
  // A filter may say the same, above a kernel whose files are all there.
  const bare = access.paranoid === undefined || access.devices === undefined;
  if (bare && all.every((errno) => errno === ERRNO.ENODEV)) return "sandbox";
  if (call.errno === ERRNO.ENOSYS && access.paranoid === undefined) return "no_perf";
  // Every kernel that is reached answers this, whatever its rules.
  if (call.errno !== ERRNO.E2BIG) return "filter";
  switch (cpuSoftware.errno) {
    case ERRNO.EMFILE:
      return "descriptors";
    case ERRNO.ENFILE:
      return "system_descriptors";
    case ERRNO.EPERM:
    case ERRNO.ENOSYS:
      // A filter may look at the arguments too.
      return "filter";
    case ERRNO.EACCES:
      return denialOf(access);
    default:
      return undefined;
  }
}

function denialOf(access: PerfAccess): Obstacle {
  const { paranoid, userNamespace, effectiveCapabilities: held, tries } = access;
  if (paranoid !== undefined && paranoid <= 0) return "security_module";
  if (userNamespace === true) return "user_namespace";
  if (tries.ownSoftware.errno !== ERRNO.EACCES) {
    return holds(held, CAP_PERFMON) || holds(held, CAP_SYS_ADMIN)
      ? "security_module"
      : "capability";
  }
  // What mainline allows to everybody is refused too.
  if (paranoid !== undefined && paranoid < DISTRIBUTION_LEVEL) return "security_module";
  return holds(held, CAP_SYS_ADMIN) ? "security_module" : "level";
}

const EXPLAINED: Readonly<Record<Obstacle, readonly number[]>> = {
  sandbox: [ERRNO.ENODEV],
  no_perf: [ERRNO.ENOSYS],
  filter: [ERRNO.EPERM, ERRNO.ENOSYS, ERRNO.EACCES, ERRNO.ENODEV],
  level: [ERRNO.EACCES],
  capability: [ERRNO.EACCES],
  user_namespace: [ERRNO.EACCES],
  security_module: [ERRNO.EACCES],
  descriptors: [ERRNO.EMFILE],
  system_descriptors: [ERRNO.ENFILE],
};

/** The obstacle behind an error that came back later; undefined where the start knew of none such. */
export function obstacleBehind(
  errno: number,
  access: PerfAccess | undefined,
): Obstacle | undefined {
  if (access === undefined) return undefined;
  const obstacle = obstacleOf(access);
  if (obstacle === null || obstacle === undefined) return undefined;
  return EXPLAINED[obstacle].includes(errno) ? obstacle : undefined;
}

/** Whether a mask in hexadecimal has a capability. */
export function holds(capabilities: string | undefined, bit: bigint): boolean {
  return capabilities !== undefined && (BigInt(`0x${capabilities}`) >> bit & 1n) === 1n;
}

/**
 * What an error of perf_event_open(2) leaves open: what was found in the way, and what is needed. The
 * second half of a message.
 *
 * @module
 */
import type { PerfAccess } from "../host/profile.ts";
import {
  CAP_PERFMON,
  CAP_SYS_ADMIN,
  DISTRIBUTION_LEVEL,
  holds,
  type Obstacle,
} from "./obstacle.ts";
import type { Rights } from "./remedy.ts";

/** At which CAP_PERFMON suffices. */
const LEVEL_OF_MAINLINE = 2;

/** Goes on after the name of the error. */
export function needOf(obstacle: Obstacle, rights: Rights): string {
  switch (obstacle) {
    case "sandbox":
      return ", as to every such call in this sandbox, needs a kernel that has perf events";
    case "no_perf":
      return ", perf_event_paranoid is not there either, needs CONFIG_PERF_EVENTS=y";
    case "filter":
      return rights.perfAccess?.seccomp === 2
        ? ", from a seccomp filter and not from the kernel, needs one that allows perf_event_open"
        : ", from a filter and not from the kernel, needs one that allows perf_event_open";
    case "user_namespace":
      return `${levelNeed(rights)} outside of this user namespace`;
    case "security_module":
      return `, though ${granted(rights)}, needs a security module that allows perf_event`;
    case "level":
    case "capability":
      return levelNeed(rights);
    case "descriptors":
      return limitNeed(rights.perfAccess);
    case "system_descriptors":
      return "";
  }
}

/** Empty where nobody tells the level. */
export function levelNeed(rights: Rights): string {
  const { perfEventParanoid: level, effectiveCapabilities, perfAccess } = rights;
  if (level === undefined) return "";
  // Debian and Ubuntu ask for more from 3 on; where such a level lets a process count itself, the
  // kernel is none of theirs.
  const raised = level >= DISTRIBUTION_LEVEL && perfAccess?.tries.ownSoftware.errno !== 0;
  const capability = raised ? "CAP_SYS_ADMIN" : "CAP_PERFMON";
  const most = raised && holds(effectiveCapabilities, CAP_PERFMON) ? LEVEL_OF_MAINLINE : 0;
  return `, perf_event_paranoid is ${level}, needs ${most} or lower, or ${capability}`;
}

/** Why a module must be in the way: the kernel's own rules allow what it refuses. */
function granted({ perfEventParanoid: level = 2, effectiveCapabilities: held }: Rights): string {
  if (level <= 0) return `perf_event_paranoid is ${level}`;
  return holds(held, CAP_PERFMON) || holds(held, CAP_SYS_ADMIN)
    ? "the process has the capability for it"
    : `perf_event_paranoid ${level} lets every process count itself`;
}

/** Empty where there is no hard limit, or nobody tells it. */
export function limitNeed(access: PerfAccess | undefined): string {
  if (access?.descriptors === undefined) return "";
  const { hard } = access.descriptors;
  return hard === Infinity ? "" : `, the hard limit is ${hard}`;
}

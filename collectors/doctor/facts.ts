/**
 * What a machine and a process say of themselves that decides about perf events: for a person who wants
 * to see what the doctor saw.
 *
 * @module
 */
import type { HostProfile, PerfAccess } from "../host/profile.ts";
import { ERRNO, errnoText } from "../kernel/errno.ts";
import { CAP_PERFMON, CAP_SYS_ADMIN, holds } from "../kernel/obstacle.ts";

/** In words; `not told` where no file says it. */
export interface Fact {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

const NOT_TOLD = "not told";
const TRIES = [
  ["ownSoftware", "Software, own process"],
  ["cpuSoftware", "Software, whole CPU"],
  ["ownCycles", "Cycles, own process"],
  ["cpuCycles", "Cycles, whole CPU"],
] as const;
const STARTERS: Readonly<Partial<Record<PerfAccess["runtime"], string>>> = {
  container: "a container engine",
  host: "a shell",
};
const SECCOMP_MODES = ["off", "strict", "a filter"];

export function factsOf(profile: HostProfile): readonly Fact[] {
  const access = profile.perfAccess;
  if (access === undefined) return [];
  const fact = (id: string, name: string, value: string | undefined): Fact => ({
    id,
    name,
    value: value ?? NOT_TOLD,
  });
  return [
    fact("cpu", "CPU", profile.cpuModel),
    fact("hypervisor", "Hypervisor", profile.hypervisor ?? "none seen"),
    fact("pmus", "PMUs in sysfs", access.devices?.join(", ")),
    fact("perf_event_paranoid", "perf_event_paranoid", textOf(access.paranoid)),
    fact("cap_perfmon", "CAP_PERFMON", capability(access, CAP_PERFMON)),
    fact("cap_sys_admin", "CAP_SYS_ADMIN", capability(access, CAP_SYS_ADMIN)),
    fact("user_namespace", "User namespace", namespace(access.userNamespace)),
    fact("seccomp", "seccomp", seccompMode(access.seccomp)),
    fact("runtime", "Started by", STARTERS[access.runtime] ?? access.runtime),
    fact("descriptors", "Descriptors", descriptors(access)),
    fact("nmi_watchdog", "NMI watchdog", watchdog(access.nmiWatchdog)),
    fact("try_call", "perf_event_open", callAnswer(access.tries.call.errno)),
    ...TRIES.map(([id, name]) => {
      return fact(`try_${snake(id)}`, name, answer(access.tries[id].errno));
    }),
  ];
}

/** The structure is too short on purpose. */
function callAnswer(errno: number): string {
  return errno === ERRNO.E2BIG ? "the kernel answers" : answer(errno);
}

function answer(errno: number): string {
  return errno === 0 ? "works" : errnoText(errno);
}

function capability(
  { effectiveCapabilities, boundingCapabilities }: PerfAccess,
  bit: bigint,
): string | undefined {
  if (effectiveCapabilities === undefined) return undefined;
  if (holds(effectiveCapabilities, bit)) return "held";
  if (boundingCapabilities === undefined || holds(boundingCapabilities, bit)) return "not held";
  return "not held, nor in the bounding set";
}

function namespace(other: boolean | undefined): string | undefined {
  if (other === undefined) return undefined;
  return other ? "another one, where capabilities do not count" : "the first one";
}

function seccompMode(mode: number | undefined): string | undefined {
  return mode === undefined ? undefined : SECCOMP_MODES[mode] ?? `mode ${mode}`;
}

function descriptors({ descriptors: found }: PerfAccess): string | undefined {
  if (found === undefined) return undefined;
  const { soft, hard, open } = found;
  const most = hard === soft ? "" : `, at most ${count(hard)}`;
  return `${open === undefined ? "" : `${open} open, `}limit ${count(soft)}${most}`;
}

function count(limit: number): string {
  return limit === Infinity ? "none" : String(limit);
}

function watchdog(on: boolean | undefined): string | undefined {
  if (on === undefined) return undefined;
  return on ? "on: it holds a counter of each CPU" : "off";
}

function textOf(level: number | undefined): string | undefined {
  return level === undefined ? undefined : String(level);
}

function snake(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

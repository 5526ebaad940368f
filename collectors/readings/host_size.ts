/** How large the host is now: CPUs go offline and come while the service runs. @module */
import type { HostProfile } from "../host/profile.ts";
import type { Present } from "./snapshot.ts";

export interface HostSize {
  readonly sockets: number | undefined;
  readonly cores: number | undefined;
  readonly cpus: number;
}

/**
 * Of the CPUs that are online, with and without a slot; as it was at the start where nobody lists them, or
 * says of each whose it is.
 */
export function hostSize(
  profile: HostProfile,
  cpus: readonly Present[],
  untaken: number,
): HostSize {
  const groups = (grouping: string): number | undefined => {
    const names = new Set(cpus.map((cpu) => cpu.groups[grouping]));
    return untaken > 0 || names.size === 0 || names.has(undefined) ? undefined : names.size;
  };
  const listed = cpus.length + untaken;
  return {
    sockets: groups("socket") ?? profile.sockets,
    cores: groups("core") ?? profile.cores,
    cpus: listed === 0 ? profile.onlineCpus.length : listed,
  };
}

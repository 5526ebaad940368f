/** How large the host is now: CPUs go offline and come while the service runs. @module */
import type { HostProfile } from "../host/profile.ts";
import type { Layout } from "../sampling/layout.ts";
import { untakenOf } from "./presence.ts";

export interface HostSize {
  readonly sockets: number | undefined;
  readonly cores: number | undefined;
  readonly cpus: number;
}

/** Of the CPUs that are online; as it was at the start where nobody lists them, or says of each whose it is. */
export function hostSize(profile: HostProfile, layout: Layout, sequence: number): HostSize {
  const cpus = (layout.scopes["cpu"]?.instances ?? [])
    .filter((cpu) => cpu !== null && cpu.goneSequence === null);
  const listed = cpus.length + untakenOf(layout, "cpu", sequence, null);
  const groups = (grouping: string): number | undefined => {
    const names = new Set(cpus.map((cpu) => cpu?.groups[grouping]));
    return names.size === 0 || names.has(undefined) ? undefined : names.size;
  };
  return {
    sockets: groups("socket") ?? profile.sockets,
    cores: groups("core") ?? profile.cores,
    cpus: listed === 0 ? profile.onlineCpus.length : listed,
  };
}

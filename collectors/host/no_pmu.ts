/**
 * Why there is nothing that counts in hardware, and who can change it: in a virtual machine that is
 * whoever runs the hypervisor.
 *
 * @module
 */
import type { Cause } from "../cause.ts";
import { ERRNO, errnoText } from "../kernel/errno.ts";
import { needOf } from "../kernel/need.ts";
import { obstacleOf } from "../kernel/obstacle.ts";
import { remedyOf } from "../kernel/remedy.ts";
import { formatCpuList } from "../pmu/cpu_list.ts";
import type { HostProfile } from "./profile.ts";

/** `devices`: names in `/sys/bus/event_source/devices`, none of which counts what a core does. */
export function noPmuProblem(profile: HostProfile, devices: readonly string[]): Cause {
  const access = profile.perfAccess;
  const obstacle = access === undefined ? undefined : obstacleOf(access);
  if (access !== undefined && (obstacle === "sandbox" || obstacle === "no_perf")) {
    const { tried, errno } = access.tries.cpuCycles;
    return {
      reason: "not_supported",
      message: `Cannot ${tried}: ${errnoText(errno)}${needOf(obstacle, profile)}`,
      remedy: remedyOf(obstacle, profile),
    };
  }
  const found = devices.length === 0 ? "found none at all" : `found ${devices.join(", ")}`;
  const needs = profile.hypervisor === undefined
    ? "needs a kernel that drives the PMU of this CPU"
    : "needs a hypervisor that passes one on";
  return {
    reason: "not_supported",
    message: `Cannot count hardware events: no PMU of the CPU cores in ` +
      `/sys/bus/event_source/devices, ${found}, ${needs}`,
    remedy: noPmuRemedy(profile),
  };
}

/** The first thing that a PMU which is there was asked for. */
export interface RefusedEvent {
  readonly pmu: string;
  readonly event: string;
  readonly cpus: Iterable<number>;
  readonly errno: number;
}

/** A PMU of the cores is there, and the kernel opens none of its events. */
export function refusedPmuProblem(profile: HostProfile, refused: RefusedEvent): Cause {
  const { pmu, event, cpus, errno } = refused;
  const lent = isLent(errno, profile);
  return {
    // What a virtual machine holds it gives back when it ends: it is soon tried again.
    reason: lent ? "failed" : "not_supported",
    message: `Cannot open "${event}" of PMU "${pmu}" on cpu ${formatCpuList(cpus)}, ` +
      `nor any other of its events: ${errnoText(errno)}, ${
        lent ? LENT.needs : "needs a PMU that counts"
      }`,
    remedy: lent ? LENT.remedy : noPmuRemedy(profile),
  };
}

/** Of a PMU that KVM gave to virtual machines (mediated vPMU, kernel/events/core.c). */
export const LENT = {
  needs: "which is the answer while virtual machines were given the PMU, needs them to end",
  remedy: "Stop the virtual machines that were given this machine's PMU (mediated vPMU), " +
    "or start them without one",
} as const;

/** Whether an error says that virtual machines on this host have its PMU. */
export function isLent(errno: number, { hypervisor }: HostProfile): boolean {
  return errno === ERRNO.EOPNOTSUPP && hypervisor === undefined;
}

/** What the PMU is switched on by: from outside where this is a guest. Absent where nobody can. */
export function noPmuRemedy({ hypervisor, perfAccess }: HostProfile): string | undefined {
  const firmware = perfAccess?.firmware ?? "";
  if (firmware.startsWith("Amazon EC2")) {
    return "Use a larger size of this instance family (from about half of a server on they have " +
      "a PMU), or its .metal size";
  }
  if (firmware.startsWith("Google")) {
    return "Create the instance with --performance-monitoring-unit=standard, " +
      "on a machine series that has it, such as C4 or C4A";
  }
  switch (hypervisor) {
    case undefined:
      return "Look for PMU in the kernel's log (dmesg), which says why it drives none here";
    case "VMware":
      return "Whoever runs the host can enable virtualized CPU performance counters in the " +
        "virtual machine's CPU settings (vpmc.enable = TRUE)";
    case "Hyper-V":
      return 'Whoever runs the host can pass its PMU on: Set-VMProcessor VMNAME -Perfmon @("pmu"), ' +
        "with the virtual machine stopped";
    case "Xen":
      return "Whoever runs the host can boot its hypervisor with vpmu=on";
    case "KVM":
    case "QEMU":
      // Others than these start machines with KVM, Firecracker among them.
      return "Whoever runs the host can pass its PMU on where the virtual machine monitor is able " +
        "to, for example QEMU with -cpu host,pmu=on, or libvirt with cpu " +
        "mode='host-passthrough' and features pmu state='on'";
    default:
      return "Whoever runs the host can pass its PMU on, in the settings of its hypervisor";
  }
}

/**
 * Whose guest this machine is, if it is one.
 *
 * x86 CPUs tell a guest by the flag `hypervisor` (CPUID leaf 1, ecx bit 31) and leave open whose; the
 * firmware tables (DMI) and the clocks that the kernel was offered name it. Arm CPUs tell nothing, so
 * there the firmware and the device tree must do.
 *
 * @module
 */
import { textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

const DMI = "/sys/class/dmi/id";
const CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource";

/** Beginnings of `sys_vendor` or `product_name`, by the name of the hypervisor behind them. */
const FIRMWARE: readonly (readonly [beginning: string, hypervisor: string])[] = [
  ["VMware", "VMware"],
  ["VMW", "VMware"],
  ["innotek GmbH", "VirtualBox"],
  ["VirtualBox", "VirtualBox"],
  ["Virtual Machine", "Hyper-V"],
  ["Parallels", "Parallels"],
  ["BHYVE", "bhyve"],
  ["Xen", "Xen"],
  ["Apple Virtualization", "Apple Virtualization"],
  ["Amazon EC2", "KVM"],
  ["Google Compute Engine", "KVM"],
  ["OpenStack", "KVM"],
  ["KubeVirt", "KVM"],
  ["KVM", "KVM"],
];

/** `guest`: what the CPU says. The answer is absent where nothing says that this is a guest. */
export function hypervisorOf(tree: HostTree, guest: boolean | undefined): string | undefined {
  if (textOf(tree, "/sys/hypervisor/type") === "xen") return "Xen";
  if (guest === false) return undefined;
  const vendor = textOf(tree, `${DMI}/sys_vendor`) ?? "";
  const product = textOf(tree, `${DMI}/product_name`) ?? "";
  const named = FIRMWARE.find(([beginning]) =>
    vendor.startsWith(beginning) || product.startsWith(beginning)
  )?.[1];
  // QEMU also emulates without a hypervisor, which its tables do not tell.
  const emulated = vendor.startsWith("QEMU") ? "QEMU" : undefined;
  if (guest) return named ?? fromClocks(tree) ?? emulated ?? "unknown";
  // Clouds rent out whole machines under the same vendor: `m7g.metal`.
  const firmware = product.includes("metal") ? undefined : named ?? emulated;
  return firmware ?? fromDeviceTree(tree);
}

function fromClocks(tree: HostTree): string | undefined {
  const clocks = textOf(tree, CLOCKS) ?? "";
  if (clocks.includes("kvm-clock")) return "KVM";
  if (clocks.includes("hyperv_clocksource")) return "Hyper-V";
  return clocks.includes("xen") ? "Xen" : undefined;
}

/** Strings of the device tree end with a zero byte and may be several. */
function fromDeviceTree(tree: HostTree): string | undefined {
  const hypervisor = textOf(tree, "/proc/device-tree/hypervisor/compatible");
  if (hypervisor?.includes("xen")) return "Xen";
  if (hypervisor?.includes("kvm")) return "KVM";
  // The board that QEMU, Firecracker and others make up for their guests.
  const board = textOf(tree, "/proc/device-tree/compatible");
  return hypervisor !== undefined || board?.includes("dummy-virt") ? "unknown" : undefined;
}

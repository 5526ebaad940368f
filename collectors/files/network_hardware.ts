/**
 * Which interfaces have hardware behind them, by `/sys/class/net` (sysfs(5)). A packet passes one of
 * those, and may pass any number of others.
 *
 * @module
 */
import { textOf } from "./text.ts";
import { ERRNO, SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";

const CLASS = "/sys/class/net";
/** A link to what an interface stands on begins so, and ends with its name (net/core/dev.c). */
const LOWER = "lower_";
/** `phys_port_name` of what stands for a function of a card (net/devlink/port.c); a card's own port is `p0`. */
const STANDS_FOR_FUNCTION = /^(c\d+)?pf\d/;

/** Names of the interfaces that sysfs shows; none where there is no sysfs. */
export function shownInterfaces(tree: HostTree): readonly string[] {
  return entries(tree, CLASS);
}

/**
 * An interface has hardware, real or a hypervisor's, where sysfs links it to a device, except where
 * another one counts its packets too:
 *
 * - a virtual function that a synthetic interface of the same virtual machine drives (netvsc, net_failover),
 * - a port of a switch chip, whose packets pass the interface that leads to the chip (net/dsa/user.c),
 * - what stands for a function of a card that switches by itself, whose packets pass the card's port
 *   (Documentation/networking/representors.rst),
 * - the host's end of the interface of a Xen guest (drivers/net/xen-netback).
 */
export function hasHardware(tree: HostTree, name: string): boolean {
  const directory = `${CLASS}/${name}`;
  const found = entries(tree, directory);
  if (!found.includes("device")) return false;
  if (found.includes("master") && entries(tree, `${directory}/master`).includes("device")) {
    return false;
  }
  if (STANDS_FOR_FUNCTION.test(textOf(tree, `${directory}/phys_port_name`) ?? "")) return false;
  if (textOf(tree, `${directory}/device/modalias`)?.startsWith("xen-backend:")) return false;
  return !found.some((entry) =>
    entry.startsWith(LOWER) && passesDown(tree, directory, `${CLASS}/${entry.slice(LOWER.length)}`)
  );
}

/** Whether what lies below counts the packets: it has hardware, and is not driven by this one. */
function passesDown(tree: HostTree, directory: string, lower: string): boolean {
  const found = entries(tree, lower);
  if (!found.includes("device")) return false;
  const master = found.includes("master") ? textOf(tree, `${lower}/master/ifindex`) : undefined;
  return master === undefined || master !== textOf(tree, `${directory}/ifindex`);
}

/** Names in a directory of sysfs; none where it is not there. */
function entries(tree: HostTree, directory: string): readonly string[] {
  try {
    return tree.list(directory);
  } catch (error) {
    if (error instanceof SystemError && error.errno === ERRNO.ENOENT) return [];
    throw error;
  }
}

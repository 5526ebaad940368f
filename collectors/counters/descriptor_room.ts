/**
 * How many descriptors counters may take. Each event needs one on each CPU, and the usual soft limit of
 * 1,024 is soon reached.
 *
 * @module
 */
import type { HostTree } from "../kernel/host_tree.ts";
import type { Kernel } from "../kernel/kernel.ts";

/** Left for clients and files where the limit allows. */
const SPARE = 1100;
/** Left for them where it does not: the listener, some clients, and files that are read by turns. */
const SPARE_LEAST = 24;
/** Where nobody tells how many are open: what the service itself has. */
const OPEN_UNKNOWN = 96;

export interface DescriptorRoom {
  /** That counters may take. */
  readonly room: number;
  /** The soft limit, after it was raised as far as needed. */
  readonly limit: number;
}

/**
 * Raises the soft limit when `needed` more and some to spare do not fit, up to the hard one. `own`: of
 * those that are open, those that count as room already.
 */
export function makeRoom(
  kernel: Kernel,
  tree: HostTree,
  needed: number,
  own = 0,
): DescriptorRoom {
  const open = openNow(tree);
  const { soft, hard } = kernel.descriptorLimit();
  const wanted = open + needed + SPARE;
  let limit = soft;
  if (wanted > soft && hard > soft) {
    const raised = Math.min(hard, wanted);
    if (kernel.setDescriptorLimit(raised) >= 0) limit = raised;
  }
  const room = Math.max(0, limit - open + own - (wanted <= limit ? SPARE : SPARE_LEAST));
  return { room, limit };
}

/** As the end of a message. */
export function roomNeed(needed: number, { room, limit }: DescriptorRoom): string {
  const wanted = limit - room + needed;
  return `found room for ${room}, needs a limit of open files of ${wanted} in place of ${limit}`;
}

function openNow(tree: HostTree): number {
  try {
    return tree.count("/proc/self/fd");
  } catch {
    // A procfs of another namespace has no such process.
    return OPEN_UNKNOWN;
  }
}

/**
 * How many descriptors the process may have open, at most. A hard limit of half a million, as systemd
 * gives it, would let clients that send nothing fill gigabytes: each connection costs some 15 kB.
 *
 * @module
 */
import type { HostTree } from "./kernel/host_tree.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { SystemError } from "./kernel/errno.ts";

/** Streams, and requests beside them. */
export const CONNECTIONS_MOST = 12_000;

/** Counted when everything that is read had been opened. */
export interface Descriptors {
  readonly open: number;
  readonly most: number;
}

/**
 * Bounds them to what is open, as much again for CPUs and devices that come later, and connections.
 * Null where the system does not tell, as where `--procfs` is a tree of files: then nothing is bound.
 */
export function boundDescriptors(kernel: Kernel, tree: HostTree): Descriptors | null {
  try {
    // Without the one that the folder itself is read through.
    const open = tree.count("/proc/self/fd") - 1;
    const { soft } = kernel.descriptorLimit();
    const wanted = 2 * open + CONNECTIONS_MOST;
    const most = wanted < soft && kernel.setDescriptorLimit(wanted) === 0 ? wanted : soft;
    return { open, most };
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

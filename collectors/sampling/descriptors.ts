/**
 * How many descriptors the process may have open, at most. A hard limit of half a million, as systemd
 * gives it, would let clients that send nothing fill gigabytes: each connection costs some 15 kB.
 *
 * @module
 */
import type { HostTree } from "../kernel/host_tree.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { SystemError } from "../kernel/errno.ts";
import { memoryLimit } from "./memory_limit.ts";

/** Streams, and requests beside them. */
export const CONNECTIONS_MOST = 12_000;
const CONNECTIONS_LEAST = 64;
/** Of a connection with a stream; one that is idle costs a quarter. */
const CONNECTION_BYTES = 64 * 2 ** 10;
/** What the service itself takes of a control group. */
const OWN_BYTES = 64 * 2 ** 20;

/** Counted when everything that is read had been opened. */
export interface Descriptors {
  readonly open: number;
  readonly most: number;
}

/**
 * Bounds them to what is open, as much again for CPUs and devices that come later, and connections:
 * no more of these than there is memory for.
 * Null where the system does not tell, as where `--procfs` is a tree of files: then nothing is bound.
 */
export function boundDescriptors(kernel: Kernel, tree: HostTree): Descriptors | null {
  try {
    // Without the one that the folder itself is read through.
    const open = tree.count("/proc/self/fd") - 1;
    const { soft } = kernel.descriptorLimit();
    const wanted = 2 * open + connectionsMost(memoryLimit(tree));
    const most = wanted < soft && kernel.setDescriptorLimit(wanted) === 0 ? wanted : soft;
    return { open, most };
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

function connectionsMost(memoryBytes: number): number {
  const fitting = Math.floor((memoryBytes - OWN_BYTES) / CONNECTION_BYTES);
  return Math.max(CONNECTIONS_LEAST, Math.min(CONNECTIONS_MOST, fitting));
}

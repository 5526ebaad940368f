/**
 * Options that say what this machine does not have. Only the worker can look, so it is found after the
 * options were read; it stays wrong all the same, however often the service is started anew.
 *
 * @module
 */
import type { HostTree } from "./kernel/host_tree.ts";

/** The message is one line for a person. */
export class RefusedOption extends Error {
  override readonly name = "RefusedOption";
}

/** In any procfs and sysfs, and in none of the folders that are named by mistake. */
const ROOTS = [
  { flag: "procfs", usual: "/proc", look: (tree: HostTree) => tree.text("/proc/stat") },
  { flag: "sysfs", usual: "/sys", look: (tree: HostTree) => tree.count("/sys/devices") },
] as const;

/**
 * One look at each tells a wrong root before fourteen collectors do: without sysfs they would take this
 * host for a machine that has no counters. A root that nobody named is the system's matter: without its
 * procfs nothing begins, without its sysfs the rest goes on.
 */
export function checkRoots(
  tree: HostTree,
  roots: { readonly procfs: string; readonly sysfs: string },
): void {
  for (const { flag, usual, look } of ROOTS) {
    const root = roots[flag];
    if (root === usual && flag === "sysfs") continue;
    try {
      look(tree);
    } catch (error) {
      if (root === usual || !(error instanceof Error)) throw error;
      throw new RefusedOption(
        `Cannot use --${flag} ${JSON.stringify(root)}: ${
          error.message.replace(/^Cannot/, "cannot")
        }` +
          `, needs the folder where the host's ${flag} is mounted, such as ${usual}`,
      );
    }
  }
}

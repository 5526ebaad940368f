/**
 * How much memory the control groups of this process leave to it (cgroups(7)). Who needs more is ended
 * by the kernel without a word.
 *
 * @module
 */
import { textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

const ROOT = "/sys/fs/cgroup";

/** The least of all groups that the process is in, bytes; Infinity where none limits it. */
export function memoryLimit(tree: HostTree): number {
  let least = Infinity;
  for (const line of textOf(tree, "/proc/self/cgroup")?.split("\n") ?? []) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const isSecond = controllers === "";
    if (!isSecond && !controllers.split(",").includes("memory")) continue;
    const folder = isSecond ? ROOT : `${ROOT}/memory`;
    const file = isSecond ? "memory.max" : "memory.limit_in_bytes";
    // In a container the path may be the host's, and the group itself lies at the root.
    for (const group of upwards(path)) {
      const bytes = Number(textOf(tree, `${folder}${group}/${file}`) ?? NaN);
      // `max` is no number, and neither is a file that is not there.
      if (bytes < least) least = bytes;
    }
  }
  return least;
}

/** `/a/b`, `/a`, and the root as empty text. */
function* upwards(path: string): Generator<string> {
  for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf("/"))) yield at;
  yield "";
}

/**
 * lxcfs stands in for files of procfs in containers of LXC: what a container's control group tells is
 * the container's there, and what it does not tell is written as 0 (lxcfs, src/proc_fuse.c).
 *
 * @module
 */
import { placeOf, textOf } from "./text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

/** Whether a file of procfs is made by lxcfs, by the mounts of who looks. */
export function isOfLxcfs(tree: HostTree, path: string): boolean {
  // Where procfs is mounted elsewhere, that is not the file that lxcfs stands in for.
  const place = placeOf(tree, path);
  return textOf(tree, "/proc/self/mounts")?.split("\n").some((line) => {
    const [, point, type] = line.split(" ");
    return point === place && type === "fuse.lxcfs";
  }) ?? false;
}

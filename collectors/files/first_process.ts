/**
 * Files of process 1, which has the host's namespaces, also where the host's procfs is mounted into a
 * container.
 *
 * @module
 */
import { causeOf, errorOf, openOrFail } from "../cause.ts";
import { SystemError } from "../kernel/errno.ts";
import type { HostTree, TreeFile } from "../kernel/host_tree.ts";

/** A file that each process has. */
export interface FirstFile {
  /** That of process 1. */
  readonly path: string;
  /** That of who looks. */
  readonly own: string;
  /** Continues the message where neither is the host's: `sight of process 1: ...`. */
  readonly needs: string;
}

/**
 * Opens it, and where process 1 is hidden (hidepid) that of who looks. Throws `CollectorError` where there is
 * none, or that would be a container's.
 */
export function openFirst(tree: HostTree, first: FirstFile): TreeFile {
  try {
    return tree.open(first.path);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const file = openOrFail(tree, first.own);
    if (!isMoved(file, first)) return file;
    // A procfs that is mounted elsewhere is the host's, and this file of it the container's own.
    file.close();
    throw errorOf(causeOf(error, { needs: first.needs }));
  }
}

/** Whether a file that was opened so is of a procfs that is mounted elsewhere than usual. */
export function isMoved({ path }: TreeFile, first: FirstFile): boolean {
  return path !== first.path && path !== first.own;
}

/**
 * Why something could not be read, in the words of a Problem: an error number says what came back,
 * not whether a machine lacks the thing or a process may not have it.
 *
 * @module
 */
import { CollectorError } from "./collector.ts";
import { ERRNO, SystemError } from "./kernel/errno.ts";
import type { HostTree, TreeFile } from "./kernel/host_tree.ts";
import type { Problem, Reason } from "./trust.ts";

export type Cause = Pick<Problem, "reason" | "message" | "remedy">;

/** What is needed and how to get it, where the one who reads knows more than the error number says. */
export interface Need {
  /** Continues the message: `a kernel with CONFIG_PSI=y`. */
  readonly needs?: string;
  readonly remedy?: string;
}

/** The cause of an error thrown while a file of the tree was opened or read. */
export function causeOf(error: unknown, need: Need = {}): Cause {
  if (error instanceof CollectorError) {
    return { reason: error.reason, message: error.message, remedy: error.remedy ?? need.remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    reason: error instanceof SystemError ? reasonOf(error.errno) : "failed",
    message: need.needs === undefined ? message : `${message}; needs ${need.needs}`,
    remedy: need.remedy,
  };
}

/** The same as an error, for what costs a whole collector. */
export function errorOf({ reason, message, remedy }: Cause): CollectorError {
  return new CollectorError(reason, message, remedy);
}

/** Opens a file without which a collector has nothing. Throws `CollectorError` with the cause. */
export function openOrFail(tree: HostTree, path: string, need: Need = {}): TreeFile {
  try {
    return tree.open(path);
  } catch (error) {
    throw errorOf(causeOf(error, need));
  }
}

/** The names in a directory without which a collector has nothing. Throws `CollectorError` with the cause. */
export function listOrFail(tree: HostTree, path: string, need: Need): readonly string[] {
  try {
    return tree.list(path);
  } catch (error) {
    throw errorOf(causeOf(error, need));
  }
}

function reasonOf(errno: number): Reason {
  switch (errno) {
    case ERRNO.EACCES:
    case ERRNO.EPERM:
      return "denied";
    case ERRNO.ENOENT:
    case ERRNO.ENODEV:
    case ERRNO.ENOTDIR:
    case ERRNO.ENOSYS:
    case ERRNO.EOPNOTSUPP:
      return "not_supported";
    default:
      return "failed";
  }
}

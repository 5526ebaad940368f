/** Error numbers of Linux with their names, and an error that carries one. @module */

const NAMES: Readonly<Record<number, readonly [name: string, sentence: string]>> = {
  1: ["EPERM", "operation not permitted"],
  2: ["ENOENT", "no such file, directory or event"],
  3: ["ESRCH", "no such process"],
  4: ["EINTR", "interrupted"],
  5: ["EIO", "input/output error"],
  6: ["ENXIO", "no such device or address"],
  7: ["E2BIG", "structure larger than the kernel's"],
  9: ["EBADF", "bad descriptor"],
  11: ["EAGAIN", "try again"],
  12: ["ENOMEM", "out of memory"],
  13: ["EACCES", "permission denied"],
  14: ["EFAULT", "bad address"],
  16: ["EBUSY", "held by another user"],
  19: ["ENODEV", "no such device"],
  20: ["ENOTDIR", "not a directory"],
  21: ["EISDIR", "is a directory"],
  22: ["EINVAL", "invalid argument"],
  23: ["ENFILE", "too many open files on the system"],
  24: ["EMFILE", "too many open files in this process"],
  25: ["ENOTTY", "ioctl not known to this descriptor"],
  27: ["EFBIG", "file too large"],
  28: ["ENOSPC", "no space left"],
  29: ["ESPIPE", "not seekable"],
  34: ["ERANGE", "out of range"],
  36: ["ENAMETOOLONG", "name too long"],
  38: ["ENOSYS", "system call not implemented or filtered"],
  40: ["ELOOP", "too many symbolic links"],
  61: ["ENODATA", "no data"],
  75: ["EOVERFLOW", "value too large"],
  95: ["EOPNOTSUPP", "not supported"],
  110: ["ETIMEDOUT", "timed out"],
  111: ["ECONNREFUSED", "nobody listens there"],
  116: ["ESTALE", "stale file handle"],
};

export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  EFBIG: 27,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  EOPNOTSUPP: 95,
} as const;

const ABOUT_THE_EVENT: readonly number[] = [ERRNO.ENOENT, ERRNO.EINVAL, ERRNO.EOPNOTSUPP];

/** Whether an error of perf_event_open says something of the event; any other does of the CPU or of this process. */
export function isAboutTheEvent(errno: number): boolean {
  return ABOUT_THE_EVENT.includes(errno);
}

/** `EACCES`; numbers without a name here print as `errno 123`. */
export function errnoName(errno: number): string {
  return NAMES[errno]?.[0] ?? `errno ${errno}`;
}

/**
 * The name of an error and what it says.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { errnoText } from "./errno.ts";
 *
 * assertEquals(errnoText(13), "EACCES, permission denied");
 * assertEquals(errnoText(4095), "errno 4095");
 * ```
 */
export function errnoText(errno: number): string {
  const known = NAMES[errno];
  return known === undefined ? `errno ${errno}` : `${known[0]}, ${known[1]}`;
}

/** A system call that failed: `Cannot open "/proc/x": ENOENT, no such file, directory or event`. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly errno: number;

  /** `attempt`: what was tried, on what, as in `open "/proc/stat"`. */
  constructor(attempt: string, errno: number) {
    super(`Cannot ${attempt}: ${errnoText(errno)}`);
    this.errno = errno;
  }
}

/**
 * Whether it says that what a file told of went away: there is none any more, or the one that is open has
 * lost its device, CPU or directory (fs/kernfs/file.c).
 */
export function isGone(error: unknown): boolean {
  return error instanceof SystemError &&
    (error.errno === ERRNO.ENOENT || error.errno === ERRNO.ENODEV);
}

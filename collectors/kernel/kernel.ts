/**
 * The one door to the machine, as an interface: what libc is asked for, and nothing that knows what
 * a metric is. `linux_kernel.ts` implements it over FFI, tests implement it from announced answers.
 *
 * Results follow the system call, not JavaScript: a count or a descriptor, or `-errno`.
 *
 * @module
 */

/** A reusable buffer that a file is read into. `length` is what the last read filled. */
export interface FileBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** `uname(2)`. */
export interface Uname {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

/** `statvfs(3)`, sizes already in bytes. */
export interface FilesystemSize {
  readonly totalBytes: number;
  /** Free for root. */
  readonly freeBytes: number;
  /** Free for everybody else. */
  readonly availableBytes: number;
  readonly totalInodes: number;
  readonly freeInodes: number;
}

/** `getrlimit(2)`; `Infinity` stands for RLIM_INFINITY. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export interface Kernel {
  /** `open(path, O_RDONLY | O_CLOEXEC)`: a descriptor or `-errno`. */
  open(path: string): number;
  close(fd: number): void;
  /** One `read(2)` of at most `into.byteLength` bytes: the count or `-errno`. */
  read(fd: number, into: Uint8Array<ArrayBuffer>): number;
  /**
   * The whole file from its beginning, with `pread` until it ends; the buffer grows up to
   * `FILE_BYTES_MOST`. Allocates only when it grows. The length, or `-errno` (`-EFBIG` when larger).
   */
  readWhole(fd: number, into: FileBuffer): number;
  /** Names in a directory without `.` and `..`, in the kernel's order, or `-errno`. */
  list(path: string): readonly string[] | number;
  /** How many entries `list` would find, or `-errno`, without making their names. */
  count(path: string): number;
  /** `perf_event_open(2)`: a descriptor or `-errno`. */
  perfEventOpen(
    attr: Uint8Array<ArrayBuffer>,
    target: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number;
  /** `ioctl(2)` with an integer argument: 0 or more, or `-errno`. */
  ioctl(fd: number, request: number, argument: number): number;
  /** `ioctl(2)` that writes one u64 into `into`: 0 or more, or `-errno`. */
  ioctlRead(fd: number, request: number, into: BigUint64Array<ArrayBuffer>): number;
  uname(): Uname;
  /** The sizes, good until the next call, or `-errno`. */
  statvfs(path: string): FilesystemSize | number;
  /** RLIMIT_NOFILE. */
  descriptorLimit(): Limit;
  /** Sets the soft RLIMIT_NOFILE: 0 or `-errno`. */
  setDescriptorLimit(soft: number): number;
}

/** No file of `/proc` or `/sys` that is worth reading is larger: `/proc/interrupts` of 512 CPUs is 3 MB. */
export const FILE_BYTES_MOST = 8 << 20;

/** Time is a parameter: tests drive it by hand. */
export interface Clock {
  /** CLOCK_MONOTONIC in milliseconds. Stands still while the machine is suspended. */
  monotonicMs(): number;
  /**
   * CLOCK_MONOTONIC in milliseconds, into a cell: for the tick, where every number that a call returns
   * would be a piece of garbage.
   */
  stamp(into: Float64Array, at: number): void;
  /** CLOCK_REALTIME in milliseconds since 1970, into a cell. May jump. */
  stampWall(into: Float64Array, at: number): void;
}

/**
 * The machine itself: system calls of Linux through libc. Nothing here allocates in `read`,
 * `readWhole` (once its buffer has grown), `ioctl` or the clocks.
 *
 * @module
 */
import { ERRNO, SystemError } from "./errno.ts";
import { type Libc, openLibc } from "./ffi.ts";
import { Iovec } from "./iovec.ts";
import {
  type Clock,
  FILE_BYTES_MOST,
  type FileBuffer,
  type FilesystemSize,
  type Kernel,
  type Limit,
  type Uname,
} from "./kernel.ts";

// include/uapi/asm-generic/fcntl.h: these two are the same on x86-64 and arm64 (O_DIRECTORY is not).
const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const PERF_FLAG_FD_CLOEXEC = 8;
const RLIMIT_NOFILE = 7;
const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;

/** A path with its final zero byte may not be longer: PATH_MAX. */
const PATH_BYTES_MOST = 4096;
/** What a fresh file buffer grows to first: a page, since sysfs hands out no more. */
const FILE_BYTES_LEAST = 4096;
/** Room for entries of one `getdents64` call; what `ls` uses. */
const DIRECTORY_BYTES = 32 << 10;
/** `/proc` cannot hold more: PID_MAX_LIMIT is 2^22. */
const DIRECTORY_ENTRIES_MOST = 1 << 22;
/** A call that signals interrupt more often than this fails with EINTR. */
const INTERRUPTIONS_MOST = 16;
const TWO_POW_32 = 2 ** 32;
// include/uapi/asm-generic/mman-common.h
const MADV_DONTNEED = 4;

export class LinuxKernel implements Kernel, Clock {
  readonly #libc: Libc;
  readonly #iovec = new Iovec();
  readonly #path = new Uint8Array(new ArrayBuffer(PATH_BYTES_MOST));
  readonly #directory = new Uint8Array(new ArrayBuffer(DIRECTORY_BYTES));
  readonly #struct = new Uint8Array(new ArrayBuffer(512));
  readonly #view = new DataView(this.#struct.buffer);
  /** Handed out by `statvfs`, since one a call would be garbage. */
  readonly #size = {
    totalBytes: 0,
    freeBytes: 0,
    availableBytes: 0,
    totalInodes: 0,
    freeInodes: 0,
  };
  readonly #time = new Int32Array(new ArrayBuffer(16));
  readonly #now = new Float64Array(1);
  #constant: readonly Mapping[] | null = null;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Throws `LibcError` where there is no glibc on x86_64 or aarch64. */
  static open(): LinuxKernel {
    return new LinuxKernel(openLibc());
  }

  open(path: string): number {
    const refused = this.#setPath(path);
    if (refused < 0) return refused;
    const { symbols, errno } = this.#libc;
    for (let tries = 0;; tries++) {
      const fd = symbols.open(this.#path, O_RDONLY | O_CLOEXEC, 0);
      if (fd >= 0) return fd;
      const cause = errno();
      if (cause !== ERRNO.EINTR || tries >= INTERRUPTIONS_MOST) return -cause;
    }
  }

  close(fd: number): void {
    // Not tried again after EINTR: Linux has given the number free by then (close(2)).
    this.#libc.symbols.close(fd);
  }

  read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    const { symbols, errno } = this.#libc;
    for (let tries = 0;; tries++) {
      const count = symbols.read(fd, into, into.length);
      if (count >= 0) return count;
      const cause = errno();
      if (cause !== ERRNO.EINTR || tries >= INTERRUPTIONS_MOST) return -cause;
    }
  }

  readWhole(fd: number, into: FileBuffer): number {
    const { symbols, errno } = this.#libc;
    const iovec = this.#iovec;
    let length = 0;
    let interruptions = 0;
    into.length = 0;
    // A short count is no end: seq_file hands out pieces (fs/seq_file.c). Only 0 is.
    for (;;) {
      if (length === into.bytes.length) {
        if (length > FILE_BYTES_MOST) return -ERRNO.EFBIG;
        into.bytes = grown(into.bytes);
      }
      iovec.point(into.bytes, length);
      const count = symbols.preadv64(fd, iovec.struct, 1, length);
      if (count === 0) break;
      if (count < 0) {
        const cause = errno();
        if (cause === ERRNO.EINTR && interruptions++ < INTERRUPTIONS_MOST) continue;
        return -cause;
      }
      length += count;
    }
    into.length = length;
    return length;
  }

  list(path: string): readonly string[] | number {
    const names: string[] = [];
    const count = this.#entries(path, names);
    return count < 0 ? count : names;
  }

  count(path: string): number {
    return this.#entries(path, null);
  }

  /** `st_mode` of an open file, or `-errno`. */
  modeOf(fd: number): number {
    const { symbols, syscalls, errno } = this.#libc;
    if (symbols.fstat(syscalls.fstat, fd, this.#struct) < 0) return -errno();
    return this.#view.getUint32(syscalls.statModeAt, true);
  }

  perfEventOpen(
    attr: Uint8Array<ArrayBuffer>,
    { pid, cpu, groupFd }: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number {
    const { symbols, syscalls, errno } = this.#libc;
    const fd = symbols.perf_event_open(
      syscalls.perfEventOpen,
      attr,
      pid,
      cpu,
      groupFd,
      PERF_FLAG_FD_CLOEXEC,
    );
    return fd >= 0 ? fd : -errno();
  }

  ioctl(fd: number, request: number, argument: number): number {
    const { symbols, errno } = this.#libc;
    const result = symbols.ioctl(fd, request, argument);
    return result >= 0 ? result : -errno();
  }

  ioctlRead(fd: number, request: number, into: BigUint64Array<ArrayBuffer>): number {
    const { symbols, errno } = this.#libc;
    const result = symbols.ioctlInto(fd, request, into);
    return result >= 0 ? result : -errno();
  }

  /**
   * `struct utsname`: sysname, nodename, release, version, machine and domainname, 65 bytes each and
   * ended by a zero byte.
   */
  uname(): Uname {
    if (this.#libc.symbols.uname(this.#struct) < 0) {
      throw new SystemError("call uname", this.#libc.errno());
    }
    const field = (index: number): string => {
      const start = index * 65;
      return this.#decoder.decode(this.#struct.slice(start, this.#struct.indexOf(0, start)));
    };
    return {
      sysname: field(0),
      nodename: field(1),
      release: field(2),
      version: field(3),
      machine: field(4),
    };
  }

  /**
   * `struct statvfs` of glibc on 64-bit machines, all `unsigned long`:
   *
   *     0 f_bsize   8 f_frsize  16 f_blocks  24 f_bfree  32 f_bavail  40 f_files  48 f_ffree  56 f_favail
   */
  statvfs(path: string): FilesystemSize | number {
    const refused = this.#setPath(path);
    if (refused < 0) return refused;
    if (this.#libc.symbols.statvfs(this.#path, this.#struct) < 0) return -this.#libc.errno();
    const unit = this.#u64(8);
    const size = this.#size;
    size.totalBytes = this.#u64(16) * unit;
    size.freeBytes = this.#u64(24) * unit;
    size.availableBytes = this.#u64(32) * unit;
    size.totalInodes = this.#u64(40);
    size.freeInodes = this.#u64(48);
    return size;
  }

  /** `struct rlimit`: u64 rlim_cur, u64 rlim_max; all ones is RLIM_INFINITY. */
  descriptorLimit(): Limit {
    if (this.#libc.symbols.getrlimit(RLIMIT_NOFILE, this.#struct) < 0) {
      throw new SystemError("read RLIMIT_NOFILE", this.#libc.errno());
    }
    return { soft: this.#limit(0), hard: this.#limit(8) };
  }

  setDescriptorLimit(soft: number): number {
    if (!Number.isSafeInteger(soft) || soft < 0) return -ERRNO.EINVAL;
    // Leaves the hard limit in the second half of the struct.
    this.descriptorLimit();
    this.#view.setBigUint64(0, BigInt(soft), true);
    return this.#libc.symbols.setrlimit(RLIMIT_NOFILE, this.#struct) < 0 ? -this.#libc.errno() : 0;
  }

  monotonicMs(): number {
    this.#clock(CLOCK_MONOTONIC, this.#now, 0);
    return this.#now[0]!;
  }

  stamp(into: Float64Array, at: number): void {
    this.#clock(CLOCK_MONOTONIC, into, at);
  }

  stampWall(into: Float64Array, at: number): void {
    this.#clock(CLOCK_REALTIME, into, at);
  }

  /**
   * Gives back memory that nothing uses at this moment: free blocks of malloc (malloc_trim(3)), and the
   * resident pages of this program's own code and constants, most of which the start alone needed. What
   * is needed again comes back from the page cache, fault by fault; these mappings are private and never
   * written, so nothing is lost (madvise(2), MADV_DONTNEED). Returns the bytes that are so mapped.
   */
  releaseMemory(): number {
    const { symbols } = this.#libc;
    symbols.malloc_trim(0);
    let released = 0;
    for (const { start, end } of this.#constant ??= this.#constantMappings()) {
      if (symbols.madvise(start, end - start, MADV_DONTNEED) >= 0) released += end - start;
    }
    return released;
  }

  /** They stay where they are as long as the program runs, and their list is long. */
  #constantMappings(): readonly Mapping[] {
    const maps: FileBuffer = { bytes: new Uint8Array(0), length: 0 };
    const fd = this.open("/proc/self/maps");
    if (fd < 0) return [];
    const length = this.readWhole(fd, maps);
    this.close(fd);
    return constantOf(this.#decoder.decode(maps.bytes.subarray(0, Math.max(0, length))));
  }

  /** `struct timespec`: s64 tv_sec, s64 tv_nsec. */
  #clock(id: number, into: Float64Array, at: number): void {
    const time = this.#time;
    this.#libc.symbols.clock_gettime(id, time);
    into[at] = ((time[0]! >>> 0) + time[1]! * TWO_POW_32) * 1000 + time[2]! / 1e6;
  }

  /** Puts a path with its zero byte where calls read it: 0 or `-errno`. */
  #setPath(path: string): number {
    const bytes = this.#path;
    if (path.length < PATH_BYTES_MOST) {
      // Paths are read again and again, and the encoder makes an object each time.
      let at = 0;
      for (; at < path.length; at++) {
        const code = path.charCodeAt(at);
        if (code === 0 || code > 127) break;
        bytes[at] = code;
      }
      bytes[at] = 0;
      if (at === path.length) return 0;
    }
    // A zero byte would silently end the path early.
    if (path.includes("\0")) return -ERRNO.EINVAL;
    const { read, written } = this.#encoder.encodeInto(path, this.#path);
    if (read < path.length || written === PATH_BYTES_MOST) return -ERRNO.ENAMETOOLONG;
    bytes[written] = 0;
    return 0;
  }

  /**
   * `struct linux_dirent64` (getdents(2)), one after the other:
   *
   *     0 u64 d_ino   8 s64 d_off   16 u16 d_reclen   18 u8 d_type   19 d_name, ended by a zero byte
   */
  #entries(path: string, names: string[] | null): number {
    const fd = this.open(path);
    if (fd < 0) return fd;
    const { symbols, syscalls, errno } = this.#libc;
    const bytes = this.#directory;
    let count = 0;
    let interruptions = 0;
    let result = 0;
    while (count <= DIRECTORY_ENTRIES_MOST) {
      const length = symbols.getdents64(syscalls.getdents64, fd, bytes, bytes.length);
      if (length < 0) {
        result = -errno();
        if (result === -ERRNO.EINTR && interruptions++ < INTERRUPTIONS_MOST) continue;
        break;
      }
      result = count;
      if (length === 0) break;
      for (let at = 0; at < length; at += bytes[at + 16]! + (bytes[at + 17]! << 8)) {
        if (isDots(bytes, at + 19)) continue;
        count++;
        names?.push(this.#decoder.decode(bytes.subarray(at + 19, bytes.indexOf(0, at + 19))));
      }
    }
    this.close(fd);
    return count > DIRECTORY_ENTRIES_MOST ? -ERRNO.EFBIG : result;
  }

  #u64(offset: number): number {
    const view = this.#view;
    return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_POW_32;
  }

  #limit(offset: number): number {
    const value = this.#u64(offset);
    return value === 2 ** 64 ? Infinity : value;
  }
}

/** Twice the bytes, with what was read already. One above the bound, so that a file of just its size fits. */
function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = Math.max(FILE_BYTES_LEAST, bytes.byteLength * 2);
  const larger = new Uint8Array(Math.min(length, FILE_BYTES_MOST + 1));
  larger.set(bytes);
  return larger;
}

/** `.` or `..`, ended by a zero byte. */
function isDots(bytes: Uint8Array, at: number): boolean {
  const dot = 46;
  if (bytes[at] !== dot) return false;
  return bytes[at + 1] === 0 || (bytes[at + 1] === dot && bytes[at + 2] === 0);
}

/** Addresses, `end` behind the last. */
interface Mapping {
  readonly start: number;
  readonly end: number;
}

/**
 * Mappings of the program itself in `/proc/self/maps` (proc_pid_maps(5)) that hold what its file holds:
 * code, and the constants that stand at the beginning of the file. What is read-only further behind was
 * written by the loader before it was made so (RELRO). The file that is mapped first is the program,
 * those after it are libraries.
 *
 *     56331cf65000-56331eaf3000 r--p 00000000 fe:00 1441856    /usr/bin/deno
 */
function constantOf(maps: string): readonly Mapping[] {
  const lines = maps.split("\n").map((line) => line.split(/ +/));
  const program = lines.find((fields) => fields[5]?.startsWith("/"))?.[5];
  return lines
    .filter(([, rights, offset, , , path]) =>
      path === program && (rights === "r-xp" || rights === "r--p" && parseInt(offset!, 16) === 0)
    )
    .map(([range]) => {
      const [start, end] = range!.split("-").map((word) => parseInt(word, 16));
      return { start: start!, end: end! };
    });
}

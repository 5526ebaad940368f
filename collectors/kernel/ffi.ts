/**
 * The one `Deno.dlopen`: libc as symbols. Everything foreign that Ringside calls stands in this table.
 *
 * No symbol is `nonblocking`: such a call runs on another thread, which has another errno. Counts come
 * back as `i32`, since 64-bit results are made into a BigInt or a heap number at each call; nothing
 * asked for here returns more than `FILE_BYTES_MOST`. `syscall`, `open` and `ioctl` are variadic in C,
 * which on these two machines passes integers exactly as a fixed signature does.
 *
 * @module
 */

const LIBC = "libc.so.6";

const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  preadv64: { parameters: ["i32", "buffer", "i32", "i64"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "i64"], result: "i32" },
  ioctlInto: { name: "ioctl", parameters: ["i32", "u64", "buffer"], result: "i32" },
  getdents64: {
    name: "syscall",
    parameters: ["i64", "i64", "buffer", "usize"],
    result: "i32",
  },
  fstat: { name: "syscall", parameters: ["i64", "i64", "buffer"], result: "i32" },
  perf_event_open: {
    name: "syscall",
    parameters: ["i64", "buffer", "i64", "i64", "i64", "u64"],
    result: "i32",
  },
  uname: { parameters: ["buffer"], result: "i32" },
  statvfs: { parameters: ["buffer", "buffer"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  madvise: { parameters: ["u64", "usize", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers of the system calls that older glibc has no function for, and what differs with them. */
export interface SyscallNumbers {
  readonly perfEventOpen: number;
  readonly getdents64: number;
  readonly fstat: number;
  /** Where `st_mode`, a u32, stands in `struct stat`. */
  readonly statModeAt: number;
}

// arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; of struct stat
// arch/x86/include/uapi/asm/stat.h and include/uapi/asm-generic/stat.h
const SYSCALLS: Readonly<Record<string, SyscallNumbers>> = {
  x86_64: { perfEventOpen: 298, getdents64: 217, fstat: 5, statModeAt: 24 },
  aarch64: { perfEventOpen: 241, getdents64: 61, fstat: 80, statModeAt: 16 },
};

type Bytes = ArrayBufferView<ArrayBuffer>;

/**
 * The same table as TypeScript sees it. Deno's own types want a BigInt for each 64-bit argument; its
 * runtime takes numbers as well (ext/ffi/ir.rs), and small ones cost no garbage.
 */
export interface Symbols {
  __errno_location(): Deno.PointerValue;
  open(path: Bytes, flags: number, mode: number): number;
  close(fd: number): number;
  read(fd: number, into: Bytes, length: number): number;
  preadv64(fd: number, iovecs: Bytes, count: number, offset: number): number;
  ioctl(fd: number, request: number, argument: number): number;
  ioctlInto(fd: number, request: number, into: Bytes): number;
  getdents64(nr: number, fd: number, into: Bytes, length: number): number;
  fstat(nr: number, fd: number, into: Bytes): number;
  perf_event_open(
    nr: number,
    attr: Bytes,
    pid: number,
    cpu: number,
    groupFd: number,
    flags: number,
  ): number;
  uname(into: Bytes): number;
  statvfs(path: Bytes, into: Bytes): number;
  getrlimit(resource: number, into: Bytes): number;
  setrlimit(resource: number, from: Bytes): number;
  clock_gettime(clock: number, into: Bytes): number;
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    from: Bytes,
    length: number,
    flags: number,
    address: Bytes,
    addressLength: number,
  ): number;
  madvise(address: number, length: number, advice: number): number;
  malloc_trim(pad: number): number;
}

export interface Libc {
  readonly symbols: Symbols;
  readonly syscalls: SyscallNumbers;
  /** errno of this thread. Meaningful straight after a call that returned -1. */
  errno(): number;
}

/** libc could not be had: what was tried, what was found, what is needed. */
export class LibcError extends Error {
  override readonly name = "LibcError";
}

/** The platform that `openLibc` looks at; tests hand it others. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** `Deno.dlopen`. */
  readonly dlopen: typeof Deno.dlopen;
}

/** Opens libc for the calling thread. Throws `LibcError`. */
export function openLibc(
  { os, arch, dlopen }: Platform = { ...Deno.build, dlopen: Deno.dlopen },
): Libc {
  const syscalls = SYSCALLS[arch];
  if (os !== "linux" || syscalls === undefined) {
    throw new LibcError(
      `Cannot call the kernel: this is ${os} on ${arch}, needs linux on x86_64 or aarch64`,
    );
  }
  let symbols: Symbols;
  try {
    symbols = dlopen(LIBC, SYMBOLS).symbols as unknown as Symbols;
  } catch (error) {
    throw new LibcError(`Cannot open "${LIBC}": ${firstLine(error)}, needs ${need(error)}`);
  }
  const location = symbols.__errno_location();
  if (location === null) {
    throw new LibcError(`Cannot find errno: "${LIBC}" returned a null pointer, needs glibc`);
  }
  const view = new Deno.UnsafePointerView(location);
  return { symbols, syscalls, errno: () => view.getInt32() };
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  // Deno's own advice; what is needed is said after it.
  return line.replace(/, run again with .*$/, "");
}

function need(error: unknown): string {
  // Alpine and other musl systems have no libc.so.6.
  return error instanceof Deno.errors.NotCapable ? "--allow-ffi" : "glibc 2.17 or later, not musl";
}

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERRNO, SystemError } from "../../collectors/kernel/errno.ts";
import { openLibc, type Symbols } from "../../collectors/kernel/ffi.ts";
import { FILE_BYTES_MOST, type FileBuffer } from "../../collectors/kernel/kernel.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";

const ENOTTY = 25;
const EISDIR = 21;

const kernel = LinuxKernel.open();

/** The same libc with some of its functions, and perhaps errno, replaced. */
function altered(
  change: (symbols: Symbols) => Partial<Symbols>,
  errno?: () => number,
): LinuxKernel {
  const libc = openLibc();
  const symbols = { ...libc.symbols, ...change(libc.symbols) };
  return new LinuxKernel({ ...libc, symbols, errno: errno ?? libc.errno });
}

function fresh(bytes = 0): FileBuffer {
  return { bytes: new Uint8Array(bytes), length: 0 };
}

function whole(path: string, buffer = fresh(), from = kernel): Uint8Array {
  const fd = from.open(path);
  assert(fd >= 0, `open ${path}: ${fd}`);
  const length = from.readWhole(fd, buffer);
  from.close(fd);
  assert(length >= 0, `read ${path}: ${length}`);
  assertEquals(buffer.length, length);
  return buffer.bytes.slice(0, length);
}

function text(path: string): string {
  return new TextDecoder().decode(whole(path)).trimEnd();
}

/** A regular file of some megabytes that is there wherever these tests run. */
function pathOfLibc(): string {
  const path = /\/\S*libc[.-]\S*/.exec(text("/proc/self/maps"))?.[0];
  assert(path !== undefined);
  return path;
}

/** Reads a file with plain reads of an odd size. */
function inPieces(path: string, size: number): Uint8Array {
  const fd = kernel.open(path);
  const piece = new Uint8Array(size);
  const pieces: number[] = [];
  for (let count = kernel.read(fd, piece); count > 0; count = kernel.read(fd, piece)) {
    for (let i = 0; i < count; i++) pieces.push(piece[i]!);
  }
  kernel.close(fd);
  return Uint8Array.from(pieces);
}

Deno.test("LinuxKernel.open() gives a descriptor, or the errno of what failed", () => {
  const fd = kernel.open("/proc/self/stat");
  assert(fd > 2);
  kernel.close(fd);
  assertEquals(kernel.read(fd, new Uint8Array(8)), -ERRNO.EBADF);
  assertEquals(kernel.open("/no/such/path"), -ERRNO.ENOENT);
  assertEquals(kernel.open("/proc/self/stat/x"), -ERRNO.ENOTDIR);
});

Deno.test("LinuxKernel.open() takes the longest path, and none that is longer or holds a zero", () => {
  const longest = `${"/.".repeat(2047)}/`;
  assertEquals(longest.length, 4095);
  const fd = kernel.open(longest);
  assert(fd > 2);
  kernel.close(fd);
  assertEquals(kernel.open(`${longest}.`), -ERRNO.ENAMETOOLONG);
  assertEquals(kernel.open("/".repeat(10_000)), -ERRNO.ENAMETOOLONG);
  assertEquals(kernel.open("é".repeat(2048)), -ERRNO.ENAMETOOLONG);
  assertEquals(kernel.open("/proc\0/stat"), -ERRNO.EINVAL);
  assertEquals(kernel.statvfs("/proc\0"), -ERRNO.EINVAL);
});

Deno.test("LinuxKernel.readWhole() reads a file that is larger than any buffer it began with", () => {
  const path = pathOfLibc();
  const pieces = inPieces(path, 60_013);
  assert(pieces.length > 65_536);
  for (const bytes of [0, 1, 63, 4096, 65_536, pieces.length, pieces.length + 1]) {
    assertEquals(whole(path, fresh(bytes)), pieces);
  }
});

Deno.test("LinuxKernel.readWhole() writes where a buffer begins in larger memory", () => {
  const path = pathOfLibc();
  const memory = new Uint8Array(200_000).fill(0xaa);
  const buffer = { bytes: memory.subarray(77, 77 + 70_001), length: 0 };
  const fd = kernel.open(path);
  const short = altered((symbols) => ({
    // Ends the file after what has room, so that the buffer never has to grow.
    preadv64: (fd, iovec, count, offset) =>
      offset >= 70_000 ? 0 : symbols.preadv64(fd, shortened(iovec, 70_000 - offset), count, offset),
  }));
  assertEquals(short.readWhole(fd, buffer), 70_000);
  kernel.close(fd);
  assertEquals(buffer.bytes.subarray(0, 70_000), inPieces(path, 70_000).subarray(0, 70_000));
  assertEquals([...memory.subarray(0, 77)], Array(77).fill(0xaa));
  assertEquals([...memory.subarray(77 + 70_000)], Array(200_000 - 77 - 70_000).fill(0xaa));
});

/** The same iovec with less room. */
function shortened(iovec: ArrayBufferView<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(iovec.buffer.slice(0));
  const view = new DataView(copy.buffer);
  view.setUint32(8, Math.min(length, view.getUint32(8, true)), true);
  return copy;
}

Deno.test("LinuxKernel.readWhole() keeps its buffer from reading to reading", () => {
  const fd = kernel.open("/proc/self/status");
  const buffer = fresh();
  const first = kernel.readWhole(fd, buffer);
  const { bytes } = buffer;
  assert(first > 0);
  assert(kernel.readWhole(fd, buffer) > 0);
  assert(buffer.bytes === bytes);
  kernel.close(fd);
});

Deno.test("LinuxKernel.readWhole() puts pieces together and goes on after interruptions", () => {
  const path = pathOfLibc();
  const pieces = inPieces(path, 65_536);
  let calls = 0;
  const tricky = altered(
    (symbols) => ({
      preadv64: (fd, iovec, count, offset) => {
        calls++;
        if (calls % 100 === 1 && calls < 1000) return -1;
        return symbols.preadv64(fd, shortened(iovec, 3989), count, offset);
      },
    }),
    () => ERRNO.EINTR,
  );
  assertEquals(whole(path, fresh(), tricky), pieces);
  assert(calls > pieces.length / 3989);
});

Deno.test("LinuxKernel gives up on calls that are interrupted without end", () => {
  let calls = 0;
  const interrupted = (): number => {
    calls++;
    return -1;
  };
  const never = altered(
    () => ({
      open: interrupted,
      read: interrupted,
      preadv64: interrupted,
    }),
    () => ERRNO.EINTR,
  );
  assertEquals(never.open("/proc"), -ERRNO.EINTR);
  assertEquals(never.read(3, new Uint8Array(8)), -ERRNO.EINTR);
  assertEquals(never.readWhole(3, fresh()), -ERRNO.EINTR);
  const unread = altered(() => ({ getdents64: interrupted }), () => ERRNO.EINTR);
  assertEquals(unread.list("/proc"), -ERRNO.EINTR);
  assert(calls < 100);
});

Deno.test("LinuxKernel.readWhole() refuses a file beyond its bound, and takes one that just fits", () => {
  const endless = (length: number): LinuxKernel =>
    altered(() => ({
      preadv64: (_fd, iovec, _count, offset) => {
        const room = new DataView(iovec.buffer).getUint32(8, true);
        return Math.min(room, length - offset);
      },
    }));
  const fits = fresh();
  assertEquals(endless(FILE_BYTES_MOST).readWhole(3, fits), FILE_BYTES_MOST);
  const buffer = fresh();
  assertEquals(endless(FILE_BYTES_MOST + 1).readWhole(3, buffer), -ERRNO.EFBIG);
  assertEquals(buffer.length, 0);
  assert(buffer.bytes.byteLength <= FILE_BYTES_MOST + 1);
  // Deno itself is larger.
  const fd = kernel.open("/proc/self/exe");
  assertEquals(kernel.readWhole(fd, buffer), -ERRNO.EFBIG);
  kernel.close(fd);
});

Deno.test("LinuxKernel.readWhole() says what cannot be read, and forgets what it held", () => {
  const fd = kernel.open("/proc");
  const buffer = { bytes: new Uint8Array(8), length: 8 };
  assertEquals(kernel.readWhole(fd, buffer), -EISDIR);
  assertEquals(buffer.length, 0);
  kernel.close(fd);
  assertEquals(kernel.readWhole(fd, buffer), -ERRNO.EBADF);
});

Deno.test("LinuxKernel.list() gives the names in a directory", () => {
  const names = kernel.list("/proc");
  assert(typeof names !== "number");
  for (const name of ["self", "stat", "meminfo", "cpuinfo"]) assert(names.includes(name), name);
  assert(!names.includes(".") && !names.includes(".."));
  assertEquals(kernel.list("/proc/no-such"), -ERRNO.ENOENT);
  assertEquals(kernel.list("/proc/stat"), -ERRNO.ENOTDIR);
});

Deno.test("LinuxKernel.count() counts without names, and fails as list() does", () => {
  const names = kernel.list("/proc/self");
  assert(typeof names !== "number");
  assertEquals(kernel.count("/proc/self"), names.length);
  assertEquals(kernel.count("/proc/no-such"), -ERRNO.ENOENT);
  assertEquals(kernel.count("/proc/stat"), -ERRNO.ENOTDIR);
});

Deno.test("LinuxKernel.list() and count() give their descriptor back, also when they fail", () => {
  const open = kernel.count("/proc/self/fd");
  for (const path of ["/proc", "/proc/stat", "/proc/no-such"]) {
    kernel.list(path);
    kernel.count(path);
  }
  assertEquals(kernel.count("/proc/self/fd"), open);
});

Deno.test("LinuxKernel.list() asks again until a directory ends", () => {
  let calls = 0;
  const small = altered((symbols) => ({
    getdents64: (nr, fd, into, length) => {
      calls++;
      return symbols.getdents64(nr, fd, into, Math.min(length, 256));
    },
  }));
  // Links of a process do not come and go.
  const names = kernel.list("/proc/self");
  assert(typeof names !== "number");
  assertEquals(small.list("/proc/self"), names);
  assert(calls > 5);
  assertEquals(small.count("/proc/self"), names.length);
});

Deno.test("LinuxKernel.statvfs() gives sizes in bytes", () => {
  const root = kernel.statvfs("/");
  assert(typeof root !== "number");
  assert(root.totalBytes > 2 ** 20 && root.totalBytes >= root.freeBytes);
  assert(root.freeBytes >= root.availableBytes && root.availableBytes >= 0);
  assert(root.totalInodes >= root.freeInodes);
  const proc = kernel.statvfs("/proc");
  assert(typeof proc !== "number");
  assertEquals(proc.totalBytes, 0);
  assertEquals(kernel.statvfs("/no/such/path"), -ERRNO.ENOENT);
});

Deno.test("LinuxKernel.statvfs() multiplies counts of blocks by the fragment's size", () => {
  const filled = altered(() => ({
    statvfs: (_path, into) => {
      // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree
      new BigUint64Array(into.buffer, 0, 7).set([65_536n, 512n, 2n ** 34n, 100n, 90n, 7n, 3n]);
      return 0;
    },
  }));
  assertEquals(filled.statvfs("/"), {
    totalBytes: 2 ** 43,
    freeBytes: 51_200,
    availableBytes: 46_080,
    totalInodes: 7,
    freeInodes: 3,
  });
});

Deno.test("LinuxKernel.uname() says what procfs says", () => {
  const { sysname, nodename, release, version, machine } = kernel.uname();
  assertEquals([sysname, nodename, release, version], [
    "Linux",
    text("/proc/sys/kernel/hostname"),
    text("/proc/sys/kernel/osrelease"),
    text("/proc/sys/kernel/version"),
  ]);
  assertEquals(machine, Deno.build.arch);
});

Deno.test("LinuxKernel.setDescriptorLimit() moves the soft limit and leaves the hard one", () => {
  const before = kernel.descriptorLimit();
  const [, soft, hard] = /^Max open files +(\S+) +(\S+)/m.exec(text("/proc/self/limits")) ?? [];
  assertEquals([String(before.soft), String(before.hard)], [soft, hard]);
  assertEquals(kernel.setDescriptorLimit(before.soft - 1), 0);
  assertEquals(kernel.descriptorLimit(), { soft: before.soft - 1, hard: before.hard });
  assertEquals(kernel.setDescriptorLimit(before.soft), 0);
  assertEquals(kernel.descriptorLimit(), before);
  assertEquals(kernel.setDescriptorLimit(before.hard + 1), -ERRNO.EINVAL);
  for (const soft of [-1, 1.5, NaN, Infinity]) {
    assertEquals(kernel.setDescriptorLimit(soft), -ERRNO.EINVAL);
  }
  assertEquals(kernel.descriptorLimit(), before);
});

Deno.test("LinuxKernel.descriptorLimit() shows RLIM_INFINITY as infinite", () => {
  const unlimited = altered(() => ({
    getrlimit: (_resource, into) => {
      new BigUint64Array(into.buffer, 0, 2).set([1024n, 2n ** 64n - 1n]);
      return 0;
    },
  }));
  assertEquals(unlimited.descriptorLimit(), { soft: 1024, hard: Infinity });
});

Deno.test("LinuxKernel throws a SystemError where a call that cannot fail fails", () => {
  const broken = altered(() => ({ uname: () => -1, getrlimit: () => -1 }), () => 14);
  assertThrows(() => broken.uname(), SystemError, "Cannot call uname: EFAULT, bad address");
  assertThrows(() => broken.descriptorLimit(), SystemError, "Cannot read RLIMIT_NOFILE: EFAULT");
});

Deno.test("LinuxKernel's clocks are the kernel's", () => {
  const first = kernel.monotonicMs();
  const second = kernel.monotonicMs();
  assert(first > 0 && second >= first);
  // Time since boot, less the time asleep; uptime is cut off to hundredths.
  assert(first / 1000 <= Number(text("/proc/uptime").split(" ", 1)[0]) + 0.01);
  const from = Date.now();
  const wall = new Float64Array(1);
  kernel.stampWall(wall, 0);
  assert(wall[0]! >= from && wall[0]! < Date.now() + 1);
});

Deno.test("LinuxKernel's clocks read all 64 bits of seconds", () => {
  const far = altered(() => ({
    clock_gettime: (_clock, into) => {
      new BigUint64Array(into.buffer, 0, 2).set([0x1_8000_0000n, 250_000_000n]);
      return 0;
    },
  }));
  const ms = 0x1_8000_0000 * 1000 + 250;
  assertEquals(far.monotonicMs(), ms);
  const cells = new Float64Array(4);
  far.stamp(cells, 1);
  far.stampWall(cells, 2);
  assertEquals([...cells], [0, ms, ms, 0]);
});

Deno.test("LinuxKernel reads errno straight after each failure, however busy the collector", () => {
  const device = kernel.open("/dev/null");
  const failures = [
    [() => kernel.open("/no/such/path"), -ERRNO.ENOENT],
    [() => kernel.open("/proc/stat/x"), -ERRNO.ENOTDIR],
    [() => kernel.read(-1, new Uint8Array(8)), -ERRNO.EBADF],
    [() => kernel.ioctl(device, 0x2400, 0), -ENOTTY],
    [() => kernel.ioctl(-1, 0x2400, 0), -ERRNO.EBADF],
    [() => kernel.statvfs("/no/such/path"), -ERRNO.ENOENT],
  ] as const;
  let wrong = 0;
  for (let round = 0; round < 1000; round++) {
    for (const [call, errno] of failures) {
      const garbage = Array.from({ length: 50 }, (_, i) => ({ text: `${round}.${i}` }));
      if (call() !== errno || garbage.length !== 50) wrong++;
    }
  }
  assertEquals(wrong, 0);
  kernel.close(device);
});

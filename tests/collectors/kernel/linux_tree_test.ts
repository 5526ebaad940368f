import { assertEquals, assertThrows } from "@std/assert";
import { ERRNO, SystemError } from "../../../collectors/kernel/errno.ts";
import type { FileBuffer } from "../../../collectors/kernel/kernel.ts";
import { LinuxTree } from "../../../collectors/kernel/linux_tree.ts";
import { FakeKernel } from "../../fakes/fake_kernel.ts";

const HOST = { procfs: "/host/proc", sysfs: "/host/sys" };

/** Answers `readWhole` with a text. */
function filled(text: string): (fd: number, into: FileBuffer) => number {
  return (_fd, into) => {
    into.bytes = new TextEncoder().encode(`${text}left over`);
    into.length = text.length;
    return into.length;
  };
}

Deno.test("LinuxTree looks under its roots", () => {
  for (
    const [path, place] of [
      ["/proc/stat", "/host/proc/stat"],
      ["/proc", "/host/proc"],
      ["/sys/class/net", "/host/sys/class/net"],
      ["/processes", "/processes"],
      ["/system", "/system"],
      ["/etc/os-release", "/etc/os-release"],
    ] as const
  ) {
    const kernel = new FakeKernel().expect("list", [place], []);
    assertEquals(new LinuxTree(kernel, HOST).list(path), []);
    kernel.done();
  }
});

Deno.test("LinuxTree takes paths as they are when it is told no roots", () => {
  const kernel = new FakeKernel().expect("list", ["/proc/self"], ["fd"]);
  assertEquals(new LinuxTree(kernel).list("/proc/self"), ["fd"]);
  kernel.done();
});

Deno.test("LinuxTree.text() gives a file without its trailing white space and closes it", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/host/proc/sys/kernel/hostname"], 8)
    .expect("readWhole", [8], filled(" fig\n\n"))
    .expect("close", [8], undefined);
  assertEquals(new LinuxTree(kernel, HOST).text("/proc/sys/kernel/hostname"), " fig");
  kernel.done();
});

Deno.test("LinuxTree.text() says what failed where, and closes what it opened", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/host/sys/a"], -ERRNO.EACCES)
    .expect("open", ["/host/sys/b"], 9)
    .expect("readWhole", [9], -ERRNO.EIO)
    .expect("close", [9], undefined);
  const tree = new LinuxTree(kernel, HOST);
  const open = assertThrows(() => tree.text("/sys/a"), SystemError);
  assertEquals(open.message, 'Cannot open "/host/sys/a": EACCES, permission denied');
  const read = assertThrows(() => tree.text("/sys/b"), SystemError);
  assertEquals(read.message, 'Cannot read "/host/sys/b": EIO, input/output error');
  assertEquals(read.errno, ERRNO.EIO);
  kernel.done();
});

Deno.test("LinuxTree.read() puts a file where the caller says, and closes it", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/host/proc/7/stat"], 8)
    .expect("readWhole", [8], filled("7 (sh)\n"))
    .expect("close", [8], undefined)
    .expect("open", ["/host/proc/8/stat"], 8)
    .expect("readWhole", [8], -ERRNO.ESRCH)
    .expect("close", [8], undefined);
  const tree = new LinuxTree(kernel, HOST);
  const into: FileBuffer = { bytes: new Uint8Array(0), length: 0 };
  tree.read("/proc/7/stat", into);
  assertEquals(new TextDecoder().decode(into.bytes.subarray(0, into.length)), "7 (sh)\n");
  assertThrows(() => tree.read("/proc/8/stat", into), SystemError, "ESRCH");
  kernel.done();
});

Deno.test("LinuxTree.open() keeps the descriptor and the buffer for every reading", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/proc/loadavg"], 7)
    .expect("readWhole", [7], filled("0.10"))
    .expect("readWhole", [7], filled("0.2"))
    .expect("close", [7], undefined);
  const file = new LinuxTree(kernel).open("/proc/loadavg");
  const text = (): string => new TextDecoder().decode(file.bytes.subarray(0, file.length));
  assertEquals(file.length, 0);
  file.read();
  assertEquals(text(), "0.10");
  file.read();
  assertEquals(text(), "0.2");
  file.close();
  file.close();
  kernel.done();
});

Deno.test("LinuxTree's files say when their device is gone", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/host/sys/class/hwmon/hwmon0/temp1_input"], 7)
    .expect("readWhole", [7], -ERRNO.ENODEV)
    .expect("close", [7], undefined);
  const file = new LinuxTree(kernel, HOST).open("/sys/class/hwmon/hwmon0/temp1_input");
  assertThrows(
    () => file.read(),
    SystemError,
    'Cannot read "/host/sys/class/hwmon/hwmon0/temp1_input": ENODEV, no such device',
  );
  file.close();
  kernel.done();
});

Deno.test("LinuxTree.list() sorts names as people do", () => {
  const kernel = new FakeKernel().expect("list", ["/sys/x"], ["cpu10", "cpufreq", "cpu2", "cpu1"]);
  assertEquals(new LinuxTree(kernel).list("/sys/x"), ["cpu1", "cpu2", "cpu10", "cpufreq"]);
});

Deno.test("LinuxTree.count() counts what list() would give", () => {
  const kernel = new FakeKernel()
    .expect("count", ["/host/proc"], 212)
    .expect("count", ["/host/proc/none"], -ERRNO.ENOENT);
  const tree = new LinuxTree(kernel, HOST);
  assertEquals(tree.count("/proc"), 212);
  assertThrows(
    () => tree.count("/proc/none"),
    SystemError,
    'Cannot list "/host/proc/none": ENOENT',
  );
});

Deno.test("LinuxTree.list() and statvfs() say what failed", () => {
  const kernel = new FakeKernel()
    .expect("list", ["/host/proc/none"], -ERRNO.ENOENT)
    .expect("statvfs", ["/gone"], -ERRNO.EACCES);
  const tree = new LinuxTree(kernel, HOST);
  assertThrows(() => tree.list("/proc/none"), SystemError, 'Cannot list "/host/proc/none": ENOENT');
  assertThrows(() => tree.statvfs("/gone"), SystemError, 'Cannot stat filesystem of "/gone": EACC');
});

Deno.test("LinuxTree.statvfs() passes a size on", () => {
  const size = {
    totalBytes: 100,
    freeBytes: 30,
    availableBytes: 20,
    totalInodes: 9,
    freeInodes: 8,
  };
  const kernel = new FakeKernel().expect("statvfs", ["/home"], size);
  assertEquals(new LinuxTree(kernel).statvfs("/home"), size);
});

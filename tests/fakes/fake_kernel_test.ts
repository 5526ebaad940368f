import { assertEquals, assertThrows } from "@std/assert";
import { ANY, FakeKernel } from "./fake_kernel.ts";

const TARGET = { pid: -1, cpu: 2, groupFd: -1 };

Deno.test("FakeKernel answers an announced call once", () => {
  const kernel = new FakeKernel().expect("open", ["/proc/stat"], 3);
  assertEquals(kernel.open("/proc/stat"), 3);
  kernel.done();
  assertThrows(
    () => kernel.open("/proc/stat"),
    Error,
    'Cannot call open("/proc/stat"): this test did not announce it',
  );
});

Deno.test("FakeKernel fails on every call that was not announced", () => {
  const kernel = new FakeKernel();
  const attr = new Uint8Array(136);
  for (
    const [call, printed] of [
      [() => kernel.open("/x"), 'open("/x")'],
      [() => kernel.close(3), "close(3)"],
      [() => kernel.read(3, attr), "read(3, 136 bytes)"],
      [() => kernel.readWhole(3, { bytes: attr, length: 0 }), 'readWhole(3, {"bytes":"bytes"'],
      [() => kernel.list("/proc"), 'list("/proc")'],
      [
        () => kernel.perfEventOpen(attr, TARGET),
        'perfEventOpen(136 bytes, {"pid":-1,"cpu":2,"groupFd":-1})',
      ],
      [() => kernel.ioctl(3, 0x2400, 1), "ioctl(3, 0x2400, 1)"],
      [() => kernel.ioctlRead(3, 0x80082407, new BigUint64Array(1)), "ioctlRead(3, 0x80082407"],
      [() => kernel.uname(), "uname()"],
      [() => kernel.statvfs("/"), 'statvfs("/")'],
      [() => kernel.descriptorLimit(), "descriptorLimit()"],
      [() => kernel.setDescriptorLimit(64), "setDescriptorLimit(64)"],
    ] as const
  ) {
    assertThrows(call, Error, `Cannot call ${printed}`);
  }
});

Deno.test("FakeKernel.done() names the calls that were not made", () => {
  const kernel = new FakeKernel()
    .expect("open", ["/a"], 3)
    .expect("ioctl", [3, ANY, (argument) => argument > 0], 0);
  kernel.open("/a");
  assertThrows(() => kernel.done(), Error, "announced and not called: ioctl(3, any, matching)");
});

Deno.test("FakeKernel answers the same call in the order in which it was announced", () => {
  const kernel = new FakeKernel().expect("open", ["/a"], 3).expect("open", ["/a"], -2);
  assertEquals([kernel.open("/a"), kernel.open("/a")], [3, -2]);
});

Deno.test("FakeKernel compares each argument that a pattern has", () => {
  const attr = new Uint8Array(136);
  const kernel = new FakeKernel().expect(
    "perfEventOpen",
    [(bytes) => bytes.byteLength === 136, TARGET],
    9,
  );
  assertThrows(() => kernel.perfEventOpen(attr, { ...TARGET, cpu: 3 }), Error, "not announce");
  assertThrows(() => kernel.perfEventOpen(new Uint8Array(64), TARGET), Error, "not announce");
  assertEquals(kernel.perfEventOpen(attr, { ...TARGET }), 9);
});

Deno.test("FakeKernel hands the arguments to an answer that works something out", () => {
  const kernel = new FakeKernel().expect("read", [5], (_fd, into) => {
    into.set([1, 2, 3]);
    return 3;
  });
  const into = new Uint8Array(8);
  assertEquals(kernel.read(5, into), 3);
  assertEquals([...into], [1, 2, 3, 0, 0, 0, 0, 0]);
});

Deno.test("FakeKernel.always() answers any number of calls, after what is expected", () => {
  const kernel = new FakeKernel()
    .always("read", [], -5)
    .always("read", [7], 1)
    .expect("read", [7], 8);
  const into = new Uint8Array(8);
  assertEquals([7, 7, 7, 6].map((fd) => kernel.read(fd, into)), [8, 1, 1, -5]);
  kernel.done();
});

Deno.test("FakeKernel.calls lists what was called", () => {
  const kernel = new FakeKernel().always("close", [], undefined).always("open", [], 4);
  kernel.open("/a");
  kernel.close(4);
  assertEquals(kernel.calls, ['open("/a")', "close(4)"]);
});

import { assertEquals } from "@std/assert";
import { EventGroup, REFUSED } from "../../../collectors/counters/event_group.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { decodeAttr, FLAG } from "../../../collectors/pmu/attr.ts";
import type { PmuEvent } from "../../../collectors/pmu/pmu_event.ts";
import { ANY, FakeKernel } from "../../fakes/fake_kernel.ts";
import { FakePerf } from "../../fakes/fake_perf.ts";

const REQUESTS: readonly PmuEvent[] = [
  { name: "cycles", type: 0, config: 0n },
  { name: "instructions", type: 0, config: 1n },
  { name: "raw", type: 4, config: 0x1c2n, config1: 7n, config2: 9n },
];

type Told = [place: number | null, errno: number][];

function open(
  kernel: FakeKernel,
  requests = REQUESTS,
): { group: EventGroup | null; told: Told } {
  const told: Told = [];
  const group = EventGroup.open(kernel, 3, requests, (place, errno) => told.push([place, errno]));
  return { group, told };
}

/** Announces one event: its descriptor is its id too. */
function announce(kernel: FakeKernel, config: bigint, groupFd: number, fd: number): void {
  kernel
    .expect("perfEventOpen", [
      (bytes) => decodeAttr(bytes).config === config,
      { pid: -1, cpu: 3, groupFd },
    ], fd)
    .expect("ioctlRead", [fd, 0x80082407], (_fd, _request, into) => {
      into[0] = BigInt(fd);
      return 0;
    });
}

Deno.test("EventGroup.open() opens a stopped leader, its members, and starts them together", () => {
  const kernel = new FakeKernel();
  announce(kernel, 0n, -1, 20);
  announce(kernel, 1n, 20, 21);
  announce(kernel, 0x1c2n, 20, 22);
  kernel.expect("read", [20], 0).expect("ioctl", [20, 0x2400, 1], 0);
  const { group, told } = open(kernel);
  assertEquals(group?.members, 3);
  assertEquals(told, []);
  assertEquals(kernel.calls.at(-1), "ioctl(20, 0x2400, 1)");
  kernel.done();
});

Deno.test("EventGroup.open() asks for whole CPUs and excludes nothing", () => {
  const kernel = new FakeKernel();
  const attrs: ReturnType<typeof decodeAttr>[] = [];
  kernel
    .always("perfEventOpen", [], (bytes) => attrs.push(decodeAttr(bytes)) + 10)
    .always("ioctlRead", [], 0)
    .always("read", [], 0)
    .always("ioctl", [], 0);
  open(kernel);
  const asked = { config1: 0n, config2: 0n, config3: 0n, readFormat: 0xf };
  assertEquals(attrs, [
    { ...asked, type: 0, config: 0n, flags: FLAG.disabled },
    { ...asked, type: 0, config: 1n, flags: 0 },
    { ...asked, type: 4, config: 0x1c2n, config1: 7n, config2: 9n, flags: 0 },
  ]);
});

Deno.test("EventGroup counts what its CPU does", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  const { group } = open(kernel);
  perf.run(1000);
  perf.happen(3, 0, 0, 4000);
  perf.happen(3, 0, 1, 6000);
  perf.happen(2, 0, 0, 1);
  assertEquals(group?.read(), "whole");
  assertEquals([...group!.scale.increases], [4000, 6000, 0]);
  assertEquals(group!.scale.enabledSeconds, 1);
});

Deno.test("EventGroup.open() loses only the event that is refused", () => {
  for (const errno of [ERRNO.ENOENT, ERRNO.EINVAL, ERRNO.EOPNOTSUPP]) {
    const kernel = new FakeKernel();
    const perf = new FakePerf(kernel);
    perf.refuse(errno, { config: 1n });
    const { group, told } = open(kernel);
    assertEquals(told, [[1, errno]]);
    assertEquals([0, 1, 2].map((place) => group?.memberOf(place)), [0, REFUSED, 1]);
    perf.happen(3, 4, 0x1c2, 5);
    perf.run(10);
    assertEquals(group?.read(), "whole");
    assertEquals([...group!.scale.increases], [0, 5]);
  }
});

Deno.test("EventGroup.open() takes the next event for its leader when the first is refused", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  perf.refuse(ERRNO.ENOENT, { config: 0n });
  const { group, told } = open(kernel);
  assertEquals(told, [[0, ERRNO.ENOENT]]);
  perf.happen(3, 0, 1, 5);
  perf.run(10);
  assertEquals(group?.read(), "whole");
  assertEquals(group!.scale.increases[group!.memberOf(1)], 5);
});

Deno.test("EventGroup.open() gives the group up where the refusal is not about the event", () => {
  for (const errno of [ERRNO.EACCES, ERRNO.EPERM, ERRNO.EMFILE, ERRNO.ENODEV, ERRNO.EBUSY]) {
    const kernel = new FakeKernel();
    const perf = new FakePerf(kernel);
    perf.refuse(errno, { config: 0x1c2n });
    assertEquals(open(kernel), { group: null, told: [[null, errno]] });
    assertEquals(perf.openFds, 0);
  }
});

Deno.test("EventGroup.open() gives the group up where no event is left", () => {
  const kernel = new FakeKernel();
  new FakePerf(kernel).refuse(ERRNO.EINVAL);
  assertEquals(open(kernel), { group: null, told: [[null, ERRNO.EINVAL]] });
  assertEquals(open(kernel, []), { group: null, told: [[null, ERRNO.EINVAL]] });
});

Deno.test("EventGroup.open() closes a member that does not tell its id", () => {
  const kernel = new FakeKernel();
  announce(kernel, 0n, -1, 20);
  kernel
    .expect("perfEventOpen", [ANY, { pid: -1, cpu: 3, groupFd: 20 }], 21)
    .expect("ioctlRead", [21], -ERRNO.EINVAL)
    .expect("close", [21], undefined)
    .expect("read", [20], 0)
    .expect("ioctl", [20, 0x2400, 1], 0);
  const { group, told } = open(kernel, REQUESTS.slice(0, 2));
  assertEquals(told, [[1, ERRNO.EINVAL]]);
  assertEquals(group?.members, 1);
  kernel.done();
});

Deno.test("EventGroup.open() closes everything when the group cannot be started", () => {
  const kernel = new FakeKernel();
  announce(kernel, 0n, -1, 20);
  announce(kernel, 1n, 20, 21);
  kernel
    .expect("read", [20], 0)
    .expect("ioctl", [20, 0x2400, 1], -ERRNO.EBADF)
    .expect("close", [20], undefined)
    .expect("close", [21], undefined);
  assertEquals(open(kernel, REQUESTS.slice(0, 2)), {
    group: null,
    told: [[null, ERRNO.EBADF]],
  });
  kernel.done();
});

Deno.test("EventGroup.read() reports a group that its CPU tore", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  const { group } = open(kernel);
  perf.run(1000);
  perf.happen(3, 0, 0, 70);
  group!.read();
  perf.offline(3);
  assertEquals(group?.read(), "torn");
  // Still what was read before: a torn reading adds nothing.
  assertEquals(group!.scale.increases[0], 70);
});

Deno.test("EventGroup.read() reports an error with its number, and a short reading with its size", () => {
  const kernel = new FakeKernel();
  announce(kernel, 0n, -1, 20);
  kernel
    .expect("read", [20], 0)
    .expect("ioctl", [20], 0)
    .expect("read", [20], -ERRNO.EIO)
    .expect("read", [20], 16)
    .expect("read", [20], 0);
  const { group } = open(kernel, REQUESTS.slice(0, 1));
  assertEquals(group?.read(), "failed");
  assertEquals(group?.errno, ERRNO.EIO);
  assertEquals(group?.read(), "short");
  assertEquals(group?.bytesRead, 16);
  assertEquals(group?.read(), "stopped");
  kernel.done();
});

Deno.test("EventGroup counts from what its counters held when they were started", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  perf.startsAt = 2n ** 53n - 1000n;
  const { group } = open(kernel);
  perf.run(1000);
  // Past 2^53, where a double knows even numbers only.
  perf.happen(3, 0, 0, 2001);
  assertEquals(group?.read(), "whole");
  assertEquals(group!.scale.increases[0], 2001);
  assertEquals(group!.scale.increases[1], 0);
});

Deno.test("EventGroup.close() gives every descriptor back", () => {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  const { group } = open(kernel);
  assertEquals(perf.openFds, 3);
  group?.close();
  assertEquals(perf.openFds, 0);
});

/**
 * perf_event_open(2) against the real kernel. It needs no PMU: the kernel's own clock counts
 * everywhere. Where even that is refused, what is tested is that the refusal is understood.
 */
import { assert, assertEquals } from "@std/assert";
import { EventGroup } from "../../collectors/counters/event_group.ts";
import { readHostProfile } from "../../collectors/host/profile.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";
import { remedyFor } from "../../collectors/kernel/remedy.ts";
import { encodeAttr, FLAG } from "../../collectors/pmu/attr.ts";
import type { PmuEvent } from "../../collectors/pmu/pmu_event.ts";
import { EVENT_TYPE, SOFTWARE_EVENTS } from "../../collectors/pmu/event_codes.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../collectors/pmu/ioctl.ts";
import { GROUP_FORMAT, GroupReading } from "../../collectors/pmu/read_format.ts";

const kernel = LinuxKernel.open();
const tree = new LinuxTree(kernel);
const profile = readHostProfile(kernel, tree);

/** Of this process alone and without the kernel's part: all that level 2 leaves to everybody. */
const SELF = { pid: 0, cpu: -1, groupFd: -1 };

function attr(config: number, flags = 0): Uint8Array<ArrayBuffer> {
  return encodeAttr({
    type: EVENT_TYPE.software,
    config: BigInt(config),
    readFormat: GROUP_FORMAT,
    flags: flags | FLAG.excludeKernel | FLAG.excludeHypervisor,
  });
}

function assertRefusedWithRemedy(errno: number): void {
  assert(
    remedyFor(errno, "perf_event", profile) !== undefined,
    `errno ${errno} with ${JSON.stringify(profile)}`,
  );
}

/** Until the clock has moved, so that no test waits for a time. */
function untilMoved(read: () => number): number {
  const from = read();
  for (let tries = 0; tries < 1e6; tries++) {
    const now = read();
    if (now > from) return now - from;
  }
  return 0;
}

Deno.test("a software clock counts, under its id, and no longer than it is enabled", () => {
  const fd = kernel.perfEventOpen(attr(SOFTWARE_EVENTS["cpu-clock"], FLAG.disabled), SELF);
  if (fd < 0) return assertRefusedWithRemedy(-fd);
  const id = new BigUint64Array(1);
  assertEquals(kernel.ioctlRead(fd, PERF_IOCTL.id, id), 0);
  assert(id[0]! > 0n);
  const reading = new GroupReading([id[0]!]);
  const read = (): number => {
    assertEquals(reading.decode(kernel.read(fd, reading.bytes)), "whole");
    return reading.value(0);
  };
  assertEquals([read(), read()], [0, 0]);
  assertEquals(kernel.ioctl(fd, PERF_IOCTL.enable, WHOLE_GROUP), 0);
  assert(untilMoved(read) > 0);
  assertEquals(kernel.ioctl(fd, PERF_IOCTL.disable, WHOLE_GROUP), 0);
  const stopped = read();
  assertEquals(read(), stopped);
  kernel.close(fd);
});

Deno.test("a CPU number that no machine has is EINVAL", () => {
  const nowhere = { pid: -1, cpu: 1 << 20, groupFd: -1 };
  const fd = kernel.perfEventOpen(attr(SOFTWARE_EVENTS["cpu-clock"]), nowhere);
  if (fd === -ERRNO.EINVAL) return;
  assert(fd < 0);
  assertRefusedWithRemedy(-fd);
});

Deno.test("what the kernel refuses comes back as its errno", () => {
  const refused = [
    [attr(SOFTWARE_EVENTS["cpu-clock"]), { ...SELF, groupFd: 1 << 20 }, ERRNO.EBADF],
    [attr(SOFTWARE_EVENTS["cpu-clock"]), { ...SELF, pid: -1 }, ERRNO.EINVAL],
    [attr(0xffff), SELF, ERRNO.ENOENT],
  ] as const;
  for (const [bytes, target, errno] of refused) {
    const fd = kernel.perfEventOpen(bytes, target);
    if (fd === -errno) continue;
    assert(fd < 0);
    assertRefusedWithRemedy(-fd);
  }
});

Deno.test("a group of software events counts a whole CPU, or says why not", () => {
  const names = ["cpu-clock", "context-switches", "page-faults"] as const;
  const requests: readonly PmuEvent[] = names.map((name) => ({
    name,
    type: EVENT_TYPE.software,
    config: BigInt(SOFTWARE_EVENTS[name]),
  }));
  const refusals: number[] = [];
  const cpu = profile.onlineCpus[0]!;
  const group = EventGroup.open(kernel, cpu, requests, (_, errno) => refusals.push(errno));
  if (group === null) return assertRefusedWithRemedy(refusals[0]!);
  assertEquals(refusals, []);
  assertEquals(group.members, 3);
  let clock = 0;
  const read = (): number => {
    assertEquals(group.read(), "whole");
    return clock += group.scale.increases[0]!;
  };
  assert(untilMoved(read) > 0);
  assert(group.scale.runningSeconds >= group.scale.enabledSeconds);
  group.close();
  assertEquals(group.read(), "failed");
  assertEquals(group.errno, ERRNO.EBADF);
});

Deno.test("readHostProfile() agrees with the machine under it", () => {
  assertEquals(profile.hostname, tree.text("/proc/sys/kernel/hostname"));
  assertEquals(profile.machine, Deno.build.arch);
  assert(profile.onlineCpus.length > 0);
  const { memoryBytes, bootedAtMs } = profile;
  assert(memoryBytes !== undefined && memoryBytes > 2 ** 20);
  assert(bootedAtMs !== undefined && bootedAtMs < Date.now());
});

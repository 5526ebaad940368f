/**
 * One group of events on one CPU: counted together, read together. What is asked for is opened as far
 * as the kernel allows; each refusal is told.
 *
 * @module
 */
import { ERRNO, isAboutTheEvent } from "../kernel/errno.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { encodeAttr, FLAG } from "../pmu/attr.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../pmu/ioctl.ts";
import type { PmuEvent } from "../pmu/pmu_event.ts";
import { GROUP_FORMAT, GroupReading, type GroupState } from "../pmu/read_format.ts";
import { GroupScale } from "../pmu/scale.ts";

/** `place` counts the requests; `null` stands for the whole group. */
export type OnRefusal = (place: number | null, errno: number) => void;

/** `read` could not read; `errno` says why. */
export type GroupOutcome = GroupState | "failed";

/** `memberOf` of a request that was refused. */
export const REFUSED = -1;

interface Member {
  readonly place: number;
  readonly fd: number;
  readonly id: bigint;
}

export class EventGroup {
  readonly cpu: number;
  /** What was read last, scaled. */
  readonly scale: GroupScale;
  /** errno of a read that failed. */
  errno = 0;
  /** What the last read returned. */
  bytesRead = 0;
  readonly #kernel: Kernel;
  readonly #fds: readonly number[];
  readonly #reading: GroupReading;
  readonly #memberOf: Int32Array;

  private constructor(kernel: Kernel, cpu: number, requests: number, members: readonly Member[]) {
    this.cpu = cpu;
    this.#kernel = kernel;
    this.#fds = members.map((member) => member.fd);
    this.#reading = new GroupReading(members.map((member) => member.id));
    this.scale = new GroupScale(members.length);
    this.#memberOf = new Int32Array(requests).fill(REFUSED);
    members.forEach(({ place }, member) => this.#memberOf[place] = member);
  }

  /**
   * Opens and starts a group, the first request that the kernel takes as its leader. One event
   * refused costs that event; anything else, or all of them, costs the group: then `null`.
   */
  static open(
    kernel: Kernel,
    cpu: number,
    requests: readonly PmuEvent[],
    refused: OnRefusal,
  ): EventGroup | null {
    const members: Member[] = [];
    const giveUp = (errno: number): null => {
      for (const { fd } of members) kernel.close(fd);
      refused(null, errno);
      return null;
    };
    const failures: { readonly place: number; readonly errno: number }[] = [];
    for (const [place, request] of requests.entries()) {
      const member = openMember(kernel, cpu, request, place, members[0]?.fd ?? -1);
      if (typeof member !== "number") members.push(member);
      else if (isAboutTheEvent(member)) failures.push({ place, errno: member });
      else return giveUp(member);
    }
    const leader = members[0];
    if (leader === undefined) return giveUp(failures[0]?.errno ?? ERRNO.EINVAL);
    const group = new EventGroup(kernel, cpu, requests.length, members);
    const started = group.#begin();
    if (started < 0) return giveUp(-started);
    for (const { place, errno } of failures) refused(place, errno);
    return group;
  }

  /**
   * Lets the group count: 0 or more, or `-errno`. Counters need not begin at zero: what they hold before
   * they are started is the baseline.
   */
  #begin(): number {
    const count = this.#kernel.read(this.#fds[0]!, this.#reading.bytes);
    // What cannot be read now cannot be later, and is told then.
    if (this.#reading.decode(Math.max(0, count)) === "whole") this.scale.begin(this.#reading);
    return this.#kernel.ioctl(this.#fds[0]!, PERF_IOCTL.enable, WHOLE_GROUP);
  }

  get members(): number {
    return this.#fds.length;
  }

  /** Where a request stands in `scale.increases`, or `REFUSED`. */
  memberOf(place: number): number {
    return this.#memberOf[place] ?? REFUSED;
  }

  /** One system call for the whole group. `scale` moves on when it is `whole`. Allocates nothing. */
  read(): GroupOutcome {
    const count = this.#kernel.read(this.#fds[0]!, this.#reading.bytes);
    if (count < 0) {
      this.errno = -count;
      return "failed";
    }
    this.bytesRead = count;
    const state = this.#reading.decode(count);
    if (state !== "whole") return state;
    this.scale.advance(this.#reading);
    return this.scale.stands ? "torn" : "whole";
  }

  close(): void {
    for (const fd of this.#fds) this.#kernel.close(fd);
  }
}

/** A member, or the errno that refused it. */
function openMember(
  kernel: Kernel,
  cpu: number,
  { type, config, config1 = 0n, config2 = 0n, config3 = 0n }: PmuEvent,
  place: number,
  leaderFd: number,
): Member | number {
  // The leader starts stopped and holds all others, so that none counts before the group is complete.
  // No exclude bit: without the kernel's part, context switches are always zero, and PMUs outside the
  // core refuse any such bit. inherit says nothing for a whole CPU.
  const flags = leaderFd < 0 ? FLAG.disabled : 0;
  const attr = encodeAttr({
    type,
    config,
    config1,
    config2,
    config3,
    readFormat: GROUP_FORMAT,
    flags,
  });
  const fd = kernel.perfEventOpen(attr, { pid: -1, cpu, groupFd: leaderFd });
  if (fd < 0) return -fd;
  const id = new BigUint64Array(1);
  const told = kernel.ioctlRead(fd, PERF_IOCTL.id, id);
  if (told >= 0) return { place, fd, id: id[0]! };
  kernel.close(fd);
  return -told;
}

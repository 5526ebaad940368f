/**
 * The perf events of a machine, announced on a `FakeKernel`: groups that count when told to, are torn
 * when their CPU goes offline, and are refused where a test says so (perf_event_open(2)).
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { decodeAttr, FLAG } from "../../collectors/pmu/attr.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../collectors/pmu/ioctl.ts";
import { GROUP_FORMAT } from "../../collectors/pmu/read_format.ts";
import type { FakeKernel } from "./fake_kernel.ts";

interface FakeEvent {
  readonly id: bigint;
  readonly cpu: number;
  readonly type: number;
  readonly config: bigint;
  /** Itself, where it leads. */
  readonly leader: number;
  value: bigint;
}

interface FakeGroup {
  readonly cpu: number;
  readonly fds: number[];
  started: boolean;
  torn: boolean;
  enabledNs: bigint;
  runningNs: bigint;
}

/** What a refusal applies to; what is left out may be anything. */
export interface Which {
  readonly cpu?: number;
  readonly type?: number;
  readonly config?: bigint;
}

export class FakePerf {
  readonly #events = new Map<number, FakeEvent>();
  readonly #groups = new Map<number, FakeGroup>();
  readonly #offline = new Set<number>();
  #refusals: { readonly which: Which; readonly errno: number }[] = [];
  #nextFd = 100;
  #nextId = 1n;
  /** Descriptors that this process may have. */
  descriptorsMost = Infinity;
  /** Answers each read with members in reverse, as the kernel is free to. */
  reversed = false;

  constructor(kernel: FakeKernel) {
    kernel.always("perfEventOpen", [], (attr, target) => this.#open(attr, target));
    kernel.always("ioctl", [], (fd, request, argument) => this.#ioctl(fd, request, argument));
    kernel.always("ioctlRead", [], (fd, request, into) => this.#tellId(fd, request, into));
    kernel.always("read", [], (fd, into) => this.#read(fd, into));
    kernel.always("close", [], (fd) => this.#close(fd));
  }

  get openFds(): number {
    return this.#events.size;
  }

  /** The CPUs on which groups are open. */
  get cpus(): readonly number[] {
    return [...this.#groups.values()].map((group) => group.cpu).toSorted((a, b) => a - b);
  }

  refuse(errno: number, which: Which = {}): void {
    this.#refusals.push({ which, errno });
  }

  allowAll(): void {
    this.#refusals = [];
  }

  /** Time goes by on every CPU; groups that started have their turn for `runningMs` of it. */
  run(enabledMs: number, runningMs = enabledMs): void {
    for (const group of this.#groups.values()) {
      if (!group.started || group.torn) continue;
      group.enabledNs += BigInt(enabledMs) * 1_000_000n;
      group.runningNs += BigInt(runningMs) * 1_000_000n;
    }
  }

  /** Something happens on a CPU: every started event of this type and code sees it. */
  happen(cpu: number, type: number, config: number, times: number | bigint): void {
    for (const event of this.#events.values()) {
      const group = this.#groups.get(event.leader);
      if (event.cpu !== cpu || event.type !== type || event.config !== BigInt(config)) continue;
      if (group?.started && !group.torn) event.value += BigInt(times);
    }
  }

  /** Tears the groups of a CPU; they stay torn when it comes back. */
  offline(cpu: number): void {
    this.#offline.add(cpu);
    for (const group of this.#groups.values()) if (group.cpu === cpu) group.torn = true;
  }

  online(cpu: number): void {
    this.#offline.delete(cpu);
  }

  #open(
    bytes: Uint8Array<ArrayBuffer>,
    { pid, cpu, groupFd }: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number {
    const attr = decodeAttr(bytes);
    const group = this.#groups.get(groupFd);
    const refused = this.#refusals.find(({ which }) =>
      (which.cpu ?? cpu) === cpu && (which.type ?? attr.type) === attr.type &&
      (which.config ?? attr.config) === attr.config
    );
    if (refused !== undefined) return -refused.errno;
    if (this.#events.size >= this.descriptorsMost) return -ERRNO.EMFILE;
    if (groupFd !== -1 && group === undefined) return -ERRNO.EBADF;
    if (pid !== -1 || attr.readFormat !== GROUP_FORMAT) return -ERRNO.EINVAL;
    // Only a leader may be opened stopped: a stopped member would stay so.
    if (attr.flags !== (group === undefined ? FLAG.disabled : 0)) return -ERRNO.EINVAL;
    if (group !== undefined && group.cpu !== cpu) return -ERRNO.EINVAL;
    if (this.#offline.has(cpu)) return -ERRNO.ENODEV;
    const fd = this.#nextFd++;
    const leader = group === undefined ? fd : groupFd;
    const { type, config } = attr;
    this.#events.set(fd, { id: this.#nextId++, cpu, type, config, leader, value: 0n });
    if (group === undefined) {
      const fresh = { cpu, fds: [fd], started: false, torn: false, enabledNs: 0n, runningNs: 0n };
      this.#groups.set(fd, fresh);
    } else {
      group.fds.push(fd);
    }
    return fd;
  }

  #ioctl(fd: number, request: number, argument: number): number {
    const group = this.#groups.get(fd);
    if (group === undefined) return -ERRNO.EBADF;
    if (request !== PERF_IOCTL.enable || argument !== WHOLE_GROUP) return -ERRNO.EINVAL;
    group.started = true;
    return 0;
  }

  #tellId(fd: number, request: number, into: BigUint64Array<ArrayBuffer>): number {
    const event = this.#events.get(fd);
    if (event === undefined) return -ERRNO.EBADF;
    if (request !== PERF_IOCTL.id) return -ERRNO.EINVAL;
    into[0] = event.id;
    return 0;
  }

  #read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    const group = this.#groups.get(fd);
    if (group === undefined) return -ERRNO.EBADF;
    const fds = group.torn ? [fd] : this.reversed ? group.fds.toReversed() : group.fds;
    const members = fds.map((member) => this.#events.get(member)!);
    const words = [
      BigInt(members.length),
      group.enabledNs,
      group.runningNs,
      ...members.flatMap(({ value, id }) => [value, id]),
    ];
    if (words.length * 8 > into.byteLength) return -28; // ENOSPC
    new BigUint64Array(into.buffer, into.byteOffset, words.length).set(words);
    return words.length * 8;
  }

  #close(fd: number): void {
    if (!this.#events.delete(fd)) {
      throw new Error(`Cannot close descriptor ${fd}: it is not open`);
    }
    this.#groups.delete(fd);
  }
}

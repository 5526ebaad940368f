/**
 * The perf events of a machine, announced on a `FakeKernel`: groups that count when told to, are torn
 * when their CPU goes offline, and are refused where a test says so (perf_event_open(2)).
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { decodeAttr, FLAG } from "../../collectors/pmu/attr.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../collectors/pmu/ioctl.ts";
import { EVENT_TYPE } from "../../collectors/pmu/event_codes.ts";
import { GROUP_FORMAT } from "../../collectors/pmu/read_format.ts";
import type { FakeKernel } from "./fake_kernel.ts";

const NONE_HELD = 0;
const ANY_CPU = -1;
/** Where `perf_event_attr` says how long it is, and how long it must be. */
const SIZE_AT = 4;
const SIZE_LEAST = 64;

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
  /** Of its leader. */
  readonly type: number;
  readonly fds: number[];
  /** Of a PMU whose counters are few. */
  readonly counted: boolean;
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
  /** Types of events that take no counter: the kernel's own, and PMUs that have one for each event. */
  readonly free = new Set<number>([EVENT_TYPE.software]);
  /** Counters of each PMU on each CPU for all other events. */
  counters = Infinity;
  /**
   * Types whose driver takes groups of any size and never runs those that are larger than its counters
   * are many, as arch/x86/events/amd/uncore.c does; the others refuse them.
   */
  readonly unchecked = new Set<number>();
  /** How many of these somebody else holds, by CPU; the others have none taken. */
  readonly held = new Map<number, number>();
  /** What each event counts in a millisecond, by `type:config`; 0 where not named. */
  readonly perMs = new Map<string, number>();
  /** How many times that on a CPU, by `type:config`. */
  timesOn: (cpu: number, event: string) => number = (cpu) => cpu + 1;
  /** Every attempt to open an event on a CPU, refused ones too. */
  readonly attempts: { readonly cpu: number; readonly type: number }[] = [];
  /** What each counter holds when it is opened. */
  startsAt = 0n;

  constructor(kernel: FakeKernel) {
    kernel.always("descriptorLimit", [], { soft: 1024, hard: 524_288 });
    kernel.always("setDescriptorLimit", [], 0);
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

  /**
   * Time goes by on every CPU: groups that fit the counters that are free take turns of the same
   * length, software has no need to, and events count at their rates, on each CPU by `timesOn`.
   */
  pass(ms: number): void {
    const byCpu = Map.groupBy(this.#groups.values(), ({ cpu }) => cpu);
    for (const group of this.#groups.values()) {
      if (!group.started || group.torn) continue;
      const rivals = byCpu.get(group.cpu)!.filter((other) =>
        sharePmu(group, other) && other.started && this.#fits(other)
      );
      const share = !group.counted ? 1 : this.#fits(group) ? this.#shareOf(group, rivals) : 0;
      const ns = BigInt(ms) * 1_000_000n;
      const running = BigInt(Math.round(Number(ns) * share));
      group.enabledNs += ns;
      group.runningNs += running;
      for (const fd of group.fds) {
        const event = this.#events.get(fd)!;
        const name = `${event.type}:${event.config}`;
        const rate = this.perMs.get(name);
        if (rate === undefined) continue;
        const here = Math.round(rate * this.timesOn(group.cpu, name));
        event.value += running * BigInt(here) / 1_000_000n;
      }
    }
  }

  /** All at once where they fit together, else one after the other. */
  #shareOf(group: FakeGroup, rivals: readonly FakeGroup[]): number {
    const needed = rivals.reduce((sum, other) => sum + other.fds.length, 0);
    return needed <= this.#free(group.cpu) ? 1 : 1 / rivals.length;
  }

  #free(cpu: number): number {
    return this.counters - (this.held.get(cpu) ?? NONE_HELD);
  }

  #fits(group: FakeGroup): boolean {
    return group.fds.length <= this.#free(group.cpu);
  }

  /** Something happens on a CPU: every started event of this type and code sees it. */
  happen(cpu: number, type: number, config: number, times: number | bigint): void {
    const code = BigInt(config);
    for (const event of this.#events.values()) {
      if (event.cpu !== cpu || event.type !== type || event.config !== code) continue;
      const group = this.#groups.get(event.leader);
      if (group?.started && !group.torn) event.value += BigInt(times);
    }
  }

  /** Tears the groups of a CPU; they stay torn when it comes back. */
  offline(cpu: number): void {
    this.#offline.add(cpu);
    for (const group of this.#groups.values()) if (group.cpu === cpu) group.torn = true;
  }

  /** A CPU goes and comes back unseen: what is open there answers as before and counts no more. */
  freeze(cpu: number): void {
    for (const group of this.#groups.values()) if (group.cpu === cpu) group.started = false;
  }

  online(cpu: number): void {
    this.#offline.delete(cpu);
  }

  #open(
    bytes: Uint8Array<ArrayBuffer>,
    { pid, cpu, groupFd }: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number {
    if (new DataView(bytes.buffer).getUint32(SIZE_AT, true) < SIZE_LEAST) return -ERRNO.E2BIG;
    const attr = decodeAttr(bytes);
    const group = this.#groups.get(groupFd);
    this.attempts.push({ cpu, type: attr.type });
    const refused = this.#refusals.find(({ which }) =>
      (which.cpu ?? cpu) === cpu && (which.type ?? attr.type) === attr.type &&
      (which.config ?? attr.config) === attr.config
    );
    if (refused !== undefined) return -refused.errno;
    if (this.#events.size >= this.descriptorsMost) return -ERRNO.EMFILE;
    if (groupFd !== -1 && group === undefined) return -ERRNO.EBADF;
    // Of its own task: opened to see whether it may, and never read.
    if (pid === 0) return this.#own(attr);
    if (pid !== -1 || attr.readFormat !== GROUP_FORMAT) return -ERRNO.EINVAL;
    // Only a leader may be opened stopped: a stopped member would stay so.
    if (attr.flags !== (group === undefined ? FLAG.disabled : 0)) return -ERRNO.EINVAL;
    if (group !== undefined && group.cpu !== cpu) return -ERRNO.EINVAL;
    if (this.#offline.has(cpu)) return -ERRNO.ENODEV;
    const counted = !this.free.has(attr.type);
    const members = group?.fds.length ?? NONE_HELD;
    if (counted && members >= this.counters && !this.unchecked.has(attr.type)) return -ERRNO.EINVAL;
    const fd = this.#nextFd++;
    const leader = group === undefined ? fd : groupFd;
    const { type, config } = attr;
    this.#events.set(fd, { id: this.#nextId++, cpu, type, config, leader, value: this.startsAt });
    if (group === undefined) {
      this.#groups.set(fd, {
        cpu,
        type,
        fds: [fd],
        counted,
        started: false,
        torn: false,
        enabledNs: 0n,
        runningNs: 0n,
      });
    } else {
      group.fds.push(fd);
    }
    return fd;
  }

  #own({ type, config }: { readonly type: number; readonly config: bigint }): number {
    const fd = this.#nextFd++;
    const id = this.#nextId++;
    this.#events.set(fd, { id, cpu: ANY_CPU, type, config, leader: fd, value: 0n });
    return fd;
  }

  #ioctl(fd: number, request: number, argument: number): number {
    const group = this.#groups.get(fd);
    if (group === undefined) return -ERRNO.EBADF;
    if (argument !== WHOLE_GROUP) return -ERRNO.EINVAL;
    if (request === PERF_IOCTL.disable) {
      group.started = false;
      return 0;
    }
    if (request !== PERF_IOCTL.enable) return -ERRNO.EINVAL;
    group.started = true;
    if (this.counters < Infinity && group.counted && !group.torn) this.#firstTurn(group);
    return 0;
  }

  /** A group gets its counters as it is started, if they are free. */
  #firstTurn(group: FakeGroup): void {
    const taken = [...this.#groups.values()].filter((other) =>
      other !== group && sharePmu(group, other) && other.started
    ).reduce((sum, other) => sum + other.fds.length, 0);
    group.enabledNs += 1n;
    if (taken + group.fds.length <= this.#free(group.cpu)) group.runningNs += 1n;
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

/** Whether both take the same counters: kernel names of events, and their codes, are of one PMU. */
function sharePmu(a: FakeGroup, b: FakeGroup): boolean {
  return a.cpu === b.cpu && a.counted && b.counted && pmuOf(a.type) === pmuOf(b.type);
}

function pmuOf(type: number): number {
  return type === EVENT_TYPE.hardware || type === EVENT_TYPE.hardwareCache ? EVENT_TYPE.raw : type;
}

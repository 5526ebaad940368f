/**
 * Counters for hosts of any size: a kernel that opens whatever fits the counters of a CPU, and answers
 * each read with a second more. Allocates nothing in `read`, so that what a tick costs, in time or
 * in garbage, is the tick's own. It takes no turns: each group counts for half of its time.
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
import type { FilesystemSize, Kernel, Limit, Uname } from "../../collectors/kernel/kernel.ts";
import { decodeAttr } from "../../collectors/pmu/attr.ts";

/** By which each event rises with each read, before its CPU's number is added. */
export const STEP = 1000;
export const ENABLED_NS = 1_000_000_000;
export const RUNNING_NS = ENABLED_NS / 2;

const FIRST_FD = 100;
const TWO_POW_32 = 2 ** 32;
/** Words before the first member: how many there are, enabled, running. */
const HEAD = 3;

interface LeanGroup {
  readonly cpu: number;
  readonly ids: number[];
  /** The answer, as pairs of 32-bit words. */
  words: Uint32Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
}

export class LeanCounters implements Kernel {
  /** Events open now. */
  openEvents = 0;
  reads = 0;
  readonly #counters: number;
  readonly #groups: (LeanGroup | null)[] = [];

  /** `counters`: how many events a CPU counts at once. */
  constructor(counters: number) {
    this.#counters = counters;
  }

  perfEventOpen(
    attr: Uint8Array<ArrayBuffer>,
    { cpu, groupFd }: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number {
    // Like every kernel it knows what is asked, even where it counts all alike.
    decodeAttr(attr);
    const fd = FIRST_FD + this.#groups.length;
    const leader = groupFd < 0 ? fd : groupFd;
    const group = groupFd < 0 ? newGroup(cpu) : this.#groups[leader - FIRST_FD]!;
    if (group.ids.length >= this.#counters) return -ERRNO.EINVAL;
    group.ids.push(fd);
    group.words = new Uint32Array(2 * (HEAD + 2 * group.ids.length));
    group.words[0] = group.ids.length;
    group.ids.forEach((id, member) => group.words[2 * (HEAD + 2 * member + 1)] = id);
    group.bytes = new Uint8Array(group.words.buffer);
    this.#groups.push(groupFd < 0 ? group : null);
    this.openEvents++;
    return fd;
  }

  read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    const { cpu, ids, words, bytes } = this.#groups[fd - FIRST_FD]!;
    this.reads++;
    add(words, 2, ENABLED_NS);
    add(words, 4, RUNNING_NS);
    for (let member = 0; member < ids.length; member++) {
      add(words, 2 * (HEAD + 2 * member), STEP + cpu);
    }
    into.set(bytes);
    return bytes.length;
  }

  ioctl(): number {
    return 0;
  }

  ioctlRead(fd: number, _request: number, into: BigUint64Array<ArrayBuffer>): number {
    into[0] = BigInt(fd);
    return 0;
  }

  close(): void {
    this.openEvents--;
  }

  descriptorLimit(): Limit {
    return { soft: 1 << 20, hard: 1 << 20 };
  }

  setDescriptorLimit(): number {
    return 0;
  }

  open(): number {
    return this.#refuse("open");
  }
  readWhole(): number {
    return this.#refuse("readWhole");
  }
  list(): number {
    return this.#refuse("list");
  }
  count(): number {
    return this.#refuse("count");
  }
  uname(): Uname {
    return this.#refuse("uname");
  }
  statvfs(): FilesystemSize | number {
    return this.#refuse("statvfs");
  }

  #refuse(call: string): never {
    throw new Error(`Cannot call ${call}: this kernel has counters only`);
  }
}

function newGroup(cpu: number): LeanGroup {
  const words = new Uint32Array(2 * HEAD);
  return { cpu, ids: [], words, bytes: new Uint8Array(words.buffer) };
}

function add(words: Uint32Array, at: number, increase: number): void {
  const low = words[at]! + increase;
  words[at] = low;
  if (low >= TWO_POW_32) words[at + 1] = words[at + 1]! + 1;
}

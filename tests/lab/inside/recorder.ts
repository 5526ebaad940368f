/**
 * The real kernel, with a record of what it was asked for and what it answered: which events stand in
 * which group, and their raw counts and times. What Ringside makes of it is held against this.
 *
 * @module
 */
import { openLibc } from "../../../collectors/kernel/ffi.ts";
import { LinuxKernel } from "../../../collectors/kernel/linux_kernel.ts";
import { decodeAttr } from "../../../collectors/pmu/attr.ts";
import { PERF_IOCTL } from "../../../collectors/pmu/ioctl.ts";

/** nr, enabled and running, u64, before the members. */
const HEADER_WORDS = 3;
const BYTES_MOST = 4096;

export interface OpenEvent {
  readonly type: number;
  readonly config: bigint;
  id: bigint;
}

/** What the kernel answered for a group since its mark. */
export interface GroupSpan {
  readonly enabledNs: number;
  readonly runningNs: number;
  /** By the group's events. */
  readonly counts: readonly number[];
}

/** A group that is open. */
export class OpenGroup {
  readonly cpu: number;
  readonly events: OpenEvent[] = [];
  readonly #marked = new Uint8Array(BYTES_MOST);
  readonly #last = new Uint8Array(BYTES_MOST);
  #markedLength = 0;
  #lastLength = 0;

  constructor(cpu: number) {
    this.cpu = cpu;
  }

  answered(bytes: Uint8Array, length: number): void {
    this.#last.set(bytes.subarray(0, length));
    this.#lastLength = length;
  }

  mark(): void {
    this.#marked.set(this.#last);
    this.#markedLength = this.#lastLength;
  }

  /** null: it was not read whole both times. */
  since(): GroupSpan | null {
    const length = 8 * (HEADER_WORDS + 2 * this.events.length);
    if (this.#markedLength !== length || this.#lastLength !== length) return null;
    return between(this.#marked, this.#last, this.events);
  }

  /** From when it was opened to its last reading. */
  sinceOpened(): GroupSpan | null {
    return this.#fromZero(this.#last, this.#lastLength);
  }

  /** From when it was opened to its mark. */
  untilMark(): GroupSpan | null {
    return this.#fromZero(this.#marked, this.#markedLength);
  }

  #fromZero(to: Uint8Array<ArrayBuffer>, length: number): GroupSpan | null {
    return length === 8 * (HEADER_WORDS + 2 * this.events.length)
      ? between(new Uint8Array(BYTES_MOST), to, this.events)
      : null;
  }
}

function between(
  from: Uint8Array<ArrayBuffer>,
  to: Uint8Array<ArrayBuffer>,
  events: readonly OpenEvent[],
): GroupSpan {
  const [earlier, later] = [new BigUint64Array(from.buffer), new BigUint64Array(to.buffer)];
  const increase = (word: number): number => Number(later[word]! - earlier[word]!);
  const counts = events.map(({ id }) => {
    for (let word = HEADER_WORDS; word < HEADER_WORDS + 2 * events.length; word += 2) {
      if (later[word + 1] === id) return increase(word);
    }
    return NaN;
  });
  return { enabledNs: increase(1), runningNs: increase(2), counts };
}

export interface Refusal {
  readonly cpu: number;
  readonly type: number;
  readonly config: bigint;
  readonly errno: number;
}

export class RecordingKernel extends LinuxKernel {
  readonly refusals: Refusal[] = [];
  /** By the descriptor of the leader. */
  readonly #groups = new Map<number, OpenGroup>();
  /** By their own descriptor. */
  readonly #events = new Map<number, OpenEvent>();

  constructor() {
    super(openLibc());
  }

  /** The groups that are open now. */
  groups(): readonly OpenGroup[] {
    return [...this.#groups.values()];
  }

  get eventsOpen(): number {
    return this.#events.size;
  }

  mark(): void {
    for (const group of this.#groups.values()) group.mark();
  }

  override perfEventOpen(
    attr: Uint8Array<ArrayBuffer>,
    target: { readonly pid: number; readonly cpu: number; readonly groupFd: number },
  ): number {
    const fd = super.perfEventOpen(attr, target);
    const { type, config } = decodeAttr(attr);
    const { cpu, groupFd } = target;
    if (fd < 0) {
      this.refusals.push({ cpu, type, config, errno: -fd });
      return fd;
    }
    const event = { type, config, id: 0n };
    this.#events.set(fd, event);
    if (groupFd < 0) this.#groups.set(fd, new OpenGroup(cpu));
    this.#groups.get(groupFd < 0 ? fd : groupFd)?.events.push(event);
    return fd;
  }

  override ioctlRead(fd: number, request: number, into: BigUint64Array<ArrayBuffer>): number {
    const answer = super.ioctlRead(fd, request, into);
    const event = this.#events.get(fd);
    if (event !== undefined && answer >= 0 && request === PERF_IOCTL.id) event.id = into[0]!;
    return answer;
  }

  override read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    const length = super.read(fd, into);
    if (length > 0) this.#groups.get(fd)?.answered(into, length);
    return length;
  }

  override close(fd: number): void {
    super.close(fd);
    const event = this.#events.get(fd);
    if (event === undefined) return;
    this.#events.delete(fd);
    this.#groups.delete(fd);
    for (const { events } of this.#groups.values()) {
      const at = events.indexOf(event);
      if (at >= 0) events.splice(at, 1);
    }
  }
}

/**
 * What `read(2)` returns for a group of events (perf_event_open(2), "Reading results"), asked for with
 * `GROUP | ID | TOTAL_TIME_ENABLED | TOTAL_TIME_RUNNING`, all of it u64:
 *
 *     offset  0  nr              events in the group
 *     offset  8  time_enabled    ns for which the group asked to be counted
 *     offset 16  time_running    ns for which it was
 *     offset 24  value           of the first event  \  nr times
 *     offset 32  id              of the first event  /
 *
 * Members are found by id, not by place: a CPU that goes offline tears its groups apart, and the
 * leader then answers alone (kernel/events/core.c, perf_remove_from_context).
 *
 * @module
 */

/** `perf_event_attr.read_format`. */
export const READ_FORMAT = {
  timeEnabled: 1 << 0,
  timeRunning: 1 << 1,
  id: 1 << 2,
  group: 1 << 3,
} as const;

/** The one that Ringside asks for. */
export const GROUP_FORMAT = READ_FORMAT.timeEnabled | READ_FORMAT.timeRunning | READ_FORMAT.id |
  READ_FORMAT.group;

const HEADER_BYTES = 24;
const MEMBER_BYTES = 16;

/** Bytes that a group of so many events fills. */
export function groupBytes(members: number): number {
  return HEADER_BYTES + MEMBER_BYTES * members;
}

/**
 * How a reading came out. `whole`: every member. `torn`: some are missing. `short`: fewer bytes than `nr` promises. `stopped`: nothing at all, which a pinned group in error
 * state answers.
 */
export type GroupState = "whole" | "torn" | "short" | "stopped";

/** Index of a word pair's low half, in `GroupReading.words`. */
export const TIME_ENABLED_WORD = 2;
export const TIME_RUNNING_WORD = 4;
/** `GroupReading.wordOf` of a member that the kernel left out. */
export const MISSING = -1;

/** Words of a member's place, and which of them says where its value begins. */
const PLACE_WORDS = 3;
const WORD = 2;

/** The buffer that one group is read into, with its members' places. Decoding allocates nothing. */
export class GroupReading {
  /** Handed to `Kernel.read`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory: u64 number i is words 2i (low) and 2i + 1 (high). */
  readonly words: Uint32Array<ArrayBuffer>;
  /** By member: low and high word of its id, and where its value begins. */
  readonly #places: Int32Array<ArrayBuffer>;

  /** `ids`: what ioctl told for each member, in the order in which the caller counts them. */
  constructor(ids: readonly bigint[]) {
    const buffer = new ArrayBuffer(groupBytes(ids.length));
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.#places = new Int32Array(ids.length * PLACE_WORDS);
    const halves = new Int32Array(new BigUint64Array(ids).buffer);
    for (let member = 0; member < ids.length; member++) {
      this.#places.set(halves.subarray(member * 2, member * 2 + 2), member * PLACE_WORDS);
    }
  }

  get members(): number {
    return this.#places.length / PLACE_WORDS;
  }

  /** Where a member's value begins in `words`, or `MISSING`. */
  wordOf(member: number): number {
    return this.#places[member * PLACE_WORDS + WORD] ?? MISSING;
  }

  /** Finds every member in the `length` bytes that the kernel wrote. */
  decode(length: number): GroupState {
    const places = this.#places;
    if (length < HEADER_BYTES) {
      for (let at = WORD; at < places.length; at += PLACE_WORDS) places[at] = MISSING;
      return length === 0 ? "stopped" : "short";
    }
    const nr = this.words[0]!;
    const complete = this.words[1] === 0 && length >= groupBytes(nr);
    const found = Math.min(nr, Math.floor((length - HEADER_BYTES) / MEMBER_BYTES));
    let missing = 0;
    for (let member = 0; member < this.members; member++) {
      const word = this.#find(member, found);
      places[member * PLACE_WORDS + WORD] = word;
      if (word === MISSING) missing++;
    }
    if (!complete) return "short";
    return missing === 0 ? "whole" : "torn";
  }

  /** The value of a member as last read, for messages and tests. Exact below 2^53; NaN if missing. */
  value(member: number): number {
    const word = this.wordOf(member);
    return word === MISSING ? NaN : this.words[word]! + this.words[word + 1]! * 2 ** 32;
  }

  #find(member: number, found: number): number {
    const words = this.words;
    const low = this.#places[member * PLACE_WORDS]!;
    const high = this.#places[member * PLACE_WORDS + 1]!;
    // Nearly always each stands where it was opened.
    for (let tried = 0, at = member; tried < found; tried++, at++) {
      if (at >= found) at = 0;
      const word = (HEADER_BYTES + MEMBER_BYTES * at) >> 2;
      if ((words[word + 2]! | 0) === low && (words[word + 3]! | 0) === high) return word;
    }
    return MISSING;
  }
}

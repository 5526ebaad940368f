/**
 * What a memory channel's siblings moved: a witness against a channel that moves nothing while they do.
 * Told only where addresses are spread evenly over the channels of a socket.
 *
 * @module
 */
import { MEMORY_SIBLINGS } from "../catalogue/memory_bandwidth.ts";
import type { Column, RowWriter, Site } from "../collector.ts";
import type { UncoreBox } from "../uncore/counters.ts";
import type { MemoryCount } from "./count.ts";

const NO_SOCKET = "";

export class MemorySiblings {
  readonly #column: Column;
  #boxes: readonly UncoreBox[] = [];
  #slots: readonly number[] = [];
  /** By box: its socket, counted from 0. */
  #socketOf: readonly number[] = [];
  /** By socket: bytes, and boxes that were counted. */
  #sums = new Float64Array(0);
  #counted = new Float64Array(0);
  readonly #cell = new Float64Array(1);

  constructor(site: Site) {
    this.#column = site.column(MEMORY_SIBLINGS);
  }

  /** Writes for each box what the others of its socket moved, on average. Allocates nothing. */
  write(row: RowWriter, { boxes, bytes, counters }: MemoryCount): void {
    if (boxes !== this.#boxes) this.#seat(boxes, (box) => counters.slotOf(box));
    const sums = this.#sums.fill(0);
    const counted = this.#counted.fill(0);
    for (let i = 0; i < bytes.length; i++) {
      const own = bytes[i]!;
      if (own !== own) continue;
      const socket = this.#socketOf[i]!;
      sums[socket] = sums[socket]! + own;
      counted[socket] = counted[socket]! + 1;
    }
    const cell = this.#cell;
    for (let i = 0; i < bytes.length; i++) {
      const own = bytes[i]!;
      const socket = this.#socketOf[i]!;
      const others = counted[socket]! - 1;
      if (own !== own || others < 1) {
        row.none(this.#column, this.#slots[i]!);
        continue;
      }
      cell[0] = (sums[socket]! - own) / others;
      row.add(this.#column, this.#slots[i]!, cell[0]);
    }
  }

  /** No channel is judged in this row. */
  writeNone(row: RowWriter): void {
    for (let i = 0; i < this.#slots.length; i++) row.none(this.#column, this.#slots[i]!);
  }

  #seat(boxes: readonly UncoreBox[], slotOf: (box: UncoreBox) => number): void {
    const sockets = [...new Set(boxes.map(({ groups }) => groups.socket ?? NO_SOCKET))];
    this.#boxes = boxes;
    this.#slots = boxes.map(slotOf);
    this.#socketOf = boxes.map(({ groups }) => sockets.indexOf(groups.socket ?? NO_SOCKET));
    this.#sums = new Float64Array(sockets.length);
    this.#counted = new Float64Array(sockets.length);
  }
}

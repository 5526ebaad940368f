/**
 * A history of rows in shared memory: one writer that never waits and overwrites the oldest row, any
 * number of readers that find out afterwards whether a row was overwritten while they copied it.
 *
 *     Int32   [0] published rows, high word   [1] published rows, low 30 bits   [2..3] unused
 *     Float64 rows x width cells
 *
 * The writer fills the row after the newest one and publishes by counting up; so the row that it may
 * be writing at any moment is row `count`, which lies where row `count - rows` was.
 *
 * @example Of four places one is being written, so three rows can be read
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Ring } from "./ring.ts";
 *
 * const buffer = new SharedArrayBuffer(Ring.byteLength(4, 1));
 * const writer = new Ring(buffer, 0, 4, 1);
 * const reader = new Ring(buffer, 0, 4, 1);
 * for (let n = 0; n < 6; n++) writer.push(Float64Array.of(n * 10));
 * assertEquals([reader.count(), reader.oldest()], [6, 3]);
 * const row = new Float64Array(1);
 * assertEquals([reader.copy(5, row), row[0]], [true, 50]);
 * assertEquals(reader.copy(2, row), false);
 * ```
 *
 * @module
 */

const HEADER_BYTES = 16;
const HIGH = 0;
const LOW = 1;
const LOW_BITS = 30;
const LOW_LIMIT = 1 << LOW_BITS;
/** Stands in the high word while the low word starts again from 0: readers look again. */
const TURNING = -1;

export class Ring {
  readonly rows: number;
  readonly width: number;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;

  /** Bytes that a ring of this shape takes, a multiple of 8. */
  static byteLength(rows: number, width: number): number {
    return HEADER_BYTES + rows * width * Float64Array.BYTES_PER_ELEMENT;
  }

  /** A view on shared memory; a buffer of zeros is an empty ring. `byteOffset` is a multiple of 8. */
  constructor(buffer: SharedArrayBuffer, byteOffset: number, rows: number, width: number) {
    this.rows = rows;
    this.width = width;
    this.#words = new Int32Array(buffer, byteOffset, HEADER_BYTES / 4);
    this.#cells = new Float64Array(buffer, byteOffset + HEADER_BYTES, rows * width);
  }

  /** Rows published since the ring was made. The newest has index `count() - 1`. */
  count(): number {
    const words = this.#words;
    while (true) {
      const high = Atomics.load(words, HIGH);
      const low = Atomics.load(words, LOW);
      if (high !== TURNING && Atomics.load(words, HIGH) === high) return high * LOW_LIMIT + low;
    }
  }

  /** Index of the oldest row that no writer touches now; equals `count()` when there is none. */
  oldest(): number {
    return Math.max(0, this.count() - this.rows + 1);
  }

  /** Writer only. Does not allocate. */
  push(row: Float64Array): void {
    const count = this.count();
    this.#cells.set(row, (count % this.rows) * this.width);
    this.#publish(count + 1);
  }

  #publish(count: number): void {
    const low = count % LOW_LIMIT;
    if (low === 0) {
      Atomics.store(this.#words, HIGH, TURNING);
      Atomics.store(this.#words, LOW, 0);
      Atomics.store(this.#words, HIGH, count / LOW_LIMIT);
    } else Atomics.store(this.#words, LOW, low);
  }

  /** Copies a row. False, with `into` worthless, when it is not there yet or no longer. */
  copy(index: number, into: Float64Array): boolean {
    if (index < 0 || index >= this.count()) return false;
    const start = (index % this.rows) * this.width;
    into.set(this.#cells.subarray(start, start + this.width));
    return this.#survived(index);
  }

  /** One cell of a row; NaN when the row is not there yet or no longer. */
  cell(index: number, column: number): number {
    if (index < 0 || index >= this.count()) return NaN;
    const value = this.#cells[(index % this.rows) * this.width + column]!;
    return this.#survived(index) ? value : NaN;
  }

  #survived(index: number): boolean {
    return index > this.count() - this.rows;
  }
}

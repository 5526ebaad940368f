/**
 * The fine rows that are points of a chart: each of them, but where ticks come faster than anybody can
 * see only every so many. Which, depends on their own numbers alone, so that all readers find the same.
 *
 * @module
 */
import { HEADER } from "../sampling/layout.ts";
import type { Ring } from "../sampling/ring.ts";
import type { Rows } from "./earlier_reading.ts";

/** Points lie no closer than this by their interval; ticks are early and late by turns. */
export const POINT_MS_LEAST = 100;

/** Nominal distance of the points of an interval. */
export function pointMs(intervalMs: number): number {
  return strideOf(intervalMs) * intervalMs;
}

function strideOf(intervalMs: number): number {
  return Math.max(1, Math.ceil(POINT_MS_LEAST / intervalMs));
}

export class FineRows implements Rows {
  readonly #ring: Ring;
  /** Places in the ring of the points from number `#first` on. */
  readonly #places: number[] = [];
  #first = 0;
  /** The place to look at next. */
  #next = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** Looks at the rows up to a place in the ring that it has not seen yet. */
  update(newest: number): void {
    const ring = this.#ring;
    const oldest = ring.oldest();
    this.#next = Math.max(this.#next, oldest);
    for (; this.#next <= newest; this.#next++) {
      const sequence = ring.cell(this.#next, HEADER.sequence);
      const intervalMs = ring.cell(this.#next, HEADER.intervalMs);
      if (sequence % strideOf(intervalMs) === 0) this.#places.push(this.#next);
    }
    let gone = 0;
    while (gone < this.#places.length && this.#places[gone]! < oldest) gone++;
    this.#places.splice(0, gone);
    this.#first += gone;
  }

  count(): number {
    return this.#first + this.#places.length;
  }

  oldest(): number {
    return this.#first;
  }

  copy(number: number, into: Float64Array): boolean {
    const place = this.#places[number - this.#first];
    return place !== undefined && this.#ring.copy(place, into);
  }

  cell(number: number, column: number): number {
    const place = this.#places[number - this.#first];
    return place === undefined ? NaN : this.#ring.cell(place, column);
  }
}

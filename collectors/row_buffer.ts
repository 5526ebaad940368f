/**
 * The row that a tick fills, with what it takes to make totals that never fall out of raw counters
 * that wrap, jitter and begin anew.
 *
 * @module
 */
import { CollectorError, type Column, type RowWriter } from "./collector.ts";
import { carryRow } from "./layout.ts";

/**
 * A raw counter may fall by this much and still be the same counter: the kernel's idle and iowait
 * times do (proc(5) says so of iowait). Larger falls are a counter that began anew.
 */
const JITTER_SHARE = 0.01;
const JITTER_LEAST = 100;

export class RowBuffer implements RowWriter {
  #cells: Float64Array;
  /** Totals so far; unlike cells they survive a failure of the collector. */
  #totals: Float64Array;
  /** Last raw counters. */
  #raws: Float64Array;
  #bases: readonly number[];
  #capacities: readonly number[];

  constructor(width: number, bases: readonly number[], capacities: readonly number[]) {
    this.#cells = new Float64Array(width).fill(NaN);
    this.#totals = new Float64Array(width).fill(NaN);
    this.#raws = new Float64Array(width).fill(NaN);
    this.#bases = bases;
    this.#capacities = capacities;
  }

  get cells(): Float64Array {
    return this.#cells;
  }

  /** Moves everything to a layout with more slots. */
  move(width: number, bases: readonly number[], capacities: readonly number[]): void {
    const moved = (from: Float64Array): Float64Array => {
      const into = new Float64Array(width);
      carryRow(from, this.#bases, this.#capacities, into, bases);
      return into;
    };
    this.#cells = moved(this.#cells);
    this.#totals = moved(this.#totals);
    this.#raws = moved(this.#raws);
    this.#bases = bases;
    this.#capacities = capacities;
  }

  gauge(column: Column, slot: number, value: number): void {
    if (value !== value) {
      throw new CollectorError(
        "failed",
        `Cannot store metric ${column} of slot ${slot}: found NaN`,
      );
    }
    this.#cells[this.#bases[column]! + slot] = value;
  }

  count(column: Column, slot: number, raw: number, wrapAt = 0): void {
    const at = this.#bases[column]! + slot;
    const totals = this.#totals;
    const last = this.#raws[at]!;
    if (last !== last) {
      // First sight: the total since boot, as the kernel has it. A slot that came back keeps its own.
      if (totals[at]! !== totals[at]!) totals[at] = raw;
    } else if (raw >= last) {
      totals[at] = totals[at]! + (raw - last);
    } else if (wrapAt > 0 && wrapAt - last + raw < wrapAt / 2) {
      totals[at] = totals[at]! + (wrapAt - last + raw);
    } else if (last - raw <= Math.max(JITTER_LEAST, last * JITTER_SHARE)) {
      this.#cells[at] = totals[at]!;
      return;
    }
    this.#raws[at] = raw;
    this.#cells[at] = totals[at]!;
  }

  add(column: Column, slot: number, increase: number): void {
    const at = this.#bases[column]! + slot;
    const totals = this.#totals;
    if (totals[at]! !== totals[at]!) totals[at] = 0;
    if (increase > 0) totals[at] = totals[at]! + increase;
    this.#cells[at] = totals[at]!;
  }

  none(column: Column, slot: number): void {
    this.#cells[this.#bases[column]! + slot] = NaN;
  }

  /** All instances of a metric are absent. */
  noneAtAll(column: Column): void {
    const base = this.#bases[column]!;
    this.#cells.fill(NaN, base, base + this.#capacities[column]!);
  }

  /** The slot belongs to somebody else from now on. */
  forget(column: Column, slot: number): void {
    const at = this.#bases[column]! + slot;
    this.#cells[at] = NaN;
    this.#totals[at] = NaN;
    this.#raws[at] = NaN;
  }
}

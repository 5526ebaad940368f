/**
 * The row that a tick fills, with what it takes to make totals that never fall out of raw counters
 * that wrap, jitter and begin anew.
 *
 * @module
 */
import { MEASURED } from "../catalogue.ts";
import { CollectorError, type Column, type RowWriter } from "../collector.ts";
import { carryRow } from "./layout.ts";

/**
 * A raw counter may fall by this much, in its file's own unit, and still be the same counter: the
 * kernel's idle and iowait times do (proc(5) says so of iowait). A larger fall, or one below half, is a
 * counter that began anew.
 */
const JITTER_SHARE = 0.01;
const JITTER_LEAST = 100;

/** Cells of the input after the value itself. */
const WRAPS = 1;
const NEVER_WRAPS = 2;
const MOST = 3;

export class RowBuffer implements RowWriter {
  private readonly input = new Float64Array(4);
  #cells: Float64Array;
  /** Totals so far; unlike cells they survive a failure of the collector. */
  #totals: Float64Array;
  /** Last raw counters. */
  #raws: Float64Array;
  /** By metric: what is written, in its file's unit, for one of the metric's. */
  readonly #perUnit = new Float64Array(MEASURED.length).fill(1);
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

  /** From now on what is written for this metric is divided by this. */
  setPerUnit(column: Column, perUnit: number): void {
    this.#perUnit[column] = perUnit;
  }

  /** Moves everything to a layout with more slots. The capacity of a metric without columns is 0. */
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

  // A number that is handed to a function costs garbage unless V8 inlines the function, and it always
  // inlines the smallest. So these only put it into a cell.

  gauge(column: Column, slot: number, value: number): void {
    this.input[0] = value;
    this.gaugeInput(column, slot);
  }

  gaugeFrom(column: Column, slot: number, cells: Float64Array, at: number): void {
    this.input[0] = cells[at]!;
    this.gaugeInput(column, slot);
  }

  count(column: Column, slot: number, raw: number): void {
    this.input[0] = raw;
    this.countInput(column, slot, NEVER_WRAPS);
  }

  countWrapping(column: Column, slot: number, raw: number, wrapAt: number, most: number): void {
    this.input[0] = raw;
    this.input[WRAPS] = wrapAt;
    this.input[MOST] = most;
    this.countInput(column, slot, WRAPS);
  }

  countAnew(column: Column, slot: number, raw: number): void {
    const at = this.#bases[column]! + slot;
    // Who was never counted here is met with the next count.
    if (this.#raws[at]! === this.#raws[at]!) this.#raws[at] = raw / this.#perUnit[column]!;
    this.#cells[at] = NaN;
  }

  add(column: Column, slot: number, increase: number): void {
    this.input[0] = increase;
    this.addInput(column, slot);
  }

  private gaugeInput(column: Column, slot: number): void {
    const value = this.input[0]!;
    if (value !== value) {
      const { id } = MEASURED[column]!;
      throw new CollectorError("failed", `Cannot store "${id}" of slot ${slot}: found NaN`);
    }
    this.#cells[this.#bases[column]! + slot] = value / this.#perUnit[column]!;
  }

  /** `wraps`: the cell that says where the counter wraps; 0 in it for one that never does. */
  private countInput(column: Column, slot: number, wraps: number): void {
    const perUnit = this.#perUnit[column]!;
    const raw = this.input[0]! / perUnit;
    const wrapAt = this.input[wraps]! / perUnit;
    const at = this.#bases[column]! + slot;
    const totals = this.#totals;
    const last = this.#raws[at]!;
    if (last !== last) {
      // First sight: the total since boot, as the kernel has it. A slot that came back keeps its own.
      if (totals[at]! !== totals[at]!) totals[at] = raw;
    } else if (raw >= last) {
      totals[at] = totals[at]! + (raw - last);
    } else if (
      last - raw <= wrapAt &&
      wrapAt - (last - raw) <= Math.min(this.input[MOST]! / perUnit, wrapAt / 2)
    ) {
      // Sums of wrapping counters may stand above `wrapAt`: one of their terms wrapped.
      totals[at] = totals[at]! + (wrapAt - (last - raw));
    } else if (
      2 * raw >= last && last - raw <= Math.max(JITTER_LEAST / perUnit, last * JITTER_SHARE)
    ) {
      this.#cells[at] = totals[at]!;
      return;
    } else if (this.#cells[at]! === this.#cells[at]!) {
      // It began anew, and by what it rose nobody knows: the total as it was would pass for standing still.
      this.#raws[at] = raw;
      this.#cells[at] = NaN;
      return;
    }
    this.#raws[at] = raw;
    this.#cells[at] = totals[at]!;
  }

  private addInput(column: Column, slot: number): void {
    const increase = this.input[0]! / this.#perUnit[column]!;
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

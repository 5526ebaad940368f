/**
 * Windows from each row to the next, one after the other, each judged by the one before. The lines of a
 * page ask for the same ones in turn, so a step is made once for all of them, and the last is kept.
 *
 * @module
 */
import { HEADER, type Layout, readAtColumn } from "../sampling/layout.ts";
import { earlierReading, type Rows } from "./earlier_reading.ts";
import { Plausibility } from "./plausibility.ts";
import type { SourceIndex } from "./source_index.ts";
import { Window } from "./window.ts";

/** What the rows mean. */
export interface Meaning {
  readonly layout: Layout;
  readonly sourceIndex: SourceIndex | null;
}

export interface Step {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly window: Window;
  readonly plausibility: Plausibility;
}

/** Of a step, of the one before, and so of three rows. */
const ROWS_HELD = 3;

export class Steps {
  readonly #rows: Rows;
  readonly #coarse: Rows;
  readonly #gapMs: (to: Float64Array) => number;
  readonly #held: readonly Float64Array[];
  readonly #numbers: number[] = Array(ROWS_HELD).fill(-1);
  #meaning: Meaning;
  #at = -1;
  #window: Window | null = null;
  #step: Step | null = null;

  /**
   * `coarse`: rows that go back further than `rows`, for what is read seldom. `gapMs`: rows further
   * apart than this have a gap between them, by the later one.
   */
  constructor(options: {
    readonly rows: Rows;
    readonly coarse: Rows;
    readonly width: number;
    readonly meaning: Meaning;
    readonly gapMs: (to: Float64Array) => number;
  }) {
    this.#rows = options.rows;
    this.#coarse = options.coarse;
    this.#gapMs = options.gapMs;
    this.#meaning = options.meaning;
    this.#held = Array.from({ length: ROWS_HELD }, () => new Float64Array(options.width));
  }

  /** Rows that are asked for from now on mean this. */
  update(meaning: Meaning): void {
    this.#meaning = meaning;
    this.#at = -1;
  }

  /** The step that ends with a row; null where it is gone, or there is a gap before it. */
  at(number: number): Step | null {
    if (this.#at === number) return this.#step;
    const before = this.#at === number - 1 ? this.#window : this.#windowTo(number - 1);
    const window = this.#windowTo(number);
    this.#at = number;
    this.#window = window;
    this.#step = window === null ? null : this.#stepOf(number, window, before);
    return this.#step;
  }

  #stepOf(number: number, window: Window, before: Window | null): Step | null {
    const from = this.#row(number - 1)!;
    const { to } = window;
    const apartMs = to[HEADER.monotonicMs]! - from[HEADER.monotonicMs]!;
    if (!(apartMs <= this.#gapMs(to))) return null;
    return { from, to, window, plausibility: new Plausibility(window, before) };
  }

  #windowTo(number: number): Window | null {
    const from = this.#row(number - 1);
    const to = this.#row(number);
    if (from === null || to === null) return null;
    const { layout, sourceIndex } = this.#meaning;
    const find = (collector: number): Float64Array | null => {
      const column = readAtColumn(collector);
      // Mostly it was read again since, and the row before holds the reading before.
      if (from[column] !== to[column]) return from;
      return this.#earlier(number, column, to[column]!, to[HEADER.sequence]!);
    };
    return new Window(layout, find, to, sourceIndex);
  }

  /** A row that holds an earlier reading than the one that the last rows repeat. */
  #earlier(number: number, column: number, at: number, sequence: number): Float64Array | null {
    const sought = { base: number - 2, column, at, sequence };
    const found = earlierReading(this.#rows, this.#coarse, sought);
    if (found === null) return null;
    const row = new Float64Array(this.#held[0]!.length);
    return found.rows.copy(found.number, row) ? row : null;
  }

  /** Held until a row three further on takes its place. */
  #row(number: number): Float64Array | null {
    if (number < 0) return null;
    const place = number % ROWS_HELD;
    const row = this.#held[place]!;
    if (this.#numbers[place] === number) return row;
    this.#numbers[place] = -1;
    if (!this.#rows.copy(number, row)) return null;
    this.#numbers[place] = number;
    return row;
  }
}

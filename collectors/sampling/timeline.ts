/**
 * What the service remembers: fine rows as they are ticked, and behind them coarse rows a second or
 * more apart, so that a quarter of an hour is there at any interval. Both lie in one shared buffer.
 *
 * @module
 */
import { Ring } from "./ring.ts";

/** All rows together: the largest share of the service's memory, so it has the smallest sensible bound. */
export const TIMELINE_BYTES_MOST = 16 << 20;
/** What the charts of the page go back to. */
export const COARSE_SPAN_MS = 15 * 60_000;
const COARSE_STEP_MS = 1000;
/** Rows above the span, so that a chart of exactly the span finds the row before its first point. */
const COARSE_ROWS_EXTRA = 60;
/** Every byte of them is resident once it was written, and fine rows serve the newest windows only. */
const FINE_BYTES_WANTED = 3 << 18;
/** A window is a second, which at the finest interval is a hundred rows, and readers need time to copy. */
const FINE_ROWS_LEAST = 160;

/** Rows become wider in the first ticks: what they lay in before is garbage that may stay for long. */
const TAKEN_AFTER_MS = 60_000;
const PAGE_BYTES_LEAST = 4096;

/** Shape of a timeline; plain data. */
export interface TimelineShape {
  readonly width: number;
  readonly fineRows: number;
  readonly coarseRows: number;
  /** Distance of coarse rows, a whole number of seconds. */
  readonly coarseStepMs: number;
}

/**
 * The shape for rows of a width: fine rows for the newest windows, and with what is left coarse rows
 * for the whole span, as far apart as they must be.
 */
export function timelineShape(width: number, bytesMost = TIMELINE_BYTES_MOST): TimelineShape {
  const rowBytes = width * Float64Array.BYTES_PER_ELEMENT;
  const rowsMost = Math.floor(bytesMost / rowBytes);
  const fineWanted = Math.max(FINE_ROWS_LEAST, Math.floor(FINE_BYTES_WANTED / rowBytes));
  // Very wide rows share: half for the newest second, half for the past.
  const fineRows = Math.max(2, Math.min(fineWanted, rowsMost >> 1));
  const coarseMost = Math.max(2, rowsMost - fineRows);
  const wanted = COARSE_SPAN_MS / COARSE_STEP_MS;
  const extra = Math.min(COARSE_ROWS_EXTRA, coarseMost >> 3);
  const seconds = Math.max(1, Math.ceil(wanted / (coarseMost - extra)));
  const coarseRows = Math.min(coarseMost, Math.ceil(wanted / seconds) + extra);
  return { width, fineRows, coarseRows, coarseStepMs: seconds * COARSE_STEP_MS };
}

export class Timeline {
  readonly shape: TimelineShape;
  readonly buffer: SharedArrayBuffer;
  readonly fine: Ring;
  readonly coarse: Ring;
  #lastStep = -1;
  /** When its memory is taken; null when it was. */
  #takenAtMs: number | null = Infinity;

  /** With a buffer: a view on another thread's timeline. Without: an empty one. */
  constructor(shape: TimelineShape, buffer?: SharedArrayBuffer) {
    const fineBytes = Ring.byteLength(shape.fineRows, shape.width);
    const coarseBytes = Ring.byteLength(shape.coarseRows, shape.width);
    this.shape = shape;
    this.buffer = buffer ?? new SharedArrayBuffer(fineBytes + coarseBytes);
    this.fine = new Ring(this.buffer, 0, shape.fineRows, shape.width);
    this.coarse = new Ring(this.buffer, fineBytes, shape.coarseRows, shape.width);
  }

  /**
   * Writer only. `deadlineMs` is when the row was due: deadlines are evenly spaced where arrivals are
   * not, so a late tick neither skips a coarse step nor fills one twice.
   */
  push(row: Float64Array, deadlineMs: number): void {
    const step = Math.floor(deadlineMs / this.shape.coarseStepMs);
    // Coarse first: readers take the newest fine row as the sign that the tick is over.
    if (step !== this.#lastStep) this.coarse.push(row);
    this.#lastStep = step;
    this.fine.push(row);
    if (this.#takenAtMs === null) return;
    if (this.#takenAtMs === Infinity) this.#takenAtMs = deadlineMs + TAKEN_AFTER_MS;
    else if (deadlineMs >= this.#takenAtMs) this.#take();
  }

  /**
   * Writes to each page what is there. The kernel gives pages when they are written to, and a history
   * that took its megabytes row by row would look like a leak for a quarter of an hour, and might find
   * none left.
   */
  #take(): void {
    const bytes = new Uint8Array(this.buffer);
    for (let at = 0; at < bytes.length; at += PAGE_BYTES_LEAST) Atomics.or(bytes, at, 0);
    this.#takenAtMs = null;
  }

  /** Writer only: takes over the rows of another timeline, each through `convert`. */
  carry(from: Timeline, convert: (row: Float64Array, into: Float64Array) => void): void {
    const row = new Float64Array(from.shape.width);
    const into = new Float64Array(this.shape.width);
    for (const [source, target] of [[from.fine, this.fine], [from.coarse, this.coarse]] as const) {
      const first = Math.max(source.oldest(), source.count() - target.rows + 1);
      for (let index = first; index < source.count(); index++) {
        if (!source.copy(index, row)) continue;
        convert(row, into);
        target.push(into);
      }
    }
    this.#lastStep = from.#lastStep;
  }
}

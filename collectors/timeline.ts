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
/** Fine rows only serve the newest windows; every byte of them is resident once it was written. */
const FINE_BYTES_MOST = 3 << 20;
/** A window needs two rows, and a reader some time to copy them before they are overwritten. */
const FINE_ROWS_LEAST = 16;

/** Shape of a timeline; plain data. */
export interface TimelineShape {
  readonly width: number;
  readonly fineRows: number;
  readonly coarseRows: number;
  /** Distance of coarse rows, a whole number of seconds. */
  readonly coarseStepMs: number;
}

/** The shape for rows of a width: coarse rows for the whole span first, as far apart as they must be. */
export function timelineShape(width: number, bytesMost = TIMELINE_BYTES_MOST): TimelineShape {
  const rowBytes = width * Float64Array.BYTES_PER_ELEMENT;
  const coarseMost = Math.max(2, Math.floor((bytesMost * 3) / 4 / rowBytes));
  const wanted = COARSE_SPAN_MS / COARSE_STEP_MS;
  const seconds = Math.max(1, Math.ceil(wanted / Math.max(1, coarseMost - COARSE_ROWS_EXTRA)));
  const coarseRows = Math.min(coarseMost, Math.ceil(wanted / seconds) + COARSE_ROWS_EXTRA);
  const left = Math.min(FINE_BYTES_MOST, bytesMost - coarseRows * rowBytes);
  const fineRows = Math.max(FINE_ROWS_LEAST, Math.floor(left / rowBytes));
  return { width, fineRows, coarseRows, coarseStepMs: seconds * COARSE_STEP_MS };
}

export class Timeline {
  readonly shape: TimelineShape;
  readonly buffer: SharedArrayBuffer;
  readonly fine: Ring;
  readonly coarse: Ring;
  #lastStep = -1;

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
    this.fine.push(row);
    const step = Math.floor(deadlineMs / this.shape.coarseStepMs);
    if (step === this.#lastStep) return;
    this.#lastStep = step;
    this.coarse.push(row);
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

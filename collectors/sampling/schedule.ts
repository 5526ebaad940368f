/**
 * When to tick. Deadlines lie on a fixed grid, so that one late tick does not make the next one late;
 * a deadline that passed while nobody could tick is counted as missed and not made up for.
 *
 * @module
 */

/** Finer than this a tick of a few hundred microseconds would be a load of its own. */
export const INTERVAL_MS_LEAST = 10;
export const INTERVAL_MS_MOST = 60_000;

/** Throws `RangeError` with a sentence for an interval that cannot be. */
export function checkInterval(intervalMs: number): number {
  if (intervalMs >= INTERVAL_MS_LEAST && intervalMs <= INTERVAL_MS_MOST) return intervalMs;
  throw new RangeError(
    `Cannot tick every ${intervalMs} ms: needs ${INTERVAL_MS_LEAST} ms to ${INTERVAL_MS_MOST} ms`,
  );
}

export class Schedule {
  #intervalMs: number;
  #deadlineMs: number;
  #missed = 0;

  /** The first deadline is now. */
  constructor(nowMs: number, intervalMs: number) {
    this.#intervalMs = checkInterval(intervalMs);
    this.#deadlineMs = nowMs;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** When the next tick is due, or was. CLOCK_MONOTONIC. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Deadlines that passed between the last tick and the one that is due now. */
  get missed(): number {
    return this.#missed;
  }

  /**
   * After a tick: moves to the next deadline that lies ahead. One that has passed is missed and not met
   * late: two ticks at once would make a window too short for the kernel's own clock ticks.
   */
  advance(nowMs: number): void {
    const intervals = Math.max(1, Math.floor((nowMs - this.#deadlineMs) / this.#intervalMs) + 1);
    this.#missed = intervals - 1;
    this.#deadlineMs += intervals * this.#intervalMs;
  }

  /** A new interval counts from the last deadline that was met, but nothing is due before now. */
  setInterval(intervalMs: number, nowMs: number): void {
    const last = this.#deadlineMs - this.#intervalMs;
    this.#intervalMs = checkInterval(intervalMs);
    this.#deadlineMs = Math.max(last + intervalMs, nowMs);
    this.#missed = 0;
  }

  /** The next deadline is no later than this; the grid goes on from it. */
  hasten(deadlineMs: number): void {
    this.#deadlineMs = Math.min(this.#deadlineMs, deadlineMs);
  }
}

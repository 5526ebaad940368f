/**
 * The words that both threads share beside the timeline. While the worker waits for its deadline it
 * hears no message, so what it must hear at once stands here.
 *
 * @module
 */

/** Int32 words. */
const WORD = {
  /** Counted up by main to wake the worker. */
  wake: 0,
  stop: 1,
  intervalUs: 2,
  watched: 3,
  /** Counted up by the worker with every row; main waits on it. */
  published: 4,
  /** Index of the collector that is being read, or -1. */
  reading: 5,
  /** Counted up by main while it serves and is supervised. */
  alive: 6,
} as const;
const WORDS = 16;
/** Float64 cells after the words. */
const CELLS = 1;

export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  /** From the worker's clock to main's: the least that a tick was apart from a look at it. */
  #apartMs = Infinity;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(WORDS * 4 + CELLS * 8);
    this.#words = new Int32Array(this.buffer, 0, WORDS);
    this.#cells = new Float64Array(this.buffer, WORDS * 4, CELLS);
    if (buffer === undefined) Atomics.store(this.#words, WORD.reading, -1);
  }

  // The main thread's side.

  stop(): void {
    Atomics.store(this.#words, WORD.stop, 1);
    this.#wake();
  }

  setIntervalMs(intervalMs: number): void {
    Atomics.store(this.#words, WORD.intervalUs, Math.round(intervalMs * 1000));
    this.#wake();
  }

  setWatched(watched: boolean): void {
    Atomics.store(this.#words, WORD.watched, watched ? 1 : 0);
  }

  /** Main is alive; the worker passes it on. */
  sayAlive(): void {
    // Not 0 again when it wraps: that stands for never.
    if (Atomics.add(this.#words, WORD.alive, 1) === -1) Atomics.add(this.#words, WORD.alive, 1);
    this.#wake();
  }

  /** Main looks at a row that has just come: from such looks the age of ticks is known. */
  look(): void {
    this.ageMs();
  }

  /**
   * Milliseconds since the last tick began, Infinity before the first. Main has no CLOCK_MONOTONIC, and
   * `performance.now` has an origin of its own in each thread, which a clock that is set in between puts
   * hours apart; it runs at the same pace. So a tick's age is counted from the look that was soonest after
   * one began, and short by as much as that: by what the shortest tick takes where somebody waits for rows.
   */
  ageMs(): number {
    const at = this.#cells[0]!;
    if (at === 0) return Infinity;
    const apartMs = performance.now() - at;
    this.#apartMs = Math.min(this.#apartMs, apartMs);
    return apartMs - this.#apartMs;
  }

  /** Index of the collector that is being read, or -1. */
  reading(): number {
    return Atomics.load(this.#words, WORD.reading);
  }

  /** Resolves with the next publication after the one that `published` counted. */
  async nextPublished(published: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#words, WORD.published, published);
    if (waiting.async) await waiting.value;
    this.look();
  }

  /** A count of publications; wraps. */
  published(): number {
    return Atomics.load(this.#words, WORD.published);
  }

  // The worker's side. Nothing here allocates.

  stopped(): boolean {
    return Atomics.load(this.#words, WORD.stop) === 1;
  }

  intervalMs(): number {
    return Atomics.load(this.#words, WORD.intervalUs) / 1000;
  }

  watched(): boolean {
    return Atomics.load(this.#words, WORD.watched) === 1;
  }

  /** How often main said that it is alive; 0 before it serves. */
  alive(): number {
    return Atomics.load(this.#words, WORD.alive);
  }

  /** To be read before the words are looked at, and handed to `sleep`: a change in between is not slept through. */
  wakeCount(): number {
    return Atomics.load(this.#words, WORD.wake);
  }

  sleep(wakeCount: number, ms: number): void {
    Atomics.wait(this.#words, WORD.wake, wakeCount, ms);
  }

  /** `monotonicMs`: CLOCK_MONOTONIC. */
  begin(monotonicMs: number): void {
    this.#cells[0] = monotonicMs;
  }

  setReading(collector: number): void {
    Atomics.store(this.#words, WORD.reading, collector);
  }

  publish(): void {
    Atomics.add(this.#words, WORD.published, 1);
    Atomics.notify(this.#words, WORD.published);
  }

  #wake(): void {
    Atomics.add(this.#words, WORD.wake, 1);
    Atomics.notify(this.#words, WORD.wake);
  }
}

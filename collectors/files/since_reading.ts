/** How long ago the last reading was, for what can have happened since. @module */
import type { Tick } from "../collector.ts";

export class SinceReading {
  /** Of CLOCK_MONOTONIC; 0 before the first, since another reader may have had one. */
  #seconds = 0;

  /** Seconds since the last reading, and up to one more; this one is the last from now on. */
  next(tick: Tick): number {
    const seconds = tick.seconds - this.#seconds + 1;
    this.#seconds = tick.seconds;
    return seconds;
  }
}

/**
 * Who has logged in: random names that browsers keep as a cookie, and what they are good for. They
 * stand in memory alone, so that a restart and a logout end them.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A page on a wall stays on for a week; then somebody shows that they still know the token. */
export const SESSION_MS = 7 * 24 * 3_600_000;
/** Only the token makes one, so the bound is for scripts that log in each time; the oldest goes. */
export const SESSIONS_MOST = 1000;
/** Nobody guesses 256 bits, whatever the time of a look-up tells. */
const ID_BYTES = 32;

interface Session {
  readonly untilMs: number;
  /** Aborts when it ends, however it does: streams end with it. */
  readonly end: AbortController;
}

export class Sessions {
  readonly #clock: Clock;
  readonly #most: number;
  /** By id, in the order in which they began, which is that in which they end. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, most: number = SESSIONS_MOST) {
    this.#clock = clock;
    this.#most = most;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** A new one: its id. */
  begin(): string {
    for (const id of this.#sessions.keys()) {
      if (this.#sessions.size < this.#most) break;
      this.end(id);
    }
    const id = crypto.getRandomValues(new Uint8Array(ID_BYTES)).toHex();
    const end = new AbortController();
    this.#sessions.set(id, { untilMs: this.#clock.nowMs() + SESSION_MS, end });
    void this.#clock.sleep(SESSION_MS, end.signal).then(() => this.end(id));
    return id;
  }

  /** The signal of its end; undefined where there is no such session. */
  signal(id: string): AbortSignal | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    if (this.#clock.nowMs() < session.untilMs) return session.end.signal;
    // The machine slept over its end.
    this.end(id);
    return undefined;
  }

  end(id: string): void {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    session?.end.abort();
  }
}

/**
 * The newest tick as clients get it, and the answers made of it: the same for everybody until the next
 * one, so each is made once when first asked for, encoded once, compressed once.
 *
 * @module
 */
import type { Sampler, Snapshot } from "../collectors/mod.ts";
import { Encoded } from "./encoding.ts";
import { Refusal } from "./refusal.ts";
import { MESSAGE_GAP_MS_LEAST } from "./stream/hub.ts";

/** Ticks are early and late by turns: one that was due after the gap is not finer than it. */
const JITTER_MS_MOST = 10;
/**
 * More than there are kinds of answers, a sheet for each card and row among them; intervals that change
 * between two ticks make further ones.
 */
const ANSWERS_MOST = 128;
/**
 * Of 256 CPUs `/metrics` has 2.9 MB, and 5.7 MB as OpenMetrics: room for both, compressed too, and for
 * pages. Readers name parts of them as they like, and each choice is an answer of its own.
 */
export const ANSWERS_BYTES_MOST = 16 << 20;

export class Newest {
  readonly #sampler: Sampler;
  #snapshot: Snapshot | null = null;
  readonly #answers = new Map<string, Encoded>();

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  /**
   * The newest snapshot that clients may have: where ticks come faster than they may see them, who asks
   * often is told the same one for a while. Throws `Refusal` 503 before the first tick.
   */
  snapshot(): Snapshot {
    const snapshot = this.#sampler.feed.latest();
    if (snapshot === null) {
      throw new Refusal(503, "Cannot show a snapshot: no tick has come yet, needs the first one", {
        "retry-after": "1",
      });
    }
    const shown = this.#snapshot;
    if (shown !== null && isTooFine(shown, snapshot)) return shown;
    if (shown !== snapshot) {
      this.#snapshot = snapshot;
      this.#answers.clear();
    }
    return snapshot;
  }

  /**
   * `make` must depend on nothing but the snapshot and the key. `level`: of compression; absent: the
   * usual one.
   */
  answer(key: string, make: (snapshot: Snapshot) => string, level?: number): Encoded {
    const snapshot = this.snapshot();
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = new Encoded(make(snapshot), level);
    if (
      this.#answers.size >= ANSWERS_MOST || this.#bytes() + answer.byteLength > ANSWERS_BYTES_MOST
    ) {
      this.#answers.clear();
    }
    this.#answers.set(key, answer);
    return answer;
  }

  /** They grow by what is compressed of them, after they are put here. */
  #bytes(): number {
    let sum = 0;
    for (const { byteLength } of this.#answers.values()) sum += byteLength;
    return sum;
  }
}

function isTooFine(shown: Snapshot, next: Snapshot): boolean {
  const apartMs = next.monotonicMs - shown.monotonicMs;
  return next.sequence !== shown.sequence && apartMs < MESSAGE_GAP_MS_LEAST - JITTER_MS_MOST;
}

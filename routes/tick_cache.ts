/**
 * Answers that are the same for everybody until the next tick: made once when first asked for,
 * encoded once, compressed once.
 *
 * @module
 */
import type { Snapshot } from "../collectors/mod.ts";
import { Encoded } from "./encoding.ts";

export class TickCache {
  #snapshot: Snapshot | null = null;
  readonly #answers = new Map<string, Encoded>();

  /** `key`: one of a fixed few; `make` must depend on nothing but the snapshot and the key. */
  get(key: string, snapshot: Snapshot, make: () => string): Encoded {
    if (this.#snapshot !== snapshot) {
      this.#snapshot = snapshot;
      this.#answers.clear();
    }
    let answer = this.#answers.get(key);
    if (answer === undefined) this.#answers.set(key, answer = new Encoded(make()));
    return answer;
  }
}

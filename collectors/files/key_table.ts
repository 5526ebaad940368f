/**
 * Finds which of a few known words stands in a piece of a file, without making a string of it. Made
 * for files with a line a key, such as `/proc/meminfo`, where most lines are not wanted: words are
 * compared only with keys of the same length, so a line is mostly dismissed by its length alone.
 *
 * @module
 */
import { ascii } from "./scan.ts";

export class KeyTable {
  readonly keys: readonly string[];
  readonly #bytes: readonly Uint8Array[];
  /** Indices of the keys of each length; `undefined` where there is none of that length. */
  readonly #byLength: (number[] | undefined)[] = [];

  constructor(keys: readonly string[]) {
    this.keys = keys;
    this.#bytes = keys.map(ascii);
    this.#bytes.forEach((key, index) => (this.#byLength[key.length] ??= []).push(index));
  }

  /** Index of the key that stands in `bytes` from `start` to before `end`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return -1;
    for (let i = 0; i < candidates.length; i++) {
      const index = candidates[i]!;
      if (same(this.#bytes[index]!, bytes, start)) return index;
    }
    return -1;
  }
}

/** From the end, where keys that share a beginning (`pgsteal_kswapd`, `pgsteal_direct`) differ. */
function same(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = key.length - 1; i >= 0; i--) if (key[i] !== bytes[start + i]) return false;
  return true;
}

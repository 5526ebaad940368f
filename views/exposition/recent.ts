/** What was made for the keys that were asked for last. @module */

/** Keeps so many and forgets the one that nobody asked for the longest. */
export class Recent<V> {
  readonly #most: number;
  /** In the order in which they were asked for. */
  readonly #values = new Map<string, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, make: () => V): V {
    const known = this.#values.has(key);
    const value = known ? this.#values.get(key)! : make();
    if (known) this.#values.delete(key);
    else if (this.#values.size >= this.#most) this.#values.delete(this.#oldest());
    this.#values.set(key, value);
    return value;
  }

  #oldest(): string {
    const [key] = this.#values.keys();
    return key!;
  }
}

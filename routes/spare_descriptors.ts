/**
 * A few descriptors that are kept, so that there are some when the process has run out of them: a
 * listener that cannot accept cannot even say why. They are sockets, since after the start the process
 * has no right to anything else, and nothing is at their other end.
 *
 * @module
 */

/** A listener, the connections that are turned away at the same time, and a few for the worker. */
export const SPARE_DESCRIPTORS = 16;
/** Beside them as many must be free, or a listener that begins again ends at once. */
const FREE_LEAST = 16;

export class SpareDescriptors {
  readonly #hostname: string;
  readonly #most: number;
  #kept: Deno.Conn[] = [];

  constructor(hostname: string, most: number = SPARE_DESCRIPTORS) {
    this.#hostname = hostname;
    this.#most = most;
  }

  get count(): number {
    return this.#kept.length;
  }

  /**
   * Takes as many as are to be kept, or none. False where the process has hardly as many left. Deno may
   * have been given no right to other ports of the address: then there are none, and that is no lack.
   */
  async take(): Promise<boolean> {
    const missing = this.#most - this.#kept.length;
    let taken: Deno.Conn[] = [];
    let door: Deno.Listener | undefined;
    try {
      door = Deno.listen({ hostname: this.#hostname, port: 0 });
      const { port } = door.addr as Deno.NetAddr;
      while (taken.length < missing + FREE_LEAST) {
        taken.push(await Deno.connect({ hostname: this.#hostname, port }));
      }
      this.#kept.push(...taken.slice(0, missing));
      taken = taken.slice(missing);
      return true;
    } catch (error) {
      return error instanceof Deno.errors.NotCapable;
    } finally {
      for (const connection of taken) connection.close();
      door?.close();
    }
  }

  /** Gives them back to whoever needs one now. */
  release(): void {
    for (const connection of this.#kept) connection.close();
    this.#kept = [];
  }
}

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
/** Of what a process with few descriptors has left: so much is kept, and so much must be free. */
const SHARE_MOST = 0.25;

export class SpareDescriptors {
  readonly #hostname: string;
  #most = SPARE_DESCRIPTORS;
  #free = FREE_LEAST;
  #kept: Deno.Conn[] = [];

  constructor(hostname: string) {
    this.#hostname = hostname;
  }

  get count(): number {
    return this.#kept.length;
  }

  /** For the first time: where there are few descriptors, few are kept. */
  async begin(): Promise<void> {
    const found = await this.#open(this.#most + this.#free);
    if (found.length < this.#most + this.#free) {
      this.#most = this.#free = Math.floor(found.length * SHARE_MOST);
    }
    this.#kept = found.splice(0, this.#most);
    close(found);
  }

  /** Takes as many as are to be kept, or none. False where the process has hardly as many left. */
  async take(): Promise<boolean> {
    const missing = this.#most - this.#kept.length;
    const found = await this.#open(missing + this.#free);
    const enough = found.length === missing + this.#free;
    if (enough) this.#kept.push(...found.splice(0, missing));
    close(found);
    return enough;
  }

  /** Gives them back to whoever needs one now. */
  release(): void {
    close(this.#kept);
    this.#kept = [];
  }

  /** As many as there are, up to `count`. Without a right to other ports of the address there are none. */
  async #open(count: number): Promise<Deno.Conn[]> {
    const found: Deno.Conn[] = [];
    if (count === 0) return found;
    let door: Deno.Listener | undefined;
    try {
      door = Deno.listen({ hostname: this.#hostname, port: 0 });
      const { port } = door.addr as Deno.NetAddr;
      while (found.length < count) {
        found.push(await Deno.connect({ hostname: this.#hostname, port }));
      }
    } catch {
      // No descriptor, no right, a filter on the loopback: what was found is what there is.
    } finally {
      door?.close();
    }
    return found;
  }
}

function close(connections: readonly Deno.Conn[]): void {
  for (const connection of connections) connection.close();
}

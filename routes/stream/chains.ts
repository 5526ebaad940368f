/**
 * The chains of a hub: what the clients of each channel are told in common, tick by tick.
 *
 * @module
 */
import type { Bytes, Encoded } from "../encoding.ts";
import { Chain } from "./chain.ts";
import type { Place } from "./cursor.ts";

/** A chain takes a quarter of a megabyte. Pages that few look at go without. */
const CHAINS_MOST = 8;

/** A client, as far as it matters here. */
interface Along {
  readonly channel: { readonly key: string };
  readonly gzip: boolean;
  readonly place: Place;
}

/** What a tick tells from a place, and the place it leads to. */
interface Told {
  readonly encoded: Encoded | null;
  readonly next: Place;
}

/** What clients at a place are told of a tick: a block of the chain for those who have read enough. */
export interface Link {
  readonly from: Place;
  readonly encoded: Encoded;
  readonly next: Place;
  readonly block: Bytes;
  /** So many bytes of what was told in common before. */
  readonly least: number;
}

interface Common {
  readonly chain: Pick<Chain, "block" | "close" | "least">;
  place: Place;
}

export class Chains {
  /** By channel. */
  readonly #commons = new Map<string, Common>();
  readonly #newChain: () => Pick<Chain, "block" | "close" | "least">;

  constructor(newChain: () => Pick<Chain, "block" | "close" | "least"> = () => new Chain()) {
    this.#newChain = newChain;
  }

  /** The next link of each channel's chain. While they are made, clients may come and go. */
  async links<C extends Along>(
    clients: Iterable<C>,
    told: (client: C) => Told | null,
  ): Promise<ReadonlyMap<string, Link>> {
    const leaders = this.#leaders(clients);
    for (const [key, { chain }] of this.#commons) {
      if (leaders.has(key)) continue;
      chain.close();
      this.#commons.delete(key);
    }
    // All is told before anything is waited for: who comes meanwhile may be told of a newer tick.
    const messages = [...leaders].map(([key, leader]) =>
      [key, leader.place, told(leader)] as const
    );
    const links = new Map<string, Link>();
    for (const [key, from, message] of messages) {
      const common = this.#commons.get(key) ?? this.#begin(key);
      if (message === null || common === null) continue;
      const { encoded, next } = message;
      common.place = next;
      if (encoded === null) continue;
      const { chain } = common;
      const { least } = chain;
      try {
        const block = await chain.block(encoded.plain);
        links.set(key, { from, encoded, next, block, least });
      } catch {
        // Without memory for it: all get blocks that stand for themselves, and the next tick begins anew.
        this.#commons.delete(key);
      }
    }
    return links;
  }

  close(): void {
    for (const { chain } of this.#commons.values()) chain.close();
    this.#commons.clear();
  }

  /** Of each channel one who is where the chain is, or else the first who takes compressed text. */
  #leaders<C extends Along>(clients: Iterable<C>): Map<string, C> {
    const leaders = new Map<string, C>();
    for (const client of clients) {
      if (!client.gzip) continue;
      const { key } = client.channel;
      const leader = leaders.get(key);
      const place = this.#commons.get(key)?.place;
      // The same place is the same object: who was told the same has it from there.
      if (leader === undefined || (leader.place !== place && client.place === place)) {
        leaders.set(key, client);
      }
    }
    return leaders;
  }

  #begin(key: string): Common | null {
    if (this.#commons.size >= CHAINS_MOST) return null;
    const common: Common = { chain: this.#newChain(), place: { kind: "new" } };
    this.#commons.set(key, common);
    return common;
  }
}

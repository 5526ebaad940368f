/**
 * How many wrong tokens are heard before a caller has to wait: from one address, and from all together.
 * A refused attempt is not looked at, or waiting would bring nothing.
 *
 * Nobody must be able to lock the owner out with that. So the limit of all counts for strangers only:
 * an address that gave the right token within a day is none, and neither is this host itself, which
 * an owner reaches through a tunnel. Those who have logged in are not limited at all.
 *
 * @module
 */
import { isIpv4, isLoopback } from "../address.ts";
import type { Clock } from "../clock.ts";

/** Enough for somebody who mistypes, too few for somebody who guesses. */
export const WRONG_AT_ONCE = 10;
/** One more is heard after this time. */
export const WRONG_EACH_MS = 6000;
/** From everywhere: as many as a hundred addresses may have. */
export const ALL_WRONG_AT_ONCE = 1000;
export const ALL_WRONG_EACH_MS = 60;
/** Each takes some 100 bytes. Who has more addresses than that meets the limit of all. */
export const ADDRESSES_MOST = 4096;
const KNOWN_MS = 24 * 3_600_000;
const KNOWN_MOST = 1024;

export interface RateLimitOptions {
  readonly clock: Clock;
  readonly addressesMost?: number;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #addressesMost: number;
  /**
   * When each address has paid for what it did wrong: each wrong attempt costs its time, and so many may
   * be owed. The one that erred last comes last.
   */
  readonly #debts = new Map<string, number>();
  #allDebt = -Infinity;
  /** Addresses that gave the right token, and when; the latest comes last. */
  readonly #known = new Map<string, number>();

  constructor({ clock, addressesMost = ADDRESSES_MOST }: RateLimitOptions) {
    this.#clock = clock;
    this.#addressesMost = addressesMost;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#debts.size + this.#known.size;
  }

  /** Milliseconds until an attempt from here is heard; 0 for at once. */
  waitMs(peer: string): number {
    const address = addressKey(peer);
    const nowMs = this.#clock.nowMs();
    const debt = this.#debts.get(address) ?? -Infinity;
    const ownMs = restMs(debt, nowMs, WRONG_AT_ONCE, WRONG_EACH_MS);
    if (ownMs > 0 || this.#isKnown(address, nowMs)) return ownMs;
    return restMs(this.#allDebt, nowMs, ALL_WRONG_AT_ONCE, ALL_WRONG_EACH_MS);
  }

  /** An attempt was heard, and was a wrong one. */
  wrong(peer: string): void {
    const address = addressKey(peer);
    const nowMs = this.#clock.nowMs();
    const debt = Math.max(nowMs, this.#debts.get(address) ?? nowMs) + WRONG_EACH_MS;
    this.#allDebt = Math.max(nowMs, this.#allDebt) + ALL_WRONG_EACH_MS;
    this.#debts.delete(address);
    this.#debts.set(address, debt);
    trim(this.#debts, this.#addressesMost);
  }

  /** An attempt was a right one. What was wrong before stays: others may have the same address. */
  right(peer: string): void {
    const address = addressKey(peer);
    this.#known.delete(address);
    this.#known.set(address, this.#clock.nowMs());
    trim(this.#known, KNOWN_MOST);
  }

  #isKnown(address: string, nowMs: number): boolean {
    if (isLoopback(address)) return true;
    const rightMs = this.#known.get(address);
    return rightMs !== undefined && nowMs - rightMs < KNOWN_MS;
  }
}

/**
 * Of IPv6 the network of 64 bits, which is what one customer has at least (RFC 6177); an IPv4 address
 * that comes through an IPv6 listener as itself.
 */
export function addressKey(peer: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(peer)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIpv4(peer) || isLoopback(peer)) return peer;
  const [head = "", tail] = peer.split("%")[0]!.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}

function restMs(debt: number, nowMs: number, most: number, eachMs: number): number {
  return Math.max(0, debt - nowMs - (most - 1) * eachMs);
}

/** Drops what is oldest. */
function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

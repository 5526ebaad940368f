/**
 * The fleet as pages get it: what the engine answered last, for so long the same for all who look, so
 * that a thousand readers ask it no more often than one. The thread that asks is another one.
 *
 * @module
 */
import type { Fleet, FleetHost, HostTrends } from "../views/fleet_quantities.ts";
import type { Clock } from "./clock.ts";
import { trendRange } from "./fleet_state.ts";

/** Scrapes are seldom closer than that. */
export const FRESH_MS = 10_000;
/** An engine that failed is left alone for so long. */
export const FAILED_MS = 3000;
/** Pages in different orders show different hosts; each has some hundred kB. */
const TRENDS_MOST = 8;

export interface Told {
  /** The last that was had; null where there never was one. */
  readonly fleet: Fleet | null;
  /** Why there is nothing newer; null where there is. */
  readonly failure: string | null;
}

/** Who looks up what in the engine. Each rejects with a sentence. */
export interface Engine {
  /** Its address, for people. */
  readonly url: string;
  hosts(): Promise<Fleet>;
  trends(hosts: readonly FleetHost[], atMs: number): Promise<ReadonlyMap<string, HostTrends>>;
}

interface Kept<T> {
  readonly untilMs: number;
  readonly what: Promise<T>;
}

export class FleetFeed {
  readonly url: string;
  readonly #engine: Engine;
  readonly #clock: Clock;
  #fleet: Fleet | null = null;
  #told: Kept<Told> | null = null;
  #asking: Promise<Told> | null = null;
  readonly #trends = new Map<string, Promise<ReadonlyMap<string, HostTrends> | string>>();

  constructor(engine: Engine, clock: Clock) {
    this.url = engine.url;
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Never rejects. */
  async fleet(): Promise<Told> {
    const kept = this.#told;
    if (kept !== null && this.#clock.nowMs() < kept.untilMs) return await kept.what;
    return await (this.#asking ??= this.#ask());
  }

  async #ask(): Promise<Told> {
    let told: Told;
    try {
      this.#fleet = await this.#engine.hosts();
      told = { fleet: this.#fleet, failure: null };
    } catch (error) {
      told = { fleet: this.#fleet, failure: messageOf(error) };
    }
    const untilMs = this.#clock.nowMs() + (told.failure === null ? FRESH_MS : FAILED_MS);
    this.#told = { untilMs, what: Promise.resolve(told) };
    this.#asking = null;
    return told;
  }

  /** Of these hosts at the fleet's time, or the sentence why there are none. Never rejects. */
  trends(
    fleet: Fleet,
    hosts: readonly FleetHost[],
  ): Promise<ReadonlyMap<string, HostTrends> | string> {
    // Points stay what they are until there is one more.
    const { endSeconds } = trendRange(fleet.atMs);
    const key = `${endSeconds} ${hosts.map(({ key }) => key).join()}`;
    const known = this.#trends.get(key);
    if (known !== undefined) return known;
    const asked = this.#engine.trends(hosts, fleet.atMs).catch((error) => {
      // The next who looks asks again.
      this.#trends.delete(key);
      return messageOf(error);
    });
    this.#trends.set(key, asked);
    if (this.#trends.size > TRENDS_MOST) {
      this.#trends.delete(this.#trends.keys().next().value!);
    }
    return asked;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

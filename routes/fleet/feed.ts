/**
 * The fleet as pages get it: what the engine answered last, for so long the same for all who look, so
 * that a thousand readers ask it no more often than one. The thread that asks is another one.
 *
 * @module
 */
import type { Fleet, FleetHost } from "../../views/fleet/quantities.ts";
import type { Clock } from "../clock.ts";
import { FAILED_MS, FleetTrends, messageOf, type Trends } from "./trends.ts";

/** Scrapes are seldom closer than that. */
export const FRESH_MS = 10_000;
/** Who looks waits no longer for all that the page is made of. */
export const LOOK_MS_MOST = 5000;

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
  trends(hosts: readonly FleetHost[], atMs: number): Promise<Trends>;
}

export class FleetFeed {
  readonly url: string;
  readonly #engine: Engine;
  readonly #clock: Clock;
  #told: Told = { fleet: null, failure: null };
  /** Until then nothing newer is asked for. */
  #untilMs = -Infinity;
  #asking: Promise<Told> | null = null;
  readonly #trends: FleetTrends;

  constructor(engine: Engine, clock: Clock) {
    this.url = engine.url;
    this.#engine = engine;
    this.#clock = clock;
    this.#trends = new FleetTrends(engine, clock);
  }

  /** When the patience of one who looks now ends. */
  untilMs(): number {
    return this.#clock.nowMs() + LOOK_MS_MOST;
  }

  /** Never rejects. */
  async fleet(): Promise<Told> {
    if (this.#clock.nowMs() < this.#untilMs) return this.#told;
    return await (this.#asking ??= this.#ask());
  }

  async #ask(): Promise<Told> {
    try {
      this.#told = { fleet: await this.#engine.hosts(), failure: null };
    } catch (error) {
      this.#told = { fleet: this.#told.fleet, failure: messageOf(error) };
    }
    this.#untilMs = this.#clock.nowMs() + (this.#told.failure === null ? FRESH_MS : FAILED_MS);
    this.#asking = null;
    return this.#told;
  }

  /** Of these hosts at the fleet's time, or the sentence why there are none by then. Never rejects. */
  trends(
    fleet: Fleet,
    hosts: readonly FleetHost[],
    untilMs: number,
  ): Promise<Trends | string> {
    return this.#trends.of(fleet, hosts, untilMs);
  }
}

/**
 * Trends as pages get them: which hosts a page shows is its reader's to choose, and a question for the
 * trends of a screen costs the engine as much as many pages of figures. So there is one at a time,
 * whoever waits; what is known is kept, and a failure too for a while.
 *
 * @module
 */
import type { Fleet, FleetHost, HostTrends } from "../../views/fleet/quantities.ts";
import type { Clock } from "../clock.ts";
import type { Engine } from "./feed.ts";
import { trendRange } from "./state.ts";

/** By `key` of the host. */
export type Trends = ReadonlyMap<string, HostTrends>;

/** An engine that failed is left alone for so long. */
export const FAILED_MS = 3000;
/** Pages in different orders show different hosts; each has some hundred kB. */
const KEPT_MOST = 8;
/** Questions, the one under way among them. */
const WAITING_MOST = 8;

const BUSY = "it is asked for those of others, needs another look later";
const LATE = "it did not answer in time for this page";

interface Asked {
  readonly told: Promise<Trends | string>;
  /** Nobody waits for it any longer than that. */
  untilMs: number;
}

export class FleetTrends {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Trends>();
  readonly #asked = new Map<string, Asked>();
  /** Ends with the last question; never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #failure = { untilMs: -Infinity, why: "" };

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Of these hosts at the fleet's time, or the sentence why there are none by then. Never rejects. */
  async of(
    fleet: Fleet,
    hosts: readonly FleetHost[],
    untilMs: number,
  ): Promise<Trends | string> {
    // Points stay what they are until there is one more.
    const { endSeconds } = trendRange(fleet.atMs);
    const key = JSON.stringify([endSeconds, ...hosts.map(({ key }) => key).toSorted()]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const now = this.#clock.nowMs();
    if (now >= untilMs) return LATE;
    if (!this.#asked.has(key)) {
      if (now < this.#failure.untilMs) return this.#failure.why;
      if (this.#asked.size >= WAITING_MOST) return BUSY;
    }
    const asked = this.#asked.get(key) ?? this.#ask(key, fleet, hosts);
    asked.untilMs = Math.max(asked.untilMs, untilMs);
    const there = new AbortController();
    const late = this.#clock.sleep(untilMs - now, there.signal).then(() => LATE);
    const told = await Promise.race([asked.told, late]);
    there.abort();
    return told;
  }

  #ask(key: string, fleet: Fleet, hosts: readonly FleetHost[]): Asked {
    const told = this.#last.then(async () => {
      const found = await this.#look(asked, hosts, fleet.atMs);
      this.#asked.delete(key);
      if (typeof found !== "string") this.#keep(key, found);
      return found;
    });
    const asked: Asked = { told, untilMs: -Infinity };
    this.#asked.set(key, asked);
    this.#last = told;
    return asked;
  }

  async #look(
    asked: Asked,
    hosts: readonly FleetHost[],
    atMs: number,
  ): Promise<Trends | string> {
    const now = this.#clock.nowMs();
    if (now < this.#failure.untilMs) return this.#failure.why;
    if (now >= asked.untilMs) return LATE;
    try {
      return await this.#engine.trends(hosts, atMs);
    } catch (error) {
      const why = messageOf(error);
      this.#failure = { untilMs: this.#clock.nowMs() + FAILED_MS, why };
      return why;
    }
  }

  #keep(key: string, trends: Trends): void {
    this.#kept.set(key, trends);
    if (this.#kept.size > KEPT_MOST) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

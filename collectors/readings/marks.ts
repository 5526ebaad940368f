/**
 * Marks in time that people set: a deployment, a change of the load. Kept in memory, a few of them, and
 * forgotten with the rows that they stand among.
 *
 * A mark is set by the time of day and kept by the monotonic clock, as the points of a chart are: where
 * the time of day is set anew, it stays where it was among them.
 *
 * @module
 */
import { COARSE_SPAN_MS } from "../sampling/timeline.ts";
import type { Feed } from "./feed.ts";

/** The first that was set makes room for one more. */
export const MARKS_MOST = 64;

export interface Mark {
  /** Since 1970. */
  readonly seconds: number;
  readonly text: string;
}

interface Kept {
  readonly monotonicMs: number;
  readonly text: string;
}

export class Marks {
  readonly #feed: Pick<Feed, "sequence" | "span">;
  #kept: Kept[] = [];
  #changedAt = 0;
  #version = 0;

  constructor(feed: Pick<Feed, "sequence" | "span">) {
    this.#feed = feed;
  }

  /** Sequence of the tick from which on the marks are as they are now; 0 where there never was one. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /** Grows with every mark. */
  get version(): number {
    return this.#version;
  }

  /** `wallMs`: since 1970, ms. Throws before the first tick. */
  add(text: string, wallMs: number): Mark {
    const span = this.#feed.span();
    if (span === null) {
      throw new Error("Cannot set a mark: no tick has come yet, needs the first one");
    }
    this.#kept.push({ monotonicMs: wallMs - span.wallOffsetMs, text });
    if (this.#kept.length > MARKS_MOST) this.#kept.shift();
    // Who was told the newest tick is told of it with the next one.
    this.#changedAt = this.#feed.sequence() + 1;
    this.#version++;
    return { seconds: Math.round(wallMs) / 1000, text };
  }

  /** Those that lie in what charts go back to, oldest first. */
  list(): readonly Mark[] {
    const span = this.#feed.span();
    if (span === null) return [];
    // Also while there are not as many rows yet: a deployment may be what started them.
    const oldestMs = Math.min(span.oldestMs, span.newestMs - COARSE_SPAN_MS);
    this.#kept = this.#kept.filter(({ monotonicMs }) => monotonicMs >= oldestMs);
    return this.#kept
      .map(({ monotonicMs, text }) => ({
        seconds: Math.round(monotonicMs + span.wallOffsetMs) / 1000,
        text,
      }))
      .toSorted((a, b) => a.seconds - b.seconds);
  }
}

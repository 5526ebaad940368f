/**
 * What a page's stream tells: the fragments that changed since the client's cursor as one unnamed
 * message that htmx swaps, and the chart columns since then as `event: sample`.
 *
 * @module
 */
import type { Feed, Series, SeriesKey, Snapshot } from "../collectors/mod.ts";
import type { Place } from "./cursor.ts";
import type { Channel, Composed } from "./hub.ts";
import { printMessage } from "./sse.ts";

/** A page that lives: its parts by the id of their element, and the lines of its charts. */
export interface LivePage {
  readonly name: string;
  series(snapshot: Snapshot): readonly SeriesKey[];
  fragments(snapshot: Snapshot): ReadonlyMap<string, string>;
  /** Fragments as one message that puts each into its place. */
  partials(fragments: Iterable<readonly [id: string, html: string]>): string;
}

/** Chart columns as the browser gets them. */
export interface Sample {
  /** Cursor of the tick. */
  readonly id: string;
  /** Forget the points that you have. */
  readonly reset: boolean;
  /** Points are missing between those that you have and these. */
  readonly gap: boolean;
  /** Seconds since 1970. */
  readonly x: readonly number[];
  /** A column for each line, in the order of the page's series; null where there is no value. */
  readonly y: readonly (readonly (number | null)[])[];
  /** For each line the shares of `Series.shares`, or null; absent where all values are exact. */
  readonly z?: Series["shares"];
}

/** What a page draws at first. */
export const CHART_SPAN_MS = 5 * 60_000;
/** A restart takes a second or two; nobody should wait longer for the page to live again. */
const RETRY_MS = 1000;
/** A chart is some hundred pixels high: more digits cannot be seen, and are half of the bytes. */
const DIGITS = 5;

interface Fragment {
  readonly html: string;
  /** Tick at which it came to look like this. */
  readonly changed: number;
}

export class PageChannel implements Channel {
  readonly key: string;
  readonly #page: LivePage;
  readonly #feed: Feed;
  readonly #fragments = new Map<string, Fragment>();
  #sequence = -1;

  constructor(page: LivePage, feed: Feed) {
    this.key = `page ${page.name}`;
    this.#page = page;
    this.#feed = feed;
  }

  compose(snapshot: Snapshot, from: Place): Composed {
    this.#render(snapshot);
    const told = from.kind === "at" ? from.sequence : -1;
    const html = this.#page.partials(this.#changedSince(told));
    const { sample, points } = this.#sample(snapshot, from);
    const messages = [];
    if (html !== "") messages.push({ data: html });
    if (sample !== null) messages.push({ event: "sample", data: JSON.stringify(sample) });
    const last = messages.length - 1;
    const text = messages.map((message, index) =>
      printMessage({
        ...message,
        // Only the last one moves the cursor: a client that is cut off between them gets both again.
        ...(index === last ? { id: snapshot.cursor } : {}),
        ...(index === 0 && from.kind !== "at" ? { retryMs: RETRY_MS } : {}),
      })
    ).join("");
    return { text, next: { kind: "at", sequence: snapshot.sequence, points } };
  }

  #render(snapshot: Snapshot): void {
    if (snapshot.sequence === this.#sequence) return;
    const fragments = this.#page.fragments(snapshot);
    for (const id of this.#fragments.keys()) {
      if (!fragments.has(id)) this.#fragments.delete(id);
    }
    for (const [id, html] of fragments) {
      if (this.#fragments.get(id)?.html === html) continue;
      this.#fragments.set(id, { html, changed: snapshot.sequence });
    }
    this.#sequence = snapshot.sequence;
  }

  *#changedSince(sequence: number): Generator<readonly [string, string]> {
    for (const [id, fragment] of this.#fragments) {
      if (fragment.changed > sequence) yield [id, fragment.html];
    }
  }

  #sample(snapshot: Snapshot, from: Place): { sample: Sample | null; points: number } {
    const resumed = from.kind === "at";
    const after = resumed ? from.points : -1;
    // A client that comes back after minutes gets all that it missed, however wide its charts are.
    const span = resumed ? Infinity : CHART_SPAN_MS;
    const series = this.#feed.series.read(this.#page.series(snapshot), after, span);
    const points = Math.max(series.sequence, after);
    if (resumed && series.seconds.length === 0) return { sample: null, points };
    const sample = {
      id: snapshot.cursor,
      reset: from.kind === "new",
      gap: from.kind === "lost",
      x: series.seconds,
      y: series.values.map((column) => column.map(rounded)),
      ...(series.shares.every((column) => column === null)
        ? {}
        : { z: series.shares.map((column) => column?.map(shortened) ?? null) }),
    };
    return { sample, points };
  }
}

/** Two digits of a share, which stays below 1 where it was. */
function shortened(share: number): number {
  return share === 1 ? 1 : Math.min(0.99, Number(share.toFixed(2)));
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}

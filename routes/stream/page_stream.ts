/**
 * What a page's stream tells: the fragments that changed since the client's cursor as one unnamed
 * message that htmx swaps, and the chart columns since then as `event: sample`.
 *
 * @module
 */
import type { Feed, Health, Marks, SeriesKey, Snapshot } from "../../collectors/mod.ts";
import { columnsKey, type Sample, sampleOf } from "../sample.ts";
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
  /** What a page is told between ticks. */
  aside?(intervalMs: number): string;
  /** What a page is told where ticks do not come. */
  late?(snapshot: Snapshot, health: Health): string;
}

/** What a page draws at first. */
export const CHART_SPAN_MS = 5 * 60_000;
/** A restart takes a second or two; nobody should wait longer for the page to live again. */
const RETRY_MS = 1000;
interface Fragment {
  readonly html: string;
  /** Tick at which it came to look like this. */
  readonly changed: number;
}

/** What a page's stream tells of beside the page. */
export interface PageSources {
  readonly feed: Feed;
  readonly marks: Marks;
  /** Of the service. */
  readonly version: string;
}

/** Key of the channel of a page. */
export function pageKey(name: string): string {
  return `page ${name}`;
}

export class PageChannel implements Channel {
  readonly key: string;
  readonly #page: LivePage;
  readonly #sources: PageSources;
  readonly #fragments = new Map<string, Fragment>();
  #sequence = -1;

  constructor(page: LivePage, sources: PageSources) {
    this.key = pageKey(page.name);
    this.#page = page;
    this.#sources = sources;
  }

  compose(snapshot: Snapshot, from: Place): Composed {
    this.#render(snapshot);
    const told = from.kind === "at" ? from.sequence : -1;
    const html = this.#page.partials(this.#changedSince(told));
    const sample = this.#sample(snapshot, from);
    const { sequence } = snapshot;
    const messages = [];
    if (html !== "") messages.push({ data: html });
    if (!isIdle(sample)) messages.push({ event: "sample", data: JSON.stringify(sample) });
    const last = messages.length - 1;
    const text = messages.map((message, index) =>
      printMessage({
        ...message,
        // Only the last one moves the cursor: a client that is cut off between them gets both again.
        ...(index === last ? { id: snapshot.cursor } : {}),
        ...(index === 0 && from.kind !== "at" ? { retryMs: RETRY_MS } : {}),
      })
    ).join("");
    return { text, next: { kind: "at", sequence, columns: sample.key } };
  }

  /** Has no id: it moves no cursor, and is no tick. */
  aside(intervalMs: number): string {
    const data = this.#page.aside?.(intervalMs) ?? "";
    return data === "" ? "" : printMessage({ data });
  }

  /** Has no id either. */
  late(snapshot: Snapshot, health: Health): string {
    const data = this.#page.late?.(snapshot, health) ?? "";
    return data === "" ? "" : printMessage({ data });
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

  #sample(snapshot: Snapshot, from: Place): Sample {
    const { feed, marks, version } = this.#sources;
    const keys = this.#page.series(snapshot);
    const key = columnsKey(version, keys, snapshot);
    const moved = from.kind === "at" && (from.columns ?? key) !== key;
    const common = { keys, key, snapshot };
    if (from.kind === "at" && !moved) {
      // A client that comes back after minutes gets all that it missed, however wide its charts are.
      const missed = { after: from.sequence, spanMs: Infinity, reset: false, gap: false };
      const news = marks.changedAt > from.sequence ? marks.list() : undefined;
      return sampleOf(feed, { ...common, ...missed, marks: news });
    }
    const whole = { after: -1, spanMs: CHART_SPAN_MS, marks: marks.list() };
    const lost = from.kind === "lost";
    return sampleOf(feed, { ...common, ...whole, reset: !lost, gap: lost });
  }
}

/** Nothing is new: no points, or no line for them. */
function isIdle({ reset, gap, x, y, marks }: Sample): boolean {
  return !reset && !gap && (x.length === 0 || y.length === 0) && marks === undefined;
}

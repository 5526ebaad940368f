/**
 * `/api/v1/stream`: each tick as JSON for programs. Where messages are missing between two,
 * because a client comes back or somebody was too slow, it first gets the rows between as columns
 * (`event: replay`), and is told of those that it does not get (`event: gap`).
 *
 * @module
 */
import { type Feed, type Health, metric, METRICS, type Snapshot } from "../../collectors/mod.ts";
import { columnsOf, isOfHost } from "../series_json.ts";
import type { Loss, Place } from "./cursor.ts";
import { type Channel, type Composed, MESSAGE_GAP_MS_LEAST } from "./hub.ts";
import { printMessage } from "./sse.ts";

/** Columns are made for all metrics at once: more than the charts' span would take a second to make. */
export const REPLAY_SPAN_MS = 5 * 60_000;
/** Of ticks finer than a second; what is further back comes a row a second. */
const FINE_TICKS_MOST = 300;
const RETRY_MS = 1000;

/** Why rows are missing between two messages. */
type GapReason = Loss | "beyond_replay";

const LOST: Readonly<Record<GapReason, string>> = {
  foreign_boot: "Cannot replay: Last-Event-ID is not of this run of the service",
  future: "Cannot replay: Last-Event-ID is newer than the newest tick",
  fallen_out: "Cannot replay: Last-Event-ID is older than the oldest row that is kept",
  beyond_replay: `Cannot replay all: Last-Event-ID is older than the ${
    REPLAY_SPAN_MS / 60_000
  } minutes that are replayed, /api/v1/series may have more`,
};

/** What one message of the stream says, as JSON. */
export type TickJson = (snapshot: Snapshot, metrics: readonly string[] | undefined) => unknown;

export class TickChannel implements Channel {
  readonly key: string;
  readonly #feed: Feed;
  readonly #metrics: readonly string[] | undefined;
  readonly #json: TickJson;

  /** `metrics`: undefined for all. */
  constructor(feed: Feed, metrics: readonly string[] | undefined, json: TickJson) {
    this.key = `ticks ${metrics?.join(",") ?? "*"}`;
    this.#feed = feed;
    this.#metrics = metrics;
    this.#json = json;
  }

  compose(snapshot: Snapshot, from: Place): Composed {
    const { sequence, cursor } = snapshot;
    const next: Place = { kind: "at", sequence };
    if (from.kind === "at" && from.sequence >= sequence) return { text: "", next: from };
    let text = from.kind === "lost" ? gap(snapshot, from.loss) : "";
    if (from.kind === "at" && isBehind(from.sequence, snapshot)) {
      text += this.#replay(snapshot, from.sequence);
    }
    const retry = from.kind === "new" ? { retryMs: RETRY_MS } : {};
    const data = JSON.stringify(this.#json(snapshot, this.#metrics));
    text += printMessage({ id: cursor, ...retry, data });
    return { text, next };
  }

  /** Has no id: no tick has come. */
  late(_: Snapshot, health: Health): string {
    return printMessage({ event: "stale", data: JSON.stringify(staleJson(health)) });
  }

  #replay(snapshot: Snapshot, after: number): string {
    const metrics = this.#metrics ?? [...METRICS.keys()];
    // Columns are the host's. Nulls would say that what only its parts have was not measured.
    const keys = metrics.filter((id) => isOfHost(metric(id))).map((id) => ({ metric: id }));
    const until = snapshot.sequence;
    const options = { until, fine: until - after <= FINE_TICKS_MOST };
    const store = this.#feed.series;
    const lost = store.leavesOut(after, REPLAY_SPAN_MS, options)
      ? gap(snapshot, "beyond_replay")
      : "";
    const series = store.read(keys, after, REPLAY_SPAN_MS, options);
    // The newest row is the tick that follows.
    const count = series.seconds.length - (series.sequence >= snapshot.sequence ? 1 : 0);
    if (count <= 0) return lost;
    const data = JSON.stringify(columnsOf(keys, series, count));
    return lost + printMessage({ event: "replay", data });
  }
}

/** Whether there was a message between. Ticks that are finer than messages are none each. */
function isBehind(told: number, { sequence, intervalMs }: Snapshot): boolean {
  const ticks = sequence - told;
  return ticks > 1 && ticks * intervalMs >= 2 * MESSAGE_GAP_MS_LEAST;
}

/** Ticks do not come: how old the newest is, and the collector that holds them up, or null. */
export function staleJson(
  { ageMs, reading }: Health,
): { age_seconds: number; reading: string | null } {
  return { age_seconds: Math.round(ageMs) / 1000, reading };
}

function gap(snapshot: Snapshot, reason: GapReason): string {
  const data = { reason, message: LOST[reason], resumed_at: snapshot.cursor };
  return printMessage({ event: "gap", retryMs: RETRY_MS, data: JSON.stringify(data) });
}

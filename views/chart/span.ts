/** How far back the charts of a page show. @module */
import type { Series } from "../../collectors/readings/series.ts";

/** What can be asked for: `span=15m`. */
export const SPANS = ["1m", "5m", "15m", "all"] as const;

export type Span = (typeof SPANS)[number];

/** Shown where nobody asked for another, and what a stream begins with. */
export const SPAN_USUAL: Span = "5m";

/** The axis of all that there is begins at a round time. */
const ROUND_SECONDS = 10;

const SECONDS: Readonly<Record<Exclude<Span, "all">, number>> = { "1m": 60, "5m": 300, "15m": 900 };
const NAMES: Readonly<Record<Span, string>> = {
  "1m": "1 min",
  "5m": "5 min",
  "15m": "15 min",
  "all": "All",
};

export function spanName(span: Span): string {
  return NAMES[span];
}

/** Seconds; undefined for all that there is. */
export function spanSeconds(span: Span): number | undefined {
  return span === "all" ? undefined : SECONDS[span];
}

/** Seconds of the axis that shows these points: of all that there is, from the first point to now. */
export function axisSeconds(span: Span, { seconds }: Series): number {
  if (span !== "all") return SECONDS[span];
  const all = seconds.length === 0 ? 0 : seconds.at(-1)! - seconds[0]!;
  return ROUND_SECONDS * Math.max(1, Math.ceil(all / ROUND_SECONDS));
}

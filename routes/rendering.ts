/**
 * Every rendering that routes hand out, as one interface: the views implement it, and tests of HTTP
 * bring plainer ones of their own.
 *
 * @module
 */
import type { Series, Snapshot } from "../collectors/mod.ts";
import type { LivePage } from "./stream.ts";

export interface OverviewProps {
  readonly snapshot: Snapshot;
  /** The lines of `LivePage.series`, in that order. */
  readonly series: Series;
  /** The interval that is asked for; ticks follow it with the next one. */
  readonly intervalMs: number;
}

export interface MessageProps {
  /** As HTTP names it: 404. */
  readonly status: number;
  /** One sentence without a full stop. */
  readonly message: string;
}

export interface Rendering {
  readonly overview: LivePage & {
    /** The whole document. */
    document(props: OverviewProps): string;
  };
  /** A document that says one thing: an error. */
  message(props: MessageProps): string;
  /** What JSON clients get of a tick; `metrics`: ids to be told of, undefined for all. */
  snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): unknown;
  /** Prometheus text, or OpenMetrics. */
  exposition(snapshot: Snapshot, format: ExpositionFormat): string;
  /** For a terminal. */
  table(snapshot: Snapshot): string;
}

export type ExpositionFormat = "prometheus" | "openmetrics";

/**
 * Every rendering that routes hand out. The views are it; tests of HTTP bring plainer ones, so what no
 * route looks into has no type here.
 *
 * @module
 */
import type { Snapshot } from "../collectors/mod.ts";
import type { Views } from "../views/mod.ts";

export interface Rendering extends Omit<Views, "snapshotJson"> {
  /** What JSON clients get of a tick; `metrics`: ids to be told of, undefined for all. */
  snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): object;
}

export type ExpositionFormat = Parameters<Rendering["exposition"]>[1];

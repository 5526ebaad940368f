/**
 * Every rendering that routes hand out. The views are it; tests of HTTP bring plainer ones, so what no
 * route looks into has no type here.
 *
 * @module
 */
import type { Snapshot } from "../collectors/mod.ts";
import type { PlainViews, Views } from "../views/mod.ts";

interface PlainRendering extends Omit<PlainViews, "snapshotJson"> {
  /** What JSON clients get of a tick; `metrics`: ids to be told of, undefined for all. */
  snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): object;
}

export interface Rendering extends Omit<Views, "plain"> {
  readonly plain: () => Promise<PlainRendering>;
}

export type ExpositionFormat = Parameters<PlainRendering["exposition"]>[1];

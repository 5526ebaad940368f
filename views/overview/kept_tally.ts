/**
 * The tally of the page, counted again every few seconds: to read all that a page could show is a quarter
 * of what a tick takes, and how much is worth what seldom changes. Pages and their streams tell the same.
 *
 * @module
 */
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Tally, tally } from "../standing.ts";

/** Of a second a tick, two of three are spared. */
export const RECOUNT_MS = 3000;

interface Kept {
  readonly atMs: number;
  readonly problems: Snapshot["problems"];
  readonly tally: Tally;
}

const KEPT = new WeakMap<Snapshot["shape"], Kept>();

/** Counted anew where somebody or a cause came or went, while something is waited for, and every 3 s. */
export function keptTally(snapshot: Snapshot): Tally {
  const { shape, problems, monotonicMs: atMs } = snapshot;
  const kept = KEPT.get(shape);
  const stands = kept !== undefined && kept.problems === problems && kept.tally.waiting === 0 &&
    Math.abs(atMs - kept.atMs) < RECOUNT_MS;
  if (stands) return kept.tally;
  const fresh = tally(snapshot);
  KEPT.set(shape, { atMs, problems, tally: fresh });
  return fresh;
}

/** `once`: what the page shows, a single time and as text. @module */
import type { Sampler, Snapshot } from "../collectors/mod.ts";
import type { OnceFormat } from "./flags.ts";
import type { Rendering } from "./rendering.ts";

/** Rates need two readings, also of what is read only while somebody looks. */
const TICKS = 2;
const JSON_INDENT = 2;

/** Resolves after two ticks. Rejects when the sampler ends before. */
export async function once(
  sampler: Sampler,
  format: OnceFormat,
  rendering: Rendering,
): Promise<string> {
  const snapshot = await snapshotAfterTicks(sampler);
  const plain = await rendering.plain();
  switch (format) {
    case "table":
      return plain.table(snapshot);
    case "json":
      return JSON.stringify(plain.snapshotJson(snapshot), null, JSON_INDENT) + "\n";
    case "prom":
      return plain.exposition(snapshot, "prometheus");
    case "csv":
      return plain.csv(snapshot);
  }
}

/** The first snapshot with rates, of everything. Rejects when the sampler ends before. */
export async function snapshotAfterTicks(sampler: Sampler): Promise<Snapshot> {
  sampler.watch();
  const begun = sampler.feed.sequence();
  const ended = sampler.ended.then((reason) => {
    throw new Error(reason);
  });
  const signal = new AbortController().signal;
  await Promise.race([sampler.wait(begun + TICKS - 1, signal), ended]);
  const snapshot = sampler.feed.latest();
  if (snapshot === null) throw new Error("Cannot show a snapshot: the newest row is gone already");
  return snapshot;
}

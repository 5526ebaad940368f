/**
 * A short way to the commonest answer: most metrics take no turns and are held against nothing, and are
 * exact wherever all cells that they are made of are filled. A page counts hundreds of such in a tick.
 *
 * @module
 */
import type { Measured } from "../catalogue.ts";
import { HEADER, type Layout, metricIndex } from "../sampling/layout.ts";
import { untakenOf, wasPresent } from "./presence.ts";

/** Whether the host has one value of a metric: its own, the sum of its instances, or the most of them. */
export function isOfHost({ scope, kind, across }: Measured): boolean {
  return scope === "host" || kind === "counter" || across !== undefined;
}

const EVERYTHING = [-Infinity, Infinity] as const;

/** Whether a metric that is in its band could be anything else than exact, or absent. */
function isPlain({ kind, counted, sane, witness, limits }: Measured): boolean {
  return counted === undefined && witness === undefined && limits === undefined &&
    (sane === undefined || kind === "gauge");
}

/**
 * Whether a metric is exact for every instance that is there, and so for their sum. False says nothing.
 * `from`: the row where the window of its collector begins.
 */
export function isWhole(
  metric: Measured,
  layout: Layout,
  from: Float64Array | null,
  to: Float64Array,
): boolean {
  if (!isPlain(metric)) return false;
  const isCounter = metric.kind === "counter";
  if (isCounter && from === null) return false;
  const band = metric.sane ?? EVERYTHING;
  const base = layout.bases[metricIndex(metric.id)]!;
  const { instances = [] } = layout.scopes[metric.scope] ?? {};
  const sequence = to[HEADER.sequence]!;
  if (untakenOf(layout, metric.scope, sequence, null) > 0) return false;
  let present = 0;
  for (let slot = 0; slot < instances.length; slot++) {
    const instance = instances[slot]!;
    if (!wasPresent(instance, sequence)) continue;
    present++;
    const value = to[base + slot]!;
    // What is NaN, or no cell at all, is nowhere in between.
    const least = isCounter ? from![base + slot]! : band[0];
    if (!(value >= least && value <= band[1])) return false;
    if (isCounter && instance.bornSequence > from![HEADER.sequence]!) return false;
  }
  return present > 0;
}

/**
 * Since when counters count: what OpenMetrics calls created, and OpenTelemetry the start of a total.
 * Where nobody knows it is not guessed.
 *
 * @module
 */
import { type Measured, metric as metricOf } from "../catalogue.ts";
import { SELF_START_UPTIME } from "../catalogue/self.ts";
import { HOST_SLOT } from "../collector.ts";
import type { Snapshot } from "./snapshot.ts";

/** The first tick of this service. */
export interface Begun {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** The clock of perf events and CLOCK_MONOTONIC drift apart: NTP turns the latter by up to 500 ppm. */
const CLOCKS_APART_MOST = 1e-3;

/**
 * In ms since 1970; undefined where nobody knows. What this service counts itself counts since its first
 * tick, unless it came later or stood still in between.
 */
export function sinceMs(snapshot: Snapshot, metric: Measured, slot: number): number | undefined {
  const { since } = metric;
  if (since === undefined) return undefined;
  // As it was known at the start: counters did not begin anew because a clock was set.
  const { bootedAtMs = NaN } = snapshot.profile;
  if (since === "boot") return known(bootedAtMs);
  if (since === "process") {
    return known(bootedAtMs + total(snapshot, SELF_START_UPTIME, HOST_SLOT) * 1000);
  }
  const { begun, intervalMs } = snapshot;
  if (begun === null) return undefined;
  const elapsedMs = snapshot.readAtMs(metric.collector) - begun.monotonicMs;
  const countedMs = total(snapshot, since.enabled, slot) * 1000;
  const isWhole = countedMs >= elapsedMs * (1 - CLOCKS_APART_MOST) - intervalMs;
  return isWhole ? begun.wallMs : undefined;
}

function total(snapshot: Snapshot, id: string, slot: number): number {
  return snapshot.total(metricOf(id) as Measured, slot);
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Events that a driver gives names to, as terms of a box outside of the cores. @module */
import type { PmuDevice } from "../pmu/device.ts";
import { encodeEvent } from "../pmu/format.ts";
import type { UncoreTerm } from "./counters.ts";

/** A metric, and what the driver calls what it counts. */
export interface NamedTerm {
  readonly metric: string;
  readonly event: string;
  readonly latent?: true;
}

/**
 * Those of the terms whose events the PMU lists. One that is written in words that the PMU does not have
 * is not there. `unit`: that the event must have, so that its scale leads to it; absent: counts.
 */
export function namedTerms(
  device: PmuDevice,
  wanted: readonly NamedTerm[],
  unit?: string,
): readonly UncoreTerm[] {
  return wanted.flatMap(({ metric, event, latent }): UncoreTerm[] => {
    const named = device.events.get(event);
    if (named === undefined || named.snapshot || named.unit !== unit) return [];
    try {
      const encoded = encodeEvent(named.terms, device.formats);
      const name = `${device.name}/${event}/`;
      const request = { name, type: device.type, ...encoded };
      const term = { metric, events: [request], unitsPerCount: named.scale };
      return [latent ? { ...term, latent } : term];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
}

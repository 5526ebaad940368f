/** Counts as their counters had them, taken back out of what they were scaled to. @module */
import type { Measured } from "../catalogue.ts";
import type { Window } from "./window.ts";

/** What some instances counted together, and for how long. */
export interface Counting {
  /** While they had no turn, nothing was. */
  readonly counted: number;
  /** The same for the whole of the time. */
  readonly scaled: number;
  /** In a second of the time for which each asked to be counted. */
  readonly perSecond: number;
  readonly enabledSeconds: number;
  readonly runningSeconds: number;
  /** How many of them counted at all. */
  readonly instances: number;
}

/** Metrics that hold the seconds of the group that counted something. */
export interface Times {
  readonly enabled: Measured;
  readonly running: Measured;
}

/** What a counter rose by across a window on the instances of these slots. */
export function countingOf(
  window: Window,
  metric: Measured,
  { enabled, running }: Times,
  slots: readonly number[],
): Counting {
  let [counted, scaled, perSecond, enabledSeconds, runningSeconds, instances] = [0, 0, 0, 0, 0, 0];
  for (const slot of slots) {
    const increase = window.increase(metric, slot);
    const asked = window.increase(enabled, slot);
    const had = window.increase(running, slot);
    if (Number.isNaN(increase) || !(asked > 0 && had > 0)) continue;
    counted += increase * Math.min(1, had / asked);
    scaled += increase;
    perSecond += increase / asked;
    enabledSeconds += asked;
    runningSeconds += had;
    instances++;
  }
  return { counted, scaled, perSecond, enabledSeconds, runningSeconds, instances };
}

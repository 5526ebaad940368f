/** A collector that owns CPUs and reads nothing, for tests of those that only look CPUs up. @module */
import type { CollectorSpec } from "../collectors/collector.ts";

export function claimedCpus(...numbers: readonly number[]): CollectorSpec {
  return {
    id: "cpu_time",
    minIntervalMs: 0,
    open: (site) => {
      for (const number of numbers) site.instances("cpu").claim(String(number));
      return { read: () => {}, close: () => {} };
    },
  };
}

/** The clock by which x86 CPUs keep time, at whose rate their reference cycles go by. */
import type { Subject } from "../catalogue.ts";

export const TSC_FREQUENCY = "tsc_frequency_hertz";

export const tsc: Subject = {
  metrics: [
    {
      id: TSC_FREQUENCY,
      name: "Reference clock",
      help: "Frequency of the time-stamp counter, which reference cycles are counted at.",
      unit: "Hz",
      kind: "gauge",
      scope: "host",
      collector: "tsc",
      source: "perf_event_open, event msr/tsc/ by its time enabled",
      perfEvent: "msr/tsc/",
      sane: [1e7, 1e10],
      exposition: { name: "ringside_tsc_frequency_hertz" },
    },
  ],
};

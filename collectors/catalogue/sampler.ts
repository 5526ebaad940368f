/** What the sampler says of itself and of its collectors. It fills these columns without a collector. */
import type { Subject } from "../catalogue.ts";

const collector = "sampler";

export const sampler: Subject = {
  scopes: [
    {
      id: "collector",
      label: "collector",
      name: "Collector",
      spare: 0,
      most: 64,
    },
  ],
  metrics: [
    {
      id: "tick_total",
      name: "Ticks",
      help: "Ticks of the sampler since the service started.",
      unit: "{tick}",
      kind: "counter",
      scope: "host",
      collector,
      source: "sampler",
      exposition: { name: "ringside_ticks_total" },
      otlp: { name: "ringside.ticks" },
      since: "process",
    },
    {
      id: "tick_missed",
      name: "Missed ticks",
      help:
        "Deadlines that passed without a tick because the one before took too long or the process was not run.",
      unit: "{tick}",
      kind: "counter",
      scope: "host",
      collector,
      source: "sampler",
      exposition: { name: "ringside_ticks_missed_total" },
      otlp: { name: "ringside.ticks_missed" },
      since: "process",
    },
    {
      id: "tick_lateness_seconds",
      name: "Lateness",
      help: "How long after its deadline the last tick began.",
      unit: "s",
      kind: "gauge",
      scope: "host",
      collector,
      source: "sampler, CLOCK_MONOTONIC",
      exposition: { name: "ringside_tick_lateness_seconds" },
    },
    {
      id: "tick_duration_seconds",
      name: "Tick",
      help: "Wall time that the last tick took for all collectors.",
      unit: "s",
      kind: "gauge",
      scope: "host",
      collector,
      source: "sampler, CLOCK_MONOTONIC",
      exposition: { name: "ringside_tick_duration_seconds" },
    },
    {
      id: "collector_duration_seconds",
      name: "Duration",
      help: "Wall time that the collector's last reading took.",
      unit: "s",
      kind: "gauge",
      scope: "collector",
      collector,
      source: "sampler, CLOCK_MONOTONIC",
      across: "sum",
      exposition: { name: "ringside_collector_duration_seconds" },
    },
    {
      id: "collector_success",
      name: "Success",
      help:
        "1 where the collector's last reading succeeded, 0 where it failed. Absent where this machine never had anything for it to read.",
      unit: "{flag}",
      kind: "gauge",
      scope: "collector",
      collector,
      source: "sampler",
      exposition: { name: "ringside_collector_success" },
    },
  ],
};

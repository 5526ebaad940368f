/**
 * What every counter of `perf_event_open` has beside its count: the time for which it asked to be
 * counted, and the time for which it was.
 */
import type { Exposition, Measured, Otlp, Unit, Witness } from "../catalogue.ts";

export const PMU_EVENTS = {
  name: "ringside_pmu_events_total",
  help: "Events counted by perf_event_open, scaled to the whole time where counters were shared.",
} as const;

export const PMU_TIMES = {
  enabled: {
    name: "ringside_pmu_time_enabled_seconds_total",
    help: "Time for which an event asked to be counted.",
  },
  running: {
    name: "ringside_pmu_time_running_seconds_total",
    help: "Time for which an event was counted.",
  },
} as const;

/** The share of time that was counted is their quotient over any span; as an attribute it would make a new series of every value. */
export const OTLP_TIMES = {
  enabled: { name: "ringside.pmu.time_enabled", help: PMU_TIMES.enabled.help },
  running: { name: "ringside.pmu.time_running", help: PMU_TIMES.running.help },
} as const;

export interface CounterEntry {
  readonly id: string;
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  readonly scope: string;
  readonly collector: string;
  /** Of its rate, for one instance. */
  readonly sane?: readonly [least: number, most: number];
  /** What it must keep up with: a counter that does not is broken. */
  readonly witness?: Witness | readonly Witness[];
  /** In place of the family of all events, where its total means something by itself. */
  readonly exposition?: Exposition;
  readonly otlp?: Otlp;
  /**
   * Only a term of formulas: the same event as another metric, counted again beside its partners. Their
   * times say for how long, so it has none.
   */
  readonly inner?: true;
  /** Of an inner one: the metric of its event that has times. */
  readonly twin?: string;
}

export function timeEnabledOf(metric: string): string {
  return `${metric}_time_enabled_seconds`;
}

export function timeRunningOf(metric: string): string {
  return `${metric}_time_running_seconds`;
}

/** A counter, with its two times unless it is only a partner. */
export function counter(entry: CounterEntry): readonly Measured[] {
  const { id, name, help, unit, scope, collector, sane, witness, inner, twin, otlp } = entry;
  const { exposition = PMU_EVENTS } = entry;
  const enabled = timeEnabledOf(id);
  const running = timeRunningOf(id);
  const shared = {
    scope,
    collector,
    kind: "counter",
    dormant: true,
    sourced: id,
    since: "start",
  } as const;
  const source = "perf_event_open; the event depends on the CPU, see its sources";
  const count: Measured = {
    ...shared,
    id,
    name,
    help,
    unit,
    source,
    sane,
    witness,
    twin,
    ...(inner ? {} : { counted: { enabled, running }, exposition, otlp }),
  };
  if (inner) return [count];
  return [
    count,
    {
      ...shared,
      id: enabled,
      name: `${name}: time enabled`,
      help: `Time for which the counter of ${id} asked to be counted.`,
      unit: "s",
      source,
      exposition: PMU_TIMES.enabled,
      otlp: { ...OTLP_TIMES.enabled, source: "event" },
    },
    {
      ...shared,
      id: running,
      name: `${name}: time counted`,
      help: `Time for which the counter of ${id} was counted.`,
      unit: "s",
      source,
      exposition: PMU_TIMES.running,
      otlp: { ...OTLP_TIMES.running, source: "event" },
    },
  ];
}

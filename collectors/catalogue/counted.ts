/**
 * What every counter of `perf_event_open` has beside its count: the time for which it asked to be
 * counted, and the time for which it was.
 */
import type { Exposition, Measured, Otlp, Unit, Witness } from "../catalogue.ts";
import { delta } from "../formula.ts";

export const PMU_EVENTS = {
  name: "ringside_pmu_events_total",
  help: "Events counted by perf_event_open, scaled to the whole time where counters were shared.",
} as const;

interface TimeFamilies {
  readonly enabled: TimeFamily;
  readonly running: TimeFamily;
}

type TimeFamily = Exposition & { readonly help: string };

/** Beside the family of all events, with the same labels. */
export const PMU_TIMES = timesOf("ringside_pmu", "an event");

function timesOf(prefix: string, what: string): TimeFamilies {
  return {
    enabled: {
      name: `${prefix}_time_enabled_seconds_total`,
      help: `Time for which ${what} asked to be counted.`,
    },
    running: {
      name: `${prefix}_time_running_seconds_total`,
      help: `Time for which ${what} was counted.`,
    },
  };
}

const UNIT_OF_TOTAL = /_(?:bytes|joules)_total$/;

/** Beside a family of its own: with that one's labels, so that coverage is one by the other. */
function timesBeside(family: Exposition): TimeFamilies {
  const prefix = family.name.replace(UNIT_OF_TOTAL, "");
  const { enabled, running } = timesOf(prefix, `the counter of ${family.name}`);
  return { enabled: { ...family, ...enabled }, running: { ...family, ...running } };
}

/**
 * The share of time that was counted is their quotient over any span; as an attribute it would make a
 * new series of every value.
 */
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
  /** What it cannot rise without: its zeros are believed no more than that counter. */
  readonly zeroWith?: string;
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

/**
 * So many of another one since both were opened, and not one of this: an event that a hypervisor filters
 * stands at 0. In a window that may be true, as a small loop misses nothing.
 */
export function notOneIn(metric: string): Witness {
  return { of: delta(metric), least: 1e-18, from: 1e10, ever: true };
}

/** A counter, with its two times unless it is only a partner. */
export function counter(entry: CounterEntry): readonly Measured[] {
  const { id, name, help, unit, scope, collector, sane, witness, zeroWith } = entry;
  const { inner, twin, otlp } = entry;
  const enabled = timeEnabledOf(id);
  const running = timeRunningOf(id);
  const shared = { scope, collector, kind: "counter", dormant: true, sourced: id } as const;
  const source = "perf_event_open; the event depends on the CPU, see its sources";
  const since = { enabled };
  const exposition = entry.exposition ?? PMU_EVENTS;
  const times = entry.exposition === undefined ? PMU_TIMES : timesBeside(entry.exposition);
  const count: Measured = {
    ...shared,
    id,
    name,
    help,
    unit,
    source,
    sane,
    witness,
    zeroWith,
    twin,
    ...(inner ? {} : { counted: { enabled, running }, exposition, otlp, since }),
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
      exposition: times.enabled,
      otlp: { ...OTLP_TIMES.enabled, source: "event" },
      since,
    },
    {
      ...shared,
      id: running,
      name: `${name}: time counted`,
      help: `Time for which the counter of ${id} was counted.`,
      unit: "s",
      source,
      exposition: times.running,
      otlp: { ...OTLP_TIMES.running, source: "event" },
      since,
    },
  ];
}

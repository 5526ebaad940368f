/** Events that the kernel itself counts for perf, by CPU, and the card that shows them. */
import type { Exposition, Measured, Otlp, Subject, Unit } from "../catalogue.ts";
import type { SoftwareEvent } from "../pmu/event_codes.ts";
import { OTLP_TIMES, PMU_EVENTS, PMU_TIMES } from "./counted.ts";

const collector = "software_events";

export const SOFTWARE_TIME_ENABLED = "software_time_enabled_seconds";
export const SOFTWARE_TIME_RUNNING = "software_time_running_seconds";

const SINCE = { enabled: SOFTWARE_TIME_ENABLED } as const;

export interface SoftwareCount {
  readonly metric: string;
  readonly event: SoftwareEvent;
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  /** A CPU cannot do more of it in a second. */
  readonly sane: readonly [least: number, most: number];
}

/**
 * In the order of the group. Its leader is the clock, which every kernel has: as its rate is one
 * second a second by definition, it shows whether the group counts at all. For a whole CPU it is
 * cpu-clock that perf stat takes too; task-clock would count the same there.
 */
export const SOFTWARE_COUNTS: readonly SoftwareCount[] = [
  {
    metric: "software_cpu_clock_seconds",
    event: "cpu-clock",
    name: "Clock",
    help: "Time for which the CPU's events were counted: one second a second, idle time included.",
    unit: "s",
    sane: [0.5, 1.5],
  },
  {
    metric: "software_context_switches",
    event: "context-switches",
    name: "Context switches",
    help: "Times that the CPU went from one task to another.",
    unit: "{switch}",
    sane: [0, 1e7],
  },
  {
    metric: "software_cpu_migrations",
    event: "cpu-migrations",
    name: "Migrations",
    help: "Times that a task came to run on the CPU after it had run on another.",
    unit: "{migration}",
    sane: [0, 1e7],
  },
  {
    metric: "software_page_faults",
    event: "page-faults",
    name: "Page faults",
    help: "Accesses to memory that was not mapped yet, answered with or without I/O.",
    unit: "{fault}",
    sane: [0, 1e7],
  },
  {
    metric: "software_minor_faults",
    event: "minor-faults",
    name: "Minor faults",
    help: "Page faults answered from memory.",
    unit: "{fault}",
    sane: [0, 1e7],
  },
  {
    metric: "software_major_faults",
    event: "major-faults",
    name: "Major faults",
    help: "Page faults that had to read from a disk.",
    unit: "{fault}",
    sane: [0, 1e7],
  },
];

const counts = SOFTWARE_COUNTS.map((count): Measured => ({
  id: count.metric,
  name: count.name,
  help: count.help,
  unit: count.unit,
  kind: "counter",
  scope: "cpu",
  collector,
  source: `perf_event_open, software event ${count.event}`,
  perfEvent: count.event,
  sane: count.sane,
  counted: { enabled: SOFTWARE_TIME_ENABLED, running: SOFTWARE_TIME_RUNNING },
  exposition: exposition(count),
  otlp: otlp(count),
  since: SINCE,
}));

/** Seconds have no place in a family of counts, and the group's times tell the same. */
function exposition({ event, unit }: SoftwareCount): Exposition | undefined {
  if (unit === "s") return undefined;
  return { ...PMU_EVENTS, labels: labelsOf(event) };
}

/** `ringside.pmu` keeps it apart from what the kernel counts of the same without perf. */
function otlp({ event, unit }: SoftwareCount): Otlp | undefined {
  if (unit === "s") return undefined;
  const name = `ringside.pmu.${event.replaceAll("-", "_")}`;
  return { name, attributes: attributesOf(event) };
}

function attributesOf(event: SoftwareEvent): Readonly<Record<string, string>> {
  return { "pmu.event": event, "pmu.name": "software" };
}

function labelsOf(event: SoftwareEvent): { readonly event: string; readonly pmu: string } {
  return { event, pmu: "software" };
}

const times = [
  time(
    SOFTWARE_TIME_ENABLED,
    "Time enabled",
    "Time for which the group of software events asked to be counted.",
    PMU_TIMES.enabled,
    OTLP_TIMES.enabled,
  ),
  time(
    SOFTWARE_TIME_RUNNING,
    "Time counted",
    "Time for which the group of software events was counted.",
    PMU_TIMES.running,
    OTLP_TIMES.running,
  ),
];

/** One group counts them all, so its times are those of each. */
function time(
  id: string,
  name: string,
  help: string,
  family: Exposition,
  otlp: Otlp,
): Measured {
  const told = SOFTWARE_COUNTS.filter(({ unit }) => unit !== "s").map(({ event }) => event);
  return {
    id,
    name,
    help,
    unit: "s",
    kind: "counter",
    scope: "cpu",
    collector,
    source: "perf_event_open, times of the group of software events",
    exposition: {
      ...family,
      labels: told.map(labelsOf),
    },
    otlp: { ...otlp, attributes: told.map(attributesOf) },
    since: SINCE,
  };
}

export const softwareEvents: Subject = {
  metrics: [...counts, ...times],
  cards: [
    {
      id: "software_events",
      title: "Kernel events",
      place: "sys",
      order: 90,
      blocks: [
        {
          block: "figures",
          rows: [
            { metric: "software_context_switches" },
            { metric: "software_cpu_migrations", name: "Tasks moved between CPUs" },
            { metric: "software_page_faults" },
            { metric: "software_minor_faults", name: "of these from memory" },
            { metric: "software_major_faults", name: "of these from disk" },
          ],
        },
      ],
    },
  ],
  doctor: [{
    id: "software",
    name: "Kernel events per CPU",
    metrics: [
      "software_context_switches",
      "software_cpu_migrations",
      "software_page_faults",
    ],
    needs: "perf",
  }],
};

/**
 * Every metric, once. Layout, snapshot, exposition, JSON, pages and docs are made from these entries;
 * a metric id anywhere outside the catalogue and the collector that fills it fails the tidy test.
 *
 * @module
 */
import type { Card } from "./card.ts";
import { type DoctorRow, NEEDS } from "./catalogue/doctor_row.ts";
import { type Formula, inputs } from "./formula.ts";
import { SUBJECTS } from "./catalogue/mod.ts";

/** Units in UCUM, as OpenTelemetry writes them. Counts of things stand in braces. */
export type Unit =
  | "1"
  | "s"
  | "By"
  | "By/s"
  | "Hz"
  | "Cel"
  | "J"
  | "W"
  | "J/{gigainstruction}"
  | "J/GBy"
  | `{${string}}`
  | `{${string}}/s`;

/** A kind of instance: what a metric has one of. `host` has exactly one. */
export interface Scope {
  readonly id: string;
  /** Prometheus label and JSON key that carries the instance's name. */
  readonly label: string;
  /** Labels beside it without which instances of one name are not told apart: the chip of a sensor. */
  readonly within?: readonly string[];
  /** As a heading: `Disk`. */
  readonly name: string;
  /** Columns kept free for instances that appear later. */
  readonly spare: number;
  /** More than this are not shown one by one; a Problem says so. */
  readonly most: number;
  /** Label with the name that people use, where the instance's own is a number: `comm` of a process. */
  readonly known?: string;
  /** Attributes of OpenTelemetry that its labels become, where a convention names them. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Attribute of OpenTelemetry that an instance's whole name becomes, beside those of its labels. */
  readonly identity?: string;
  /** Instances change all the time (processes): no history, no exposition. */
  readonly volatile?: true;
}

/** What instances of one scope may have in common: sums are made for each group. */
export interface Grouping {
  readonly id: string;
  /** As a heading: `Socket`. */
  readonly name: string;
}

/** A scope of the same id is a grouping of its own instances: an L3 cache, of its CPUs. */
export const GROUPINGS: readonly Grouping[] = [
  { id: "core_type", name: "Core type" },
  { id: "l3_domain", name: "L3 cache" },
  { id: "socket", name: "Socket" },
];

/** How a metric is written in Prometheus text. */
export interface Exposition {
  /** Family name, as scraped: `node_disk_read_bytes_total`. */
  readonly name: string;
  /** Constant labels beside the instance's own; several where it is the same number for several series. */
  readonly labels?: Readonly<Record<string, string>> | readonly Readonly<Record<string, string>>[];
  /** Help of the family, where it differs from the metric's. Families with several metrics need it. */
  readonly help?: string;
  /** Said in place of counter or gauge, where the name that dashboards know breaks the rule of its kind. */
  readonly type?: "untyped";
  /** A label `source` with the PMU that counts the instance, where its collector says. */
  readonly sourceLabel?: true;
  /** Groupings of the instance that become labels of the same names: `socket`. */
  readonly groupLabels?: readonly string[];
}

/**
 * The kernel's boot; the start of this service's process; or its first tick, for what it counts itself
 * without a break: `enabled` is the metric that tells for how long it was counted.
 */
export type Since = "boot" | "process" | { readonly enabled: string };

/**
 * How a metric is sent to OpenTelemetry, where a convention or a family of its own says so. What is in
 * `/metrics` and has none is `ringside.` and its id, without the unit.
 */
export interface Otlp {
  /** `system.disk.io`. */
  readonly name: string;
  /** Beside those of the instance. With `{}`, which is the instance's name, they stand in their place. */
  readonly attributes?:
    | Readonly<Record<string, string>>
    | readonly Readonly<Record<string, string>>[];
  /** Where metrics share a name: what all of them are. */
  readonly help?: string;
  /** A gauge whose sum over instances or attributes means something. */
  readonly sum?: true;
  /** What of its source it tells: the event and its PMU, or only what counts it. */
  readonly source?: "event" | "pmu";
}

/** Two windows in a row with less than `least` for one of the witness are implausible. */
export interface Witness {
  /** An increase that cannot happen without the counter's own. */
  readonly of: Formula;
  readonly least: number;
  /** Judged only in windows in which the witness rose by this much. */
  readonly from: number;
  /** Both are judged by all that they ever rose by; `of` is the increase of one metric. */
  readonly ever?: true;
}

/** Two windows in a row with more than `factor` times another quantity are implausible. */
export interface Limit {
  /** What cannot be exceeded, in the unit that people are shown. Judged wherever it is measured. */
  readonly of: Formula;
  readonly factor: number;
  /** Judged only in windows in which `of` is this much or more. */
  readonly from?: number;
  /** What `of` is, as it ends a sentence: `the peak of the memory`. */
  readonly why: string;
}

interface Entry {
  /** snake_case, unit last: `disk_read_bytes`. */
  readonly id: string;
  /** Short, for a row: `Read`. */
  readonly name: string;
  /** One sentence, with a full stop. */
  readonly help: string;
  readonly unit: Unit;
  readonly scope: string;
  /** Absent: not in `/metrics`. */
  readonly exposition?: Exposition | undefined;
  /** Absent: by a rule where it has an exposition, else not sent. */
  readonly otlp?: Otlp | undefined;
  /** Values outside, in two windows one after the other, are `implausible`. For a counter: its rate. */
  readonly sane?: readonly [least: number, most: number] | undefined;
  /** Other quantities that it cannot exceed. For a counter: its rate. */
  readonly limits?: readonly Limit[] | undefined;
}

/** A number that a collector reads: it has columns in the ring. */
export interface Measured extends Entry {
  /** `counter`: rows hold a total that never falls; people are shown its rate. */
  readonly kind: "counter" | "gauge";
  readonly collector: string;
  /** Since when a counter counts; absent: nobody knows, as a disk may have come long after the boot. */
  readonly since?: Since | undefined;
  /** Where it comes from: file and field, or perf's own event name. */
  readonly source: string;
  /** How instances become one host value. Counters are always summed. Default for gauges: not at all. */
  readonly across?: "sum" | "max" | undefined;
  /** Metrics that hold the enabled and running seconds of the group this one was counted in. */
  readonly counted?: { readonly enabled: string; readonly running: string } | undefined;
  /** The `perf stat` event of the same name, for the command that a person can paste. */
  readonly perfEvent?: string | undefined;
  /** It has columns only from when its collector could open: most machines lack it. */
  readonly dormant?: true | undefined;
  /** Which event counts it depends on the machine: the metric whose sources tell. Often itself. */
  readonly sourced?: string | undefined;
  /** The same event counted elsewhere, with times of its own: where a ratio cannot be of one time. */
  readonly twin?: string | undefined;
  /** What it must keep up with: a counter that does not is broken, and `implausible`. */
  readonly witness?: Witness | readonly Witness[] | undefined;
  /** A counter without which this one cannot rise: a zero is believed no more than that one is. */
  readonly zeroWith?: string | undefined;
  /** Not every instance has one by nature: a sum over those that have one lacks nothing. */
  readonly some?: true | undefined;
}

/** A number made of others: it has no column. */
export interface Derived extends Entry {
  readonly kind: "derived";
  readonly formula: Formula;
}

export type Metric = Measured | Derived;

/** What one collector brings: its scopes, its metrics, and the cards that show them. */
export interface Subject {
  readonly scopes?: readonly Scope[];
  readonly metrics: readonly Metric[];
  readonly cards?: readonly Card[];
  /** What of it the doctor looks at. */
  readonly doctor?: readonly DoctorRow[];
}

const HOST: Scope = { id: "host", label: "host", name: "Host", spare: 0, most: 1 };

export const SCOPES: ReadonlyMap<string, Scope> = new Map(
  [HOST, ...SUBJECTS.flatMap((subject) => subject.scopes ?? [])].map((scope) => [scope.id, scope]),
);

export const METRICS: ReadonlyMap<string, Metric> = new Map(
  SUBJECTS.flatMap((subject) => subject.metrics).map((metric) => [metric.id, metric]),
);

const PLACES: ReadonlyMap<string, number> = new Map(
  [...METRICS.keys()].map((id, place) => [id, place]),
);

/** The place of a metric among all: for those who keep something of each. Throws like `metric`. */
export function placeOf(id: string): number {
  return PLACES.get(id) ?? missing(id);
}

/** In the order in which they get their columns. */
export const MEASURED: readonly Measured[] = [...METRICS.values()].filter(isColumn);

/** In the order in which the page shows them. */
export const CARDS: readonly Card[] = SUBJECTS
  .flatMap((subject) => subject.cards ?? [])
  .toSorted((a, b) => a.order - b.order);

/** What the doctor looks at: what needs most comes first. */
export const DOCTOR_ROWS: readonly DoctorRow[] = SUBJECTS
  .flatMap(({ doctor }) => doctor ?? [])
  .toSorted((a, b) => NEEDS.indexOf(a.needs) - NEEDS.indexOf(b.needs));

export function isColumn(metric: Metric): metric is Measured {
  return metric.kind !== "derived";
}

/** What a metric is worked out from: columns, of which one that is read is its own. */
export function termsOf(entry: Metric): readonly Measured[] {
  return isColumn(entry) ? [entry] : inputs(entry.formula).map(metric).filter(isColumn);
}

/** The entry of an id that is known to exist. Throws on a slip of the pen, at start-up or in a test. */
export function metric(id: string): Metric {
  return METRICS.get(id) ?? missing(id);
}

function missing(id: string): never {
  throw new Error(`Cannot find metric "${id}": it is not in the catalogue`);
}

/** The unit of what a person is shown: a counter is shown as its rate. */
export function shownUnit(metric: Metric): string {
  if (metric.kind !== "counter") return metric.unit;
  // Seconds of something per second are a share, and joules are watts.
  if (metric.unit === "s") return "1";
  return metric.unit === "J" ? "W" : `${metric.unit}/s`;
}

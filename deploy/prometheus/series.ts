/**
 * The series of a metric in `/metrics`, as PromQL asks for them: one for each host and what else is wanted.
 *
 * @module
 */
import { type Measured, metric as metricOf, METRICS, SCOPES } from "../../collectors/catalogue.ts";
import { PMU_EVENTS, PMU_TIMES } from "../../collectors/catalogue/counted.ts";
import { HOST, HOST_LABELS } from "../../routes/fleet/queries.ts";
import { type EventLabels, eventLabelsOf } from "./event_labels.ts";

/** What is wanted of a metric. */
export interface Wanted {
  /** Labels beside the host's that values are told apart by: `socket`. */
  readonly by?: readonly string[];
  /** Of rates: `5m`. */
  readonly range: string;
  /** Matchers that every selector gets: `job="ringside"`. */
  readonly matchers?: string;
  /** Quantities that the same PMU must count too: else a ratio would be of different CPUs. */
  readonly partners: readonly string[];
}

export type Reading = "rate" | "last";

/** The label of a core's kind: each has a PMU of its own. */
export const CORE_TYPE_LABEL = "pmu";

const EVENT_INFO = "ringside_pmu_event_info";
/** Their events are told apart by their labels. */
const OF_EVENTS: readonly string[] = [
  PMU_EVENTS.name,
  PMU_TIMES.enabled.name,
  PMU_TIMES.running.name,
];
/** The labels that tell a scope's instances apart in `/metrics`; none for what the host has one of. */
export function instanceLabels(scope: string): readonly string[] {
  if (scope === "host") return [];
  const { label, within = [] } = SCOPES.get(scope)!;
  return [...within, label];
}

/** Undefined where `/metrics` does not tell it so. `quantity`: what is counted, or read. */
export function seriesOf(
  id: string,
  reading: Reading,
  wanted: Wanted,
): { readonly text: string; readonly quantity: string } | undefined {
  const metric = metricOf(id);
  if (metric.kind === "derived") return undefined;
  const told = toldOf(metric);
  if (told.exposition === undefined || SCOPES.get(told.scope)!.volatile) return undefined;
  const { by = [] } = wanted;
  if (!by.every((label) => labelsOf(told).includes(label))) return undefined;
  const aggregate = aggregateOf(told, reading, by);
  if (aggregate === undefined) return undefined;
  const text = aggregated(aggregate, told, reading, wanted);
  return { text, quantity: told.sourced ?? told.id };
}

/** What the counters of cores count of a metric, which is not the same on cores of another kind. */
export function coreQuantity(id: string): readonly string[] {
  const told = toldOf(metricOf(id) as Measured);
  const labels = labelsOfEvents(told);
  return labels === undefined || labels.pmu !== undefined ? [] : [told.sourced!];
}

/** What is counted once more for a ratio's sake is not told; the event itself is. */
function toldOf(metric: Measured): Measured {
  return metric.exposition === undefined && metric.twin !== undefined
    ? metricOf(metric.twin) as Measured
    : metric;
}

/** The labels of its series that tell them apart. */
function labelsOf(told: Measured): readonly string[] {
  const { groupLabels = [] } = told.exposition!;
  const kinds = labelsOfEvents(told) === undefined ? [] : [CORE_TYPE_LABEL];
  return [...instanceLabels(told.scope), ...groupLabels, ...kinds];
}

function labelsOfEvents(told: Measured): EventLabels | undefined {
  // A family that says by its own labels what it counts needs no event for it.
  const apart = told.exposition?.labels === undefined && !told.exposition?.sourceLabel;
  return apart && told.sourced !== undefined ? eventLabelsOf(told.sourced) : undefined;
}

/** Families that scopes share cannot be added up: what is stacked on something counts the same again. */
const SHARED: ReadonlySet<string> = sharedFamilies();

function sharedFamilies(): Set<string> {
  const scopes = new Map<string, string>();
  const shared = new Set<string>();
  for (const { exposition, scope } of METRICS.values()) {
    if (exposition === undefined || exposition.labels !== undefined) continue;
    const known = scopes.get(exposition.name) ?? scope;
    scopes.set(exposition.name, known);
    if (known !== scope && !OF_EVENTS.includes(exposition.name)) shared.add(exposition.name);
  }
  return shared;
}

function aggregateOf(
  told: Measured,
  reading: Reading,
  by: readonly string[],
): "sum" | "max" | undefined {
  const single = instanceLabels(told.scope).every((label) => by.includes(label));
  if (!single && SHARED.has(told.exposition!.name)) return undefined;
  if (reading === "rate") return "sum";
  if (single) return "max";
  return told.across;
}

function aggregated(
  aggregate: string,
  told: Measured,
  reading: Reading,
  wanted: Wanted,
): string {
  const { by = [], range, matchers = "" } = wanted;
  const { name, labels = {} } = told.exposition!;
  // Several label sets tell the same number: one of them is enough.
  const constant = Object.entries([labels].flat()[0]!).map(([key, value]) => `${key}="${value}"`);
  const events = labelsOfEvents(told);
  const selector = selectorOf(name, ...constant, ...matchersOf(events), matchers);
  const series = reading === "rate" ? `rate(${selector}[${range}])` : selector;
  const of = events === undefined ? "" : meant(told.sourced!, events, wanted);
  return `${aggregate} by (${[...HOST_LABELS, ...by].join(", ")}) (${series}${of})`;
}

function matchersOf(events: EventLabels | undefined): readonly string[] {
  if (events === undefined) return [];
  const event = eventMatcher(events.events);
  return events.pmu === undefined ? [event] : [event, `pmu="${events.pmu}"`];
}

/** Names stand for themselves: without the backslashes that strings double. */
function eventMatcher(events: readonly string[]): string {
  if (events.length === 1) return `event="${events[0]}"`;
  return `event=~"${events.map((event) => event.replace(/[.+*?()[\]{}|^$]/g, "[$&]")).join("|")}"`;
}

/** `name{a="b", c="d"}`; matchers that are empty are none. */
export function selectorOf(name: string, ...matchers: readonly string[]): string {
  const all = matchers.filter((matcher) => matcher !== "");
  return all.length === 0 ? name : `${name}{${all.join(", ")}}`;
}

/** Of all series of such events: where they count this quantity, on PMUs that count its partners too. */
function meant(quantity: string, events: EventLabels, wanted: Wanted): string {
  const { by = [], matchers = "", partners } = wanted;
  const counted = (labels: string, id: string): string =>
    ` and on (${HOST}, ${labels}) ${selectorOf(EVENT_INFO, `quantity="${id}"`, matchers)}`;
  // What is divided PMU by PMU has both, or is not there.
  const matched = events.pmu === undefined && !by.includes(CORE_TYPE_LABEL) ? partners : [];
  return (events.ambiguous ? counted("pmu, event", quantity) : "") +
    matched.map((partner) => counted("pmu", partner)).join("");
}

/**
 * The families of `/metrics`, with all that stays while nobody comes or goes: heads, names and labels.
 *
 * @module
 */
import { isColumn, type Metric, METRICS, SCOPES } from "../../collectors/catalogue.ts";
import { NODE_PERF, PMU_EVENTS, sinceMs } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Source } from "../../collectors/source.ts";
import { eventLabel, eventName } from "../event_name.ts";
import { braced, createdName, type Heads, headsOf, joined, labelText } from "./text.ts";

/** One line of a family: a metric with its constant labels. */
interface Member {
  readonly metric: Metric;
  readonly labels: string;
  /** perf's name of the event, where it is the same on all machines. */
  readonly event: string | undefined;
  /** The metric whose sources tell which event it is on this machine: the event is its labels then. */
  readonly sourced: string | undefined;
  /** The metric whose sources tell the PMU for label `source`. */
  readonly labelled: string | undefined;
  /** Groupings that are labels. */
  readonly groups: readonly string[];
}

interface Family {
  /** As scraped, with `_total`. */
  readonly name: string;
  readonly heads: Heads;
  readonly members: Member[];
}

/** A family's lines but for their values. */
export interface Prepared {
  readonly name: string;
  readonly heads: Heads;
  readonly lines: readonly Line[];
  /** Some lines are the same series: the first that has a value tells it. */
  readonly twins: boolean;
  /** By other names it tells what another family tells already. */
  readonly again?: true;
}

export interface Line {
  /** Name and labels, with the blank before the value. */
  readonly series: string;
  /**
   * The line that follows it in OpenMetrics: since when it counts. Empty where nobody knows,
   * and where it is no counter to OpenMetrics.
   */
  readonly created: string;
  /** The same in ms since 1970; NaN where nobody knows. */
  readonly sinceMs: number;
  readonly metric: Metric;
  readonly place: Place;
  /** Its labels beside those of its place. */
  readonly labels: string;
  /** Where it is always the same. */
  readonly value?: number;
  /** perf's name of the one event that it counts; absent: it counts none, or several. */
  readonly event: string | undefined;
}

export interface Place {
  readonly slot: number;
  /** Absent for the host. */
  readonly name: string | undefined;
  readonly labels: string;
}

const NO_GROUPS: readonly string[] = [];
const HOST_PLACE: readonly Place[] = [{ slot: 0, name: undefined, labels: "" }];
const FAMILIES: readonly Family[] = familiesOf(METRICS.values());

function familiesOf(metrics: Iterable<Metric>): readonly Family[] {
  const families = new Map<string, Family>();
  for (const metric of metrics) {
    const { exposition } = metric;
    if (exposition === undefined || SCOPES.get(metric.scope)?.volatile) continue;
    const { name, labels = {}, help = metric.help } = exposition;
    const type = exposition.type ?? (metric.kind === "counter" ? "counter" : "gauge");
    const family = families.get(name) ??
      { name, heads: headsOf(name, type, help, metric.unit), members: [] };
    const source = isColumn(metric) ? metric.sourced ?? metric.id : undefined;
    // A family that says by its own labels what it counts needs no event for it.
    const apart = exposition.labels === undefined && exposition.sourceLabel === undefined;
    const member = {
      metric,
      sourced: apart && isColumn(metric) ? metric.sourced : undefined,
      labelled: exposition.sourceLabel ? source : undefined,
      groups: exposition.groupLabels ?? NO_GROUPS,
    };
    for (const each of [labels].flat()) {
      family.members.push({ ...member, labels: labelText(each), event: each["event"] });
    }
    families.set(name, family);
  }
  return [...families.values()];
}

/** All families, each with a line for each instance that is there. */
export function prepare(snapshot: Snapshot): readonly Prepared[] {
  const places = new Map<string, readonly Place[]>();
  const placesFor = ({ metric: { scope }, groups }: Member): readonly Place[] => {
    const key = groups.length === 0 ? scope : `${scope} ${groups.join(" ")}`;
    let found = places.get(key);
    if (found === undefined) places.set(key, found = placesOf(snapshot, scope, groups));
    return found;
  };
  return FAMILIES.map(({ name, heads, members }) => {
    const lines = members.flatMap((member) =>
      placesFor(member).flatMap((place) => lineOf(snapshot, name, member, place) ?? [])
    );
    return { name, heads, lines, twins: hasTwins(lines) };
  });
}

function hasTwins(lines: readonly Line[]): boolean {
  return new Set(lines.map(({ series }) => series)).size < lines.length;
}

/** Undefined where no source says which event it is. */
function lineOf(
  snapshot: Snapshot,
  name: string,
  member: Member,
  place: Place,
): Line | undefined {
  const { metric, sourced, labelled } = member;
  let { labels, event } = member;
  if (sourced !== undefined) {
    // One event may be counted for two metrics: then it is one series.
    const source = snapshot.source(sourced, place.name ?? "");
    if (source === undefined) return undefined;
    labels = sourceLabels(source);
    event = source.events.length === 1 ? eventName(source.events[0]!) : undefined;
  } else if (labelled !== undefined) {
    const pmu = snapshot.source(labelled, place.name ?? "")?.pmu;
    if (pmu !== undefined) labels = joined(labels, labelText({ source: pmu }));
  }
  return madeLine(snapshot, name, { metric, place, labels, event });
}

function madeLine(
  snapshot: Snapshot,
  name: string,
  line: Omit<Line, "series" | "created" | "sinceMs">,
): Line {
  const { metric, place } = line;
  const labels = joined(place.labels, line.labels);
  const ms = isColumn(metric) ? sinceMs(snapshot, metric, place.slot) : undefined;
  const family = createdName(name);
  const created = ms === undefined || family === undefined
    ? ""
    : `${family}${braced(labels)} ${ms / 1000}\n`;
  return { ...line, series: `${name}${braced(labels)} `, created, sinceMs: ms ?? NaN };
}

const INFO = "ringside_pmu_event_info";
const INFO_HEADS = headsOf(
  INFO,
  "gauge",
  "What an event counts on this machine, by the id of the metric in /api/v1/catalogue; always 1.",
  "",
);

/** Which event counts a quantity differs from machine to machine: by this, one query serves all. */
export function prepareEventInfo(
  snapshot: Snapshot,
  families: readonly Prepared[],
): Prepared {
  const known = new Map<string, Line>();
  for (const line of eventLines(families)) {
    // Events that are the same everywhere may still not have opened here.
    if (snapshot.sources(line.metric.id).length === 0) continue;
    const labels = joined(line.labels, labelText({ quantity: line.metric.id }));
    const series = `${INFO}${braced(labels)} `;
    if (!known.has(series)) known.set(series, { ...line, series, created: "", value: 1 });
  }
  return { name: INFO, heads: INFO_HEADS, lines: [...known.values()], twins: false };
}

function eventLines(families: readonly Prepared[]): readonly Line[] {
  return families.find(({ name }) => name === PMU_EVENTS.name)?.lines ?? [];
}

/** What is counted of each CPU once more, by the names of node_exporter's collector `perf`. */
export function prepareNodePerf(
  snapshot: Snapshot,
  families: readonly Prepared[],
): readonly Prepared[] {
  const perCpu = eventLines(families).filter(({ metric }) => metric.scope === "cpu");
  return [...NODE_PERF].map(([event, { name, help }]) => {
    const own = perCpu.filter((line) => line.event === event)
      .map((line) => madeLine(snapshot, name, { ...line, labels: "" }));
    const heads = headsOf(name, "counter", help, "");
    return { name, heads, lines: own, twins: hasTwins(own), again: true };
  });
}

function placesOf(
  snapshot: Snapshot,
  scope: string,
  groupings: readonly string[],
): readonly Place[] {
  if (scope === "host") return HOST_PLACE;
  return snapshot.instances(scope).map(({ slot, name, labels, groups }) => {
    const grouped = groupings.flatMap((id) =>
      groups[id] === undefined || id in labels ? [] : [[id, groups[id]] as const]
    );
    return { slot, name, labels: labelText({ ...labels, ...Object.fromEntries(grouped) }) };
  });
}

const SOURCE_LABELS = new WeakMap<Source, string>();

function sourceLabels(source: Source): string {
  let text = SOURCE_LABELS.get(source);
  if (text === undefined) {
    text = labelText({ event: eventLabel(source.events), pmu: source.pmu });
    SOURCE_LABELS.set(source, text);
  }
  return text;
}

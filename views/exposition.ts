/**
 * A snapshot as Prometheus text (0.0.4) or OpenMetrics (1.0). What was not measured is left out, never
 * written as 0; instances that come and go all the time are left out altogether.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 *
 * @module
 */
import { isColumn, type Metric, METRICS, SCOPES } from "../collectors/catalogue.ts";
import { PMU_QUANTITIES } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import type { Source } from "../collectors/source.ts";
import { isMeasured } from "../collectors/trust.ts";
import { eventName } from "./event_name.ts";
import { absenceOf } from "./pmu_absence.ts";

export type ExpositionFormat = "prometheus" | "openmetrics";

type Type = "counter" | "gauge" | "untyped";

/** One line of a family: a metric with its constant labels. */
interface Member {
  readonly metric: Metric;
  readonly labels: string;
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
  readonly heads: Readonly<Record<ExpositionFormat, string>>;
  readonly members: Member[];
}

/** Base units as OpenMetrics names them: a family's name must end with its unit. */
const UNITS: Readonly<Record<string, string>> = {
  "s": "seconds",
  "By": "bytes",
  "Hz": "hertz",
  "Cel": "celsius",
  "J": "joules",
  "W": "watts",
  "1": "ratio",
};

const NO_GROUPS: readonly string[] = [];
const TOTAL = /_total$/;
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
      family.members.push({ ...member, labels: labelText(each) });
    }
    families.set(name, family);
  }
  return [...families.values()];
}

function headsOf(name: string, type: Type, help: string, unit: string): Family["heads"] {
  return {
    prometheus: prometheusHead(name, type, help),
    openmetrics: openMetricsHead(name, type, help, unit),
  };
}

function prometheusHead(name: string, type: Type, help: string): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
}

/** A counter's family is named without `_total`; a counter that lacks it may not be called one. */
function openMetricsHead(name: string, type: Type, help: string, unit: string): string {
  const counter = type === "counter" && TOTAL.test(name);
  const family = counter ? name.replace(TOTAL, "") : name;
  const kind = counter ? "counter" : type === "gauge" ? "gauge" : "unknown";
  const word = UNITS[unit];
  const unitLine = word !== undefined && family.endsWith(`_${word}`)
    ? `# UNIT ${family} ${word}\n`
    : "";
  return `# TYPE ${family} ${kind}\n${unitLine}# HELP ${family} ${escape(help)}\n`;
}

/** A family's lines but for their values. */
interface Prepared {
  readonly heads: Family["heads"];
  readonly lines: readonly Line[];
  /** Some lines are the same series: the first that has a value tells it. */
  readonly twins: boolean;
}

interface Line {
  /** Name and labels, with the blank before the value. */
  readonly series: string;
  readonly metric: Metric;
  readonly place: Place;
}

/** By what they are made of: who is there, and where it is counted. All but the values stays for long. */
const PREPARED = new WeakMap<object, readonly Prepared[]>();

/** The whole answer to a scrape. `version` is the one of this service. */
export function exposition(
  snapshot: Snapshot,
  format: ExpositionFormat,
  version: string,
): string {
  let families = PREPARED.get(snapshot.shape);
  if (families === undefined) PREPARED.set(snapshot.shape, families = prepared(snapshot));
  let text = "";
  for (const { heads, lines, twins } of families) {
    let told = "";
    const known = twins ? new Set<string>() : null;
    for (const { series, metric, place } of lines) {
      if (known?.has(series)) continue;
      const value = valueOf(snapshot, metric, place);
      if (Number.isNaN(value)) continue;
      known?.add(series);
      told += series;
      told += numberText(value);
      told += "\n";
    }
    if (told !== "") text += heads[format] + told;
  }
  text += availability(snapshot, format) + own(snapshot, format, version);
  return format === "openmetrics" ? `${text}# EOF\n` : text;
}

function prepared(snapshot: Snapshot): readonly Prepared[] {
  const places = new Map<string, readonly Place[]>();
  const placesFor = ({ metric: { scope }, groups }: Member): readonly Place[] => {
    const key = groups.length === 0 ? scope : `${scope} ${groups.join(" ")}`;
    let found = places.get(key);
    if (found === undefined) places.set(key, found = placesOf(snapshot, scope, groups));
    return found;
  };
  return FAMILIES.map(({ name, heads, members }) => {
    const lines = members.flatMap((member) =>
      placesFor(member).flatMap((place) => {
        const labels = labelsOf(snapshot, member, place);
        if (labels === undefined) return [];
        return [{
          series: `${name}${braced(labels, place.labels)} `,
          metric: member.metric,
          place,
        }];
      })
    );
    const twins = new Set(lines.map(({ series }) => series)).size < lines.length;
    return { heads, lines, twins };
  });
}

/** The labels of a line beside those of its place; undefined where no source says which event it is. */
function labelsOf(snapshot: Snapshot, member: Member, place: Place): string | undefined {
  const { labels, sourced, labelled } = member;
  if (sourced !== undefined) {
    // One event may be counted for two metrics: then it is one series.
    const source = snapshot.source(sourced, place.name ?? "");
    return source === undefined ? undefined : sourceLabels(source);
  }
  const pmu = labelled === undefined ? undefined : snapshot.source(labelled, place.name ?? "")?.pmu;
  return pmu === undefined ? labels : joined(labels, labelText({ source: pmu }));
}

interface Place {
  readonly slot: number;
  /** Absent for the host. */
  readonly name: string | undefined;
  readonly labels: string;
}

const HOST_PLACE: readonly Place[] = [{ slot: 0, name: undefined, labels: "" }];

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
    text = labelText({ event: source.events.map(eventName).join("+"), pmu: source.pmu });
    SOURCE_LABELS.set(source, text);
  }
  return text;
}

/** Totals and gauges as they stand; what is made of others as it is shown. NaN where absent. */
function valueOf(snapshot: Snapshot, metric: Metric, place: Place): number {
  if (isColumn(metric)) return snapshot.total(metric, place.slot);
  const reading = snapshot.read(metric.id, place.name);
  return isMeasured(reading) ? reading.value : NaN;
}

const AVAILABLE = "ringside_pmu_available";
const AVAILABLE_HEADS = headsOf(
  AVAILABLE,
  "gauge",
  "Whether a group of quantities is counted by perf_event_open, and why it is not.",
  "",
);

/** Whether what perf_event_open could count is counted: 1 or 0, with the reason where it is not. */
function availability(snapshot: Snapshot, format: ExpositionFormat): string {
  let text = AVAILABLE_HEADS[format];
  for (const quantities of PMU_QUANTITIES) {
    const reason = absenceOf(snapshot, quantities);
    text += `${AVAILABLE}{group="${quantities.id}",reason="${reason}"} ${reason === "" ? 1 : 0}\n`;
  }
  return text;
}

const BUILD = "ringside_build_info";
const BUILD_HEADS = headsOf(BUILD, "gauge", "The version that answers; always 1.", "");
const UNAME = "node_uname_info";
const UNAME_HEADS = headsOf(
  UNAME,
  "gauge",
  "Names of the host and its kernel, as uname(2) has them.",
  "",
);
const TIME = "node_time_seconds";
const TIME_HEADS = headsOf(TIME, "gauge", "When the host was read, in seconds since 1970.", "s");
const BOOT = "node_boot_time_seconds";
const BOOT_HEADS = headsOf(BOOT, "gauge", "When the kernel booted, in seconds since 1970.", "s");

/** What a scrape tells that no collector reads. */
function own(snapshot: Snapshot, format: ExpositionFormat, version: string): string {
  const { bootedAtMs, hostname, kernelRelease, machine } = snapshot.profile;
  const names = { sysname: "Linux", nodename: hostname, release: kernelRelease, machine };
  const text = `${BUILD_HEADS[format]}${BUILD}{${labelText({ version })}} 1\n` +
    `${UNAME_HEADS[format]}${UNAME}{${labelText(names)}} 1\n` +
    `${TIME_HEADS[format]}${TIME} ${numberText(snapshot.wallMs / 1000)}\n`;
  if (bootedAtMs === undefined) return text;
  return `${text}${BOOT_HEADS[format]}${BOOT} ${numberText(bootedAtMs / 1000)}\n`;
}

function braced(constant: string, own: string): string {
  const all = joined(own, constant);
  return all === "" ? "" : `{${all}}`;
}

function joined(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first},${second}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`).join(",");
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escape(text: string): string {
  return /[\\"\n]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
}

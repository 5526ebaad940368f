/**
 * A snapshot as metrics of OpenTelemetry: names and attributes of its conventions where they fit, and
 * `ringside.` where there is none. What was not measured has no point. Each point tells when it was
 * read, and a total when it began: from both a receiver knows what a rate is over.
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/
 * https://opentelemetry.io/docs/specs/semconv/system/
 *
 * @module
 */
import { isColumn, type Metric, METRICS, type Otlp, SCOPES } from "../../collectors/catalogue.ts";
import { sinceMs } from "../../collectors/mod.ts";
import type { Present, Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { eventLabel } from "../event_name.ts";
import { pmuMetrics } from "./pmu.ts";

export type Attributes = Readonly<Record<string, string | number>>;

/** `total` rises from its start on; `sum` is a gauge whose sum means something. */
export type OtlpKind = "total" | "sum" | "gauge";

export interface OtlpPoint {
  /** The same object while its series lasts: what is made of it can be kept. */
  readonly attributes: Attributes;
  readonly value: number;
  /** Wall clock, ms. */
  readonly atMs: number;
  /** When its total began; absent where nobody knows, and for gauges. */
  readonly sinceMs?: number | undefined;
}

export interface OtlpMetric {
  readonly name: string;
  readonly help: string;
  /** In UCUM. */
  readonly unit: string;
  readonly kind: OtlpKind;
  readonly points: readonly OtlpPoint[];
}

/** What is sent at once. */
export interface OtlpMessage {
  /** Whose metrics they are. */
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
  readonly metrics: readonly OtlpMetric[];
}

/** What it says of this service that no snapshot knows. */
export interface OtlpIdentity {
  readonly version: string;
  /** Which of all services it is. */
  readonly instance: string;
  /** Of the resource, as its owner has set them; they win. */
  readonly resource: Attributes;
}

/** One metric of the catalogue in a family, with one set of its constant attributes. */
interface Member {
  readonly metric: Metric;
  readonly constant: Readonly<Record<string, string>>;
  readonly source: Otlp["source"];
  readonly groups: readonly string[];
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly unit: string;
  readonly kind: OtlpKind;
  readonly members: Member[];
}

const SCOPE = "ringside";
/** A convention's attribute with a number in it. */
const NUMBERS: ReadonlySet<string> = new Set(["cpu.logical_number"]);
const UNIT = /_(bytes_per_second|bytes|seconds|hertz|celsius|joules|watts|ratio)$/;
const FAMILIES: readonly Family[] = familiesOf(METRICS.values());

/** Undefined: it is not sent. */
export function otlpName({ id, scope, exposition, otlp }: Metric): string | undefined {
  if (SCOPES.get(scope)?.volatile) return undefined;
  if (otlp !== undefined) return otlp.name;
  return exposition === undefined ? undefined : `${SCOPE}.${id.replace(UNIT, "")}`;
}

function familiesOf(metrics: Iterable<Metric>): readonly Family[] {
  const families = new Map<string, Family>();
  for (const metric of metrics) {
    const name = otlpName(metric);
    if (name === undefined) continue;
    const { otlp, exposition, help, unit } = metric;
    const kind = metric.kind === "counter" ? "total" : otlp?.sum ? "sum" : "gauge";
    const family = families.get(name) ??
      { name, help: otlp?.help ?? help, unit, kind, members: [] };
    const sourced = isColumn(metric) && metric.sourced !== undefined;
    const source = otlp?.source ?? (sourced ? "event" : undefined);
    for (const constant of [otlp?.attributes ?? {}].flat()) {
      family.members.push({ metric, constant, source, groups: exposition?.groupLabels ?? [] });
    }
    families.set(name, family);
  }
  return [...families.values()];
}

/** A series of a family; all but its value stays for long. */
interface Line {
  readonly metric: Metric;
  readonly slot: number;
  /** Absent: the host. */
  readonly instance: string | undefined;
  readonly attributes: Attributes;
  /** When its total began; undefined where nobody knows, and for gauges. */
  readonly sinceMs: number | undefined;
}

interface Prepared {
  readonly family: Family;
  readonly lines: readonly Line[];
}

/** By what they are made of: who is there, and where it is counted. */
const PREPARED = new WeakMap<object, readonly Prepared[]>();

/** What the snapshot tells now. */
export function otlpMessage(snapshot: Snapshot, identity: OtlpIdentity): OtlpMessage {
  let families = PREPARED.get(snapshot.shape);
  if (families === undefined) PREPARED.set(snapshot.shape, families = prepared(snapshot));
  const metrics = families.flatMap(({ family, lines }) => {
    const points = new Map<Attributes, OtlpPoint>();
    for (const line of lines) {
      if (points.has(line.attributes)) continue;
      const point = pointOf(snapshot, line);
      if (point !== undefined) points.set(line.attributes, point);
    }
    if (points.size === 0) return [];
    const { name, help, unit, kind } = family;
    return [{ name, help, unit, kind, points: [...points.values()] }];
  });
  return {
    resource: resourceOf(snapshot, identity),
    scope: { name: SCOPE, version: identity.version },
    metrics: [...metrics, ...pmuMetrics(snapshot, SCOPE)],
  };
}

function prepared(snapshot: Snapshot): readonly Prepared[] {
  return FAMILIES.map((family) => {
    const lines = family.members.flatMap((member) => linesOf(snapshot, member));
    return { family, lines: oneEach(lines) };
  });
}

/** One event may be counted for two metrics: then it is one series, told by the first that has a value. */
function oneEach(lines: readonly Line[]): readonly Line[] {
  const series = new Map<string, Attributes>();
  return lines.map((line) => {
    const key = JSON.stringify(Object.entries(line.attributes).toSorted());
    const attributes = series.get(key) ?? line.attributes;
    series.set(key, attributes);
    return { ...line, attributes };
  });
}

function linesOf(snapshot: Snapshot, member: Member): readonly Line[] {
  const { metric, constant } = member;
  if (metric.scope === "host") {
    return [madeLine(snapshot, { metric, slot: 0, instance: undefined, attributes: constant })];
  }
  return snapshot.instances(metric.scope).flatMap((present) => {
    const told = sourceOf(snapshot, member, present);
    if (told === undefined) return [];
    const attributes = { ...placeOf(member, present), ...told };
    const { slot, name: instance } = present;
    return [madeLine(snapshot, { metric, slot, instance, attributes })];
  });
}

/** Since when it counts is told once: a total that began at two times would be two. */
function madeLine(snapshot: Snapshot, line: Omit<Line, "sinceMs">): Line {
  const { metric, slot } = line;
  return { ...line, sinceMs: isColumn(metric) ? sinceMs(snapshot, metric, slot) : undefined };
}

/** Which instance it is: by its labels, or by what the metric puts in their place. */
function placeOf({ metric, constant, groups }: Member, present: Present): Attributes {
  const named = Object.entries(constant).map(([name, value]) =>
    [name, value.replaceAll("{}", present.name)] as const
  );
  const replaced = Object.values(constant).some((value) => value.includes("{}"));
  const { attributes: names = {}, identity } = SCOPES.get(metric.scope) ?? {};
  const own = replaced ? [] : Object.entries(present.labels).map(([label, value]) => {
    const name = names[label] ?? `${SCOPE}.${label}`;
    return [name, NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value] as const;
  });
  const grouped = groups.flatMap((id) =>
    present.groups[id] === undefined ? [] : [[`${SCOPE}.${id}`, present.groups[id]] as const]
  );
  const whole = identity === undefined ? [] : [[identity, present.name] as const];
  return Object.fromEntries([...whole, ...own, ...grouped, ...named]);
}

/** Undefined: its event is what it is called by, and nobody says which it is. */
function sourceOf(
  snapshot: Snapshot,
  { metric, source }: Member,
  present: Present,
): Attributes | undefined {
  if (source === undefined || !isColumn(metric)) return {};
  const found = snapshot.source(metric.sourced ?? metric.id, present.name);
  if (source === "pmu") return found === undefined ? {} : { "measurement.source": found.pmu };
  if (found === undefined) return undefined;
  const { core_type: coreType } = present.groups;
  return {
    "pmu.name": found.pmu,
    "pmu.event": eventLabel(found.events),
    ...(coreType === undefined ? {} : { "core.type": coreType }),
  };
}

function pointOf(
  snapshot: Snapshot,
  { metric, slot, instance, attributes, sinceMs: begunMs }: Line,
): OtlpPoint | undefined {
  if (!isColumn(metric)) {
    const reading = snapshot.read(metric.id, instance);
    return isMeasured(reading)
      ? { attributes, value: reading.value, atMs: snapshot.wallMs }
      : undefined;
  }
  const value = snapshot.total(metric, slot);
  if (!Number.isFinite(value)) return undefined;
  const readMs = snapshot.readWallMs(metric.collector);
  // What the sampler says of itself is of the tick.
  const atMs = Number.isNaN(readMs) ? snapshot.wallMs : readMs;
  if (begunMs === undefined) return { attributes, value, atMs };
  // After a clock was set back it would begin after it was read, which receivers refuse; a beginning
  // of then would be another one with each message, and say that it began anew.
  return begunMs > atMs
    ? { attributes, value, atMs }
    : { attributes, value, atMs, sinceMs: begunMs };
}

/** The convention's words for what `uname -m` says. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

function resourceOf(snapshot: Snapshot, { version, instance, resource }: OtlpIdentity): Attributes {
  const { hostname, machine, kernelRelease, distribution } = snapshot.profile;
  return {
    "service.name": SCOPE,
    "service.version": version,
    "service.instance.id": instance,
    "host.name": hostname,
    "host.arch": ARCHITECTURES[machine] ?? machine,
    "os.type": "linux",
    "os.version": kernelRelease,
    ...(distribution === undefined ? {} : { "os.description": distribution }),
    ...resource,
  };
}

/**
 * A snapshot as plain data for programs. Field names are stable; what was not measured is null and
 * says why.
 *
 * @module
 */
import { GROUPINGS, type Metric, metric as metricOf, shownUnit } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { type Hearsay, isMeasured, type Problem, type Reading } from "../collectors/trust.ts";
import { doubtText } from "./doubt_text.ts";
import { timestamp } from "./format.ts";
import { isSummed, TOLD } from "./told.ts";

export interface SnapshotJson {
  readonly boot: string;
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly interval_seconds: number;
  readonly host: HostJson;
  readonly metrics: Readonly<Record<string, MetricJson>>;
  readonly problems: readonly ProblemJson[];
}

export interface HostJson {
  readonly hostname: string;
  readonly kernel: string;
  readonly machine: string;
  readonly cpu_model: string | null;
  readonly sockets: number | null;
  readonly cores: number | null;
  readonly cpus: number;
  readonly numa_nodes: number | null;
  readonly hypervisor: string | null;
  readonly distribution: string | null;
  readonly memory_bytes: number | null;
  readonly booted_at: string | null;
}

/** A value, or null with the kind of its absence and, where there is one, the cause. */
export type ReadingJson =
  | {
    readonly value: number;
    readonly coverage: number;
    readonly grade: string;
    readonly mixed?: true;
    /** The true value is as much or more, or as much or less. */
    readonly bound?: "lower" | "upper";
    /** On whose word alone it is what it says. */
    readonly hearsay?: Hearsay;
    /** Why it cannot be true, with the numbers: of what is implausible. */
    readonly implausible?: string;
    readonly partial?: { readonly counted: number; readonly present: number };
  }
  | {
    readonly value: null;
    readonly absent: string;
    readonly reason?: string;
    readonly remedy?: string;
  };

/**
 * Labels as `/metrics` has them: a process has its `pid` and its `comm`. An absence whose `reason` and
 * `remedy` are those of the host's value does not repeat them.
 */
export type InstanceJson = ReadingJson & { readonly labels: Readonly<Record<string, string>> };

/** The host's value; `instances` where the metric has any, by their names. */
export type MetricJson = ReadingJson & {
  /** UCUM. A counter is told as its rate. */
  readonly unit: string;
  readonly kind: string;
  readonly instances?: Readonly<Record<string, InstanceJson>>;
  /**
   * Sums over the instances of a socket, a core type, an L3 cache: by grouping, then by its name. Like
   * instances they do not repeat the host's `reason` and `remedy`.
   */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, ReadingJson>>>>;
};

export interface ProblemJson {
  readonly collector: string;
  readonly absent: string;
  readonly reason: string;
  readonly remedy: string | null;
  readonly metrics: readonly string[] | null;
  readonly instance: string | null;
}

/** `metrics`: ids to tell of; absent: all but the times of single counters, see `TOLD`. */
export function snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): SnapshotJson {
  const ids = metrics ?? TOLD.map(({ id }) => id);
  return {
    boot: snapshot.bootId,
    sequence: snapshot.sequence,
    time: timestamp(snapshot.wallMs),
    interval_seconds: snapshot.intervalMs / 1000,
    host: hostJson(snapshot),
    metrics: Object.fromEntries(ids.map((id) => [id, metricJson(snapshot, id)])),
    problems: snapshot.problems.map(problemJson),
  };
}

function metricJson(snapshot: Snapshot, id: string): MetricJson {
  const entry = metricOf(id);
  const whole = snapshot.read(id);
  const host = { unit: shownUnit(entry), kind: entry.kind, ...readingJson(id, whole) };
  if (entry.scope === "host") return host;
  // Names come from the machine: one called __proto__ is a name like any other.
  const instances = Object.fromEntries(
    snapshot.instances(entry.scope).map(({ name, labels }) => [
      name,
      { labels, ...partJson(id, snapshot.read(id, name), whole) },
    ]),
  );
  const groups = groupsJson(snapshot, entry, whole);
  return { ...host, instances, ...(groups === undefined ? {} : { groups }) };
}

function groupsJson(snapshot: Snapshot, entry: Metric, whole: Reading): MetricJson["groups"] {
  if (!isSummed(entry)) return undefined;
  const groups = GROUPINGS.map(({ id }): [string, Record<string, ReadingJson>] => [
    id,
    Object.fromEntries(
      snapshot.groups(entry.scope, id).map((name) => [
        name,
        partJson(entry.id, snapshot.readGroup(entry.id, id, name), whole),
      ]),
    ),
  ]).filter(([, readings]) => Object.keys(readings).length > 0);
  return groups.length === 0 ? undefined : Object.fromEntries(groups);
}

/** A cause that is the host's too is told there: on 256 CPUs it would be most of the answer. */
function partJson(id: string, part: Reading, whole: Reading): ReadingJson {
  if (isMeasured(part) || isMeasured(whole)) return readingJson(id, part);
  const told = part.problem?.message === whole.problem?.message &&
    part.problem?.remedy === whole.problem?.remedy;
  return told ? { value: null, absent: part.absent } : readingJson(id, part);
}

function readingJson(id: string, reading: Reading): ReadingJson {
  if (isMeasured(reading)) {
    const { value, coverage, grade, mixed, bound, hearsay, doubt, partial } = reading;
    return {
      value,
      coverage,
      grade,
      ...(mixed === undefined ? {} : { mixed }),
      ...(bound === undefined ? {} : { bound }),
      ...(hearsay === undefined ? {} : { hearsay }),
      ...(doubt === undefined ? {} : { implausible: doubtText(doubt, id) }),
      ...(partial === undefined ? {} : { partial }),
    };
  }
  const { absent, problem } = reading;
  return {
    value: null,
    absent,
    ...(problem === undefined ? {} : { reason: problem.message }),
    ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}

function hostJson(snapshot: Snapshot): HostJson {
  const { profile, bootedAtMs, size: { sockets, cores, cpus } } = snapshot;
  return {
    hostname: profile.hostname,
    kernel: profile.kernelRelease,
    machine: profile.machine,
    cpu_model: profile.cpuModel ?? null,
    sockets: sockets ?? null,
    cores: cores ?? null,
    cpus,
    numa_nodes: profile.numaNodes ?? null,
    hypervisor: profile.hypervisor ?? null,
    distribution: profile.distribution ?? null,
    memory_bytes: snapshot.memoryBytes ?? null,
    booted_at: bootedAtMs === undefined ? null : new Date(bootedAtMs).toISOString(),
  };
}

function problemJson(problem: Problem): ProblemJson {
  return {
    collector: problem.collector,
    absent: problem.reason,
    reason: problem.message,
    remedy: problem.remedy ?? null,
    metrics: problem.metrics ?? null,
    instance: problem.instance ?? null,
  };
}

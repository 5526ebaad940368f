/**
 * A snapshot as plain data for programs. Field names are stable; what was not measured is null and
 * says why.
 *
 * @module
 */
import { metric as metricOf, METRICS, shownUnit } from "../collectors/catalogue.ts";
import type { HostProfile } from "../collectors/host.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { isMeasured, type Problem, type Reading } from "../collectors/trust.ts";

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
    readonly partial?: { readonly counted: number; readonly present: number };
  }
  | {
    readonly value: null;
    readonly absent: string;
    readonly reason?: string;
    readonly remedy?: string;
  };

/** Labels as `/metrics` has them: a process has its `pid` and its `comm`. */
export type InstanceJson = ReadingJson & { readonly labels: Readonly<Record<string, string>> };

/** The host's value; `instances` where the metric has any, by their names. */
export type MetricJson = ReadingJson & {
  /** UCUM. A counter is told as its rate. */
  readonly unit: string;
  readonly kind: string;
  readonly instances?: Readonly<Record<string, InstanceJson>>;
};

export interface ProblemJson {
  readonly collector: string;
  readonly absent: string;
  readonly reason: string;
  readonly remedy: string | null;
  readonly metrics: readonly string[] | null;
  readonly instance: string | null;
}

/** `metrics`: ids to tell of; absent: all. */
export function snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): SnapshotJson {
  const ids = metrics ?? [...METRICS.keys()];
  return {
    boot: snapshot.bootId,
    sequence: snapshot.sequence,
    time: new Date(snapshot.wallMs).toISOString(),
    interval_seconds: snapshot.intervalMs / 1000,
    host: hostJson(snapshot.profile),
    metrics: Object.fromEntries(ids.map((id) => [id, metricJson(snapshot, id)])),
    problems: snapshot.problems.map(problemJson),
  };
}

function metricJson(snapshot: Snapshot, id: string): MetricJson {
  const entry = metricOf(id);
  const host = {
    unit: shownUnit(entry),
    kind: entry.kind,
    ...readingJson(snapshot.read(id)),
  };
  if (entry.scope === "host") return host;
  // Names come from the machine: one called __proto__ is a name like any other.
  const instances = Object.fromEntries(
    snapshot.instances(entry.scope).map(({ name, labels }) => [
      name,
      { labels, ...readingJson(snapshot.read(id, name)) },
    ]),
  );
  return { ...host, instances };
}

function readingJson(reading: Reading): ReadingJson {
  if (isMeasured(reading)) {
    const { value, coverage, grade, mixed, partial } = reading;
    return {
      value,
      coverage,
      grade,
      ...(mixed === undefined ? {} : { mixed }),
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

function hostJson(profile: HostProfile): HostJson {
  const { bootedAtMs } = profile;
  return {
    hostname: profile.hostname,
    kernel: profile.kernelRelease,
    machine: profile.machine,
    cpu_model: profile.cpuModel ?? null,
    sockets: profile.sockets ?? null,
    cores: profile.cores ?? null,
    cpus: profile.onlineCpus.length,
    numa_nodes: profile.numaNodes ?? null,
    hypervisor: profile.hypervisor ?? null,
    distribution: profile.distribution ?? null,
    memory_bytes: profile.memoryBytes ?? null,
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

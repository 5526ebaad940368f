/**
 * `/api/v1/perf`, in the shape of the Python service that this one succeeds, so that its clients go on
 * working: they look at `available` first. It has no place for grades, so a value that is implausible
 * is not told.
 *
 * Nor has it a place to say that a sum lacks some CPUs, because one kind of core has no such event or
 * the options leave CPUs out: a count is that of the whole host, or null. Ratios are told all the same:
 * they are of the CPUs that have all of their terms.
 *
 * @module
 */
import {
  type Absence,
  isMeasured,
  metric as metricOf,
  PERF_FIELDS,
  type PerfField,
  type Reason,
  type Snapshot,
  type Source,
  termsOf,
} from "../collectors/mod.ts";
import { type Late, lateText } from "../views/late.ts";

export type PerfJson =
  | { readonly available: false; readonly reason: string }
  | { readonly available: true; readonly [field: string]: number | boolean | null };

const REASON: Readonly<Partial<Record<Reason, string>>> = {
  not_yet: "counters show something from their second reading on",
  not_counted: "no counter had a turn in the last interval",
};

/**
 * Counts of the last whole interval over the whole host, scaled to whole numbers; ratios from 0 to 1;
 * bandwidths in 10^6 bytes a second. Null: not measured, or for a count or bandwidth not on all of the
 * host. A bandwidth whose events nobody vouches for is not told either, nor is a lower bound of it.
 *
 * `late`: ticks do not come. Without a time beside them, the same counts would be taken for new ones.
 */
export function perfJson(snapshot: Snapshot, late?: Late): PerfJson {
  if (late !== undefined) {
    return { available: false, reason: `Cannot tell counts: ${lateText(late)}` };
  }
  const fields: Record<string, number | null> = {};
  let counted: string | undefined;
  for (const field of PERF_FIELDS) {
    const found = answerOf(snapshot, field);
    fields[field.field] = found?.value ?? null;
    if (found !== undefined && field.hardware) counted ??= found.metric;
  }
  if (counted === undefined) return { available: false, reason: whyNot(snapshot) };
  return { available: true, interval_seconds: secondsOf(snapshot, counted), ...fields };
}

interface Answer {
  readonly metric: string;
  readonly value: number;
}

function answerOf(snapshot: Snapshot, field: PerfField): Answer | undefined {
  const { kind, metrics } = field;
  if (kind === "millions") return bandwidthOf(snapshot, field);
  for (const metric of metrics) {
    const reading = snapshot.read(metric);
    if (!isMeasured(reading) || reading.grade === "implausible") continue;
    if (kind === "value") return { metric, value: reading.value };
    const increase = snapshot.delta(metric);
    if (isMeasured(increase) && increase.partial === undefined) {
      return { metric, value: Math.round(increase.value) };
    }
  }
  return undefined;
}

const MILLION = 1e6;

function bandwidthOf(
  snapshot: Snapshot,
  { metrics, plus, judgedBy }: PerfField,
): Answer | undefined {
  const sum = judgedBy === undefined ? undefined : snapshot.read(judgedBy);
  if (sum !== undefined && isMeasured(sum) && sum.grade === "implausible") return undefined;
  for (const [place, metric] of metrics.entries()) {
    const value = rateOf(snapshot, metric);
    if (value === undefined) continue;
    if (place > 0 || plus === undefined) return { metric, value: value / MILLION };
    const more = rateOf(snapshot, plus);
    if (more !== undefined) return { metric, value: (value + more) / MILLION };
  }
  return undefined;
}

/** In a second, of the whole host; undefined where it is less than that or doubtful. */
function rateOf(snapshot: Snapshot, metric: string): number | undefined {
  const reading = snapshot.read(metric);
  if (!isMeasured(reading) || reading.grade === "implausible") return undefined;
  if (reading.partial !== undefined) return undefined;
  return snapshot.sources(metric).some(isDoubted) ? undefined : reading.value;
}

function isDoubted({ provenance }: Source): boolean {
  return provenance === "third_party" || provenance === "unverified";
}

/** Between the readings of who counts a metric, or the terms of a ratio; null where that is not known. */
function secondsOf(snapshot: Snapshot, metric: string): number | null {
  for (const term of termsOf(metricOf(metric))) {
    const seconds = snapshot.elapsedSeconds(term.collector);
    if (!Number.isNaN(seconds)) return seconds;
  }
  return null;
}

/** The first cause there is, in the words of the page. */
function whyNot(snapshot: Snapshot): string {
  const found = PERF_FIELDS.filter(({ hardware }) => hardware)
    .flatMap(({ metrics }) => metrics)
    .map((metric) => ({ metric, reading: snapshot.read(metric) }));
  for (const { metric, reading } of found) {
    if (!isMeasured(reading) || reading.partial === undefined) continue;
    const { counted, present } = reading.partial;
    return `No hardware event is counted on the whole host: ${metricOf(metric).name} on ` +
      `${counted} of ${present}`;
  }
  const absences = found.flatMap(({ reading }): Absence[] => isMeasured(reading) ? [] : [reading]);
  const explained = absences.find(({ problem }) => problem !== undefined) ?? absences[0];
  const why = explained?.problem?.message ?? (explained && REASON[explained.absent]);
  return why === undefined
    ? "No hardware event is counted"
    : `No hardware event is counted: ${why}`;
}

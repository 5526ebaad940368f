/** What a sheet tells of: each quantity once, with somebody who stands for all where it has no sum. @module */
import { type Measured, type Metric, metric as metricOf } from "../../collectors/catalogue.ts";
import { inputs, isColumn, proofOf, type Working } from "../../collectors/mod.ts";
import type { SeriesKey } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isHere, isMeasured, type Measurement, type Reading } from "../../collectors/trust.ts";
import { nameOf } from "../standing.ts";
import type { ProofSubject } from "./subject.ts";

/** Lines of the chart of coverage: more than these are counted by no more groups. */
const COVERAGE_SERIES_MOST = 8;

/** A quantity as it is told: the host's value, or that of one instance. */
export interface Told {
  readonly entry: Metric;
  /** As the card calls it. */
  readonly name: string;
  readonly instance: string | undefined;
  readonly reading: Reading;
  /** Of a derived one that is measured. */
  readonly working: Working | null;
}

/** A number that was read and not counted by perf. */
export interface FileTerm {
  readonly entry: Measured;
  readonly instance: string | undefined;
  readonly reading: Reading;
}

/** In the order of the card, each metric once: what is shown of the host is told of it. */
export function toldOf(snapshot: Snapshot, { quantities }: ProofSubject): readonly Told[] {
  const ofHost = new Set(
    quantities.filter(({ scope }) => scope === undefined).map(({ shown }) => shown.metric),
  );
  const told = new Map<string, Told>();
  for (const { shown, scope } of quantities) {
    const { metric: id } = shown;
    if (told.has(id) || (scope !== undefined && ofHost.has(id))) continue;
    const instance = scope === undefined ? shown.instance : whoStands(snapshot, id, scope);
    const reading = snapshot.read(id, instance);
    const working = isMeasured(reading) ? snapshot.working(id, instance) : null;
    told.set(id, { entry: metricOf(id), name: nameOf(shown), instance, reading, working });
  }
  return [...told.values()];
}

/** The first instance that has a value stands for all of them. */
function whoStands(snapshot: Snapshot, id: string, scope: string): string | undefined {
  const all = snapshot.instances(scope);
  return (all.find(({ name }) => isMeasured(snapshot.read(id, name))) ?? all[0])?.name;
}

/** What they are made of that perf did not count, each once. */
export function fileTermsOf(snapshot: Snapshot, told: readonly Told[]): readonly FileTerm[] {
  const found = new Map<string, FileTerm>();
  for (const { entry, instance, working } of told) {
    for (const term of termsOf(entry, working)) {
      if (found.has(term.id) || proofOf(snapshot, [term.id]).sources.length > 0) continue;
      const whose = term.scope === entry.scope ? instance : undefined;
      const reading = snapshot.read(term.id, whose);
      if (isMeasured(reading)) found.set(term.id, { entry: term, instance: whose, reading });
    }
  }
  return [...found.values()];
}

function termsOf(entry: Metric, working: Working | null): readonly Measured[] {
  if (isColumn(entry)) return [entry];
  return inputs(working?.formula ?? entry.formula).map(metricOf).filter(isColumn);
}

/** Those that are here, of which some is counted by perf. */
export function countedOf(snapshot: Snapshot, told: readonly Told[]): readonly Told[] {
  return told.filter(({ entry, reading }) =>
    isHere(reading) && proofOf(snapshot, [entry.id]).sources.length > 0
  );
}

/** The one that was counted for the least of the time; null where none is measured. */
export function leastCounted(counted: readonly Told[]): Measurement | null {
  return counted.map(({ reading }) => reading).filter(isMeasured)
    .reduce<Measurement | null>(
      (least, each) => least === null || each.coverage < least.coverage ? each : least,
      null,
    );
}

/** The lines whose shares tell the coverage over time. */
export function coverageKeys(snapshot: Snapshot, subject: ProofSubject): readonly SeriesKey[] {
  return countedOf(snapshot, toldOf(snapshot, subject)).slice(0, COVERAGE_SERIES_MOST)
    .map(({ entry, instance }) => ({ metric: entry.id, instance }));
}

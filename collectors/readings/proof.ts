/**
 * How quantities were counted on this machine, so that a person can count them again: the events that
 * were opened for them, and the `perf stat` line that opens the same.
 *
 * @module
 */
import { isColumn, type Measured, type Metric, metric as metricOf, termsOf } from "../catalogue.ts";
import { alternatives, type Formula, inputs } from "../formula.ts";
import { perfStatCommand } from "../pmu/perf_command.ts";
import type { Source } from "../source.ts";
import { isHere } from "../trust.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Proof {
  /** In the order of the quantities, each once. */
  readonly sources: readonly Source[];
  /** A line for a shell; null where perf can count none of them whole, or not on this machine. */
  readonly command: string | null;
}

/** The proof of some quantities together. Throws for an id that is not in the catalogue. */
export function proofOf(snapshot: Snapshot, ids: readonly string[]): Proof {
  const terms = [...new Set(ids.flatMap((id) => termsHere(snapshot, metricOf(id))))];
  const sources = [...new Set(terms.flatMap((term) => sourcesOf(snapshot, term)))];
  if (sources.length === 0 || !ids.some((id) => isWhole(snapshot, metricOf(id)))) {
    return { sources, command: null };
  }
  const groups = new Map<string, string[]>();
  for (const source of sources) {
    const alone = isAlone(source, snapshot);
    for (const event of source.events) {
      const key = alone ? `${groupOf(source)} ${event}` : groupOf(source);
      const events = groups.get(key) ?? [];
      events.push(event);
      groups.set(key, events);
    }
  }
  return { sources, command: perfStatCommand([...groups.values()]) };
}

/**
 * Whether perf cannot count the events of a source as one group: a sum whose parts take turns, or a name
 * that stands for several PMUs, over which perf spreads each event by itself (`uncore_imc_0`, ...).
 */
function isAlone({ group, pmu }: Source, { profile }: Snapshot): boolean {
  if (group < 0) return true;
  const devices = profile.perfAccess?.devices;
  const prefix = `${pmu}_`;
  return devices !== undefined && !devices.includes(pmu) &&
    devices.some((name) => name.startsWith(prefix));
}

/** Whether all that a quantity is made of is counted here; of two ways to it one is enough. */
function isWhole(snapshot: Snapshot, entry: Metric): boolean {
  if (entry.kind !== "derived") return sourcesOf(snapshot, entry).length > 0;
  const whole = (formula: Formula): boolean => {
    if ("metric" in formula) {
      const term = metricOf(formula.metric);
      return isConstant(term) || isWhole(snapshot, term);
    }
    if ("of" in formula) return whole(formula.of);
    if (!("left" in formula)) return true;
    const [left, right] = [whole(formula.left), whole(formula.right)];
    return formula.op === "either" ? left || right : left && right;
  };
  return whole(entry.formula);
}

/** What the host has as a whole and perf never counts: a size, the rate of a clock. */
function isConstant(entry: Metric): boolean {
  return entry.kind === "gauge" && entry.scope === "host" && !isCounted(entry);
}

/** The same for sources that were counted at the same time on the same CPUs. */
export function groupOf({ metric, pmu, group }: Source): string {
  return `${termsOf(metricOf(metric))[0]!.collector} ${pmu} ${group}`;
}

/** Whether something of a quantity is counted by perf_event_open on some machine. */
export function hasProof(id: string): boolean {
  return termsOf(metricOf(id)).some(isCounted);
}

/** The terms of the first way to a quantity that is counted here whole; where none is, of all ways. */
function termsHere(snapshot: Snapshot, entry: Metric): readonly Measured[] {
  if (entry.kind !== "derived") return [entry];
  for (const way of alternatives(entry.formula)) {
    const terms = inputs(way).map(metricOf).filter(isColumn);
    const has = (term: Measured): boolean =>
      isCounted(term) ? sourcesOf(snapshot, term).length > 0 : isHere(snapshot.read(term.id));
    if (terms.every(has)) return terms;
  }
  return termsOf(entry);
}

function isCounted({ sourced, perfEvent }: Measured): boolean {
  return sourced !== undefined || perfEvent !== undefined;
}

const FIXED = new WeakMap<Snapshot, Map<Measured, readonly Source[]>>();

function sourcesOf(snapshot: Snapshot, term: Measured): readonly Source[] {
  if (term.sourced !== undefined) return snapshot.sources(term.sourced);
  if (term.perfEvent === undefined) return [];
  let known = FIXED.get(snapshot);
  if (known === undefined) FIXED.set(snapshot, known = new Map());
  let sources = known.get(term);
  if (sources === undefined) known.set(term, sources = fixedSource(snapshot, term, term.perfEvent));
  return sources;
}

/** The source of a metric whose event is the same everywhere; none where it is not counted. */
function fixedSource(snapshot: Snapshot, term: Measured, event: string): readonly Source[] {
  const counts = (slot: number): boolean => !Number.isNaN(snapshot.total(term, slot));
  const host = term.scope === "host";
  const instances = host ? [] : snapshot.instances(term.scope).filter(({ slot }) => counts(slot));
  if (host ? !counts(0) : instances.length === 0) return [];
  const pmu = /^(\w+)\//.exec(event)?.[1] ?? "software";
  return [{
    metric: term.id,
    pmu,
    events: [event],
    instances: instances.map(({ name }) => name),
    group: 0,
    provenance: "kernel",
  }];
}

/** Whoever reads what a figure is made of. @module */
import { isColumn, type Metric, metric, METRICS, placeOf } from "../catalogue.ts";
import { inputs } from "../formula.ts";
import { collectorIndex, COLLECTORS } from "../sampling/layout.ts";

/**
 * By the place of a metric: the collectors that read it or its terms, and what these are held against.
 * Their indexes.
 */
export const READERS: readonly (readonly number[])[] = [...METRICS.values()].map(find);

/** Those of one metric. */
export function readersOf(id: string): readonly number[] {
  return READERS[placeOf(id)]!;
}

function find(entry: Metric): readonly number[] {
  const terms = [entry, ...termsOf(entry)];
  const all = [...terms, ...terms.flatMap(heldAgainst)].filter(isColumn);
  return [...new Set(all.map(({ collector }) => collectorIndex(collector)))];
}

function termsOf(entry: Metric): readonly Metric[] {
  return entry.kind === "derived" ? inputs(entry.formula).map(metric) : [];
}

function heldAgainst(entry: Metric): readonly Metric[] {
  const { limits = [] } = entry;
  const witness = entry.kind === "derived" ? undefined : entry.witness;
  const witnesses = witness === undefined ? [] : [witness].flat();
  return [...limits, ...witnesses].flatMap(({ of }) => inputs(of)).map(metric);
}

/** What `Reread` asks a snapshot. */
export interface ReadTimes {
  /** The same object while all that is told of instances, sources and causes stays as it is. */
  readonly shape: object;
  readonly problems: object;
  /** When a collector, by its index, was last read, CLOCK_MONOTONIC in ms; NaN where it never was. */
  readAtMsOf(collector: number): number;
  /** How often its instances came and went while all else stayed. */
  movesOf(collector: number): number;
}

/**
 * Tells which collectors have read again from one snapshot to the next. Where somebody came or went, a
 * cause did, or something is counted elsewhere, all of them have.
 */
export class Reread {
  readonly #readers: readonly number[];
  /** By collector. */
  readonly #readAtMs = new Float64Array(COLLECTORS.length);
  readonly #moves = new Float64Array(COLLECTORS.length);
  readonly #isReread = new Uint8Array(COLLECTORS.length);
  #shape: object | undefined;
  #problems: object | undefined;

  /** Of the collectors that read some metrics. */
  constructor(ids: readonly string[]) {
    this.#readers = [...new Set(ids.flatMap(readersOf))];
  }

  /** Goes on to another snapshot. Whether any of them did since the one before. */
  update(times: ReadTimes): boolean {
    const { shape, problems } = times;
    const all = this.#shape !== shape || this.#problems !== problems;
    this.#shape = shape;
    this.#problems = problems;
    let any = false;
    for (const reader of this.#readers) {
      const readAtMs = times.readAtMsOf(reader);
      const moves = times.movesOf(reader);
      const isReread = all || !Object.is(readAtMs, this.#readAtMs[reader]) ||
        moves !== this.#moves[reader];
      this.#readAtMs[reader] = readAtMs;
      this.#moves[reader] = moves;
      this.#isReread[reader] = isReread ? 1 : 0;
      any ||= isReread;
    }
    return any;
  }

  /** Whether any of these did. */
  has(readers: readonly number[]): boolean {
    for (const reader of readers) if (this.#isReread[reader] === 1) return true;
    return false;
  }
}

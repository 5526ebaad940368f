/** Whoever reads what a figure is made of. @module */
import { isColumn, type Metric, metric } from "../collectors/catalogue.ts";
import { inputs } from "../collectors/formula.ts";
import type { Snapshot } from "../collectors/snapshot.ts";

const READERS = new Map<string, readonly string[]>();

/** The collectors that read a metric or its terms, and what these are held against. */
export function readersOf(id: string): readonly string[] {
  let found = READERS.get(id);
  if (found === undefined) {
    const entry = metric(id);
    const terms = [entry, ...termsOf(entry)];
    const all = [...terms, ...terms.flatMap(heldAgainst)].filter(isColumn);
    READERS.set(id, found = [...new Set(all.map(({ collector }) => collector))]);
  }
  return found;
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

/**
 * Tells which collectors have read again from one snapshot to the next. Where somebody came or went, a
 * cause did, or something is counted elsewhere, all of them have.
 */
export class Reread {
  readonly #readers: readonly string[];
  readonly #readAtMs = new Map<string, number>();
  #shape: object | undefined;
  #problems: Snapshot["problems"] | undefined;

  /** Of the collectors that read some metrics. */
  constructor(ids: readonly string[]) {
    this.#readers = [...new Set(ids.flatMap(readersOf))];
  }

  /** The collectors that did since the snapshot before. */
  since(snapshot: Snapshot): ReadonlySet<string> {
    const { shape, problems } = snapshot;
    const all = this.#shape !== shape || this.#problems !== problems;
    this.#shape = shape;
    this.#problems = problems;
    const found = new Set<string>();
    for (const reader of this.#readers) {
      const readAtMs = snapshot.readAtMs(reader);
      if (all || !Object.is(readAtMs, this.#readAtMs.get(reader))) found.add(reader);
      this.#readAtMs.set(reader, readAtMs);
    }
    return found;
  }
}

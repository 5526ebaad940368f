/**
 * The values of lines at rows, each worked out once, whoever asks, and kept as long as its row.
 *
 * @module
 */
import { isColumn, type Metric, metric as metricOf } from "../catalogue.ts";
import { alternatives, inputs } from "../formula.ts";
import { collectorIndex, HEADER, type Layout, readAtColumn } from "../sampling/layout.ts";
import { isMeasured, type Measurement } from "../trust.ts";
import type { Rows } from "./earlier_reading.ts";
import type { Step, Steps } from "./steps.ts";
import type { Slot } from "./window.ts";

/** Lines kept at once; a page has some twenty. The one asked for longest ago makes room. */
const LINES_MOST = 256;
/** An estimate of whose time nothing is missing, for other reasons than that. */
const SHARE_MOST = 0.999;

/** A line as it is looked up in rows. */
export interface Line {
  /** The same for lines that are the same. */
  readonly name: string;
  readonly entry: Metric;
  /** Undefined where there is nobody of that name. */
  readonly slot: Slot | undefined;
  /** First row that is of whom the line is; older ones of the slot were somebody else's. */
  readonly bornSequence: number;
}

export interface Points {
  readonly values: readonly (number | null)[];
  /** Of each value: the share of time counted, 1 for exact ones and for gaps, below 1 for all others. */
  readonly shares: readonly number[];
}

export interface Point {
  readonly value: number | null;
  readonly share: number;
}

interface Kept {
  /** Number of the row of the first value. */
  first: number;
  readonly values: (number | null)[];
  readonly shares: number[];
}

const NOTHING: Point = { value: null, share: 1 };

export class Lines {
  readonly #rows: Rows;
  readonly #steps: Pick<Steps, "at">;
  readonly #kept = new Map<string, Kept>();

  constructor(rows: Rows, steps: Pick<Steps, "at">) {
    this.#rows = rows;
    this.#steps = steps;
  }

  /** The points of each line at rows `first` to `last`. */
  read(lines: readonly Line[], first: number, last: number): readonly Points[] {
    if (first > last) return lines.map(() => ({ values: [], shares: [] }));
    const kept = lines.map(({ name }) => this.#keep(name, first));
    // By row, then by line: lines that are made of the same terms share them.
    for (let number = Math.min(...kept.map(endOf)); number <= last; number++) {
      const step = this.#steps.at(number);
      for (const [index, points] of kept.entries()) {
        if (endOf(points) !== number) continue;
        const { value, share } = pointOf(lines[index]!, step, lastOf(points));
        points.values.push(value);
        points.shares.push(share);
      }
    }
    const oldest = this.#rows.oldest();
    return kept.map((points) => {
      const [from, end] = [first - points.first, last + 1 - points.first];
      const found = {
        values: points.values.slice(from, end),
        shares: points.shares.slice(from, end),
      };
      forget(points, oldest);
      return found;
    });
  }

  #keep(name: string, first: number): Kept {
    const kept = this.#kept.get(name) ?? { first, values: [], shares: [] };
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > LINES_MOST) this.#kept.delete(this.#kept.keys().next().value!);
    if (first < kept.first || first > endOf(kept)) {
      kept.first = first;
      kept.values.length = 0;
      kept.shares.length = 0;
    }
    return kept;
  }
}

/** The value of a line at the end of a step. `previous`: its point at the beginning, where it is known. */
export function pointOf(line: Line, step: Step | null, previous: Point | undefined): Point {
  const { entry, slot, bornSequence } = line;
  if (step === null || slot === undefined) return NOTHING;
  // Not read again since: the step goes on, until a gap ends it, and need not be worked out. But the
  // first row and one behind a gap end no step, and what was read there and is no rate stands.
  if (
    previous !== undefined && isUnchanged(readAtColumns(entry), step.from, step.to) &&
    (previous.value !== null || isRate(entry))
  ) {
    return previous;
  }
  if (bornSequence > step.to[HEADER.sequence]!) return NOTHING;
  const reading = step.window.read(entry, slot);
  if (!isMeasured(reading) || step.plausibility.doubt(entry, slot, reading) !== null) {
    return NOTHING;
  }
  return { value: reading.value, share: shareOf(reading) };
}

/** Finds in a layout whom a line is of. `slot`: null for the host, undefined for nobody. */
export function lineOf(
  name: string,
  metric: string,
  layout: Layout,
  slotOf: (scope: string) => Slot | undefined,
): Line {
  const entry = metricOf(metric);
  const slot = slotOf(entry.scope);
  const instance = typeof slot === "number"
    ? layout.scopes[entry.scope]?.instances[slot]
    : undefined;
  return { name, entry, slot, bornSequence: instance?.bornSequence ?? -Infinity };
}

function endOf({ first, values }: Kept): number {
  return first + values.length;
}

function lastOf({ values, shares }: Kept): Point | undefined {
  const value = values.at(-1);
  return value === undefined ? undefined : { value, share: shares.at(-1)! };
}

/** Lets go of what is older than the rows. */
function forget(points: Kept, oldest: number): void {
  const forgotten = oldest - points.first;
  if (forgotten <= 0) return;
  points.values.splice(0, forgotten);
  points.shares.splice(0, forgotten);
  points.first += forgotten;
}

function shareOf({ grade, coverage, partial }: Measurement): number {
  if (grade === "exact") return 1;
  const part = partial === undefined ? 1 : partial.counted / partial.present;
  return Math.min(SHARE_MOST, coverage * part);
}

/** Whether it tells of the time between two readings, and not of one. */
function isRate(entry: Metric): boolean {
  if (entry.kind !== "derived") return entry.kind === "counter";
  return inputs(entry.formula).map(metricOf).some(isRate);
}

const READ_AT = new WeakMap<Metric, readonly number[]>();

/** Where a row tells when a metric was read: by its collector, or one for each way to its value. */
function readAtColumns(entry: Metric): readonly number[] {
  let columns = READ_AT.get(entry);
  if (columns === undefined) {
    const first = entry.kind === "derived"
      ? alternatives(entry.formula).map((formula) => inputs(formula)[0]!)
      : [entry.id];
    columns = first.map(metricOf).filter(isColumn)
      .map(({ collector }) => readAtColumn(collectorIndex(collector)));
    READ_AT.set(entry, columns);
  }
  return columns;
}

/** Nobody who reads it at all has read it again. */
function isUnchanged(
  readAts: readonly number[],
  from: Float64Array,
  to: Float64Array,
): boolean {
  let read = false;
  for (const readAt of readAts) {
    const at = to[readAt]!;
    if (from[readAt] === at) read = true;
    else if (!Number.isNaN(at)) return false;
  }
  return read;
}

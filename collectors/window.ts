/**
 * Readings out of two rows. A window is a pair of rows for each collector, because a collector that
 * is read every five seconds needs an older first row than one that is read at every tick. Every rate
 * is a sum of deltas by a sum of deltas between them.
 *
 * @module
 */
import { type Derived, type Measured, type Metric, metric as metricOf } from "./catalogue.ts";
import { evaluate, type Formula, inputs, type Terms } from "./formula.ts";
import { Increases, wasPresent, withPartial } from "./increases.ts";
import { collectorIndex, HEADER, type Layout, metricIndex, readAtColumn } from "./layout.ts";
import { absent, exact, isMeasured, type Reading, type Reason } from "./trust.ts";

/** The row in which a collector's window begins; null when nothing old enough is remembered. */
export type FromRow = (collector: number) => Float64Array | null;

/** `null` as slot asks for the host's value. */
export type Slot = number | null;

/**
 * Collectors are read one after the other. Windows whose ends lie further apart than this share of
 * their length are windows of different times.
 */
const APART_SHARE = 0.05;

export class Window {
  readonly to: Float64Array;
  readonly #layout: Layout;
  readonly #from: FromRow;
  readonly #increases = new Map<string, Increases>();

  constructor(layout: Layout, from: FromRow, to: Float64Array) {
    this.#layout = layout;
    this.#from = from;
    this.to = to;
  }

  /**
   * What a person is shown of a metric: the rate of a counter in units a second, a gauge as last
   * read, a formula's result. Does not judge plausibility and knows no causes.
   */
  read(metric: Metric, slot: Slot): Reading {
    if (metric.kind === "derived") return this.#derived(metric, slot);
    if (metric.kind === "gauge") return this.#gauge(metric, slot);
    const increase = this.delta(metric, slot);
    if (!isMeasured(increase)) return increase;
    const seconds = this.elapsedSeconds(metric.collector);
    return Number.isNaN(seconds)
      ? absent("not_yet")
      : { ...increase, value: increase.value / seconds };
  }

  /** Seconds between the two readings of a collector; NaN while there are no two. */
  elapsedSeconds(collector: string): number {
    const index = collectorIndex(collector);
    const elapsed = (this.#endMs(index) - this.#beginMs(index)) / 1000;
    return elapsed > 0 ? elapsed : NaN;
  }

  /** A total since its counter began, NaN where absent. */
  total(metric: Measured, slot: number): number {
    return this.to[this.#layout.bases[metricIndex(metric.id)]! + slot] ?? NaN;
  }

  /** The increase of a counter across the window, scaled already by who counted it. */
  delta(metric: Measured, slot: Slot): Reading {
    return this.#delta(metric.id, slot);
  }

  #delta(id: string, slot: Slot): Reading {
    let increases = this.#increases.get(id);
    if (increases === undefined) {
      const metric = measured(id);
      const from = this.#from(collectorIndex(metric.collector));
      increases = new Increases(metric, this.#layout, from, this.to);
      this.#increases.set(id, increases);
    }
    return slot === null ? increases.sum() : increases.at(slot);
  }

  #derived(metric: Derived, slot: Slot): Reading {
    if (metric.scope === "host" && slot !== null) return absent("coarser_only");
    const sources = sourcesOf(metric.formula);
    const terms: Terms = {
      delta: (id) => this.#delta(id, slot),
      last: (id) => this.#gauge(measured(id), slot),
      elapsed: () => {
        const [first] = sources;
        const seconds = first === undefined ? NaN : this.elapsedSeconds(first);
        return Number.isNaN(seconds) ? absent("not_yet") : exact(seconds);
      },
    };
    const reading = evaluate(metric.formula, terms);
    return isMeasured(reading) && this.#apart(sources) ? { ...reading, mixed: true } : reading;
  }

  /** Whether collectors were read at different times. */
  #apart(collectors: readonly string[]): boolean {
    if (collectors.length < 2) return false;
    const [first, ...others] = collectors.map(collectorIndex) as [number, ...number[]];
    const [begin, end] = [this.#beginMs(first), this.#endMs(first)];
    const length = Number.isNaN(begin) ? this.to[HEADER.intervalMs]! : end - begin;
    const farthest = APART_SHARE * length;
    return others.some((other) =>
      Math.abs(this.#endMs(other) - end) > farthest ||
      Math.abs(this.#beginMs(other) - begin) > farthest
    );
  }

  #gauge(metric: Measured, slot: Slot): Reading {
    if (metric.scope === "host") {
      return slot === null ? this.#gaugeAt(metric, 0) : absent("coarser_only");
    }
    if (slot !== null) return this.#gaugeAt(metric, slot);
    if (metric.across === undefined) return absent("finer_only");
    const found: number[] = [];
    let present = 0;
    let why: Reason | null = null;
    const instances = this.#layout.scopes[metric.scope]?.instances ?? [];
    for (let at = 0; at < instances.length; at++) {
      if (!wasPresent(instances[at]!, this.to[HEADER.sequence]!)) continue;
      present++;
      const reading = this.#gaugeAt(metric, at);
      if (isMeasured(reading)) found.push(reading.value);
      else why ??= reading.absent;
    }
    if (found.length === 0) return absent(why ?? "not_supported");
    const value = metric.across === "sum" ? found.reduce((a, b) => a + b) : Math.max(...found);
    return withPartial(exact(value), found.length, present);
  }

  #gaugeAt(metric: Measured, slot: number): Reading {
    const value = this.total(metric, slot);
    return Number.isNaN(value) ? absent(this.#whyEmpty(metric, slot)) : exact(value);
  }

  /** A gauge that two readings in a row left empty has nothing to show for this instance. */
  #whyEmpty(metric: Measured, slot: number): Reason {
    const from = this.#from(collectorIndex(metric.collector));
    const born = this.#layout.scopes[metric.scope]?.instances[slot]?.bornSequence ?? Infinity;
    return from !== null && born <= from[HEADER.sequence]! ? "not_supported" : "not_yet";
  }

  /** When a collector was last read before the window, NaN where nobody remembers. */
  #beginMs(collector: number): number {
    return this.#from(collector)?.[readAtColumn(collector)] ?? NaN;
  }

  #endMs(collector: number): number {
    return this.to[readAtColumn(collector)]!;
  }
}

const SOURCES = new WeakMap<Formula, readonly string[]>();

/** The collectors that read the terms of a formula, in the order in which they are met. */
function sourcesOf(formula: Formula): readonly string[] {
  let sources = SOURCES.get(formula);
  if (sources === undefined) {
    sources = [...new Set(inputs(formula).map((id) => measured(id).collector))];
    SOURCES.set(formula, sources);
  }
  return sources;
}

function measured(id: string): Measured {
  const found = metricOf(id);
  if (found.kind === "derived") {
    throw new Error(
      `Cannot use "${id}" as a term: it is derived, and terms are read by collectors`,
    );
  }
  return found;
}

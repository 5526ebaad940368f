/**
 * Readings out of two rows. A window is a pair of rows for each collector, because a collector that
 * is read every five seconds needs an older first row than one that is read at every tick. Every rate
 * is a sum of deltas by a sum of deltas between them.
 *
 * @module
 */
import { type Derived, type Measured, type Metric, metric as metricOf } from "./catalogue.ts";
import { evaluate, inputs, type Terms } from "./formula.ts";
import {
  collectorIndex,
  HEADER,
  type Instance,
  type Layout,
  metricIndex,
  readAtColumn,
} from "./layout.ts";
import {
  absent,
  exact,
  gradeOf,
  isMeasured,
  type Measurement,
  type Reading,
  type Reason,
} from "./trust.ts";

/** The row in which a collector's window begins; null when nothing old enough is remembered. */
export type FromRow = (collector: number) => Float64Array | null;

/** `null` as slot asks for the host's value. */
export type Slot = number | null;

interface Delta {
  value: number;
  enabled: number;
  running: number;
}

export class Window {
  readonly to: Float64Array;
  readonly #layout: Layout;
  readonly #from: FromRow;

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
    const from = this.#from(index);
    if (from === null) return NaN;
    const column = readAtColumn(index);
    const elapsed = (this.to[column]! - from[column]!) / 1000;
    return elapsed > 0 ? elapsed : NaN;
  }

  /** A total since its counter began, NaN where absent. */
  total(metric: Measured, slot: number): number {
    return this.to[this.#base(metric) + slot] ?? NaN;
  }

  /** The increase of a counter across the window, scaled already by who counted it. */
  delta(metric: Measured, slot: Slot): Reading {
    if (metric.scope === "host") {
      return slot === null ? this.#deltaAt(metric, 0) : absent("coarser_only");
    }
    return slot === null ? this.#sumOfDeltas(metric) : this.#deltaAt(metric, slot);
  }

  #derived(metric: Derived, slot: Slot): Reading {
    if (metric.scope === "host" && slot !== null) return absent("coarser_only");
    const first = inputs(metric.formula)[0];
    const terms: Terms = {
      delta: (id) => this.delta(measured(id), slot),
      last: (id) => this.#gauge(measured(id), slot),
      elapsed: () => {
        const seconds = first === undefined ? NaN : this.elapsedSeconds(measured(first).collector);
        return Number.isNaN(seconds) ? absent("not_yet") : exact(seconds);
      },
    };
    return evaluate(metric.formula, terms);
  }

  #gauge(metric: Measured, slot: Slot): Reading {
    if (metric.scope === "host") {
      return slot === null ? this.#gaugeAt(metric, 0) : absent("coarser_only");
    }
    if (slot !== null) return this.#gaugeAt(metric, slot);
    if (metric.across === undefined) return absent("finer_only");
    const found: number[] = [];
    let present = 0;
    const why = this.#each(metric.scope, (at) => {
      present++;
      const reading = this.#gaugeAt(metric, at);
      if (isMeasured(reading)) found.push(reading.value);
      else return reading.absent;
      return null;
    });
    if (found.length === 0) return absent(why ?? "not_supported");
    const value = metric.across === "sum" ? found.reduce((a, b) => a + b) : Math.max(...found);
    return withPartial(exact(value), found.length, present);
  }

  #gaugeAt(metric: Measured, slot: number): Reading {
    const value = this.total(metric, slot);
    return Number.isNaN(value) ? absent("not_yet") : exact(value);
  }

  #deltaAt(metric: Measured, slot: number): Reading {
    const delta: Delta = { value: 0, enabled: 0, running: 0 };
    const reason = this.#addDelta(metric, slot, delta);
    return reason === null ? measurement(metric, delta) : absent(reason);
  }

  #sumOfDeltas(metric: Measured): Reading {
    const sum: Delta = { value: 0, enabled: 0, running: 0 };
    let counted = 0;
    let present = 0;
    const why = this.#each(metric.scope, (slot, instance) => {
      const reason = this.#addDelta(metric, slot, sum);
      if (reason === null) counted++;
      // An instance younger than the window is not missing from the sum: it begins with the next one.
      if (reason === null || instance.bornSequence <= this.#fromSequence(metric)) present++;
      return reason;
    });
    if (counted === 0) return absent(why ?? "not_supported");
    const reading = measurement(metric, sum);
    return isMeasured(reading) ? withPartial(reading, counted, present) : reading;
  }

  /** Adds one instance's increase to a sum; the reason when it has none. */
  #addDelta(metric: Measured, slot: number, sum: Delta): Reason | null {
    const from = this.#from(collectorIndex(metric.collector));
    const born = this.#layout.scopes[metric.scope]?.instances[slot]?.bornSequence ?? Infinity;
    if (from === null || born > from[HEADER.sequence]!) return "not_yet";
    const value = this.#difference(metric, slot, from);
    if (Number.isNaN(value)) return "not_yet";
    if (metric.counted !== undefined) {
      const enabled = this.#difference(measured(metric.counted.enabled), slot, from);
      const running = this.#difference(measured(metric.counted.running), slot, from);
      if (!(enabled >= 0 && running >= 0)) return "not_yet";
      if (running === 0) return "not_counted";
      sum.enabled += enabled;
      sum.running += running;
    }
    sum.value += value;
    return null;
  }

  #difference(metric: Measured, slot: number, from: Float64Array): number {
    const at = this.#base(metric) + slot;
    const difference = this.to[at]! - from[at]!;
    return difference >= 0 ? difference : NaN;
  }

  /** Visits who is there; returns the first reason that a visit gave. */
  #each(scope: string, visit: (slot: number, instance: Instance) => Reason | null): Reason | null {
    let first: Reason | null = null;
    const instances = this.#layout.scopes[scope]?.instances ?? [];
    for (let slot = 0; slot < instances.length; slot++) {
      const instance = instances[slot]!;
      if (instance === null || instance.goneSequence !== null) continue;
      const reason = visit(slot, instance);
      first ??= reason;
    }
    return first;
  }

  #fromSequence(metric: Measured): number {
    return this.#from(collectorIndex(metric.collector))?.[HEADER.sequence] ?? -1;
  }

  #base(metric: Measured): number {
    return this.#layout.bases[metricIndex(metric.id)]!;
  }
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

function measurement(metric: Measured, delta: Delta): Reading {
  if (metric.counted === undefined) return exact(delta.value);
  const coverage = Math.min(1, delta.running / delta.enabled);
  return { value: delta.value, coverage, grade: gradeOf(coverage, delta.enabled) };
}

function withPartial(reading: Measurement, counted: number, present: number): Measurement {
  if (counted >= present) return reading;
  const grade = reading.grade === "exact" ? "estimated" : reading.grade;
  return { ...reading, grade, partial: { counted, present } };
}

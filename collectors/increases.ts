/**
 * What one counter rose by between two rows, by instance and for the host. Each increase is worked out
 * once: the shares of a whole ask for the same ones over and over.
 *
 * @module
 */
import type { Measured } from "./catalogue.ts";
import { HEADER, type Instance, type Layout, metricIndex } from "./layout.ts";
import {
  absent,
  exact,
  gradeOf,
  isMeasured,
  type Measurement,
  type Reading,
  type Reason,
} from "./trust.ts";

interface Delta {
  value: number;
  enabled: number;
  running: number;
}

/** First columns of the times that a counter was counted in. */
interface CountedBases {
  readonly enabled: number;
  readonly running: number;
}

export class Increases {
  readonly #layout: Layout;
  readonly #from: Float64Array | null;
  readonly #to: Float64Array;
  readonly #base: number;
  readonly #counted: CountedBases | null;
  readonly #instances: readonly (Instance | null)[];
  readonly #hostWide: boolean;
  readonly #bySlot: Reading[] = [];
  #sum: Reading | null = null;

  /** `from`: the row of an earlier reading; null where none is remembered. */
  constructor(metric: Measured, layout: Layout, from: Float64Array | null, to: Float64Array) {
    const { counted } = metric;
    this.#layout = layout;
    this.#from = from;
    this.#to = to;
    this.#base = this.#baseOf(metric.id);
    this.#counted = counted === undefined ? null : {
      enabled: this.#baseOf(counted.enabled),
      running: this.#baseOf(counted.running),
    };
    this.#instances = layout.scopes[metric.scope]?.instances ?? [];
    this.#hostWide = metric.scope === "host";
  }

  /** Of one instance; what a host has one of has none. */
  at(slot: number): Reading {
    if (this.#hostWide) return absent("coarser_only");
    return this.#bySlot[slot] ??= this.#read(slot);
  }

  /** Of all that are there together. */
  sum(): Reading {
    return this.#sum ??= this.#readSum();
  }

  #read(slot: number): Reading {
    const delta: Delta = { value: 0, enabled: 0, running: 0 };
    const reason = this.#add(slot, delta);
    return reason === null ? this.#reading(delta) : absent(reason);
  }

  #readSum(): Reading {
    const sum: Delta = { value: 0, enabled: 0, running: 0 };
    const from = this.#from?.[HEADER.sequence] ?? -1;
    const to = this.#to[HEADER.sequence]!;
    let counted = 0;
    let present = 0;
    let why: Reason | null = null;
    for (let slot = 0; slot < this.#instances.length; slot++) {
      const instance = this.#instances[slot]!;
      if (!wasPresent(instance, to)) continue;
      const reason = this.#add(slot, sum);
      if (reason === null) counted++;
      // An instance younger than the window is not missing from the sum: it begins with the next one.
      if (reason === null || instance.bornSequence <= from) present++;
      why ??= reason;
    }
    if (counted === 0) return absent(why ?? "not_supported");
    const reading = this.#reading(sum);
    return isMeasured(reading) ? withPartial(reading, counted, present) : reading;
  }

  /** Adds one instance's increase to a sum; the reason when it has none. */
  #add(slot: number, sum: Delta): Reason | null {
    const from = this.#from;
    const born = this.#instances[slot]?.bornSequence ?? Infinity;
    if (from === null || born > from[HEADER.sequence]!) return "not_yet";
    const value = this.#difference(this.#base + slot, from);
    if (Number.isNaN(value)) return "not_yet";
    if (this.#counted !== null) {
      const enabled = this.#difference(this.#counted.enabled + slot, from);
      const running = this.#difference(this.#counted.running + slot, from);
      if (!(enabled >= 0 && running >= 0)) return "not_yet";
      if (running === 0) return "not_counted";
      sum.enabled += enabled;
      sum.running += running;
    }
    sum.value += value;
    return null;
  }

  #difference(at: number, from: Float64Array): number {
    const difference = this.#to[at]! - from[at]!;
    return difference >= 0 ? difference : NaN;
  }

  #reading(delta: Delta): Reading {
    if (this.#counted === null) return exact(delta.value);
    const coverage = Math.min(1, delta.running / delta.enabled);
    return { value: delta.value, coverage, grade: gradeOf(coverage, delta.enabled) };
  }

  #baseOf(id: string): number {
    return this.#layout.bases[metricIndex(id)]!;
  }
}

/** Whether a slot's instance was there at a row: a chart's past knows those that left since. */
export function wasPresent(instance: Instance | null, sequence: number): instance is Instance {
  if (instance === null || instance.bornSequence > sequence) return false;
  return instance.goneSequence === null || instance.goneSequence > sequence;
}

/** A sum that lacks instances is an estimate of what it stands for. */
export function withPartial(reading: Measurement, counted: number, present: number): Measurement {
  if (counted >= present) return reading;
  const grade = reading.grade === "exact" ? "estimated" : reading.grade;
  return { ...reading, grade, partial: { counted, present } };
}

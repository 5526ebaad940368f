/**
 * Readings out of two rows. A window is a pair of rows for each collector, because a collector that
 * is read every five seconds needs an older first row than one that is read at every tick. Every rate
 * is a sum of deltas by a sum of deltas between them.
 *
 * @module
 */
import type { Measured, Metric } from "../catalogue.ts";
import { alternatives, evaluate, type Formula, inputs, type Terms } from "../formula.ts";
import {
  collectorIndex,
  HEADER,
  type Layout,
  metricIndex,
  readAtColumn,
} from "../sampling/layout.ts";
import {
  type Absence,
  absent,
  estimated,
  exact,
  isMeasured,
  moreTelling,
  type Reading,
  type Reason,
} from "../trust.ts";
import type { Members } from "./groups.ts";
import { Increases, type Slots, withPartial } from "./increases.ts";
import { untakenOf, wasPresent } from "./presence.ts";
import type { SourceIndex } from "./source_index.ts";
import { isWhole } from "./whole.ts";
import { collectorsOf, isConstant, measured, WindowTerms } from "./window_terms.ts";

/** The row in which a collector's window begins; null when nothing old enough is remembered. */
export type FromRow = (collector: number) => Float64Array | null;

/** Whose value is asked for: one instance's, a group's, or `null` for the host's. */
export type Slot = number | Members | null;

/**
 * Collectors are read one after the other. Windows whose ends lie further apart than this share of
 * their length are windows of different times.
 */
const APART_SHARE = 0.05;

/** What a value was made of: the formula that was taken, and each of its terms as it went in. */
export interface Working {
  /** Without `either`. */
  readonly formula: Formula;
  readonly terms: Terms;
  /** The terms were counted by different groups: a delta went in as the rate of its twin. */
  readonly mixed: boolean;
}

export class Window {
  readonly to: Float64Array;
  readonly #layout: Layout;
  readonly #from: FromRow;
  readonly #sourceIndex: SourceIndex | null;
  /** By collector, once looked for: also that there is none, which takes longest to find. */
  readonly #rows: (Float64Array | null)[] = [];
  readonly #increases = new Map<string, Increases>();

  /** `sourceIndex`: what the sources say; without them nothing is doubted. */
  constructor(
    layout: Layout,
    from: FromRow,
    to: Float64Array,
    sourceIndex: SourceIndex | null = null,
  ) {
    this.#layout = layout;
    this.#from = from;
    this.to = to;
    this.#sourceIndex = sourceIndex;
  }

  /**
   * What a person is shown of a metric: the rate of a counter in units a second, a gauge as last
   * read, a formula's result. Does not judge plausibility and knows no causes.
   */
  read(metric: Metric, slot: Slot): Reading {
    switch (metric.kind) {
      case "derived":
        return this.first(metric.formula, metric.scope, slot);
      case "gauge":
        return this.#gauge(metric, slot);
      case "counter":
        return this.#rate(metric, slot);
    }
  }

  /** The first alternative of a formula that is measured, for instances of `scope`. */
  first(formula: Formula, scope: string, slot: Slot): Reading {
    let why: Absence | null = null;
    for (const each of alternatives(formula)) {
      const reading = this.formula(each, scope, slot);
      if (isMeasured(reading)) return reading;
      why = why === null ? reading : moreTelling(why, reading);
    }
    return why ?? absent("not_supported");
  }

  /** One of the alternatives of a formula, for instances of `scope`. */
  formula(formula: Formula, scope: string, slot: Slot): Reading {
    const reading = this.#formula(formula, scope, slot);
    if (typeof slot === "number" || !isMeasured(reading) || reading.partial === undefined) {
      return reading;
    }
    const common = this.#common(formula, scope, slot);
    if (common === null) return reading;
    // No instance has them all, or nobody can tell which belong together.
    if (common.counted === 0) return absent("not_supported");
    const { members, counted, present } = common;
    const whole = this.#formula(formula, scope, members);
    if (!isMeasured(whole)) return whole;
    const mixed = reading.mixed ?? whole.mixed;
    return {
      ...estimated(whole),
      partial: { counted, present },
      ...(mixed === undefined ? {} : { mixed }),
    };
  }

  /**
   * Of those that are asked for, the instances that have all terms of a formula: a ratio of sums over
   * others would be of different CPUs. None where terms of several scopes leave nothing to match. Null
   * where all have all.
   */
  #common(formula: Formula, scope: string, slot: Slot): {
    readonly members: Members;
    readonly counted: number;
    readonly present: number;
  } | null {
    const terms = inputs(formula).map(measured)
      .filter(({ kind, scope }) => kind !== "gauge" || scope !== "host");
    if (terms.length < 2) return null;
    if (terms.some((term) => term.scope !== scope)) {
      return { members: new Map(), counted: 0, present: 0 };
    }
    const present = this.present(scope, slot);
    const slots = present.filter((at) =>
      terms.every((term) => !Number.isNaN(this.value(term, at)))
    );
    if (slots.length === present.length) return null;
    const members = new Map([[scope, slots]]);
    return { members, counted: slots.length, present: present.length + this.#untaken(scope, slot) };
  }

  /** What the value of an alternative is made of, for the same instances as its value. */
  working(formula: Formula, scope: string, slot: Slot): Working {
    const reading = this.#formula(formula, scope, slot);
    const partial = typeof slot !== "number" && isMeasured(reading) &&
      reading.partial !== undefined;
    const common = partial ? this.#common(formula, scope, slot) : null;
    const whose = common === null ? slot : common.members;
    const mixed = this.#mixed(formula, scope, whose);
    return { formula, mixed, terms: new WindowTerms(this, formula, scope, whose, mixed) };
  }

  #formula(formula: Formula, scope: string, slot: Slot): Reading {
    if (scope === "host" && slot !== null) return absent("coarser_only");
    const mixed = this.#mixed(formula, scope, slot);
    const reading = evaluate(formula, new WindowTerms(this, formula, scope, slot, mixed));
    if (!isMeasured(reading)) return reading;
    if (mixed) return { ...estimated(reading), mixed: true };
    return this.#apart(collectorsOf(formula, scope)) ? { ...reading, mixed: true } : reading;
  }

  /** Seconds between the two readings of a collector; NaN while there are no two. */
  elapsedSeconds(collector: string): number {
    const index = collectorIndex(collector);
    const elapsed = (this.#endMs(index) - this.#beginMs(index)) / 1000;
    return elapsed > 0 ? elapsed : NaN;
  }

  /** When a collector was last read, CLOCK_MONOTONIC in ms; NaN where it never was. */
  readAtMs(collector: string): number {
    return this.#endMs(collectorIndex(collector));
  }

  /** A total since its counter began, NaN where absent. */
  total(metric: Measured, slot: number): number {
    return this.to[this.#layout.bases[metricIndex(metric.id)]! + slot] ?? NaN;
  }

  /** The increase of a counter across the window, scaled already by who counted it. */
  delta(metric: Measured, slot: Slot): Reading {
    const slots = slotsFor(metric.scope, slot);
    if (slots === undefined) return absent("coarser_only");
    return this.#increasesOf(metric).read(slots, this.#untaken(metric.scope, slot));
  }

  /** The increase of a counter for one instance, without its trust; NaN where absent. */
  increase(metric: Measured, slot: number): number {
    return this.#increasesOf(metric).valueAt(slot);
  }

  /** What a person is shown of a metric that is read, for one instance, likewise. */
  value(metric: Measured, slot: number): number {
    if (metric.kind === "gauge") return this.total(metric, slot);
    return this.#increasesOf(metric).perSecondAt(slot, this.elapsedSeconds(metric.collector));
  }

  /** See `isWhole`: whether a metric is exact for everybody. False says nothing. */
  isWhole(metric: Measured): boolean {
    if (metric.kind === "counter" && Number.isNaN(this.elapsedSeconds(metric.collector))) {
      return false;
    }
    if ((this.#sourceIndex?.doubted(metric) ?? null) !== null) return false;
    return isWhole(metric, this.#layout, this.#rowOf(collectorIndex(metric.collector)), this.to);
  }

  /** The slots of those who were there at the end of the window, by what their slot is asked for. */
  present(scope: string, slot: Slot): readonly number[] {
    const slots = slotsFor(scope, slot);
    if (typeof slots === "number") return [slots];
    const instances = this.#layout.scopes[scope]?.instances ?? [];
    const all = slots === undefined ? [] : slots ?? [...instances.keys()];
    return all.filter((at) => wasPresent(instances[at]!, this.to[HEADER.sequence]!));
  }

  /** How many of those who are asked for have no slot. */
  #untaken(scope: string, slot: Slot): number {
    return untakenOf(this.#layout, scope, this.to[HEADER.sequence]!, slot);
  }

  /** Whose slot it is. */
  name(scope: string, slot: number): string {
    return this.#layout.scopes[scope]!.instances[slot]!.name;
  }

  #rate(metric: Measured, slot: Slot): Reading {
    const slots = slotsFor(metric.scope, slot);
    if (slots === undefined) return absent("coarser_only");
    const untaken = this.#untaken(metric.scope, slot);
    return this.#increasesOf(metric).rate(slots, this.elapsedSeconds(metric.collector), untaken);
  }

  #increasesOf(metric: Measured): Increases {
    let increases = this.#increases.get(metric.id);
    if (increases === undefined) {
      const from = this.#rowOf(collectorIndex(metric.collector));
      const doubted = this.#sourceIndex?.doubted(metric) ?? null;
      increases = new Increases(metric, this.#layout, from, this.to, doubted);
      this.#increases.set(metric.id, increases);
    }
    return increases;
  }

  /** A term as an instance of `scope` has it: nothing is copied down to it from a coarser scope. */
  term(id: string, scope: string, slot: Slot, what: "delta" | "rate" | "last"): Reading {
    const metric = measured(id);
    // But a formula may name what the host has as a whole: the rate of a clock, a size to divide by.
    if (isConstant(metric, scope)) return this.#gauge(metric, null);
    if (typeof slot === "number" && metric.scope !== scope) return absent("coarser_only");
    if (what === "delta") return this.delta(metric, slot);
    return what === "rate" ? this.#rate(metric, slot) : this.#gauge(metric, slot);
  }

  /** Whether the sources say that the terms were counted by different groups. */
  #mixed(formula: Formula, scope: string, slot: Slot): boolean {
    const sourceIndex = this.#sourceIndex;
    if (sourceIndex === null) return false;
    // Across a change of the groups nobody knows how it was before.
    if (sourceIndex.changedInside(formula, this.#beginOf)) return true;
    if (typeof slot === "number") return sourceIndex.mixedAt(formula, scope, slot);
    return sourceIndex.mixedAcross(formula, scope, slot);
  }

  readonly #beginOf = (collector: string): number => this.#beginMs(collectorIndex(collector));

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
    if (typeof slot === "number") return this.#gaugeAt(metric, slot);
    if (metric.across === undefined) return absent("finer_only");
    if (slotsFor(metric.scope, slot) === undefined) return absent("coarser_only");
    const found: number[] = [];
    let why: Reason | null = null;
    const present = this.present(metric.scope, slot);
    for (const at of present) {
      const reading = this.#gaugeAt(metric, at);
      if (isMeasured(reading)) found.push(reading.value);
      else why ??= reading.absent;
    }
    if (found.length === 0) return absent(why ?? "not_supported");
    const value = metric.across === "sum" ? found.reduce((a, b) => a + b) : Math.max(...found);
    const all = present.length + this.#untaken(metric.scope, slot);
    return withPartial(exact(value), found.length, all);
  }

  #gaugeAt(metric: Measured, slot: number): Reading {
    const value = this.total(metric, slot);
    return Number.isNaN(value) ? absent(this.#whyEmpty(metric, slot)) : exact(value);
  }

  /** A gauge that two readings in a row left empty has nothing to show for this instance. */
  #whyEmpty(metric: Measured, slot: number): Reason {
    const from = this.#rowOf(collectorIndex(metric.collector));
    const born = this.#layout.scopes[metric.scope]?.instances[slot]?.bornSequence ?? Infinity;
    return from !== null && born <= from[HEADER.sequence]! ? "not_supported" : "not_yet";
  }

  #rowOf(collector: number): Float64Array | null {
    let row = this.#rows[collector];
    if (row === undefined) this.#rows[collector] = row = this.#from(collector);
    return row;
  }

  /** When a collector was last read before the window, NaN where nobody remembers. */
  #beginMs(collector: number): number {
    return this.#rowOf(collector)?.[readAtColumn(collector)] ?? NaN;
  }

  #endMs(collector: number): number {
    return this.to[readAtColumn(collector)]!;
  }
}

/** The slots of one scope; undefined where the group has no members there, being finer or another. */
function slotsFor(scope: string, slot: Slot): Slots | undefined {
  return slot === null || typeof slot === "number" ? slot : slot.get(scope);
}

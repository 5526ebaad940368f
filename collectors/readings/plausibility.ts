/**
 * Whether numbers can be true: a value outside its band or over its limit, or a counter that does not
 * move while its witness does. Only what stays so for two windows is judged, for one may be a hiccup.
 *
 * @module
 */
import {
  type Limit,
  type Measured,
  type Metric,
  metric as metricOf,
  type Witness,
} from "../catalogue.ts";
import type { Doubt } from "../doubt.ts";
import { alternatives, type Formula, inputs } from "../formula.ts";
import { isMeasured, type Reading } from "../trust.ts";
import type { Slot, Window } from "./window.ts";

const NO_WITNESS: readonly Witness[] = [];
const NO_LIMITS: readonly Limit[] = [];

export class Plausibility {
  readonly #window: Window;
  readonly #before: Window | null;
  /** By metric, then by slot. */
  readonly #verdicts = new Map<string, (Doubt | null)[]>();
  /** By metric and for whom. */
  readonly #sums = new Map<string, Map<Slot, Doubt | null>>();

  /** `before`: the window before; without it nothing is judged. */
  constructor(window: Window, before: Window | null) {
    this.#window = window;
    this.#before = before;
  }

  /** Why a metric that has this value cannot be believed, or a part of a sum; null where it can. */
  doubt(metric: Metric, slot: Slot, reading: Reading): Doubt | null {
    if (this.#before === null || !isMeasured(reading)) return null;
    if (metric.kind !== "derived") return this.#doubtTerm(metric, slot, this.#before);
    const own = this.#outside(metric, slot, reading.value, this.#before) ??
      this.#overLimit(metric, slot, reading, this.#before);
    if (own !== null) return own;
    for (const id of this.#used(metric.formula, metric.scope, slot)) {
      const term = metricOf(id);
      if (term.kind === "derived") continue;
      const found = this.#doubtTerm(term, slotOf(term, metric.scope, slot), this.#before);
      if (found !== null) return found;
    }
    return null;
  }

  /** The terms of the alternative that gave the value. */
  #used(formula: Formula, scope: string, slot: Slot): readonly string[] {
    const all = alternatives(formula);
    const used = all.length === 1
      ? all[0]
      : all.find((each) => isMeasured(this.#window.formula(each, scope, slot)));
    return used === undefined ? [] : inputs(used);
  }

  /** A value that was outside its band before too. */
  #outside(metric: Metric, slot: Slot, value: number, before: Window): Doubt | null {
    if (!isOutside(metric, value)) return null;
    const earlier = before.read(metric, slot);
    return isMeasured(earlier) && isOutside(metric, earlier.value)
      ? bandDoubt(metric, value)
      : null;
  }

  #overLimit(metric: Metric, slot: Slot, reading: Reading, before: Window): Doubt | null {
    for (const limit of metric.limits ?? NO_LIMITS) {
      const of = this.#window.first(limit.of, metric.scope, slot);
      if (!isMeasured(of) || !isMeasured(reading) || !exceeds(reading, of, limit)) continue;
      const earlier = before.first(limit.of, metric.scope, slot);
      if (!exceeds(before.read(metric, slot), earlier, limit)) continue;
      const { factor, why } = limit;
      return { rule: "limit", metric: metric.id, value: reading.value, factor, of: of.value, why };
    }
    return null;
  }

  #doubtTerm(metric: Measured, slot: Slot, before: Window): Doubt | null {
    if (
      metric.sane === undefined && metric.witness === undefined && metric.limits === undefined
    ) return null;
    if (typeof slot === "number") return this.#doubtAt(metric, slot, before);
    let sums = this.#sums.get(metric.id);
    if (sums === undefined) this.#sums.set(metric.id, sums = new Map());
    let doubt = sums.get(slot);
    if (doubt === undefined) sums.set(slot, doubt = this.#doubtSum(metric, slot, before));
    return doubt;
  }

  /** A band is one instance's: a sum is judged by its parts. What it cannot exceed has a sum too. */
  #doubtSum(metric: Measured, slot: Exclude<Slot, number>, before: Window): Doubt | null {
    for (const at of this.#window.present(metric.scope, slot)) {
      const doubt = this.#doubtAt(metric, at, before);
      if (doubt === null) continue;
      return metric.scope === "host"
        ? doubt
        : { ...doubt, instance: this.#window.name(metric.scope, at) };
    }
    if (metric.limits === undefined) return null;
    return this.#overLimit(metric, slot, this.#window.read(metric, slot), before);
  }

  #doubtAt(metric: Measured, slot: number, before: Window): Doubt | null {
    let verdicts = this.#verdicts.get(metric.id);
    if (verdicts === undefined) this.#verdicts.set(metric.id, verdicts = []);
    let doubt = verdicts[slot];
    if (doubt === undefined) verdicts[slot] = doubt = this.#judge(metric, slot, before);
    return doubt;
  }

  #judge(metric: Measured, slot: number, before: Window): Doubt | null {
    const value = this.#window.value(metric, slot);
    if (isOutside(metric, value) && isOutside(metric, before.value(metric, slot))) {
      return bandDoubt(metric, value);
    }
    const { witness = NO_WITNESS } = metric;
    const witnesses = Array.isArray(witness) ? witness : [witness];
    for (const each of witnesses) {
      const seen = lag(metric, each, this.#window, slot);
      if (Number.isNaN(seen) || Number.isNaN(lag(metric, each, before, slot))) continue;
      const { of: formula, least, ever } = each;
      return {
        rule: "witness",
        metric: metric.id,
        value: risen(metric, each, this.#window, slot),
        least,
        of: seen,
        witness: formula,
        ...(ever ? { ever } : {}),
      };
    }
    const zero = this.#doubtZero(metric, slot, before);
    if (zero !== null) return zero;
    if (metric.limits === undefined) return null;
    // What the host has one of is asked for as the host's.
    const whose = metric.scope === "host" ? null : slot;
    return this.#overLimit(metric, whose, this.#window.read(metric, whose), before);
  }

  /** What speaks against the counter that a zero is believed with. */
  #doubtZero(metric: Measured, slot: number, before: Window): Doubt | null {
    if (metric.zeroWith === undefined || this.#window.increase(metric, slot) !== 0) return null;
    const other = metricOf(metric.zeroWith);
    return other.kind === "derived" ? null : this.#doubtAt(other, slot, before);
  }
}

/** A value that is absent (NaN) is outside no band. */
function isOutside({ sane }: Metric, value: number): boolean {
  return sane !== undefined && (value < sane[0] || value > sane[1]);
}

function bandDoubt({ id, sane }: Metric, value: number): Doubt {
  const [least, most] = sane!;
  return value < least
    ? { rule: "least", metric: id, value, bound: least }
    : { rule: "most", metric: id, value, bound: most };
}

/** Bounds and parts of what it cannot exceed prove nothing against a value. */
function exceeds(reading: Reading, of: Reading, { factor, from = 0 }: Limit): boolean {
  return isMeasured(reading) && isMeasured(of) &&
    reading.bound !== "upper" && of.bound !== "lower" &&
    of.partial === undefined && of.grade !== "low" &&
    of.value >= from && reading.value > factor * of.value;
}

/** What the witness rose by where the counter did not keep up with it; else NaN. */
function lag(metric: Measured, witness: Witness, window: Window, slot: number): number {
  const increase = risen(metric, witness, window, slot);
  if (Number.isNaN(increase)) return NaN;
  const seen = seenOf(metric, witness, window, slot);
  return seen >= witness.from && increase < witness.least * seen ? seen : NaN;
}

function risen(metric: Measured, { ever }: Witness, window: Window, slot: number): number {
  return ever ? window.total(metric, slot) : window.increase(metric, slot);
}

function seenOf(metric: Measured, { of, ever }: Witness, window: Window, slot: number): number {
  if (ever) {
    const seen = metricOf(inputs(of)[0]!);
    return seen.kind === "derived" ? NaN : window.total(seen, slot);
  }
  const seen = window.formula(of, metric.scope, slot);
  return isMeasured(seen) ? seen.value : NaN;
}

/** What stands for a term in a formula of `scope`: of the host it has one value for all. */
function slotOf(term: Measured, scope: string, slot: Slot): Slot {
  return term.scope === scope || slot === null || term.scope !== "host" ? slot : null;
}

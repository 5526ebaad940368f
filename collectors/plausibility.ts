/**
 * Whether numbers can be true: a value outside its band, or a counter that does not move while its
 * witness does. Only what stays so for two windows is judged, for one may be a hiccup.
 *
 * @module
 */
import { type Measured, type Metric, metric as metricOf, type Witness } from "./catalogue.ts";
import { alternatives, type Formula, inputs } from "./formula.ts";
import { isMeasured } from "./trust.ts";
import type { Slot, Window } from "./window.ts";

const UNDECIDED = 0;
const FINE = 1;
const SUSPECT = 2;

export class Plausibility {
  readonly #window: Window;
  readonly #before: Window | null;
  /** By metric, then by slot. */
  readonly #verdicts = new Map<string, number[]>();
  /** By metric and for whom. */
  readonly #sums = new Map<string, Map<Slot, boolean>>();

  /** `before`: the window before; without it nothing is judged. */
  constructor(window: Window, before: Window | null) {
    this.#window = window;
    this.#before = before;
  }

  /** Whether a metric that has this value cannot be believed; of a sum: whether a part of it cannot. */
  suspect(metric: Metric, slot: Slot, value: number): boolean {
    if (metric.kind !== "derived") return this.#suspectTerm(metric, slot);
    return this.#outsideTwice(metric, slot, value) ||
      this.#used(metric.formula, metric.scope, slot).some((id) => {
        const term = metricOf(id);
        return term.kind !== "derived" && this.#suspectTerm(term, slotOf(term, metric.scope, slot));
      });
  }

  /** The terms of the alternative that gave the value. */
  #used(formula: Formula, scope: string, slot: Slot): readonly string[] {
    const all = alternatives(formula);
    const used = all.length === 1
      ? all[0]
      : all.find((each) => isMeasured(this.#window.formula(each, scope, slot)));
    return used === undefined ? [] : inputs(used);
  }

  #outsideTwice(metric: Metric, slot: Slot, value: number): boolean {
    if (!isOutside(metric, value) || this.#before === null) return false;
    const earlier = this.#before.read(metric, slot);
    return isMeasured(earlier) && isOutside(metric, earlier.value);
  }

  #suspectTerm(metric: Measured, slot: Slot): boolean {
    if (metric.sane === undefined && metric.witness === undefined) return false;
    if (typeof slot === "number") return this.#suspectAt(metric, slot);
    let sums = this.#sums.get(metric.id);
    if (sums === undefined) this.#sums.set(metric.id, sums = new Map());
    let suspect = sums.get(slot);
    if (suspect === undefined) {
      // A band is one instance's: a sum is judged by its parts.
      suspect = this.#window.present(metric.scope, slot).some((at) => this.#suspectAt(metric, at));
      sums.set(slot, suspect);
    }
    return suspect;
  }

  #suspectAt(metric: Measured, slot: number): boolean {
    let verdicts = this.#verdicts.get(metric.id);
    if (verdicts === undefined) this.#verdicts.set(metric.id, verdicts = []);
    const known = verdicts[slot] ?? UNDECIDED;
    if (known !== UNDECIDED) return known === SUSPECT;
    const witnesses = [metric.witness ?? []].flat();
    const suspect = this.#inBoth((window) => isOutside(metric, window.value(metric, slot))) ||
      witnesses.some((witness) => this.#inBoth((window) => lags(metric, witness, window, slot)));
    verdicts[slot] = suspect ? SUSPECT : FINE;
    return suspect;
  }

  #inBoth(holds: (window: Window) => boolean): boolean {
    return this.#before !== null && holds(this.#window) && holds(this.#before);
  }
}

/** A value that is absent (NaN) is outside no band. */
function isOutside({ sane }: Metric, value: number): boolean {
  return sane !== undefined && (value < sane[0] || value > sane[1]);
}

function lags(
  metric: Measured,
  { of, least, from }: Witness,
  window: Window,
  slot: number,
): boolean {
  const increase = window.increase(metric, slot);
  if (Number.isNaN(increase)) return false;
  const seen = window.formula(of, metric.scope, slot);
  return isMeasured(seen) && seen.value >= from && increase < least * seen.value;
}

/** What stands for a term in a formula of `scope`: of the host it has one value for all. */
function slotOf(term: Measured, scope: string, slot: Slot): Slot {
  return term.scope === scope || slot === null || term.scope !== "host" ? slot : null;
}

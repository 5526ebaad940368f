/** What the formulas of a window are evaluated with: their terms, as whoever is asked for has them. @module */
import { type Measured, metric as metricOf } from "../catalogue.ts";
import { type Formula, inputs, type Terms } from "../formula.ts";
import { absent, exact, type Reading } from "../trust.ts";
import type { Slot, Window } from "./window.ts";

/** The terms of one formula. Hundreds are made in a tick: an object with methods, and not of closures. */
export class WindowTerms implements Terms {
  readonly #window: Window;
  readonly #formula: Formula;
  readonly #scope: string;
  readonly #slot: Slot;
  readonly #mixed: boolean;

  constructor(window: Window, formula: Formula, scope: string, slot: Slot, mixed: boolean) {
    this.#window = window;
    this.#formula = formula;
    this.#scope = scope;
    this.#slot = slot;
    this.#mixed = mixed;
  }

  delta(id: string): Reading {
    // Counts of different groups are of spans that end at different times: by the second they are not.
    return this.#mixed
      ? this.#window.term(measured(id).twin ?? id, this.#scope, this.#slot, "rate")
      : this.#window.term(id, this.#scope, this.#slot, "delta");
  }

  rate(id: string): Reading {
    return this.#window.term(id, this.#scope, this.#slot, "rate");
  }

  last(id: string): Reading {
    return this.#window.term(id, this.#scope, this.#slot, "last");
  }

  elapsed(): Reading {
    const [first] = collectorsOf(this.#formula, this.#scope);
    const seconds = first === undefined ? NaN : this.#window.elapsedSeconds(first);
    return Number.isNaN(seconds) ? absent("not_yet") : exact(seconds);
  }
}

/** What the host has as a whole, in a formula for its parts: as good as a constant. */
export function isConstant(metric: Measured, scope: string): boolean {
  return metric.kind === "gauge" && metric.scope === "host" && scope !== "host";
}

const COLLECTORS_OF = new WeakMap<Formula, Map<string, readonly string[]>>();

/** The collectors that read the terms of a formula at its time, in the order in which they are met. */
export function collectorsOf(formula: Formula, scope: string): readonly string[] {
  let byScope = COLLECTORS_OF.get(formula);
  if (byScope === undefined) COLLECTORS_OF.set(formula, byScope = new Map());
  let collectors = byScope.get(scope);
  if (collectors === undefined) {
    const terms = inputs(formula).map(measured).filter((term) => !isConstant(term, scope));
    byScope.set(scope, collectors = [...new Set(terms.map(({ collector }) => collector))]);
  }
  return collectors;
}

/** What a term of a formula is, which is always read and never derived. */
export function measured(id: string): Measured {
  const found = metricOf(id);
  if (found.kind === "derived") {
    throw new Error(
      `Cannot use "${id}" as a term: it is derived, and terms are read by collectors`,
    );
  }
  return found;
}

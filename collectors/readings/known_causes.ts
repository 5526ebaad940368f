/**
 * Causes of absences, kept from tick to tick: what is absent mostly stays so, for the same cause.
 *
 * @module
 */
import { type Measured, metric as metricOf, SCOPES } from "../catalogue.ts";
import type { Problem } from "../trust.ts";
import type { Slot } from "./window.ts";

type Causes = Map<readonly string[], Map<Slot, Problem | null>>;

/** By the list, which stays the same until a cause comes or goes, and by who is there. */
const CAUSES = new WeakMap<readonly Problem[], WeakMap<object, Causes>>();

/** What was found of the absences of some terms, by slot; `there`: the same object while nobody comes or goes. */
export function knownCauses(problems: readonly Problem[], there: object): Causes {
  let known = CAUSES.get(problems);
  if (known === undefined) CAUSES.set(problems, known = new WeakMap());
  let causes = known.get(there);
  if (causes === undefined) known.set(there, causes = new Map());
  return causes;
}

const VOLATILE = new WeakMap<readonly string[], boolean>();

/** Whether instances of one of the terms come and go all the time. */
export function isVolatile(terms: readonly string[]): boolean {
  let found = VOLATILE.get(terms);
  if (found === undefined) {
    found = terms.some((id) => SCOPES.get(metricOf(id).scope)?.volatile === true);
    VOLATILE.set(terms, found);
  }
  return found;
}

/** By the list too. */
const PROBLEMS = new WeakMap<readonly Problem[], Map<string, readonly Problem[]>>();

/** The causes that cost a metric for somebody. */
export function problemsOf(problems: readonly Problem[], term: Measured): readonly Problem[] {
  let known = PROBLEMS.get(problems);
  if (known === undefined) PROBLEMS.set(problems, known = new Map());
  let found = known.get(term.id);
  if (found === undefined) {
    found = problems.filter(({ collector, metrics }) =>
      collector === term.collector && (metrics === undefined || metrics.includes(term.id))
    );
    known.set(term.id, found);
  }
  return found;
}

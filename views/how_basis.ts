/**
 * What the text of how a card is measured depends on, to see without rendering it whether it would be
 * the same: sources and causes, which stay the same objects until a collector tells others, and who
 * is there to be counted.
 *
 * @module
 */
import type { Card } from "../collectors/card.ts";
import { type Measured, metric as metricOf } from "../collectors/catalogue.ts";
import { inputs } from "../collectors/formula.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { isHere, isMeasured, type Reading } from "../collectors/trust.ts";
import { quantitiesOf, readingsOf } from "./standing.ts";

interface Dependencies {
  /** What a card's quantities are made of, where perf counts it. */
  readonly terms: readonly Measured[];
  readonly scopes: readonly string[];
  /** What they are made of beside that: whether it is here tells which way a formula goes. */
  readonly others: readonly string[];
}

const DEPENDENCIES = new WeakMap<Card, Dependencies>();
/** One for all, so that a look costs no garbage. */
const basis: unknown[] = [];

/** Things to compare by identity. Valid until the next call. */
export function basisOf(card: Card, snapshot: Snapshot): readonly unknown[] {
  basis.length = 0;
  const { terms, scopes, others } = dependenciesOf(card);
  for (const scope of scopes) {
    for (const { name, groups } of snapshot.instances(scope)) basis.push(name, groups.core_type);
  }
  for (const term of terms) {
    if (term.sourced === undefined) addCounted(term, snapshot);
    else {
      const sources = snapshot.sources(term.sourced);
      // Without any it is another array each time.
      basis.push(sources.length === 0 ? null : sources);
    }
  }
  for (const id of others) basis.push(isHere(snapshot.read(id)));
  for (const quantity of quantitiesOf(card)) {
    if (quantity.scope === undefined) {
      addReading(snapshot.read(quantity.shown.metric, quantity.shown.instance));
    } else {
      for (const reading of readingsOf(snapshot, quantity)) addReading(reading);
    }
  }
  return basis;
}

/** Where an event that is the same everywhere is counted. */
function addCounted(term: Measured, snapshot: Snapshot): void {
  if (term.scope === "host") {
    basis.push(Number.isNaN(snapshot.total(term, 0)));
    return;
  }
  for (const { slot } of snapshot.instances(term.scope)) {
    basis.push(Number.isNaN(snapshot.total(term, slot)));
  }
}

function addReading(reading: Reading): void {
  if (isMeasured(reading)) {
    basis.push(reading.mixed === true);
    // With its numbers, so it is another at each tick.
    if (reading.doubt !== undefined) basis.push(reading.doubt);
  } else basis.push(reading.problem ?? null);
}

function dependenciesOf(card: Card): Dependencies {
  let found = DEPENDENCIES.get(card);
  if (found === undefined) {
    const ids = quantitiesOf(card).flatMap(({ shown: { metric: id } }) => {
      const entry = metricOf(id);
      return entry.kind === "derived" ? inputs(entry.formula) : [id];
    });
    const all = [...new Set(ids)].map(metricOf)
      .filter((entry): entry is Measured => entry.kind !== "derived");
    const [terms, rest] = [all.filter(isCounted), all.filter((term) => !isCounted(term))];
    const scopes = [...new Set(terms.map(({ scope }) => scope))].filter((scope) =>
      scope !== "host"
    );
    DEPENDENCIES.set(card, found = { terms, scopes, others: rest.map(({ id }) => id) });
  }
  return found;
}

function isCounted({ sourced, perfEvent }: Measured): boolean {
  return (sourced ?? perfEvent) !== undefined;
}

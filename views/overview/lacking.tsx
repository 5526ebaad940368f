/**
 * Cards that have nothing to show, in one: those that can be had, with what it takes, and below them in
 * a line each those that this machine does not have.
 *
 * @module
 */
import type { Card } from "../../collectors/card.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Html } from "../html.ts";
import { absenceOf, sameAbsence } from "../standing.ts";

/** Cards by what they lack everything for: each that tells of its causes, then those that share them. */
export function foldsOf(
  lacking: readonly Card[],
  snapshot: Snapshot,
): readonly (readonly Card[])[] {
  const folds = new Map<Card, Card[]>();
  for (const card of lacking) {
    const first = sameAbsence(snapshot, card) ?? card;
    const fold = folds.get(first) ?? [];
    fold.push(card);
    folds.set(first, fold);
  }
  return [...folds.values()];
}

/** Whether something can be done, or it is the first thing that one looks for. */
export function isUrgent(fold: readonly Card[], first: Card, snapshot: Snapshot): boolean {
  return fold[0] === first ||
    absenceOf(snapshot, fold[0]!).some(({ remedy }) => remedy !== undefined);
}

export interface LackingProps {
  readonly lacking: readonly Card[];
  readonly snapshot: Snapshot;
  /** A card as an entry of this one: its parts with their ids, so that a tick may fill them. */
  readonly entry: (card: Card) => Html;
}

export function Lacking({ lacking, snapshot, entry }: LackingProps): Html {
  const folds = foldsOf(lacking, snapshot);
  const urgent = folds.filter((fold) => isUrgent(fold, lacking[0]!, snapshot));
  const others = folds.filter((fold) => !urgent.includes(fold));
  return (
    <section class="card lacking" aria-labelledby="title-lacking">
      <header>
        <h2 id="title-lacking">Not available on this system</h2>
      </header>
      {urgent.map((fold) => <div class="fold">{fold.map(entry)}</div>)}
      {others.length === 0 ? null : (
        <div>
          <h3>Also not on this machine</h3>
          <ul class="names">{others.flat().map(({ title }) => <li>{title}</li>)}</ul>
          <details class="more">
            <summary>Why none of them is</summary>
            {others.map((fold) => <div class="fold">{fold.map(entry)}</div>)}
          </details>
        </div>
      )}
      <p class="m">
        <a href="doctor">Doctor: every step, and what it would unlock</a>
      </p>
    </section>
  );
}

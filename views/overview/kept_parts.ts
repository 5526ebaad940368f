/**
 * The parts of cards, rendered again only where something was read again since: files that are worth
 * reading every few seconds, and cards that have nothing to show, cost a tick nothing.
 *
 * @module
 */
import type { Card } from "../../collectors/card.ts";
import { Reread } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Problem } from "../../collectors/trust.ts";
import { cardParts } from "../card/card.tsx";
import type { Trends } from "../card/grid.tsx";
import { render } from "../html.ts";
import { absenceOf, heroOf, quantitiesOf } from "../standing.ts";

type Parts = readonly (readonly [id: string, html: string])[];

interface Kept {
  readonly reread: Reread;
  isHero: boolean;
  /** Why it has nothing to show. */
  causes: readonly Problem[];
  /** As of the last snapshot. */
  parts: Parts;
}

const KEPT = new WeakMap<Card, Kept>();

/**
 * The parts of a card that a tick may change: id of the element, and its HTML. `trends`: those of the
 * snapshot, without a series.
 */
export function keptParts(card: Card, snapshot: Snapshot, trends: Trends): Parts {
  let kept = KEPT.get(card);
  if (kept === undefined) {
    KEPT.set(
      card,
      kept = { reread: new Reread(idsOf(card)), isHero: false, causes: [], parts: [] },
    );
  }
  const isHero = heroOf(snapshot) === card;
  if (kept.reread.update(snapshot) || kept.isHero !== isHero) {
    const causes = absenceOf(snapshot, card);
    if (isHero === kept.isHero && sayNoMore(card, causes, kept.causes)) return kept.parts;
    kept.isHero = isHero;
    kept.causes = causes;
    kept.parts = cardParts(card, snapshot, trends).map(([id, element]) => [id, render(element)]);
  }
  return kept.parts;
}

/** A card without figures is made of its causes alone, and they are the same objects as before. */
function sayNoMore(
  { badge, note }: Card,
  causes: readonly Problem[],
  before: readonly Problem[],
): boolean {
  return causes.length > 0 && causes.length === before.length && badge === undefined &&
    note === undefined && causes.every((cause, index) => cause === before[index]);
}

/** All metrics that a card shows something of. */
function idsOf(card: Card): readonly string[] {
  const { badge, note, needs } = card;
  return [
    ...quantitiesOf(card).map(({ shown }) => shown.metric),
    ...(badge === undefined ? [] : [badge]),
    ...(note === undefined ? [] : [note.metric]),
    ...(needs?.of ?? []),
  ];
}

/**
 * The parts of cards, rendered again only where something was read again since: files that are worth
 * reading every few seconds, and cards that have nothing to show, cost a tick nothing.
 *
 * @module
 */
import type { Card } from "../collectors/card.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { cardParts } from "./card.tsx";
import type { Trends } from "./grid.tsx";
import { render } from "./html.ts";
import { readersOf } from "./readers.ts";
import { heroOf, quantitiesOf } from "./standing.ts";

type Parts = readonly (readonly [id: string, html: string])[];

/** All that the parts of a card are made of, and what they became. */
interface Kept {
  readonly shape: object;
  readonly problems: Snapshot["problems"];
  readonly columns: Trends["columns"];
  readonly isHero: boolean;
  /** When each of its collectors was read. */
  readonly readAtMs: readonly number[];
  readonly parts: Parts;
}

const KEPT = new WeakMap<Card, Kept>();
const COLLECTORS = new WeakMap<Card, readonly string[]>();

/** The parts of a card that a tick may change: id of the element, and its HTML. */
export function keptParts(card: Card, snapshot: Snapshot, trends: Trends): Parts {
  const { shape, problems } = snapshot;
  const { columns } = trends;
  const isHero = heroOf(snapshot) === card;
  const collectors = collectorsOf(card);
  const kept = KEPT.get(card);
  if (
    kept !== undefined && kept.shape === shape && kept.problems === problems &&
    kept.columns === columns && kept.isHero === isHero &&
    collectors.every((collector, i) => Object.is(snapshot.readAtMs(collector), kept.readAtMs[i]))
  ) return kept.parts;
  const parts = cardParts(card, snapshot, trends).map(([id, element]) =>
    [id, render(element)] as const
  );
  const readAtMs = collectors.map((collector) => snapshot.readAtMs(collector));
  KEPT.set(card, { shape, problems, columns, isHero, readAtMs, parts });
  return parts;
}

/** Whoever reads what a card shows. */
function collectorsOf(card: Card): readonly string[] {
  let found = COLLECTORS.get(card);
  if (found === undefined) {
    const { badge, note, needs } = card;
    const ids = [
      ...quantitiesOf(card).map(({ shown }) => shown.metric),
      ...(badge === undefined ? [] : [badge]),
      ...(note === undefined ? [] : [note.metric]),
      ...(needs?.of ?? []),
    ];
    COLLECTORS.set(card, found = [...new Set(ids.flatMap(readersOf))]);
  }
  return found;
}

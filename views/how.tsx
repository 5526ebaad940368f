/**
 * How the figures of a card are measured, closed until somebody asks. It changes when events are
 * opened anew and not with the figures, so its text is kept from tick to tick.
 *
 * @module
 */
import { raw } from "hono/html";
import type { Card } from "../collectors/card.ts";
import { hasProof, proofOf } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { basisOf } from "./how_basis.ts";
import { type Html, render } from "./html.ts";
import { doubtsOf, ProofLines } from "./proof_lines.tsx";
import { absenceOf, quantitiesOf } from "./standing.ts";

const HAVE = new WeakMap<Card, boolean>();

/** Whether a card has something that perf could count too, on this machine or another. */
export function hasHow(card: Card): boolean {
  let has = HAVE.get(card);
  if (has === undefined) {
    has = quantitiesOf(card).some(({ shown }) => hasProof(shown.metric));
    HAVE.set(card, has);
  }
  return has;
}

export function howId(card: Card): string {
  return `card-${card.id}-how`;
}

/**
 * `linked`: not told, with a link to the page that tells it. A first visit has it so, because it would
 * be a tenth of the page for something that is closed; the first message of the stream tells it.
 */
export type HowShown = "closed" | "open" | "linked";

export interface HowProps {
  readonly card: Card;
  readonly snapshot: Snapshot;
  readonly shown: HowShown;
}

interface Kept {
  readonly basis: readonly unknown[];
  readonly html: Html;
}

const KEPT = new WeakMap<Card, Map<HowShown, Kept>>();

/** The same object as long as nothing changed that it tells of. */
export function How(props: HowProps): Html {
  const { card, snapshot, shown } = props;
  let kept = KEPT.get(card);
  if (kept === undefined) KEPT.set(card, kept = new Map());
  const basis = basisOf(card, snapshot);
  const last = kept.get(shown);
  if (last !== undefined && isSame(last.basis, basis)) return last.html;
  const html = raw(render(<Details {...props} />));
  kept.set(shown, { basis: [...basis], html });
  return html;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function Details({ card, snapshot, shown }: HowProps): Html {
  const ids = toldOf(card, snapshot);
  const id = howId(card);
  const empty = ids.length === 0 && doubtsOf(snapshot, card).size === 0;
  return (
    <details class="how" id={id} hidden={empty} open={shown === "open"}>
      <summary>How it is measured</summary>
      {shown === "linked"
        ? <a href={`?how=open#${id}`}>Events and perf commands</a>
        : empty
        ? null
        : <ProofLines card={card} ids={ids} snapshot={snapshot} />}
    </details>
  );
}

/** What of a card is counted here by something that perf can count too. */
function toldOf(card: Card, snapshot: Snapshot): readonly string[] {
  if (absenceOf(snapshot, card).length > 0) return [];
  const ids = new Set(quantitiesOf(card).map(({ shown }) => shown.metric));
  return [...ids].filter((id) => proofOf(snapshot, [id]).command !== null);
}

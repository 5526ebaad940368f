/** What is told of how a card's figures were measured, without a past to draw. @module */
import type { Series } from "../../../collectors/readings/series.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { render } from "../../../views/html.ts";
import { Sheet } from "../../../views/proof/sheet.tsx";
import { findSubject, restOf } from "../../../views/proof/subject.ts";
import { BRANCHES } from "../hand_cards.ts";

const NO_PAST: Series = { seconds: [], values: [], shares: [], sequence: 0 };

/** `row`: which of its rows that have rings. Throws where there is no such ring. */
export function sheetOf(
  snapshot: Snapshot,
  card: string,
  row?: number,
  series: Series = NO_PAST,
): string {
  const subject = card === BRANCHES.id ? restOf(BRANCHES) : findSubject(card, row);
  if (subject === null) throw new Error(`Cannot find the ring of ${card} ${row}`);
  return render(Sheet({ subject, snapshot, series, spanSeconds: 300 }));
}

/** Its text, an element a line, with plain spaces. */
export function linesOf(html: string): readonly string[] {
  return html.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replace(/[\u00a0\u202f]/g, " ")
    .replace(/<\/?(?:b|small|code)>/g, "").replace(/<[^>]*>/g, "\n")
    .split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

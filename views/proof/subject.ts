/**
 * What one ring of a page vouches for: a row of a grid whose rows have rings of their own, or all of a
 * card that stands in no such row.
 *
 * @module
 */
import type { Card, Grid, GridRow } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import { hasProof } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Grade, isMeasured, type Reading, worse } from "../../collectors/trust.ts";
import { absentWords, trustSentence, trustWords } from "../format.ts";
import { quantitiesOf, type Quantity, readingsOf, standingOver, worst } from "../standing.ts";

export interface ProofSubject {
  readonly title: string;
  readonly quantities: readonly Quantity[];
  /** Perf counts some of it, here or elsewhere: what its figures are worth may differ. */
  readonly counted: boolean;
  /** Where it is told how they were measured. */
  readonly url: string;
}

/** What a ring shows of its subject. */
export interface Mark {
  readonly grade: Grade | "absent";
  /** Of an estimate: how much of what should be in it is in it. */
  readonly share: number;
  /** `exact`, `62 %`, `2 of 9 estimated`, `1 implausible`, `not available`. */
  readonly words: string;
  /** The same for those who hear it. */
  readonly sentence: string;
  /** Of its subject: there may be many words. */
  readonly counted: boolean;
}

interface Subjects {
  /** Null where every quantity stands in a row with a ring. */
  readonly rest: ProofSubject | null;
  readonly rows: ReadonlyMap<GridRow, ProofSubject>;
}

const SUBJECTS = new WeakMap<Card, Subjects>();

/** Whether each row has a ring: where perf counts some of it, rows differ in what they are worth. */
export function hasRings({ rows }: Grid): boolean {
  return rows.some(({ cells }) => cells.some((shown) => shown !== null && hasProof(shown.metric)));
}

/** What the ring in the title of a card is for; null where its rows have them all. */
export function restOf(card: Card): ProofSubject | null {
  return subjectsOf(card).rest;
}

/** What the ring of a row is for. Throws for a row of another card, or of a grid without rings. */
export function rowOf(card: Card, row: GridRow): ProofSubject {
  const found = subjectsOf(card).rows.get(row);
  if (found !== undefined) return found;
  throw new Error(`Cannot find row "${row.name}" of card "${card.id}": it has no ring`);
}

/** How many rows of a card have rings; undefined where there is no such card. */
export function ringsOf(id: string): number | undefined {
  const card = CARDS.find((card) => card.id === id);
  return card === undefined ? undefined : subjectsOf(card).rows.size;
}

/** `row`: which of the rows with rings, from 0; absent: the rest of the card. Null where there is none. */
export function findSubject(id: string, row: number | undefined): ProofSubject | null {
  const card = CARDS.find((card) => card.id === id);
  if (card === undefined) return null;
  const { rest, rows } = subjectsOf(card);
  return row === undefined ? rest : [...rows.values()][row] ?? null;
}

function subjectsOf(card: Card): Subjects {
  let found = SUBJECTS.get(card);
  if (found === undefined) SUBJECTS.set(card, found = divide(card));
  return found;
}

function divide(card: Card): Subjects {
  const isRinged = (block: Card["blocks"][number]): block is Grid =>
    block.block === "grid" && hasRings(block);
  const url = `proof?card=${card.id}`;
  const rows = card.blocks.filter(isRinged).flatMap(({ rows }) => rows);
  const blocks = card.blocks.filter((block) => !isRinged(block));
  const quantities = quantitiesOf({ ...card, blocks });
  return {
    rest: quantities.length === 0 ? null : subjectOf(card.title, quantities, url),
    rows: new Map(rows.map((row, index) => {
      const cells = row.cells.filter((shown) => shown !== null).map((shown) => ({ shown }));
      return [row, subjectOf(`${card.title}, ${row.name}`, cells, `${url}&row=${index}`)];
    })),
  };
}

function subjectOf(title: string, quantities: readonly Quantity[], url: string): ProofSubject {
  return {
    title,
    quantities,
    url,
    counted: quantities.some(({ shown }) => hasProof(shown.metric)),
  };
}

/** One standing for all of a subject; where its figures differ, how many are the worst. */
export function markOf(snapshot: Snapshot, { quantities, counted }: ProofSubject): Mark {
  const readings: Reading[] = [];
  /** By metric: what is shown of the host and of its parts is one figure. */
  const byMetric = new Map<string, Grade>();
  for (const quantity of quantities) {
    const own = readingsOf(snapshot, quantity);
    const found = worst(own);
    const id = quantity.shown.metric;
    if (found !== null) byMetric.set(id, worse(found.grade, byMetric.get(id) ?? found.grade));
    readings.push(...own);
  }
  const standing = standingOver(readings);
  if (standing === null) {
    const [first] = readings;
    const reason = first === undefined || isMeasured(first) ? "not_supported" : first.absent;
    const words = absentWords(reason);
    return { grade: "absent", share: 0, words, sentence: words, counted };
  }
  const { grade, coverage, partial } = standing;
  const share = partial === undefined ? coverage : coverage * partial.counted / partial.present;
  const grades = [...byMetric.values()];
  const those = grades.filter((each) => each === grade).length;
  const told = trustSentence(standing);
  if (those === grades.length) {
    // One is the least that it can be, and another the most: no share of the time says that.
    const bounds = standing.bound === undefined &&
      readings.filter(isMeasured).every(({ bound }) => bound !== undefined);
    if (bounds) return { grade, share, words: "bounds", sentence: `${told}, bounds`, counted };
    return { grade, share, words: trustWords(standing), sentence: told, counted };
  }
  // As short as there is room for in a row.
  const words = grade === "implausible"
    ? `${those} implausible`
    : `${those} of ${grades.length} ${grade}`;
  return { grade, share, words, sentence: `${words}: ${told}`, counted };
}

/**
 * Comings and goings that change nothing else. With a page open the largest processes are others every
 * few seconds; who else is there, where it is counted and what is in the way all stay.
 *
 * @module
 */
import { MEASURED, metric, SCOPES } from "../catalogue.ts";
import { COLLECTORS, type Layout } from "../sampling/layout.ts";
import type { FeedSource } from "./feed.ts";

/** How often instances of each collector have come and gone so, by its index. */
export type Moves = readonly number[];

export const NO_MOVES: Moves = COLLECTORS.map(() => 0);

/**
 * The scopes that alone are others than before: volatile ones, whose instances belong to no group and
 * are counted by no source. Null where anything else is new too.
 */
export function movedAlone(before: FeedSource, after: FeedSource): readonly string[] | null {
  const { layout, sources, problems, timeline } = after;
  const same = timeline === before.timeline && sources === before.sources &&
    problems === before.problems && haveSameColumns(before.layout, layout);
  if (!same) return null;
  const known = before.layout.scopes;
  const moved = Object.keys(layout.scopes).filter((id) => layout.scopes[id] !== known[id]);
  const alone = moved.every((id) => {
    if (SCOPES.get(id)?.volatile !== true) return false;
    return [known, layout.scopes].every((scopes) => belongNowhere(scopes[id]));
  });
  if (!alone || sources.some((source) => moved.includes(metric(source.metric).scope))) return null;
  return moved;
}

/** After instances of these scopes came and went. */
export function countMoves(moves: Moves, scopes: readonly string[]): Moves {
  const collectors = new Set(
    MEASURED.filter(({ scope }) => scopes.includes(scope)).map(({ collector }) => collector),
  );
  return moves.map((count, index) => collectors.has(COLLECTORS[index]!) ? count + 1 : count);
}

function haveSameColumns(a: Layout, b: Layout): boolean {
  return a.width === b.width && a.bases.length === b.bases.length &&
    a.bases.every((base, index) => base === b.bases[index]);
}

function belongNowhere(scope: Layout["scopes"][string] | undefined): boolean {
  return (scope?.instances ?? []).every((instance) =>
    instance === null || Object.keys(instance.groups).length === 0
  );
}

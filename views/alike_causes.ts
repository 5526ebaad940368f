/** Causes that differ in one name, told as one. @module */
import type { Problem } from "../collectors/trust.ts";

export interface AlikeCauses {
  /** Tells what holds of all of them. */
  readonly first: Problem;
  /** What the others name in place of what the first one names first, in quotes. */
  readonly others: readonly string[];
}

/** The first thing that a sentence names. */
const NAMED = /"[^"]*"/;

/** In the order of the first of each. What has another remedy is another cause. */
export function alikeCauses(causes: readonly Problem[]): readonly AlikeCauses[] {
  const groups = Map.groupBy(
    causes,
    ({ message, remedy }) => `${message.replace(NAMED, '""')}\n${remedy ?? ""}`,
  );
  return [...groups.values()].map(([first, ...rest]) => ({
    first: first!,
    others: rest.flatMap(({ message }) => NAMED.exec(message) ?? []),
  }));
}

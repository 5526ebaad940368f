/** Causes that differ in one name, told as one. @module */
import type { Problem } from "../collectors/trust.ts";

/** The first thing that a sentence names. */
const NAMED = /"[^"]*"/;

/**
 * The first of each, whose message goes on with what the others name in its place, in quotes; in the
 * order of these. What has another remedy is another cause.
 */
export function alikeCauses(causes: readonly Problem[]): readonly Problem[] {
  const groups = Map.groupBy(
    causes,
    ({ message, remedy }) => `${message.replace(NAMED, '""')}\n${remedy ?? ""}`,
  );
  return [...groups.values()].map(([first, ...rest]) => {
    const others = rest.flatMap(({ message }) => NAMED.exec(message) ?? []);
    if (others.length === 0) return first!;
    return {
      ...first!,
      message: `${first!.message.replace(/\.$/, "")}. The same for ${others.join(", ")}`,
    };
  });
}

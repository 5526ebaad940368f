/**
 * Names that a machine hands out are somebody's to choose: a process calls itself what it likes. What
 * would write to a terminal, turn the direction of a line or not be seen at all is spelled out, here
 * where names come in, so that no output has to think of it.
 *
 * @module
 */
import type { Problem } from "./trust.ts";

/** Controls, formats (bidirectional ones among them), separators of lines, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN, "gu");
const FOUR_DIGITS = 0xffff;

/**
 * The text with what cannot be seen as its number, and otherwise as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./printable.ts";
 *
 * assertEquals(printable("a\u001b[31m"), "a\\u001b[31m");
 * ```
 */
export function printable(text: string): string {
  return UNSEEN.test(text) ? text.replace(ALL_UNSEEN, spelled) : text;
}

/** The same of each value; the record itself where there is nothing to do. */
export function printableValues(
  record: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const name in record) {
    if (!UNSEEN.test(record[name]!)) continue;
    return Object.fromEntries(
      Object.entries(record).map(([key, value]) => [key, printable(value)]),
    );
  }
  return record;
}

/** Messages quote what files hold. */
export function printableProblem(problem: Problem): Problem {
  const { message, remedy, instance, instances } = problem;
  return {
    ...problem,
    message: printable(message),
    ...(remedy === undefined ? {} : { remedy: printable(remedy) }),
    ...(instance === undefined ? {} : { instance: printable(instance) }),
    ...(instances === undefined ? {} : { instances: instances.map(printable) }),
  };
}

function spelled(character: string): string {
  const code = character.codePointAt(0)!;
  const digits = code.toString(16);
  return code > FOUR_DIGITS ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}

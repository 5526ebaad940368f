/** The words behind the program's name, as flags with their values and the words beside them. @module */
import { parseArgs } from "node:util";
import { FLAGS, USAGE } from "./flags.ts";

/** `error` makes the error of what is wrong, by its message. */
// deno-lint-ignore explicit-function-return-type -- the type is what parseArgs makes of FLAGS
export function readArguments(args: readonly string[], error: (message: string) => Error) {
  const { values, positionals, tokens } = parse(args, error);
  const before = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option" || !isOnce(token.name)) continue;
    // Which of two was meant nobody knows; a value may be a secret, so neither is repeated.
    if (before.has(token.name)) throw error(`Cannot use --${token.name} twice: needs it once`);
    before.add(token.name);
  }
  return { values, positionals };
}

// deno-lint-ignore explicit-function-return-type -- as above
function parse(args: readonly string[], error: (message: string) => Error) {
  try {
    return parseArgs({
      args: [...args],
      options: FLAGS,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw error(
      valueMissing(found) ??
        `Cannot read the arguments: ${firstSentence(found)}, --help lists them`,
    );
  }
}

/** Whether a flag has one value: one that switches something on says the same twice. */
function isOnce(name: string): boolean {
  const flag = FLAGS[name as keyof typeof FLAGS];
  return flag.type === "string" && !("multiple" in flag);
}

/** Node knows that a value is missing, and not what is needed. */
function valueMissing(found: string): string | undefined {
  const [, flag, why] = /^Option '--([a-z-]+).*?' argument (missing|is ambiguous)/.exec(found) ??
    [];
  if (flag === undefined) return undefined;
  const value = new RegExp(`^ +--${flag} ([A-Z:]+)`, "m").exec(USAGE)?.[1] ?? "a value";
  return why === "missing"
    ? `Cannot use --${flag}: nothing stands behind it, needs ${value}, as --help says`
    : `Cannot use --${flag}: another flag stands behind it, needs ${value}, or ` +
      `--${flag}=${value} where that begins with -`;
}

/** Node's messages go on with advice about `--`. */
function firstSentence(message: string): string {
  return message.split(/\.(?:\s|$)/)[0]!.replace(/\s+/g, " ");
}

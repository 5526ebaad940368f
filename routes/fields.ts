/** The parameters of a request as a schema makes them, or a refusal that says what is wrong. @module */
import * as v from "valibot";
import { quote, Refusal } from "./refusal.ts";

type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** At the end of the name of a field that may be there several times. */
const SEVERAL = "[]";

/**
 * The fields as the schema makes them, those that may be several as lists. Throws `Refusal` 400 with the
 * first thing that is wrong.
 */
export function parseFields<const S extends Fields>(
  schema: S,
  fields: URLSearchParams,
): v.InferOutput<S> {
  if (fields.size === 0) return parseNothing(schema);
  const input: Record<string, string | string[]> = {};
  // Each once: to look for each name among all of them takes a stranger's login of 13 kB a fifth of a second.
  for (const [name, value] of fields) {
    const known = Object.hasOwn(input, name) ? input[name] : undefined;
    if (known === undefined) input[name] = name.endsWith(SEVERAL) ? [value] : value;
    else if (Array.isArray(known)) known.push(value);
    else throw new Refusal(400, `Cannot take parameter ${quote(name)} twice: needs it once`);
  }
  return parseObject(schema, input);
}

/** By schema, what it makes of no fields at all, as most requests have: always the same. */
const OF_NOTHING = new WeakMap<Fields, unknown>();

function parseNothing<const S extends Fields>(schema: S): v.InferOutput<S> {
  let output = OF_NOTHING.get(schema) as v.InferOutput<S> | undefined;
  if (output === undefined) OF_NOTHING.set(schema, output = parseObject(schema, {}));
  return output;
}

/** The same of an object. */
export function parseObject<const S extends Fields>(schema: S, input: object): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  throw new Refusal(400, sentence(result.issues[0], Object.keys(schema.entries)));
}

function sentence(issue: v.BaseIssue<unknown>, known: readonly string[]): string {
  if (issue.type !== "strict_object") return issue.message;
  const name = String(issue.path?.[0]?.key);
  if (known.includes(name)) {
    return `Cannot find parameter ${quote(name)}: it is missing, and needed`;
  }
  const needed = known.length === 0 ? "none at all" : known.join(", ");
  return `Cannot take parameter ${quote(name)}: it is unknown here, known: ${needed}`;
}

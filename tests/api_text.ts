/**
 * The names of an API in lines: paths with their parameters, and each field of each answer with its type
 * or its words. What is for this service's own pages is left out, and so are the ids of metrics, which
 * the other goldens have.
 *
 * @module
 */

type Json = Readonly<Record<string, unknown>>;

const PROGRAMS = "For programs";
const NOT_STABLE = ["MetricId", "Sample", "Description"];

export function apiText(document: Json): string {
  const { paths, components } = document as {
    paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
    components: { readonly schemas: Readonly<Record<string, Json>> };
  };
  const lines: string[] = [];
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { tags, parameters = [], ...operation }] of Object.entries(operations)) {
      if (!(tags as readonly string[]).includes(PROGRAMS)) continue;
      const names = (parameters as readonly { name: string }[]).map(({ name }) => ` ${name}`);
      lines.push(`${method.toUpperCase()} ${path}${names.join("")}`);
      for (const name of bodyFields(operation)) lines.push(`  ${name}`);
      for (const [event, { $ref }] of eventsOf(operation)) {
        lines.push(`  event ${event}: ${last($ref)}`);
      }
    }
  }
  for (const [name, schema] of Object.entries(components.schemas)) {
    if (!NOT_STABLE.includes(name)) lines.push(...fieldsOf(name, schema));
  }
  return [...new Set(lines)].map((line) => `${line}\n`).join("");
}

function bodyFields({ requestBody }: Json): readonly string[] {
  const content = (requestBody as { content?: Json } | undefined)?.content ?? {};
  return Object.entries(content).flatMap((
    [type, media],
  ) => [...fieldsOf(type, (media as { schema: Json }).schema)]);
}

function eventsOf({ responses }: Json): readonly [string, { readonly $ref: string }][] {
  return Object.values(responses as Readonly<Record<string, Json>>).flatMap((response) =>
    Object.entries(response["x-events"] ?? {}) as [string, { readonly $ref: string }][]
  );
}

/** `Tick.host: Host`, and below it what has no name of its own. */
function* fieldsOf(path: string, schema: Json): Generator<string> {
  if (Array.isArray(schema.anyOf)) {
    for (const one of schema.anyOf) yield* fieldsOf(path, one);
    return;
  }
  if (typeof schema.$ref === "string") return yield `${path}: ${last(schema.$ref)}`;
  if (schema.type === "array") return yield* fieldsOf(`${path}[]`, schema.items as Json);
  if (typeof schema.additionalProperties === "object") {
    return yield* fieldsOf(`${path}{}`, schema.additionalProperties as Json);
  }
  if (schema.type !== "object") return yield `${path}: ${wordsOf(schema)}`;
  const required = schema.required as readonly string[] | undefined;
  for (const [name, field] of Object.entries(schema.properties as Readonly<Record<string, Json>>)) {
    yield* fieldsOf(`${path}.${name}${required?.includes(name) ? "" : "?"}`, field);
  }
}

function wordsOf({ type, enum: words, const: word }: Json): string {
  if (Array.isArray(words)) return words.join(" | ");
  return String(word ?? type);
}

function last(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

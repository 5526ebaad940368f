/**
 * The description of this service for programs that make clients (OpenAPI 3.1): made of what requests are
 * checked by, and of the schemas of the answers.
 *
 * https://spec.openapis.org/oas/v3.1.1.html
 *
 * @module
 */
import { type JsonSchema, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { Answer, Content, Fields, Operation } from "./operation.ts";
import { PAGE_OPERATIONS } from "./page_operations.ts";
import { PROGRAM_OPERATIONS } from "./program_operations.ts";
import { SCHEMAS } from "./schemas.ts";

const SCHEMA_PATH = "#/components/schemas/";
const TARGET = "draft-2020-12";
const TOKEN_SCHEME = "token";

const PROGRAMS = "For programs";
const PAGES = "For browsers";

export interface Described {
  readonly version: string;
  /** Whether readers must have a token. */
  readonly token: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export function openApi({ version, token }: Described): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const tagged = [
    ...PROGRAM_OPERATIONS.map((operation) => [PROGRAMS, operation] as const),
    ...PAGE_OPERATIONS.map((operation) => [PAGES, operation] as const),
  ];
  for (const [tag, operation] of tagged) {
    if (operation.login === true && !token) continue;
    const [method, path] = methodAndPath(operation);
    const described = operationJson(operation, tag);
    (paths[path] ??= {})[method] = token && operation.open
      ? { ...described, security: [] }
      : described;
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Ringside",
      version,
      description: "This host's counters. What was not measured is null, with the reason; never 0.",
      license: { name: "MIT", identifier: "MIT" },
    },
    // Relative to this document, wherever a proxy has put the service.
    servers: [{ url: "../.." }],
    tags: [
      { name: PROGRAMS, description: "Paths, fields and events are stable." },
      { name: PAGES, description: "Pages and what they load: only the paths are stable." },
    ],
    paths,
    components: {
      schemas: answerSchemas(),
      ...(token ? { securitySchemes: { [TOKEN_SCHEME]: { type: "http", scheme: "bearer" } } } : {}),
    },
    ...(token ? { security: [{ [TOKEN_SCHEME]: [] }] } : {}),
  };
}

function answerSchemas(): Json {
  return toJsonSchemaDefs(SCHEMAS, {
    target: TARGET,
    overrideRef: ({ referenceId }) => SCHEMA_PATH + referenceId,
  });
}

/** `get` and `/chart/{name}`. */
function methodAndPath({ route }: Operation): readonly [string, string] {
  const [method, path] = route.split(" ") as [string, string];
  return [method.toLowerCase(), path.replace(/:(\w+)/g, "{$1}")];
}

function operationJson(operation: Operation, tag: string): Json {
  const { id, summary, body, answers } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : {
      requestBody: {
        required: true,
        content: mapped(body, (fields) => ({ schema: askedSchema(fields) })),
      },
    }),
    responses: {
      ...mapped(answers, answerJson),
      default: {
        description: "Why it is refused; for browsers a page",
        content: {
          ...contentJson("application/json", "Refusal"),
          ...contentJson("text/html", "text"),
        },
      },
    },
  };
}

function answerJson({ description, content, events }: Answer): Json {
  return {
    description,
    ...(content === undefined ? {} : {
      content: Object.assign(
        {},
        ...Object.entries(content).map(([type, what]) => contentJson(type, what)),
      ),
    }),
    // OpenAPI 3.1 has no word for the events of a stream.
    ...(events === undefined ? {} : { "x-events": mapped(events, schemaOf) }),
  };
}

function contentJson(type: string, what: Content): Json {
  return { [type]: { schema: schemaOf(what) } };
}

function schemaOf(content: Content): Json {
  return content === "text" ? { type: "string" } : { $ref: SCHEMA_PATH + content };
}

function parametersOf({ route, query, resumes }: Operation): readonly Json[] {
  const inPath = [...route.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const header = {
    name: "Last-Event-ID",
    in: "header",
    description: "The id of the last message that was read: what came after it is told first.",
    schema: { type: "string" },
  };
  return [...inPath, ...queryParameters([query ?? []].flat()), ...(resumes ? [header] : [])];
}

/** Of several queries that a route takes, one takes what the others do not. */
function queryParameters(queries: readonly Fields[]): readonly Json[] {
  const asked = queries.map(askedSchema);
  const names = new Set(asked.flatMap(({ properties = {} }) => Object.keys(properties)));
  return [...names].map((name) => {
    const found = asked.flatMap(({ properties }) => properties?.[name] ?? []) as JsonSchema[];
    const schemas = [...new Map(found.map((schema) => [JSON.stringify(schema), schema])).values()];
    const schema = schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
    const required = asked.every((one) => one.required?.includes(name));
    return { name, in: "query", ...(required ? { required } : {}), schema };
  });
}

/** What a caller sends: checks that JSON Schema has no word for stand in the descriptions. */
function askedSchema(fields: Fields): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(fields, {
    target: TARGET,
    typeMode: "input",
    errorMode: "ignore",
  });
  return schema;
}

function mapped<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

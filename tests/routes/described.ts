/**
 * What the service says that it answers, held against what it answers: a schema that is not true fails
 * here, and so does a field, a status or a type that is in no schema.
 *
 * @module
 */
import { assert } from "@std/assert";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { WholeApp } from "../security/whole_app.ts";
import { SseReader } from "../sse_reader.ts";

interface Media {
  readonly schema: { readonly $ref?: string };
}

export interface DescribedAnswer {
  readonly content?: Readonly<Record<string, Media>>;
  readonly "x-events"?: Readonly<Record<string, Media["schema"]>>;
}

export interface DescribedParameter {
  readonly name: string;
  readonly in: string;
}

export interface DescribedOperation {
  readonly parameters?: readonly DescribedParameter[];
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: unknown;
  };
  readonly security?: unknown;
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export class Described {
  readonly document: Document;
  readonly #ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false });
  readonly #schemas: string;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: Document) {
    this.document = document;
    this.#ajv.addFormat("date-time", DATE_TIME);
    this.#schemas = JSON.stringify(document.components.schemas)
      .replaceAll("#/components/schemas/", "#/$defs/");
  }

  /** `GET /chart/:name`, as the app names its routes. */
  get routes(): readonly string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) =>
        `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`
      )
    );
  }

  operation(route: string): DescribedOperation {
    const [method, path] = route.split(" ") as [string, string];
    const found = this.document.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    assert(found !== undefined, `${route} is not described`);
    return found;
  }

  /** Why a value is none of that schema; undefined where it is one. */
  wrong(name: string, value: unknown): string | undefined {
    let validate = this.#validators.get(name);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `#/$defs/${name}`, $defs: JSON.parse(this.#schemas) });
      this.#validators.set(name, validate);
    }
    if (validate(value)) return undefined;
    return this.#ajv.errorsText(validate.errors).slice(0, 2000);
  }

  /**
   * Reads an answer and checks all of it, of a stream as far as an event. Gives each JSON that was read,
   * by the name of its schema.
   */
  async check(
    route: string,
    response: Response,
    until = "message",
  ): Promise<readonly [string, unknown][]> {
    const { responses } = this.operation(route);
    const answer = responses[response.status] ??
      (response.status >= 400 ? responses.default : undefined);
    const what = `${route} ${response.status}`;
    assert(answer !== undefined, `${what} is not described`);
    const header = response.headers.get("content-type");
    if (header === null) {
      assert(answer.content === undefined, `${what} has no content`);
      return [];
    }
    const type = header.split(";")[0]!;
    const media = answer.content?.[type];
    assert(media !== undefined, `${what} as ${type} is not described`);
    if (type === "text/event-stream") return await this.#events(what, answer, response, until);
    const text = await response.text();
    return type === "application/json" ? [this.#value(what, media.schema, text)] : [];
  }

  #value(what: string, schema: Media["schema"], text: string): [string, unknown] {
    const name = schema.$ref?.split("/").at(-1);
    assert(name !== undefined, `${what} is JSON without a schema`);
    const value: unknown = JSON.parse(text);
    const wrong = this.wrong(name, value);
    assert(wrong === undefined, `${what}: ${name} ${wrong}`);
    return [name, value];
  }

  async #events(
    what: string,
    answer: DescribedAnswer,
    response: Response,
    until: string,
  ): Promise<[string, unknown][]> {
    const events = answer["x-events"];
    assert(events !== undefined, `${what} has no events`);
    const reader = new SseReader(response);
    const found: [string, unknown][] = [];
    for (let event = ""; event !== until;) {
      const message = await reader.message();
      event = message.event;
      const schema = events[event];
      assert(schema !== undefined, `${what}: event ${event} is not described`);
      if (schema.$ref !== undefined) {
        found.push(this.#value(`${what} ${event}`, schema, message.data));
      }
    }
    await reader.cancel();
    return found;
  }
}

/** As the app describes itself. */
export async function describedBy(app: WholeApp): Promise<Described> {
  const response = await app.request("/api/v1/openapi.json");
  return new Described(await response.json() as Document);
}

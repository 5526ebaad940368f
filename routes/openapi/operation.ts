/** What the description says of one route. @module */
import type * as v from "valibot";
import type { SchemaName } from "./schemas.ts";

/** What a query or a form is checked by. */
export type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** A schema by its name, or text of any kind. */
export type Content = SchemaName | "text";

export interface Answer {
  readonly description: string;
  /** By type; absent: nothing follows the headers. */
  readonly content?: Readonly<Record<string, Content>>;
  /** Of a stream: what `data` of each event is; `message` has no name in the stream. */
  readonly events?: Readonly<Record<string, Content>>;
}

export interface Operation {
  /** As the route is named in the app: `GET /chart/:name`. */
  readonly route: `${"GET" | "POST"} /${string}`;
  /** Stable: programs that are made from the description call it so. */
  readonly id: string;
  readonly summary: string;
  /** By what the query is checked; of several, by one of them. Absent: there is none. */
  readonly query?: Fields | readonly Fields[];
  /** By what the body is checked, by its type. */
  readonly body?: Readonly<Record<string, Fields>>;
  /** Takes the header `Last-Event-ID`. */
  readonly resumes?: true;
  /** By status. All refusals that are not named here are `Refusal`. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** For everybody, where there is a token. */
  readonly open?: true;
  /** There only where there is a token. */
  readonly login?: true;
}

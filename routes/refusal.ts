/**
 * A request that is not answered, and the sentence that says why: what was tried, what was found,
 * what is needed. Handlers throw it; the app gives it the shape that the caller reads.
 *
 * @module
 */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { printable } from "../collectors/printable.ts";

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;

  /** `message`: capital first, no full stop. */
  constructor(
    status: ContentfulStatusCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** An address that is none, behind a word: nothing where a password or a key may stand in it. */
export function quoteUrl(text: string): string {
  return /[@?]/.test(text) ? "" : ` ${quote(text)}`;
}

/** What a caller sent, for a message: quoted, and short whatever its length. */
export function quote(text: string): string {
  const most = 80;
  return printable(JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text));
}

/**
 * Asks an engine over HTTP. Its address and headers come from options alone. What comes back is
 * bounded in time and size, and a redirect is refused: it may lead to where nobody meant to ask.
 *
 * @module
 */
import { Allowance } from "./promql_allowance.ts";
import {
  AnswerError,
  errorText,
  type Line,
  parseMatrix,
  parseVector,
  type Sample,
} from "./promql_answer.ts";

/** For all that a page asks at once. Who looks at it waits no longer. */
export const ANSWER_MS_MOST = 5000;
/** Of one; a thousand hosts with ten terms are 2 MB. Counted as it is unpacked. */
export const ANSWER_BYTES_MOST = 16 << 20;
/** Of an answer that is an error, only its sentence is looked for. */
const ERROR_BYTES_MOST = 64 << 10;

export interface EngineAddress {
  /** Without a last slash: `http://127.0.0.1:9090`. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Range {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

export class PromqlClient {
  readonly #address: EngineAddress;

  constructor(address: EngineAddress) {
    this.#address = address;
  }

  /** Rejects with `AnswerError`. `allowance`: of all that is asked for one page. */
  async instant(
    query: string,
    signal: AbortSignal,
    allowance = new Allowance(),
  ): Promise<readonly Sample[]> {
    return parseVector(await this.#ask("query", { query }, signal, allowance));
  }

  /** Rejects with `AnswerError`. */
  async range(query: string, range: Range, signal: AbortSignal): Promise<readonly Line[]> {
    const { startSeconds, endSeconds, stepSeconds } = range;
    const fields = {
      query,
      start: String(startSeconds),
      end: String(endSeconds),
      step: String(stepSeconds),
    };
    const pointsMost = Math.floor((endSeconds - startSeconds) / stepSeconds) + 1;
    const text = await this.#ask("query_range", fields, signal, new Allowance());
    return parseMatrix(text, pointsMost);
  }

  async #ask(
    path: string,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal,
    allowance: Allowance,
  ): Promise<string> {
    const { url, headers } = this.#address;
    // What is left of an answer that is not wanted is not waited for.
    const hangUp = new AbortController();
    try {
      const response = await fetch(`${url}/api/v1/${path}`, {
        method: "POST",
        // The engine may give up when the page has.
        body: new URLSearchParams({ ...fields, timeout: `${ANSWER_MS_MOST}ms` }),
        headers: [...headers.map(([name, value]): [string, string] => [name, value])],
        redirect: "manual",
        signal: AbortSignal.any([signal, hangUp.signal]),
      });
      const text = await textOf(response, allowance);
      allowance.takeParts(text);
      // Others may have been parsed meanwhile, for longer than anybody waits.
      signal.throwIfAborted();
      return text;
    } catch (error) {
      throw error instanceof AnswerError ? error : new AnswerError(causeOf(error, signal));
    } finally {
      hangUp.abort();
    }
  }
}

async function textOf(response: Response, allowance: Allowance): Promise<string> {
  const { ok, status, headers } = response;
  if (ok) return await bounded(response, ANSWER_BYTES_MOST, allowance);
  if (status >= 300 && status < 400) {
    throw new AnswerError(
      `it answered ${status}, a redirect, which is not followed, needs the address itself` +
        (headers.has("location") ? "" : " and says none"),
    );
  }
  if (status === 401 || status === 403) {
    throw new AnswerError(
      `it answered ${status}, needs --prometheus-header or --prometheus-header-file with what it ` +
        `lets in`,
    );
  }
  const said = errorText(await bounded(response, ERROR_BYTES_MOST, allowance));
  throw new AnswerError(`it answered ${status}` + (said === "" ? "" : `, ${said}`));
}

async function bounded(
  response: Response,
  bytesMost: number,
  allowance: Allowance,
): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > bytesMost) {
      throw new AnswerError(`its answer is larger than ${bytesMost >> 10} KiB`);
    }
    allowance.takeBytes(chunk.length);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function causeOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `it did not answer within ${ANSWER_MS_MOST / 1000} s`;
  const cause = error instanceof Error
    ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`
    : String(error);
  if (/Connection refused/i.test(cause)) return "nobody listens there, the connection was refused";
  if (/dns error|failed to lookup/i.test(cause)) return "nobody knows this name";
  if (/certificate|UnknownIssuer|tls/i.test(cause)) {
    return "its certificate is not trusted, needs DENO_CERT with the file of its authority, or " +
      "DENO_TLS_CA_STORE=system";
  }
  return "the connection failed";
}

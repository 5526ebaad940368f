/**
 * One message to a collector, and what it says to it.
 *
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 *
 * @module
 */
import { rejection } from "./answer.ts";
import type { OtlpEncoding, OtlpOptions } from "./options.ts";
import type { OtlpOutcome } from "./sender.ts";

export type Target = Pick<OtlpOptions, "url" | "headers" | "encoding" | "gzip" | "timeoutMs">;

const TYPES: Readonly<Record<OtlpEncoding, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
};
/** More of an answer is not read. */
const ANSWER_BYTES_MOST = 64 * 1024;
/** More of its words is not repeated. */
const WORDS_MOST = 200;
/** A receiver that wants to be left alone for longer is asked anew after so long. */
const RETRY_AFTER_MS_MOST = 3_600_000;

/** Never rejects. A redirect is not followed: it would lead to where nobody wanted them sent. */
export async function post(target: Target, body: Uint8Array<ArrayBuffer>): Promise<OtlpOutcome> {
  const { url, headers, encoding, gzip, timeoutMs } = target;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": TYPES[encoding],
        ...(gzip ? { "content-encoding": "gzip" } : {}),
      },
      body: gzip ? await compressed(body) : body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = await firstBytes(response);
    if (!response.ok) return refused(response);
    const left = rejection(response.headers.get("content-type") ?? "", answer);
    return left === undefined ? { taken: true } : { taken: true, rejection: short(left) };
  } catch (error) {
    return { taken: false, why: short(causeOf(error, timeoutMs)) };
  }
}

function refused(response: Response): OtlpOutcome {
  const why = `it answered ${response.status} ${response.statusText}`.trim();
  const retryAfterMs = waitedMs(response.headers.get("retry-after"), Date.now());
  return { taken: false, why: short(why), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** What a `Retry-After` asks for: seconds, or a time of day (RFC 9110, 10.2.3). `nowMs`: wall clock. */
export function waitedMs(retryAfter: string | null, nowMs: number): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - nowMs : seconds * 1000;
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MOST) : undefined;
}

function causeOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  // Layers name the URL and each other; the last says what the system said.
  let innermost = error;
  while (innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost.message.split(": ").at(-1)!;
}

/** It comes from elsewhere, and goes to a log. */
function short(text: string): string {
  return text.length > WORDS_MOST ? `${text.slice(0, WORDS_MOST)}...` : text;
}

async function firstBytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > ANSWER_BYTES_MOST) break;
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function compressed(body: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

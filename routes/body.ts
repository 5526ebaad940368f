/** Bodies of requests: short, whole, and of a type that is known. @module */
import type { Context } from "hono";
import { quote, Refusal } from "./refusal.ts";

export const FORM = "application/x-www-form-urlencoded";
export const JSON_BODY = "application/json";

/** A body of a few hundred bytes that takes longer than this holds a connection, and no more. */
export const BODY_MS_MOST = 10_000;

export interface BodyOptions {
  readonly types: readonly string[];
  readonly bytesMost: number;
  /** What is to stand in it, as it ends a sentence: `one field, interval`. */
  readonly needed: string;
  /** How long its bytes may take; `BODY_MS_MOST` if absent. */
  readonly msMost?: number;
}

export interface Body {
  /** One of the types that were asked for. */
  readonly type: string;
  readonly text: string;
}

/**
 * Throws `Refusal` 415 for another type, 413 for too long a body, 408 for one that does not come, 400
 * for one that breaks off.
 */
export async function bodyOf(context: Context, options: BodyOptions): Promise<Body> {
  const { types, bytesMost, needed, msMost = BODY_MS_MOST } = options;
  const header = context.req.header("content-type") ?? "";
  const type = header.split(";")[0]!.trim().toLowerCase();
  if (!types.includes(type)) {
    throw new Refusal(
      415,
      `Cannot read a body of type ${quote(header)}: needs ${types.join(" or ")}`,
    );
  }
  const bytes = new Uint8Array(bytesMost);
  let length = 0;
  for await (const chunk of chunksOf(context.req.raw, msMost)) {
    if (length + chunk.length > bytesMost) {
      throw new Refusal(
        413,
        `Cannot read a body of more than ${bytesMost} bytes: needs ${needed}`,
      );
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return { type, text: new TextDecoder().decode(bytes.subarray(0, length)) };
}

/** A caller that goes away in the middle of its body is no error of this service. */
async function* chunksOf(request: Request, msMost: number): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  let late = false;
  const cancel = (): void => {
    // What broke off rejects here once more, after it was told.
    reader.cancel().catch(() => {});
  };
  const timer = setTimeout(() => {
    late = true;
    cancel();
  }, msMost);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `Cannot read the body: ${found}, needs a whole one`);
  } finally {
    clearTimeout(timer);
    cancel();
  }
  if (late) {
    throw new Refusal(
      408,
      `Cannot read the body: it has not come within ${msMost} ms, needs a whole one`,
      { connection: "close" },
    );
  }
}

/** `POST /interval`: how often the sampler ticks, for everybody. @module */
import type { Context } from "hono";
import type { Sampler } from "../collectors/mod.ts";
import { wantsHtml } from "./answer.ts";
import { INTERVAL, parseFields } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";

/** One field and its value take thirty. */
export const BODY_BYTES_MOST = 256;
const FORM = "application/x-www-form-urlencoded";

export function setInterval(sampler: Sampler): (context: Context) => Promise<Response> {
  return async (context) => {
    const type = context.req.header("content-type") ?? "";
    if (type.split(";")[0]!.trim().toLowerCase() !== FORM) {
      throw new Refusal(415, `Cannot read a body of type ${quote(type)}: needs ${FORM}`);
    }
    const body = await boundedText(context.req.raw);
    const { interval } = parseFields(INTERVAL, new URLSearchParams(body));
    sampler.setIntervalMs(interval);
    // htmx leaves the page as it is: what changes comes with the next tick.
    if (context.req.header("hx-request") === "true") return context.body(null, 204);
    if (wantsHtml(context)) return context.redirect("/", 303);
    return context.json({ interval_seconds: interval / 1000 });
  };
}

async function boundedText(request: Request): Promise<string> {
  const bytes = new Uint8Array(BODY_BYTES_MOST);
  let length = 0;
  for await (const chunk of bodyOf(request)) {
    if (length + chunk.length > BODY_BYTES_MOST) {
      throw new Refusal(
        413,
        `Cannot read a body of more than ${BODY_BYTES_MOST} bytes: needs one field, interval`,
      );
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

/** A caller that goes away in the middle of its body is no error of this service. */
async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body ?? [];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `Cannot read the body: ${found}, needs a whole one`);
  }
}

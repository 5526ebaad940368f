/** `POST /interval`: how often the sampler ticks, for everybody. @module */
import type { Context } from "hono";
import type { Sampler } from "../collectors/mod.ts";
import { wantsHtml } from "./answer.ts";
import { bodyOf, FORM } from "./body.ts";
import { INTERVAL, parseFields } from "./query.ts";

/** One field and its value take thirty. */
export const BODY_BYTES_MOST = 256;
const BODY = { types: [FORM], bytesMost: BODY_BYTES_MOST, needed: "one field, interval" };

export function setInterval(sampler: Sampler): (context: Context) => Promise<Response> {
  return async (context) => {
    const { text } = await bodyOf(context, BODY);
    const { interval } = parseFields(INTERVAL, new URLSearchParams(text));
    sampler.setIntervalMs(interval);
    // htmx leaves the page as it is: what changes comes with the next tick.
    if (context.req.header("hx-request") === "true") return context.body(null, 204);
    if (wantsHtml(context)) return context.redirect("/", 303);
    return context.json({ interval_seconds: interval / 1000 });
  };
}

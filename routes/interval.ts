/** `POST /interval`: how often the sampler ticks, for everybody. @module */
import type { Context } from "hono";
import { wantsHtml } from "./answer.ts";
import { leadOn } from "./base_path.ts";
import type { Deps } from "./app.ts";
import { bodyOf, FORM } from "./body.ts";
import { parseFields } from "./fields.ts";
import { queryOf } from "./pages.ts";
import { INTERVAL, NOTHING } from "./query.ts";

/** Two fields and their values take sixty. */
export const BODY_BYTES_MOST = 256;
const BODY = { types: [FORM], bytesMost: BODY_BYTES_MOST, needed: "one field, interval" };

export function setInterval({ sampler, hub }: Deps): (context: Context) => Promise<Response> {
  return async (context) => {
    parseFields(NOTHING, queryOf(context));
    const { text } = await bodyOf(context, BODY);
    const { interval, back } = parseFields(INTERVAL, new URLSearchParams(text));
    sampler.setIntervalMs(interval);
    hub.tellInterval();
    // htmx leaves the page as it is: the new interval comes with its stream, as to everybody.
    if (context.req.header("hx-request") === "true") return context.body(null, 204);
    if (wantsHtml(context)) return leadOn(context, back);
    return context.json({ interval_seconds: interval / 1000 });
  };
}

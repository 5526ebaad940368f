/** The pages and their stream. @module */
import type { Context } from "hono";
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { placeOf } from "./cursor.ts";
import { acceptsGzip } from "./encoding.ts";
import type { Channel } from "./hub.ts";
import type { Newest } from "./newest.ts";
import { LIVE_PAGE, OVERVIEW, parseFields } from "./query.ts";
import { CHART_SPAN_MS, PageChannel } from "./stream.ts";

type Handler = (context: Context) => Response;

/** `/`: whole without scripts; it is as fresh as its last tick. */
export function overview(deps: Deps, newest: Newest): Handler {
  const { sampler, rendering } = deps;
  return (context) => {
    const { how } = parseFields(OVERVIEW, queryOf(context));
    sampler.watch();
    const { intervalMs } = sampler;
    const page = newest.answer(`overview ${intervalMs} ${how ?? ""}`, (snapshot) => {
      const keys = rendering.overview.series(snapshot);
      const series = sampler.feed.series.read(keys, -1, CHART_SPAN_MS);
      return rendering.overview.document({ snapshot, series, intervalMs, how });
    });
    return send(context, page, HTML_TYPE);
  };
}

/** `/stream`: what changes on a page, for htmx. */
export function pageStream(deps: Deps): Handler {
  const channels = { overview: new PageChannel(deps.rendering.overview, deps.sampler.feed) };
  return (context) => {
    const { page } = parseFields(LIVE_PAGE, queryOf(context));
    return openStream(context, deps, channels[page]);
  };
}

/** An endless answer of server-sent events, taken up where `Last-Event-ID` says. */
export function openStream(context: Context, deps: Deps, channel: Channel): Response {
  const gzip = acceptsGzip(context.req.header("accept-encoding"));
  const headers: Record<string, string> = {
    "content-type": "text/event-stream; charset=utf-8",
    "vary": "accept-encoding",
    // Nginx would gather an answer before it passes it on.
    "x-accel-buffering": "no",
  };
  if (gzip) headers["content-encoding"] = "gzip";
  // Nobody would ever read the stream, nor end it.
  if (context.req.method === "HEAD") return context.body(null, 200, headers);
  const place = placeOf(context.req.header("last-event-id"), deps.sampler.feed);
  return context.body(deps.hub.open(channel, place, gzip), 200, headers);
}

export function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

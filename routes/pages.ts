/** The pages and their stream. @module */
import type { Context } from "hono";
import { HTML_TYPE, JSON_TYPE, send, STREAM_TYPE } from "./answer.ts";
import type { Deps } from "./app.ts";
import { sessionEnd } from "./doors/auth.ts";
import { chartedLines } from "./charted.ts";
import { cpusStreams } from "./cpus.ts";
import { placeOf } from "./stream/cursor.ts";
import { acceptsGzip } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import type { Channel } from "./stream/hub.ts";
import type { Newest } from "./newest.ts";
import { spanSeconds } from "../views/chart/span.ts";
import { LIVE_PAGE, OVERVIEW, SAMPLE, SAMPLE_SPANS_MS } from "./query.ts";
import { lateness } from "./probes.ts";
import { columnsKey, sampleOf } from "./sample.ts";
import { PageChannel } from "./stream/page_stream.ts";

type Handler = (context: Context) => Response;

/** `/`: whole without scripts; it is as fresh as its last tick. */
export function overview(deps: Deps, newest: Newest): Handler {
  const { sampler, rendering, marks, version } = deps;
  return (context) => {
    const { span } = parseFields(OVERVIEW, queryOf(context));
    sampler.watch();
    const { intervalMs } = sampler;
    const late = lateness(sampler);
    const name = `overview ${intervalMs} ${span} ${marks.version} ${late?.ageMs ?? ""}`;
    const page = newest.answer(name, (snapshot) => {
      const keys = rendering.overview.series(snapshot);
      const { sequence: until } = snapshot;
      const spanMs = 1000 * (spanSeconds(span) ?? Infinity);
      // A picture has no room for finer points, and is replaced by them where scripts run.
      const series = sampler.feed.series.read(keys, -1, spanMs, { until });
      return rendering.overview.document({
        snapshot,
        series,
        intervalMs,
        span,
        marks: marks.list(),
        columnsKey: columnsKey(version, keys, snapshot),
        late,
      });
    });
    return send(context, page, HTML_TYPE);
  };
}

/** `/stream`: what changes on a page, and what its charts take. */
export function pageStream(deps: Deps): Handler {
  const { rendering, sampler: { feed }, marks, version } = deps;
  const channel = new PageChannel(rendering.overview, { feed, marks, version });
  const cpus = cpusStreams(deps);
  return (context) => {
    const query = queryOf(context);
    const live = query.get("page") === "cpus" ? cpus(query) : channel;
    if (live === channel) parseFields(LIVE_PAGE, query);
    return openStream(context, deps, live, query.get("after"));
  };
}

/** `/sample`: what a page's charts show of a span, for a page that begins to show another one. */
export function pageSample(deps: Deps, newest: Newest): Handler {
  const { rendering, sampler: { feed }, marks, version } = deps;
  return (context) => {
    const { page, cpu, span } = parseFields(SAMPLE, queryOf(context));
    const name = `sample ${page} ${cpu ?? ""} ${span} ${marks.version}`;
    const sample = newest.answer(name, (snapshot) => {
      const keys = chartedLines(rendering, { page, cpu }, snapshot);
      return JSON.stringify(sampleOf(feed, {
        keys,
        key: columnsKey(version, keys, snapshot),
        snapshot,
        after: -1,
        spanMs: SAMPLE_SPANS_MS[span],
        reset: true,
        gap: false,
        marks: marks.list(),
      }));
    });
    return send(context, sample, JSON_TYPE);
  };
}

/**
 * An endless answer of server-sent events, taken up where `Last-Event-ID` says, or `after` where there
 * is no such header: the EventSource of a browser sends it only when it comes back by itself.
 */
export function openStream(
  context: Context,
  deps: Deps,
  channel: Channel,
  after: string | null = null,
): Response {
  const gzip = acceptsGzip(context.req.header("accept-encoding"));
  const headers: Record<string, string> = {
    "content-type": STREAM_TYPE,
    "vary": "accept-encoding",
    // Nginx would gather an answer before it passes it on.
    "x-accel-buffering": "no",
  };
  if (gzip) headers["content-encoding"] = "gzip";
  // Nobody would ever read the stream, nor end it.
  if (context.req.method === "HEAD") return context.body(null, 200, headers);
  const cursor = context.req.header("last-event-id") ?? after ?? "";
  const place = placeOf(cursor, deps.sampler.feed);
  const stream = deps.hub.open(channel, place, gzip, sessionEnd(context));
  return context.body(stream, 200, headers);
}

export function queryOf(context: Context): URLSearchParams {
  const { url } = context.req;
  const at = url.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : url.slice(at));
}

/** The page of the CPUs and its streams: one for each way to look at them. @module */
import type { Context } from "hono";
import { SPAN_USUAL, spanSeconds } from "../views/chart/span.ts";
import { type CpusChoice, cpusQuery } from "../views/cpus/choice.ts";
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { parseFields } from "./fields.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { lateness } from "./probes.ts";
import { CPUS, LIVE_CPUS } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";
import { columnsKey } from "./sample.ts";
import type { Channel } from "./stream/hub.ts";
import { PageChannel, pageKey } from "./stream/page_stream.ts";

/** A channel keeps what it told last, some hundred kB where there are many CPUs. */
export const CHANNELS_MOST = 32;

/** `/cpus`: whole without scripts. A CPU that the machine does not have is answered as not found. */
export function cpusPage(deps: Deps, newest: Newest): (context: Context) => Response {
  const { sampler, rendering, marks, version } = deps;
  return (context) => {
    const choice = parseFields(CPUS, queryOf(context));
    const { cpu, span } = choice;
    if (cpu === undefined && span !== undefined) {
      throw new Refusal(
        400,
        `Cannot show span=${quote(span)} of all CPUs: one of them has charts, needs cpu= with it`,
      );
    }
    sampler.watch();
    const { intervalMs } = sampler;
    const late = lateness(sampler);
    const key = `cpus ${intervalMs} ${cpusQuery(choice)} ${marks.version} ${late?.ageMs ?? ""}`;
    const page = newest.answer(key, (snapshot) => {
      const keys = rendering.cpus.live(choice).series(snapshot);
      const { sequence: until } = snapshot;
      const spanMs = 1000 * (spanSeconds(span ?? SPAN_USUAL) ?? Infinity);
      return rendering.cpus.document({
        snapshot,
        series: sampler.feed.series.read(keys, -1, spanMs, { until }),
        intervalMs,
        choice,
        marks: marks.list(),
        columnsKey: columnsKey(version, keys, snapshot),
        late,
      });
    });
    const response = send(context, page, HTML_TYPE);
    if (rendering.cpus.has(choice, newest.snapshot())) return response;
    return new Response(response.body, { status: 404, headers: response.headers });
  };
}

/** The channel of what a query chooses: the same one for who chooses the same. Throws `Refusal`. */
export function cpusStreams(deps: Deps): (query: URLSearchParams) => Channel {
  const { hub, rendering, sampler: { feed }, marks, version } = deps;
  const channels = new Map<string, Channel>();
  return (query) => {
    const { page, after: _, ...all } = parseFields(LIVE_CPUS, query);
    // Of one CPU all is shown, however the others are sorted.
    const choice: CpusChoice = all.cpu === undefined ? all : { cpu: all.cpu };
    const name = `${page} ${cpusQuery(choice)}`;
    // Who listens to one that made room has it still.
    let channel = channels.get(name) ?? hub.channel(pageKey(name));
    channel ??= new PageChannel({ name, ...rendering.cpus.live(choice) }, { feed, marks, version });
    // The one that was asked for longest ago makes room.
    channels.delete(name);
    channels.set(name, channel);
    if (channels.size > CHANNELS_MOST) channels.delete(channels.keys().next().value!);
    return channel;
  };
}

/** `/api/v1`: JSON for programs. @module */
import type { Snapshot } from "../collectors/mod.ts";
import { JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { catalogueJson } from "./catalogue_json.ts";
import { Encoded } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { lateness } from "./probes.ts";
import { openStream, queryOf } from "./pages.ts";
import { perfJson } from "./perf_json.ts";
import { NOTHING, TICKS } from "./query.ts";
import { staleJson, TickChannel } from "./stream/tick_stream.ts";

export async function snapshot(
  { sampler, rendering }: Deps,
  newest: Newest,
): Promise<Handler> {
  const { snapshotJson } = await rendering.plain();
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    sampler.watch();
    const late = lateness(sampler);
    const json = (snapshot: Snapshot): string => {
      const told = snapshotJson(snapshot);
      return JSON.stringify(late === undefined ? told : { stale: staleJson(late), ...told });
    };
    return send(context, newest.answer(`snapshot ${late?.ageMs ?? ""}`, json), JSON_TYPE);
  };
}

export function catalogue(newest: Newest): Handler {
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const json = JSON.stringify(catalogueJson(newest.snapshot()));
    return send(context, new Encoded(json), JSON_TYPE);
  };
}

export async function tickStream(deps: Deps): Promise<Handler> {
  const { sampler, rendering } = deps;
  const { snapshotJson } = await rendering.plain();
  return (context) => {
    const { metric: metrics } = parseFields(TICKS, queryOf(context));
    const channel = new TickChannel(sampler.feed, metrics, snapshotJson);
    return openStream(context, deps, channel);
  };
}

export function perf({ sampler }: Deps, newest: Newest): Handler {
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const late = lateness(sampler);
    const json = (snapshot: Snapshot): string => JSON.stringify(perfJson(snapshot, late));
    return send(context, newest.answer(`perf ${late?.ageMs ?? ""}`, json), JSON_TYPE);
  };
}

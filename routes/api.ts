/** `/api/v1`: JSON for programs. @module */
import type { Context } from "hono";
import { type Metric, metric, SCOPES, type Snapshot } from "../collectors/mod.ts";
import { JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { catalogueJson } from "./catalogue_json.ts";
import { Encoded } from "./encoding.ts";
import type { Newest } from "./newest.ts";
import { openStream, queryOf } from "./pages.ts";
import { perfJson } from "./perf_json.ts";
import { NOTHING, parseFields, SERIES, TICKS } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";
import { columnsOf } from "./series_json.ts";
import { TickChannel } from "./tick_stream.ts";

type Handler = (context: Context) => Response;

/** Names quoted in a message before it becomes a list. */
const NAMES_MOST = 8;

export function snapshot(deps: Deps, newest: Newest): Handler {
  const { sampler, rendering } = deps;
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    sampler.watch();
    const json = (snapshot: Snapshot): string => JSON.stringify(rendering.snapshotJson(snapshot));
    return send(context, newest.answer("snapshot", json), JSON_TYPE);
  };
}

export function series(deps: Deps, newest: Newest): Handler {
  const { sampler } = deps;
  return (context) => {
    const fields = parseFields(SERIES, queryOf(context));
    const snapshot = newest.snapshot();
    const keys = fields.metric.map((id) => {
      checkInstance(deps, snapshot, metric(id), fields.instance);
      return fields.instance === undefined
        ? { metric: id }
        : { metric: id, instance: fields.instance };
    });
    const found = sampler.feed.series.read(keys, -1, fields.span);
    const columns = { cursor: snapshot.cursor, ...columnsOf(keys, found) };
    return send(context, new Encoded(JSON.stringify(columns)), JSON_TYPE);
  };
}

export function catalogue(newest: Newest): Handler {
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const json = JSON.stringify(catalogueJson(newest.snapshot()));
    return send(context, new Encoded(json), JSON_TYPE);
  };
}

export function tickStream(deps: Deps): Handler {
  const { sampler, rendering } = deps;
  return (context) => {
    const { metric: metrics } = parseFields(TICKS, queryOf(context));
    const channel = new TickChannel(sampler.feed, metrics, rendering.snapshotJson);
    return openStream(context, deps, channel);
  };
}

export function perf(newest: Newest): Handler {
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const json = (snapshot: Snapshot): string => JSON.stringify(perfJson(snapshot));
    return send(context, newest.answer("perf", json), JSON_TYPE);
  };
}

/** Refuses a series that could never hold a value, with what could. */
function checkInstance(
  deps: Deps,
  snapshot: Snapshot,
  entry: Metric,
  instance: string | undefined,
): void {
  const scope = SCOPES.get(entry.scope)!;
  const tried = `Cannot read a series of ${quote(entry.id)}`;
  if (scope.volatile) {
    throw new Refusal(400, `${tried}: its instances come and go, so they have no history`);
  }
  if (instance === undefined) {
    if (scope.id !== "host" && entry.kind === "gauge" && entry.across === undefined) {
      throw new Refusal(
        400,
        `${tried}: it has a value for each ${scope.label} and none for the host, ` +
          `needs instance=, one of ${namesOf(snapshot, scope.id)}`,
      );
    }
    return;
  }
  if (scope.id === "host") {
    throw new Refusal(400, `${tried} of instance ${quote(instance)}: it is the host's, needs none`);
  }
  // One that is gone still has its history.
  const known = deps.sampler.feed.layout.scopes[scope.id]?.instances ?? [];
  if (known.some((candidate) => candidate?.name === instance)) return;
  throw new Refusal(
    404,
    `${tried} of ${scope.label} ${quote(instance)}: there is none of that name, ` +
      `needs one of ${namesOf(snapshot, scope.id)}`,
  );
}

function namesOf(snapshot: Snapshot, scope: string): string {
  const names = snapshot.instances(scope).map((instance) => instance.name);
  if (names.length === 0) return "none: there are none now";
  const more = names.length > NAMES_MOST ? ` and ${names.length - NAMES_MOST} more` : "";
  return names.slice(0, NAMES_MOST).join(", ") + more;
}

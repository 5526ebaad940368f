/** `/api/v1/series`: values over time, for programs and for spreadsheets. @module */
import type { Context } from "hono";
import {
  GROUPINGS,
  type GroupKey,
  type Metric,
  metric,
  type Scope,
  SCOPES,
  type Series,
  type SeriesKey,
  type Snapshot,
} from "../collectors/mod.ts";
import { JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { chartedLines } from "./charted.ts";
import { Encoded } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { SERIES } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";
import { seriesCsv } from "./series_csv.ts";
import { columnsOf, isOfHost, printGroup } from "./series_json.ts";

/** Names quoted in a message before it becomes a list. */
const NAMES_MOST = 8;
const CSV_TYPE = "text/csv; charset=utf-8; header=present";

type Handler = (context: Context) => Response;

/** Of whom a series is asked for: neither is the host. */
interface Whose {
  readonly instance?: string | undefined;
  readonly group?: GroupKey | undefined;
}

export function series(deps: Deps, newest: Newest): Handler {
  const { sampler: { feed }, rendering } = deps;
  return (context) => {
    const fields = parseFields(SERIES, queryOf(context));
    const { metric: ids, page, cpu, instance, group, span, format } = fields;
    const snapshot = newest.snapshot();
    if (page !== undefined && [ids, instance, group].some((other) => other !== undefined)) {
      throw new Refusal(
        400,
        `Cannot read the series of page ${quote(page)} and others: needs page= alone, or metric=`,
      );
    }
    if (page === undefined && cpu !== undefined) {
      throw new Refusal(
        400,
        `Cannot read the series of CPU ${quote(cpu)} without a page: ` +
          `needs page=cpus, or metric= and instance=`,
      );
    }
    const keys = page === undefined
      ? keysOf(deps, snapshot, ids, { instance, group })
      : chartedLines(rendering, { page, cpu }, snapshot);
    const found = feed.series.read(keys, -1, span, { until: snapshot.sequence });
    return format === "csv"
      ? csv(context, keys, found, snapshot)
      : send(context, new Encoded(json(keys, found, snapshot)), JSON_TYPE);
  };
}

function json(keys: readonly SeriesKey[], found: Series, snapshot: Snapshot): string {
  return JSON.stringify({ cursor: snapshot.cursor, ...columnsOf(keys, found) });
}

function csv(
  context: Context,
  keys: readonly SeriesKey[],
  found: Series,
  { profile, wallMs }: Snapshot,
): Response {
  // Seconds are enough to tell two files apart, and colons are no part of a name.
  const time = new Date(wallMs).toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  const host = profile.hostname.replace(/[^\w.-]/g, "_");
  context.header("content-disposition", `attachment; filename="ringside-${host}-${time}.csv"`);
  return send(context, new Encoded(seriesCsv(keys, found)), CSV_TYPE);
}

function keysOf(
  deps: Deps,
  snapshot: Snapshot,
  ids: readonly string[] | undefined,
  whose: Whose,
): readonly SeriesKey[] {
  const { instance, group } = whose;
  if (ids === undefined) {
    throw new Refusal(
      400,
      'Cannot find parameter "metric": it is missing, and needed where there is no page=',
    );
  }
  if (instance !== undefined && group !== undefined) {
    throw new Refusal(
      400,
      `Cannot read instance ${quote(instance)} of a group: needs instance= or group=`,
    );
  }
  return ids.map((id) => {
    checkWhose(deps, snapshot, metric(id), whose);
    if (group !== undefined) return { metric: id, group };
    return instance === undefined ? { metric: id } : { metric: id, instance };
  });
}

/** Refuses a series that could never hold a value, with what could. */
function checkWhose(deps: Deps, snapshot: Snapshot, entry: Metric, whose: Whose): void {
  const { instance, group } = whose;
  const scope = SCOPES.get(entry.scope)!;
  const tried = `Cannot read a series of ${quote(entry.id)}`;
  if (scope.volatile) {
    throw new Refusal(400, `${tried}: its instances come and go, so they have no history`);
  }
  if (scope.id === "host") {
    if (instance === undefined && group === undefined) return;
    const of = group === undefined ? `instance ${quote(instance!)}` : `group ${printGroup(group)}`;
    throw new Refusal(400, `${tried} of ${of}: it is the host's, needs none`);
  }
  if (instance === undefined && !isOfHost(entry)) {
    const none = group === undefined ? "the host" : "a group";
    throw new Refusal(
      400,
      `${tried}: it has a value for each ${scope.label} and none for ${none}, ` +
        `needs instance=, one of ${namesOf(snapshot, scope.id)}`,
    );
  }
  // What is gone still has its history.
  const known = deps.sampler.feed.layout.scopes[scope.id]?.instances ?? [];
  if (group !== undefined) checkGroup(known, scope, group, tried);
  if (instance === undefined || known.some((candidate) => candidate?.name === instance)) return;
  throw new Refusal(
    404,
    `${tried} of ${scope.label} ${quote(instance)}: there is none of that name, ` +
      `needs one of ${namesOf(snapshot, scope.id)}`,
  );
}

interface Member {
  readonly name: string;
  readonly groups: Readonly<Record<string, string>>;
}

function checkGroup(
  instances: readonly (Member | null)[],
  scope: Scope,
  group: GroupKey,
  tried: string,
): void {
  const found = new Set<string>();
  for (const member of instances) {
    if (member === null) continue;
    for (const { id } of GROUPINGS) {
      const name = id === scope.id ? member.name : member.groups[id];
      if (name !== undefined) found.add(printGroup({ grouping: id, name }));
    }
  }
  if (found.has(printGroup(group))) return;
  const like = [...found].filter((name) => name.startsWith(printGroup({ ...group, name: "" })));
  const needs = found.size === 0
    ? "none: they belong to none"
    : `one of ${list((like.length > 0 ? like : [...found]).toSorted())}`;
  throw new Refusal(
    404,
    `${tried} of group ${quote(printGroup(group))}: its ${scope.label}s are in no such group, ` +
      `needs ${needs}`,
  );
}

function namesOf(snapshot: Snapshot, scope: string): string {
  const names = snapshot.instances(scope).map((instance) => instance.name);
  return names.length === 0 ? "none: there are none now" : list(names);
}

function list(names: readonly string[]): string {
  const more = names.length > NAMES_MOST ? ` and ${names.length - NAMES_MOST} more` : "";
  return names.slice(0, NAMES_MOST).join(", ") + more;
}

/** What programs read. Paths, names of fields and names of events are stable. @module */
import { FORM, JSON_BODY } from "../body.ts";
import { MARK_FORM, MARK_JSON, NOTHING, SCRAPE, SERIES, TICKS } from "../query.ts";
import type { Answer, Operation } from "./operation.ts";
import type { SchemaName } from "./schemas.ts";

function json(schema: SchemaName, description: string): Readonly<Record<number, Answer>> {
  return { 200: { description, content: { "application/json": schema } } };
}

const TEXT = { "text/plain": "text" } as const;

export const PROGRAM_OPERATIONS: readonly Operation[] = [
  {
    route: "GET /api/v1/snapshot",
    id: "snapshot",
    summary: "Every metric but the times of single counters, as it stands: with its grade and " +
      "coverage, or the reason of its absence",
    query: NOTHING,
    answers: json("Snapshot", "The newest tick"),
  },
  {
    route: "GET /api/v1/series",
    id: "series",
    summary: "Values over time, in columns: of metrics, or of all lines of a page",
    query: SERIES,
    answers: {
      200: {
        description: "Columns of the same length; by format=csv a table for spreadsheets",
        content: { "application/json": "Series", "text/csv": "text" },
      },
    },
  },
  {
    route: "GET /api/v1/catalogue",
    id: "catalogue",
    summary: "Every metric: unit, kind, scope, help, and what it comes from on this machine",
    query: NOTHING,
    answers: json("Catalogue", "What there is to ask for"),
  },
  {
    route: "GET /api/v1/stream",
    id: "stream",
    summary: "Each tick as it comes, as server-sent events; resumes from Last-Event-ID",
    query: TICKS,
    resumes: true,
    answers: {
      200: {
        description: "Endless. Each message has the id that Last-Event-ID takes",
        content: { "text/event-stream": "text" },
        events: { message: "Tick", replay: "Replay", gap: "Gap", stale: "Stale" },
      },
    },
  },
  {
    route: "GET /api/v1/perf",
    id: "perf",
    summary: "Counts and ratios of the whole host over the last interval",
    query: NOTHING,
    answers: json("Counters", "Null was not measured on the whole host, or could not be true"),
  },
  {
    route: "GET /api/v1/doctor",
    id: "doctor",
    summary: "What is in the way of each quantity, and what would unlock it",
    query: NOTHING,
    answers: json("Diagnosis", "What was found, and a plan"),
  },
  {
    route: "GET /api/v1/marks",
    id: "marks",
    summary: "What happened when",
    query: NOTHING,
    answers: json("Marks", "The oldest first"),
  },
  {
    route: "POST /api/v1/marks",
    id: "setMark",
    summary: "Sets a mark on the charts",
    body: { [FORM]: MARK_FORM, [JSON_BODY]: MARK_JSON },
    answers: {
      201: { description: "The mark", content: { "application/json": "Mark" } },
    },
  },
  {
    route: "GET /api/v1/openapi.json",
    id: "openapi",
    summary: "This description",
    query: NOTHING,
    answers: {
      200: { description: "OpenAPI 3.1", content: { "application/json": "Description" } },
    },
  },
  {
    route: "GET /metrics",
    id: "metrics",
    summary: "For Prometheus: its text, or OpenMetrics where Accept names that",
    query: SCRAPE,
    answers: {
      200: {
        description: "What was not measured is left out",
        content: { ...TEXT, "application/openmetrics-text": "text" },
      },
    },
  },
  {
    route: "GET /healthz",
    id: "healthz",
    summary: "Whether the service answers",
    open: true,
    answers: { 200: { description: "It does", content: TEXT } },
  },
  {
    route: "GET /readyz",
    id: "readyz",
    summary: "Whether ticks come",
    open: true,
    answers: {
      200: { description: "They do", content: TEXT },
      503: { description: "They do not: since when, and what hangs", content: TEXT },
    },
  },
];

/** A draft as Grafana's JSON has panels, but for its place. @module */
import { metric as metricOf } from "../../collectors/catalogue.ts";
import type { Draft, Query } from "./draft.ts";

export const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;

export interface GridPos {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly [setting: string]: unknown;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: GridPos;
  readonly targets?: readonly Target[];
  readonly [setting: string]: unknown;
}

/** Of a grid of 24 columns. */
export interface Size {
  readonly w: number;
  readonly h: number;
}

const LETTERS = 26;
/** More sentences than that are not read. */
const HELPS_MOST = 8;
/** So many stats fill the width. */
const STATS_A_LINE = 8;

type Settings = Readonly<Record<string, unknown>>;

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export function sizeOf({ kind, queries }: Draft): Size {
  switch (kind) {
    case "stat":
      return { w: Math.min(24, Math.max(6, Math.ceil(24 * queries.length / STATS_A_LINE))), h: 5 };
    case "timeseries":
    case "table":
      return { w: 12, h: 8 };
  }
}

export function settingsOf(draft: Draft): Settings {
  const { kind, title, queries } = draft;
  return {
    type: kind,
    title,
    description: descriptionOf(queries),
    datasource: DATASOURCE,
    targets: queries.map((query, index) => targetOf(draft, query, refId(index))),
    ...LOOKS[kind](draft),
  };
}

/** A, B, ... Z, AA, AB, ... */
function refId(index: number): string {
  const letter = String.fromCharCode("A".charCodeAt(0) + index % LETTERS);
  return index < LETTERS ? letter : refId(Math.floor(index / LETTERS) - 1) + letter;
}

function targetOf({ kind }: Draft, { name, expr, by }: Query, id: string): Target {
  const table = kind === "table";
  return {
    refId: id,
    datasource: DATASOURCE,
    editorMode: "code",
    expr,
    ...(table ? { format: "table", instant: true, range: false } : {
      legendFormat: ["{{instance}}", ...by.map((label) => `{{${label}}}`), name].join(" "),
      range: true,
    }),
  };
}

function descriptionOf(queries: readonly Query[]): string {
  const metrics = [...new Set(queries.map(({ metric }) => metric))];
  if (metrics.length > HELPS_MOST) return "";
  const helps = new Set(metrics.map((id) => metricOf(id).help));
  if (helps.size === 1) return [...helps][0]!;
  return queries.map(({ name, metric }) => `${name}: ${metricOf(metric).help}`).join("\n\n");
}

const LOOKS: Readonly<Record<Draft["kind"], (draft: Draft) => Settings>> = {
  stat: (draft) => ({
    fieldConfig: fieldConfig(draft, {}, unitsByQuery(draft)),
    options: {
      colorMode: "none",
      graphMode: "area",
      textMode: "value_and_name",
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    },
  }),
  timeseries: (draft) => ({
    fieldConfig: fieldConfig(
      draft,
      // What is missing is a void.
      {
        lineWidth: 1,
        fillOpacity: draft.stacked ? 30 : 10,
        spanNulls: false,
        showPoints: "never",
        stacking: { mode: draft.stacked ? "normal" : "none", group: "A" },
      },
      [...unitsByQuery(draft), ...(draft.mirrored ? [downwards()] : [])],
    ),
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
  }),
  table: (draft) => ({
    fieldConfig: fieldConfig(
      draft,
      {},
      draft.queries.map(({ name, unit }) => unitOverride("byName", name, unit)),
    ),
    options: { showHeader: true, cellHeight: "sm" },
    transformations: [
      { id: "merge", options: {} },
      {
        id: "organize",
        options: {
          excludeByName: { Time: true, job: true },
          renameByName: {
            ...Object.fromEntries(
              draft.queries.map(({ name }, index) => [valueColumn(draft, index), name]),
            ),
            ...headingsOf(draft),
          },
        },
      },
    ],
  }),
};

/** Of the columns that name an instance: the last has the scope's own name. */
function headingsOf({ heading, queries }: Draft): Readonly<Record<string, string>> {
  if (heading === undefined) return {};
  const { by } = queries[0]!;
  return Object.fromEntries(by.map((label, index) => [
    label,
    index === by.length - 1 ? heading : label.charAt(0).toUpperCase() + label.slice(1),
  ]));
}

/** Several queries are told apart by their letters. */
function valueColumn({ queries }: Draft, index: number): string {
  return queries.length === 1 ? "Value" : `Value #${refId(index)}`;
}

function fieldConfig(
  { queries, top }: Draft,
  custom: Settings,
  overrides: readonly Override[],
): Settings {
  const unit = queries[0]!.unit;
  return {
    defaults: { unit, custom, ...(top === undefined ? {} : { min: 0, max: top }) },
    overrides,
  };
}

/** Of those whose unit is not the first one's. */
function unitsByQuery({ queries }: Draft): readonly Override[] {
  return queries.flatMap(({ unit }, index) =>
    unit === queries[0]!.unit ? [] : [unitOverride("byFrameRefID", refId(index), unit)]
  );
}

function unitOverride(id: string, options: string, value: string): Override {
  return { matcher: { id, options }, properties: [{ id: "unit", value }] };
}

function downwards(): Override {
  return {
    matcher: { id: "byFrameRefID", options: refId(1) },
    properties: [{ id: "custom.transform", value: "negative-Y" }],
  };
}

/**
 * What the cards of the page are in a dashboard, before anybody says where it stands: a headline and
 * figures are stats, charts and the columns of a grid are time series, tables are tables.
 *
 * @module
 */
import type { Block, Card, Chart, Grid, Shown, Table } from "../../collectors/card.ts";
import { metric as metricOf, SCOPES, shownUnit } from "../../collectors/catalogue.ts";
import { SUBJECTS } from "../../collectors/catalogue/mod.ts";
import { boundQl, promql } from "../prometheus/promql.ts";
import { CORE_TYPE_LABEL, instanceLabels } from "../prometheus/series.ts";
import { grafanaUnit } from "./units.ts";

/** One line of a panel. */
export interface Query {
  readonly name: string;
  readonly expr: string;
  readonly unit: string;
  /** The labels beside the host's by which its values are told apart; the last is the instance's own. */
  readonly by: readonly string[];
  readonly metric: string;
}

export interface Draft {
  readonly kind: "stat" | "timeseries" | "table";
  readonly title: string;
  readonly queries: readonly Query[];
  readonly stacked?: boolean;
  /** The second of two is drawn downwards. */
  readonly mirrored?: boolean;
  /** Top of the scale. */
  readonly top?: number | undefined;
  /** Heading of the column with the instances' names. */
  readonly heading?: string;
}

/** What a card becomes, and what of it a store has no series for. */
export interface Drafts {
  readonly panels: readonly Draft[];
  readonly lacking: readonly string[];
}

/** What each selector of the dashboard holds to. */
export const MATCHERS = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"';
/** Grafana makes it four scrapes long, or as long as a point of the graph. */
export const RANGE = "$__rate_interval";

/** The label that tells groups apart, where series have it. */
const GROUP_LABELS: Readonly<Record<string, string>> = { core_type: CORE_TYPE_LABEL };

/** A card that shows what `/metrics` leaves out becomes what else its subject measures. */
export function draftsOf(card: Card): Drafts {
  const lacking: string[] = [];
  const panels = unique(card.blocks.flatMap((block) => draftsOfBlock(block, card.title, lacking)));
  if (panels.length > 0) return { panels, lacking };
  const subject = SUBJECTS.find(({ cards = [] }) => cards.includes(card))!;
  const rest = queriesOf(subject.metrics.map(({ id }) => ({ metric: id })), []);
  return { panels: rest.length === 0 ? [] : [series(card.title, rest)], lacking };
}

/** Scopes that share a family ask the same twice, and so do a bar and the figures below it. */
function unique(panels: readonly Draft[]): readonly Draft[] {
  return panels.filter(({ kind, queries }, index) =>
    !panels.slice(0, index).some((before) =>
      before.kind === kind &&
      queries.every(({ expr }) => before.queries.some((query) => query.expr === expr))
    )
  );
}

function draftsOfBlock(block: Block, title: string, lacking: string[]): readonly Draft[] {
  switch (block.block) {
    case "headline":
      return stats(title, [block.shown], lacking);
    case "figures":
      return stats(title, block.rows, lacking);
    case "bar":
      return stats(title, [...block.parts, { metric: block.whole }], lacking);
    case "parts":
      return split(block.shown, block.split);
    case "chart":
      return chart(block, title, lacking);
    case "table":
      return table(block, title, lacking);
    case "each":
      return tableBy(block.parts, instanceLabels(block.scope), {
        title,
        heading: block.heading,
      });
    case "grid":
      return grid(block, title, lacking);
    case "fold":
      return block.blocks.flatMap((each) => draftsOfBlock(each, block.title, lacking));
  }
}

function stats(title: string, shown: readonly Shown[], lacking: string[]): readonly Draft[] {
  const queries = queriesOf(shown, lacking);
  return queries.length === 0 ? [] : [{ kind: "stat", title, queries }];
}

function series(title: string, queries: readonly Query[]): Draft {
  return { kind: "timeseries", title, queries };
}

function chart(block: Chart, card: string, lacking: string[]): readonly Draft[] {
  const queries = queriesOf(block.series, lacking);
  const first = queries[0];
  if (first === undefined) return [];
  const { style, top } = block;
  const title = first.by.length === 0 ? block.title : `${card} by ${first.by.join(", ")}`;
  const stacked = style === "stack";
  return [{ ...series(title, queries), stacked, mirrored: style === "mirror", top }];
}

/** By the first grouping that has a label. */
function split(shown: Shown, groupings: readonly string[]): readonly Draft[] {
  for (const grouping of groupings) {
    const by = GROUP_LABELS[grouping] ?? grouping;
    const [query] = queriesBy(shown, [by]);
    if (query !== undefined) return [series(`${query.name} by ${by}`, [query])];
  }
  return [];
}

/** By a group of instances where series have its label, else by each of them. */
function table(block: Table, title: string, lacking: string[]): readonly Draft[] {
  const { columns, scope, grouping, heading } = block;
  const grouped = grouping === undefined
    ? []
    : tableBy(columns, [GROUP_LABELS[grouping] ?? grouping], { title, heading });
  if (grouped.length > 0) return grouped;
  const words = { title, heading: grouping === undefined ? heading : SCOPES.get(scope)!.name };
  const found = tableBy(columns, instanceLabels(scope), words);
  if (found.length === 0) lacking.push(...columns.map(({ metric }) => metric));
  return found;
}

function tableBy(
  columns: readonly Shown[],
  by: readonly string[],
  words: { readonly title: string; readonly heading: string },
): readonly Draft[] {
  const queries = columns.flatMap((shown) => queriesBy(shown, by));
  return queries.length === 0 ? [] : [{ kind: "table", queries, ...words }];
}

/** One panel a column, so that like stands beside like. */
function grid(block: Grid, title: string, lacking: string[]): readonly Draft[] {
  return block.columns.flatMap((column, index) => {
    const shown = block.rows.flatMap(({ name, cells }) => {
      const cell = cells[index];
      return cell === null || cell === undefined ? [] : [{ ...cell, name }];
    });
    const queries = queriesOf(shown, lacking);
    return queries.length === 0 ? [] : [series(`${title}: ${column}`, queries)];
  });
}

/** The host's values; of what is not added up, those of each instance. */
function queriesOf(shown: readonly Shown[], lacking: string[]): readonly Query[] {
  return shown.flatMap((each) => {
    const whole = queriesBy(each, []);
    const queries = whole.length > 0
      ? whole
      : queriesBy(each, instanceLabels(metricOf(each.metric).scope));
    if (queries.length === 0) lacking.push(each.metric);
    return queries;
  });
}

/** What says so in a legend, where the true value is as much or more, or less. */
const BOUNDS = { lower: "≥", upper: "≤" } as const;

/** Values, and beside them the bounds of hosts that have no value. */
function queriesBy(
  { metric: id, name }: Shown,
  by: readonly string[],
): readonly Query[] {
  const question = { range: RANGE, matchers: MATCHERS, by };
  const metric = metricOf(id);
  const value = promql(id, question);
  const query = (expr: string | undefined, mark = ""): readonly Query[] => {
    if (expr === undefined) return [];
    const unit = grafanaUnit(shownUnit(metric));
    return [{ name: mark + (name ?? metric.name), expr, unit, by, metric: id }];
  };
  const bound = (side: keyof typeof BOUNDS): readonly Query[] =>
    query(boundQl(id, side, question, value && `(${value})`), `${BOUNDS[side]} `);
  return [...query(value), ...bound("lower"), ...bound("upper")];
}

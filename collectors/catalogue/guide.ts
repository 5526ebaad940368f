/**
 * The guide to the metrics: texts by metric, and the order in which they are told, which is that of the
 * cards.
 */
import { CARDS, type Metric, metric as metricOf, METRICS } from "../catalogue.ts";
import type { Block, Card } from "../card.ts";
import { inputs } from "../formula.ts";
import { CACHE_GUIDE } from "./guide_caches.ts";
import { CORE_GUIDE } from "./guide_core.ts";
import { CPU_TIME_GUIDE } from "./guide_cpu_time.ts";
import { HOST_GUIDE } from "./guide_host.ts";
import type { GuideTexts } from "./guide_text.ts";
import { TRAFFIC_GUIDE } from "./guide_traffic.ts";
import { SUBJECTS } from "./mod.ts";

export type { GuideText, GuideTexts, ToldWith } from "./guide_text.ts";

export const GUIDE: GuideTexts = {
  ...CORE_GUIDE,
  ...CACHE_GUIDE,
  ...TRAFFIC_GUIDE,
  ...CPU_TIME_GUIDE,
  ...HOST_GUIDE,
};

/** What a card shows, and what that is made of. */
export interface GuideSection {
  /** Of the card. */
  readonly id: string;
  readonly title: string;
  /** Ids, each in one section only. */
  readonly metrics: readonly string[];
}

/** Times of counters, and counters that are there for the ratios of their group alone. */
export function isHelper(entry: Metric): boolean {
  return entry.kind !== "derived" && (TIMES.has(entry.id) || entry.twin !== undefined);
}

const TIMES: ReadonlySet<string> = new Set(
  [...METRICS.values()].flatMap((entry) =>
    entry.kind === "derived" || entry.counted === undefined
      ? []
      : [entry.counted.enabled, entry.counted.running]
  ),
);

/** All metrics but helpers, in the order of the page; what no card shows stands with what it belongs to. */
export const GUIDE_SECTIONS: readonly GuideSection[] = sections();

function sections(): readonly GuideSection[] {
  const cards = new Map<string, string[]>(CARDS.map(({ id }) => [id, []]));
  const taken = new Set<string>();
  const take = (card: Card, id: string): void => {
    if (taken.has(id) || isHelper(metricOf(id))) return;
    taken.add(id);
    cards.get(card.id)!.push(id);
  };
  for (const card of CARDS) for (const id of shownBy(card)) take(card, id);
  // Terms of what was taken, and terms of those.
  for (const card of CARDS) {
    const own = cards.get(card.id)!;
    for (let i = 0; i < own.length; i++) {
      const entry = metricOf(own[i]!);
      if (entry.kind === "derived") { for (const id of inputs(entry.formula)) take(card, id); }
    }
  }
  for (const { metrics, cards: own } of SUBJECTS) {
    const left = metrics.filter((entry) => !taken.has(entry.id) && !isHelper(entry));
    const home = own?.[0] ?? mostOf(metrics, cards) ?? CARDS.at(-1)!;
    for (const { id } of left) take(home, id);
  }
  return CARDS
    .map(({ id, title }) => ({ id, title, metrics: cards.get(id)! }))
    .filter(({ metrics }) => metrics.length > 0);
}

/** The card that has most of a subject's metrics. */
function mostOf(
  metrics: readonly Metric[],
  cards: ReadonlyMap<string, readonly string[]>,
): Card | undefined {
  const has = ({ id }: Card): number =>
    metrics.filter((entry) => cards.get(id)!.includes(entry.id)).length;
  const most = CARDS.toSorted((a, b) => has(b) - has(a))[0];
  return most === undefined || has(most) === 0 ? undefined : most;
}

function shownBy({ note, blocks }: Card): readonly string[] {
  return [...(note === undefined ? [] : [note.metric]), ...blocks.flatMap(metricsOf)];
}

function metricsOf(block: Block): readonly string[] {
  switch (block.block) {
    case "headline":
    case "parts":
      return [block.shown.metric];
    case "fold":
      return block.blocks.flatMap(metricsOf);
    case "figures":
      return block.rows.map(({ metric }) => metric);
    case "bar":
      return [...block.parts.map(({ metric }) => metric), block.whole];
    case "table":
      return block.columns.map(({ metric }) => metric);
    case "grid":
      return block.rows.flatMap(({ cells }) =>
        cells.filter((cell) => cell !== null).map(({ metric }) => metric)
      );
    case "each":
      return block.parts.map(({ metric }) => metric);
    case "chart":
      return block.series.map(({ metric }) => metric);
  }
}

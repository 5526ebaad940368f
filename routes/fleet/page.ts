/** The page of the fleet: hosts that an engine of PromQL knows. @module */
import { fleetPlan } from "../../views/fleet/rows.ts";
import { QUANTITIES } from "../../views/fleet/quantities.ts";
import { HTML_TYPE, send } from "../answer.ts";
import type { Deps } from "../app.ts";
import { CLOCK } from "../clock.ts";
import { Encoded } from "../encoding.ts";
import { parseFields } from "../fields.ts";
import { FleetFeed } from "./feed.ts";
import { FleetPages } from "./kept_pages.ts";
import { FLEET } from "./query.ts";
import type { Trends } from "./trends.ts";
import { graphUrl, quantityOf, TRENDS_MOST } from "./queries.ts";
import type { Handler } from "../lazily.ts";
import { queryOf } from "../pages.ts";
import { Refusal } from "../refusal.ts";

/** What is written often is compressed quickly. */
const LEVEL = 3;

const NO_TRENDS: Trends = new Map();

/** `/fleet`: whole without scripts. What the engine does not answer is a sentence on it. */
export async function fleetPage(
  { engine, clock = CLOCK, rendering }: Deps,
): Promise<Handler> {
  const feed = engine === undefined ? undefined : new FleetFeed(engine, clock);
  const view = await rendering.fleet();
  const pages = new FleetPages();
  return async (context) => {
    const choice = parseFields(FLEET, queryOf(context));
    if (feed === undefined) {
      throw new Refusal(
        404,
        "Cannot show a fleet: no engine is named that knows other hosts, needs --prometheus-url",
      );
    }
    const untilMs = feed.untilMs();
    const told = await feed.fleet();
    const { fleet, failure } = told;
    const plan = pages.of(told, choice)?.plan ?? (fleet === null ? null : fleetPlan(fleet, choice));
    const trends = fleet === null || plan === null || plan.rows.length === 0
      ? NO_TRENDS
      : await feed.trends(fleet, plan.rows.slice(0, TRENDS_MOST), untilMs);
    const kept = pages.of(told, choice);
    if (kept?.trends === trends) return send(context, kept.page, HTML_TYPE);
    const failures = [
      ...(failure === null ? [] : [`Cannot ask ${feed.url}: ${failure}`]),
      ...(fleet?.lacks ?? []),
      ...(typeof trends === "string" ? [`Cannot show trends: ${trends}`] : []),
    ];
    const html = view.document({
      choice,
      fleet,
      plan,
      trendOf: (host) => typeof trends === "string" ? undefined : trends.get(host.key),
      failures,
      stale: failure !== null,
      engine: feed.url,
      queries: QUANTITIES.map((quantity) => {
        const expression = quantityOf(quantity);
        return { quantity, expression, url: graphUrl(feed.url, expression, "graph") };
      }),
    });
    const page = new Encoded(html, LEVEL);
    pages.keep(told, choice, { plan, trends, page });
    return send(context, page, HTML_TYPE);
  };
}

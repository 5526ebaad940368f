/** `/metrics`: what a Prometheus scrapes. @module */
import { constants } from "node:zlib";
import { send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { lateText } from "../views/late.ts";
import { lateness } from "./probes.ts";
import { SCRAPE } from "./query.ts";
import { Refusal } from "./refusal.ts";
import type { ExpositionFormat } from "./rendering.ts";

const TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * Compressed as quickly as can be: each row is scraped once by one scraper, mostly near by, and the usual
 * level takes longer than all the rest.
 *
 * A scrape of figures that stand still would be taken for rates of zero: it must fail, and be seen to.
 */
export async function metrics(
  { rendering, sampler }: Deps,
  newest: Newest,
): Promise<Handler> {
  const { exposition } = await rendering.plain();
  return (context) => {
    const { "collect[]": collect } = parseFields(SCRAPE, queryOf(context));
    const late = lateness(sampler);
    if (late !== undefined) {
      throw new Refusal(503, `Cannot tell metrics: ${lateText(late)}`, { "retry-after": "5" });
    }
    const format = formatOf(context.req.header("accept") ?? "");
    const text = newest.answer(
      `${format} ${collect?.join() ?? ""}`,
      (snapshot) => exposition(snapshot, format, collect),
      constants.Z_BEST_SPEED,
    );
    const response = send(context, text, TYPES[format]);
    response.headers.set("vary", "accept, accept-encoding");
    return response;
  };
}

/** A scraper that reads OpenMetrics says so; whatever else it says, everybody reads the plain text. */
function formatOf(accept: string): ExpositionFormat {
  const named = accept.split(",").map((part) => part.trim())
    .find((part) => part.startsWith("application/openmetrics-text"));
  const refused = named === undefined || /;\s*q=0(\.0*)?\s*(;|$)/.test(named);
  return refused ? "prometheus" : "openmetrics";
}

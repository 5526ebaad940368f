/** `/metrics`: what a Prometheus scrapes. @module */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
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

const PLAIN_TYPE = "text/plain";
const OPENMETRICS_TYPE = "application/openmetrics-text";
const TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: `${PLAIN_TYPE}; version=0.0.4; charset=utf-8`,
  openmetrics: `${OPENMETRICS_TYPE}; version=1.0.0; charset=utf-8`,
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
    const format = formatOf(context);
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

/** The text that a scraper likes best of both; everybody reads the plain one. */
function formatOf(context: Context): ExpositionFormat {
  const supports = [PLAIN_TYPE, OPENMETRICS_TYPE];
  const match = (ranges: readonly Range[]): string => bestLiked(supports, ranges) ?? PLAIN_TYPE;
  const liked = accepts(context, { header: "Accept", supports, default: PLAIN_TYPE, match });
  return liked === OPENMETRICS_TYPE ? "openmetrics" : "prometheus";
}

/** Of the header `Accept`, without its parameters. */
interface Range {
  readonly type: string;
  readonly q: number;
}

/**
 * What a type is worth says the range that names it most closely (RFC 9110, section 12.5.1): for who
 * takes anything, and that one type least of all, it is the other one. Of two that are worth the same
 * it is the one named more closely, else first. `ranges`: the best liked first.
 */
function bestLiked(types: readonly string[], ranges: readonly Range[]): string | undefined {
  const [best] = types.flatMap((type) => {
    const names = [type, type.replace(/[^/]*$/, "*"), "*/*"];
    const places = names.map((name) => ranges.findIndex((range) => isNamed(range, name)));
    const breadth = places.findIndex((place) => place >= 0);
    if (breadth < 0) return [];
    const place = places[breadth]!;
    return [{ type, breadth, place, q: ranges[place]!.q }];
  }).toSorted((a, b) => b.q - a.q || a.breadth - b.breadth || a.place - b.place);
  return best === undefined || best.q === 0 ? undefined : best.type;
}

function isNamed(range: Range, name: string): boolean {
  return range.type.toLowerCase() === name;
}

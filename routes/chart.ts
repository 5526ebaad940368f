/** `/chart/<id>`: what a chart of the overview, or of one CPU, shows, as a table. @module */
import { spanSeconds } from "../views/chart/span.ts";
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { checkCpu } from "./charted.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { CHART_TABLE } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";

export async function chartTable(
  { sampler, marks, rendering }: Deps,
  newest: Newest,
): Promise<Handler> {
  const chart = await rendering.chart();
  return (context) => {
    const { span, cpu } = parseFields(CHART_TABLE, queryOf(context));
    const id = context.req.param("name")!;
    const now = newest.snapshot();
    // An unknown one is not kept under its name.
    if (cpu !== undefined) checkCpu(rendering, cpu, now);
    if (chart.series(id, now, cpu) === undefined) {
      throw new Refusal(404, `Cannot show chart ${quote(id)}: there is none of that name`);
    }
    sampler.watch();
    const page = newest.answer(`chart ${id} ${cpu ?? ""} ${span} ${marks.version}`, (snapshot) => {
      const keys = chart.series(id, snapshot, cpu)!;
      const series = sampler.feed.series.read(keys, -1, 1000 * (spanSeconds(span) ?? Infinity));
      return chart.document({ id, cpu, snapshot, series, span, marks: marks.list() });
    });
    return send(context, page, HTML_TYPE);
  };
}

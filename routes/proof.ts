/** `/proof`: how the figures of a row or a card were measured, as a part of a page or as a page. @module */
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { PROOF } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";
import { CHART_SPAN_MS } from "./stream/page_stream.ts";

/** It is as fresh as its last tick, so that it says the same as the figures beside it. */
export async function proof(
  { sampler, rendering }: Deps,
  newest: Newest,
): Promise<Handler> {
  const sheet = await rendering.proof();
  return (context) => {
    const { card, row } = parseFields(PROOF, queryOf(context));
    const rings = sheet.rings(card);
    if (rings === undefined) {
      throw new Refusal(
        404,
        `Cannot tell how card ${quote(card)} was measured: there is no such card`,
      );
    }
    const subject = sheet.subject(card, row);
    if (subject === null) {
      const rows = rings === 0 ? "no rows with rings" : `rows 0 to ${rings - 1}`;
      const asked = row === undefined ? "what is in no row" : `row ${row}`;
      throw new Refusal(
        404,
        `Cannot tell how ${asked} of card "${card}" was measured: it has ${rows}`,
      );
    }
    sampler.watch();
    // htmx puts it into the page that is there.
    const part = context.req.header("hx-request") === "true";
    const answer = newest.answer(`proof ${card} ${row ?? ""} ${part}`, (snapshot) => {
      const keys = sheet.series(snapshot, subject);
      const series = sampler.feed.series.read(keys, -1, CHART_SPAN_MS);
      const props = { subject, snapshot, series };
      return part ? sheet.part(props) : sheet.document(props);
    });
    const response = send(context, answer, HTML_TYPE);
    response.headers.append("vary", "hx-request");
    return response;
  };
}

/** The guide to the metrics over HTTP. @module */
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { Encoded } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { NOTHING } from "./query.ts";

/**
 * `/metrics-guide`: whole without scripts. No value stands in it, so it is made anew only when the
 * machine has something else than before.
 */
export async function guidePage(
  deps: Deps,
  newest: Newest,
): Promise<Handler> {
  const guide = await deps.rendering.guide();
  let made: { readonly key: string; readonly page: Encoded } | null = null;
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const standing = guide.standing(newest.snapshot());
    const key = JSON.stringify(standing);
    if (made === null || made.key !== key) {
      made = { key, page: new Encoded(guide.document(standing)) };
    }
    return send(context, made.page, HTML_TYPE);
  };
}

/** `/fold`: what of a card is closed until somebody opens it, for a page that is there. @module */
import type { Context } from "hono";
import { HTML_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { parseFields } from "./fields.ts";
import type { Newest } from "./newest.ts";
import { queryOf } from "./pages.ts";
import { FOLD } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";

export function fold(deps: Deps, newest: Newest): (context: Context) => Response {
  const { sampler, rendering } = deps;
  return (context) => {
    const { card, fold } = parseFields(FOLD, queryOf(context));
    const content = rendering.overview.fold(card, fold);
    if (content === undefined) {
      throw new Refusal(404, `Cannot open fold ${fold} of card ${quote(card)}: there is none`);
    }
    sampler.watch();
    return send(context, newest.answer(`fold ${card} ${fold}`, content), HTML_TYPE);
  };
}

/** `/api/v1/openapi.json`: what can be asked of this service, and what it answers. @module */
import { JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { Encoded } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import { openApi as document } from "./openapi/document.ts";
import { queryOf } from "./pages.ts";
import { NOTHING } from "./query.ts";

export function openApi({ version, auth }: Pick<Deps, "version" | "auth">): Handler {
  const made = new Encoded(JSON.stringify(document({ version, token: auth !== undefined })));
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    return send(context, made, JSON_TYPE);
  };
}

/** `/api/v1/openapi.json`: what can be asked of this service, and what it answers. @module */
import type { Context } from "hono";
import { JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { Encoded } from "./encoding.ts";
import { parseFields } from "./fields.ts";
import { queryOf } from "./pages.ts";
import { NOTHING } from "./query.ts";

/** It is loaded and made when somebody asks: most services are never asked. */
export function openApi(
  { version, auth }: Pick<Deps, "version" | "auth">,
): (context: Context) => Promise<Response> {
  let made: Encoded | undefined;
  return async (context) => {
    parseFields(NOTHING, queryOf(context));
    if (made === undefined) {
      const document = await import("./openapi/document.ts");
      made = new Encoded(
        JSON.stringify(document.openApi({ version, token: auth !== undefined })),
      );
    }
    return send(context, made, JSON_TYPE);
  };
}

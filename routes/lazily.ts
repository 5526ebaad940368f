/** Handlers of rooms that few enter: their modules are loaded when they are first asked for. @module */
// What such a room asks of a package is read now: its files are not in memory, and may be gone by then.
import "@valibot/to-json-schema";
import type { Context } from "hono";
import "hono/accepts";

export type Handler = (context: Context) => Response | Promise<Response>;

/**
 * What is loaded stays. Of an `import` of a module of its own, with a literal, Deno has the text from the
 * start on: it needs neither the right to read nor the file to be there still.
 */
export function lazily(load: () => Promise<Handler>): Handler {
  let loading: Promise<Handler> | undefined;
  let loaded: Handler | undefined;
  return async (context) => {
    try {
      loaded ??= await (loading ??= load());
    } finally {
      // An error is that request's alone.
      loading = undefined;
    }
    return await loaded(context);
  };
}

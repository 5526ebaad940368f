/** `/healthz` and `/readyz`: one word each, for whoever restarts services. @module */
import type { Context } from "hono";
import type { Sampler } from "../collectors/mod.ts";

/** The process answers. */
export function healthz(context: Context): Response {
  return context.text("ok\n");
}

/** Ticks come; if not, the collector that is being read, or `late`. */
export function readyz(sampler: Sampler): (context: Context) => Response {
  return (context) => {
    const { ticking, reading } = sampler.health();
    if (ticking) return context.text("ready\n");
    return context.text(`${reading ?? "late"}\n`, 503);
  };
}

/** `/healthz` and `/readyz`: for whoever restarts services. @module */
import type { Context } from "hono";
import type { Health, Sampler } from "../collectors/mod.ts";
import { lateText } from "../views/late.ts";

/** The process answers. */
export function healthz(context: Context): Response {
  return context.text("ok\n");
}

/** Ticks come; if not, since when, and the collector that is being read. */
export function readyz(sampler: Sampler): (context: Context) => Response {
  return (context) => {
    const late = lateness(sampler);
    if (late === undefined) return context.text("ready\n");
    return context.text(`${lateText(late)}\n`, 503);
  };
}

/** Of a sampler whose ticks do not come; undefined while they do. */
export function lateness(sampler: Sampler): Health | undefined {
  const health = sampler.health();
  return health.ticking ? undefined : health;
}

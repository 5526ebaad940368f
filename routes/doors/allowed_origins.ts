/**
 * Pages of other sites that may read what programs read: none, unless the options name them. Each is
 * named in full, and gets its own name back: there is no word for all.
 *
 * They read and change nothing: what is sent here by `POST` is for this service's own pages and for
 * programs. Cookies are not theirs either; where there is a token, they send it as any program does.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/** What programs read. Pages, and what they load, are for nobody else. */
const READ = /^\/(api\/v1\/.+|metrics|healthz|readyz)$/;
/** For how long a browser need not ask again. */
const PREFLIGHT_SECONDS = 600;

/**
 * As browsers write it in `Origin`: scheme, host, and the port where it is not the scheme's own.
 * Undefined for everything else.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseOrigin } from "./allowed_origins.ts";
 *
 * assertEquals(parseOrigin("https://wall.example.net"), "https://wall.example.net");
 * assertEquals(parseOrigin("https://wall.example.net/"), undefined);
 * assertEquals(parseOrigin("*"), undefined);
 * ```
 */
export function parseOrigin(text: string): string | undefined {
  if (!/^https?:\/\//.test(text)) return undefined;
  const url = URL.parse(text);
  return url?.origin === text ? text : undefined;
}

/** Lets pages of these origins read. Whoever keeps answers is told that they differ by origin. */
export function allowedOrigins(origins: readonly string[]): MiddlewareHandler {
  const allowed: ReadonlySet<string> = new Set(origins);
  const allow = cors({
    origin: [...origins],
    allowMethods: ["GET", "HEAD"],
    allowHeaders: ["Authorization", "Last-Event-ID"],
    exposeHeaders: ["Content-Disposition", "Retry-After"],
    maxAge: PREFLIGHT_SECONDS,
  });
  return async (context, next) => {
    const { method, path } = context.req;
    if (!READ.test(path)) return await next();
    const asks = method !== "OPTIONS" ||
      context.req.header("access-control-request-method") !== undefined;
    if (asks && allowed.has(context.req.header("origin") ?? "")) return await allow(context, next);
    await next();
    context.header("vary", "Origin", { append: true });
  };
}

/**
 * The path below which a reverse proxy passes requests on, where it leaves that path in them:
 * `/ringside`. Pages need not know it, since all they link to is relative; requests must.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { getPath } from "hono/utils/url";
import { quote, Refusal } from "./refusal.ts";

/** Enough for any, and short in a message. */
const LENGTH_MOST = 64;
/** Whoever restarts the service asks it directly, and knows of no proxy. */
const PROBES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** `/a` or `/a/b`; `/` is no base at all. Undefined for what no proxy should be told. */
export function parseBasePath(text: string): string | undefined {
  if (text === "/") return "";
  const isPath = /^(\/[A-Za-z0-9_~-]+)+$/.test(text);
  return isPath && text.length <= LENGTH_MOST ? text : undefined;
}

/** What is routed: the path below the base. Of a request that is not below it, the path as it came. */
export function routedPath(base: string): (request: Request) => string {
  return (request) => {
    const path = getPath(request);
    return isBelow(path, base) ? path.slice(base.length) : path;
  };
}

/** Refuses what is not below the base, but for the probes; leads who left the last slash away on. */
export function belowBasePath(base: string): MiddlewareHandler {
  return async (context, next) => {
    const path = getPath(context.req.raw);
    if (isBelow(path, base) || PROBES.has(path)) return await next();
    if (path === base) {
      // Relative, so that it is right however the proxy is asked: links on the page count from the slash.
      const { search } = new URL(context.req.url);
      return context.redirect(`${base.slice(base.lastIndexOf("/") + 1)}/${search}`, 308);
    }
    throw new Refusal(
      404,
      `Cannot find ${quote(path)}: this service is below ${quote(`${base}/`)}`,
    );
  };
}

/** For a page that may stand anywhere: the way from it up to the service's `/`. */
export function wayUp(request: Request, base: string): string {
  const path = getPath(request);
  if (!isBelow(path, base)) return `${base}/`;
  return "../".repeat(path.slice(base.length).split("/").length - 2);
}

/**
 * Leads on to a path of the service, from one that stands right below its `/`. Relative, as all links
 * are: a proxy may have put the service below a path of its own. With its dot it is never another host's.
 */
export function leadOn(context: Context, path: string): Response {
  return context.redirect(`.${path}`, 303);
}

function isBelow(path: string, base: string): boolean {
  return path.startsWith(`${base}/`);
}

/**
 * Who is answered at all: requests that name this service as their host, of a bounded size, and that
 * were not sent by another site's page.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type Address, isEverywhere, isIpv4, isIpv6 } from "../address.ts";
import { quote, Refusal } from "../refusal.ts";

/** 32 metric ids, an instance and a span take less than half. */
export const URL_LENGTH_MOST = 4096;

const PORT_MOST = 65_535;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  // Nothing for other sites. With no-referrer a form would say Origin: null, even to its own service.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Puts what browsers must know to every answer; live answers are kept by nobody. */
export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    if (context.req.method === "HEAD") await tellLength(context.res);
  };
}

/** Deno would say of an answer to HEAD that to GET it has no bytes either (RFC 9110, section 8.6). */
async function tellLength(answer: Response): Promise<void> {
  if (answer.body === null) return;
  const { byteLength } = await answer.clone().arrayBuffer();
  answer.headers.set("content-length", String(byteLength));
}

/** Refuses what has too long a URL, and what is for another host. Once for both: each such step is awaited. */
export function servedRequests(address: Address, allowed: readonly string[]): MiddlewareHandler {
  const isServed = servedHosts(address, allowed);
  return (context, next) => {
    const { url } = context.req;
    if (url.length > URL_LENGTH_MOST) {
      throw new Refusal(
        414,
        `Cannot read a URL of ${url.length} characters: needs ${URL_LENGTH_MOST} or fewer`,
      );
    }
    // HTTP/2 has no Host header but an authority; an absolute-form request has both.
    for (const host of [context.req.header("host"), authorityOf(url)]) {
      if (host === undefined || isServed(host)) continue;
      throw new Refusal(
        421,
        `Cannot answer for host ${quote(host)}: this service is not known by that name, ` +
          `needs --allow-host with the name`,
      );
    }
    return next();
  };
}

/**
 * Tells a host that this service is from one that it is not. A page elsewhere may point a name of its own
 * at a loopback address (DNS rebinding), and would then read the answers as its own; it cannot make a
 * browser say another name than its own. An IP address is no name that could be pointed elsewhere.
 */
function servedHosts(address: Address, allowed: readonly string[]): (host: string) => boolean {
  const names = new Set(["localhost", "127.0.0.1", "::1", address.hostname, ...allowed]
    .map((name) => name.toLowerCase()));
  const anyAddress = isEverywhere(address.hostname);
  /** Most requests name the one that the last one named. */
  let last: string | undefined;
  return (host) => {
    if (host === last) return true;
    const name = hostnameOf(host);
    const served = name !== undefined &&
      (names.has(name) || (anyAddress && (isIpv4(name) || isIpv6(name))));
    if (served) last = host;
    return served;
  };
}

/** What stands between the slashes; `new URL` would throw for what is no host. */
function authorityOf(url: string): string | undefined {
  return /^\w+:\/\/([^/?#]*)/.exec(url)?.[1];
}

/** Without port and brackets, in lower case; undefined where it is no host. Any port: it may be forwarded. */
function hostnameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@[\]\s]+))(?::(\d{1,5}))?$/i.exec(host);
  const [, ipv6, name, port = "0"] = match ?? [];
  // A URL with such a port is none.
  if (Number(port) > PORT_MOST) return undefined;
  return (ipv6 ?? name)?.toLowerCase();
}

/**
 * Refuses a change that another site's page asks for. Browsers say where a request comes from in
 * `Sec-Fetch-Site`, older ones in `Origin`; what says neither is no browser.
 */
export function sameOrigin(): MiddlewareHandler {
  return async (context, next) => {
    const site = context.req.header("sec-fetch-site");
    if (site !== undefined ? site !== "same-origin" : !originMatches(context.req)) {
      throw new Refusal(
        403,
        `Cannot change anything for a request from another site: ` +
          `needs one that this service's own page sends`,
      );
    }
    await next();
  };
}

function originMatches(
  request: { header(name: string): string | undefined; url: string },
): boolean {
  const origin = request.header("origin");
  if (origin === undefined) return true;
  const host = request.header("host") ?? new URL(request.url).host;
  return origin === `http://${host}` || origin === `https://${host}`;
}

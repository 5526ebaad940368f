/**
 * Who may read: whoever has the token, as `Authorization: Bearer` of a program or as the cookie of
 * somebody who has logged in. Everything but the probes, the login and the files that it loads is
 * behind it; a path that is not known is too.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { link } from "../../views/link.ts";
import { STREAM_TYPE, wantsHtml } from "../answer.ts";
import { wayUp } from "../base_path.ts";
import type { Clock } from "../clock.ts";
import { Refusal } from "../refusal.ts";
import { printMessage } from "../stream/sse.ts";
import { Sessions } from "./login_sessions.ts";
import { RateLimit } from "./rate_limit.ts";
import type { Token } from "./token.ts";

export const LOGIN_PATH = "/login";

/** They say one word, or hold nothing of this host. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz", LOGIN_PATH]);
const OPEN_FOLDER = "/static/";
const STREAM_PATH = "/stream";
const CHALLENGE = 'Bearer realm="Ringside"';
const SESSION_END = "sessionEnd";
/** A browser asks again after a message; it is on its way to the login by then. */
const LOGIN_RETRY_MS = 60_000;

/** Holds a browser to Secure, this host alone and all of its paths (RFC 6265bis). */
const SECURE_PREFIX = "__Host-";

/** What became of an attempt: `waitMs` is 0 where it was looked at. */
export interface Heard {
  readonly right: boolean;
  readonly waitMs: number;
}

export interface AuthOptions {
  readonly token: Token;
  readonly clock: Clock;
  /**
   * Tells this service from others: cookies know no ports, and tunnels make one host of many. Of
   * letters, digits and hyphens.
   */
  readonly name: string;
}

export class Auth {
  readonly sessions: Sessions;
  readonly #cookie: string;
  readonly #token: Token;
  readonly #limit: RateLimit;
  /** Attempts are looked at one after another: none is heard while another one decides the limit. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ token, clock, name }: AuthOptions) {
    this.#token = token;
    this.#cookie = `ringside-${name}`;
    this.sessions = new Sessions(clock);
    this.#limit = new RateLimit({ clock });
  }

  /** Hears somebody who says that this is the token. */
  async hear(given: string, peer: string): Promise<Heard> {
    const refusedMs = this.#limit.waitMs(peer);
    if (refusedMs > 0) return { right: false, waitMs: refusedMs };
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      const waitMs = this.#limit.waitMs(peer);
      if (waitMs > 0) return { right: false, waitMs };
      const right = await this.#token.is(given);
      if (right) this.#limit.right(peer);
      else this.#limit.wrong(peer);
      return { right, waitMs: 0 };
    } finally {
      resolve();
    }
  }

  /** What makes a browser keep a session, or forget it where the time is 0. */
  cookie(id: string, { secure, seconds }: { secure: boolean; seconds: number }): string {
    const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
    const named = `${this.#cookie}=${id}; ${flags}`;
    return secure ? `${SECURE_PREFIX}${named}; Secure` : named;
  }

  /** Of the header `Cookie`: a browser that came by another scheme before may send both names. */
  idsOf(cookies: string): readonly string[] {
    const found: string[] = [];
    for (const part of cookies.split(";")) {
      const [name, value] = part.split("=", 2).map((word) => word.trim());
      const known = name === this.#cookie || name === SECURE_PREFIX + this.#cookie;
      if (known && value !== undefined) found.push(value);
    }
    return found;
  }
}

/** Lets those through who have the token. */
export function authenticated(auth: Auth, basePath = ""): MiddlewareHandler {
  return async (context, next) => {
    const { path } = context.req;
    if (OPEN_PATHS.has(path) || path.startsWith(OPEN_FOLDER)) return await next();
    const end = sessionOf(context, auth);
    if (end !== undefined) {
      context.set(SESSION_END, end);
      return await next();
    }
    const bearer = bearerOf(context);
    if (bearer === undefined) return unknown(context, basePath);
    const { right, waitMs } = await auth.hear(bearer, peerOf(context));
    if (waitMs > 0) throw tooMany(waitMs);
    if (right) return await next();
    throw new Refusal(401, "Cannot answer: this is not the token, needs the one of this service", {
      "www-authenticate": `${CHALLENGE}, error="invalid_token"`,
    });
  };
}

/** Of the one who asks: when they are no longer logged in. Undefined for programs, and without a login. */
export function sessionEnd(context: Context): AbortSignal | undefined {
  return context.get(SESSION_END);
}

/** The session that a request comes with: the signal of its end. */
export function sessionOf(context: Context, auth: Auth): AbortSignal | undefined {
  for (const id of auth.idsOf(context.req.header("cookie") ?? "")) {
    const end = auth.sessions.signal(id);
    if (end !== undefined) return end;
  }
  return undefined;
}

export function tooMany(waitMs: number): Refusal {
  const seconds = Math.ceil(waitMs / 1000);
  return new Refusal(
    429,
    `Cannot look at this token: too many wrong ones came before it, needs ${seconds} s of patience`,
    { "retry-after": String(seconds) },
  );
}

/** Address of the other end of the connection: a proxy's, where there is one. */
export function peerOf(context: Context): string {
  const env: { readonly remoteAddr?: { readonly hostname?: string } } | undefined = context.env;
  return env?.remoteAddr?.hostname ?? "unknown";
}

/** Nobody is named at all: people are led to the login, programs are told what is needed. */
function unknown(context: Context, basePath: string): Response {
  const { method, path, raw, url } = context.req;
  if (path === STREAM_PATH && /\btext\/event-stream\b/.test(context.req.header("accept") ?? "")) {
    // An EventSource is not told the status of a refusal, and would ask for ever.
    const text = printMessage({ event: "login", retryMs: LOGIN_RETRY_MS, data: link(LOGIN_PATH) });
    return context.body(text, 200, { "content-type": STREAM_TYPE });
  }
  const partial = context.req.header("hx-request") !== undefined;
  if (wantsHtml(context) && !partial && (method === "GET" || method === "HEAD")) {
    const from = path + new URL(url).search;
    const query = from === "/" ? "" : `?${new URLSearchParams({ from })}`;
    return context.redirect(link(LOGIN_PATH, wayUp(raw, basePath)) + query, 303);
  }
  throw new Refusal(
    401,
    `Cannot answer: nobody is logged in, needs a login at ${basePath}${LOGIN_PATH}, or the ` +
      `token as "Authorization: Bearer ..."`,
    // A part of a page that was open loads the whole page, and that the login.
    { "www-authenticate": CHALLENGE, ...(partial ? { "hx-refresh": "true" } : {}) },
  );
}

function bearerOf(context: Context): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(context.req.header("authorization") ?? "")?.[1];
}

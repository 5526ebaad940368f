/** `/login` and `/logout`: a token becomes a cookie, and a cookie becomes nothing. @module */
import type { Context } from "hono";
import * as v from "valibot";
import { HTML_TYPE, wantsHtml } from "../answer.ts";
import { leadOn } from "../base_path.ts";
import { bodyOf, FORM } from "../body.ts";
import { parseFields } from "../fields.ts";
import { queryOf } from "../pages.ts";
import { Refusal } from "../refusal.ts";
import type { Rendering } from "../rendering.ts";
import { type Auth, LOGIN_PATH, peerOf, sessionOf, tooMany } from "./auth.ts";
import { URL_LENGTH_MOST } from "./guard.ts";
import { SESSION_MS } from "./login_sessions.ts";
import { TOKEN_LENGTH_MOST } from "./token.ts";

interface LoginDeps {
  readonly auth: Auth;
  readonly rendering: Pick<Rendering, "login">;
  /** Whether this service itself speaks TLS. */
  readonly tls: boolean;
}

export const LOGIN_QUERY = v.strictObject({ from: v.optional(v.string()) });
export const LOGIN_FORM = v.strictObject({ token: v.string(), from: v.optional(v.string()) });

/** A token and a way back, each character of both perhaps as %xx. */
const BODY = {
  types: [FORM],
  bytesMost: 3 * (TOKEN_LENGTH_MOST + URL_LENGTH_MOST) + 64,
  needed: "a token and perhaps a way back",
};

export function loginPage({ auth, rendering }: LoginDeps): (context: Context) => Response {
  return (context) => {
    const from = wayBack(parseFields(LOGIN_QUERY, queryOf(context)).from);
    if (sessionOf(context, auth) !== undefined) return leadOn(context, from);
    // A browser that follows another site's link sends no strict cookie; from here it does.
    const site = context.req.header("sec-fetch-site");
    const again = site === "cross-site" || site === "same-site";
    return page(context, rendering.login({ from, again }), 200);
  };
}

export function logIn(deps: LoginDeps): (context: Context) => Promise<Response> {
  const { auth, rendering } = deps;
  return async (context) => {
    const { text } = await bodyOf(context, BODY);
    const fields = parseFields(LOGIN_FORM, new URLSearchParams(text));
    const from = wayBack(fields.from);
    const { right, waitMs } = await auth.hear(fields.token.trim(), peerOf(context));
    if (right) {
      endSessions(context, auth);
      const id = auth.sessions.begin();
      const secure = deps.tls || isSecure(context);
      context.header("set-cookie", auth.cookie(id, { secure, seconds: SESSION_MS / 1000 }));
      return leadOn(context, from);
    }
    const refusal = waitMs > 0
      ? tooMany(waitMs)
      : new Refusal(401, "Cannot log in: this is not the token of this service");
    if (!wantsHtml(context)) throw refusal;
    for (const [name, value] of Object.entries(refusal.headers)) context.header(name, value);
    const { message, status } = refusal;
    return page(context, rendering.login({ from, message }), status as 401);
  };
}

/** The session ends, and with it every stream that it opened, in other windows too. */
export function logOut({ auth }: Pick<LoginDeps, "auth">): (context: Context) => Response {
  return (context) => {
    endSessions(context, auth);
    // One that came by http before is to forget that too; what https gave is not for http to take.
    for (const secure of [true, false]) {
      context.header("set-cookie", auth.cookie("", { secure, seconds: 0 }), { append: true });
    }
    return leadOn(context, LOGIN_PATH);
  };
}

/** All that the browser has: one that came by another scheme before has two. */
function endSessions(context: Context, auth: Auth): void {
  for (const id of auth.idsOf(context.req.header("cookie") ?? "")) auth.sessions.end(id);
}

/**
 * A path of this service, or its overview. What a browser would take for another host, another scheme
 * or the login itself is none.
 */
export function wayBack(from: string | undefined): string {
  const here = "http://ringside";
  if (from === undefined || !from.startsWith("/") || !URL.canParse(from, here)) return "/";
  const { origin, pathname, search } = new URL(from, here);
  if (origin !== here || pathname.startsWith("//") || pathname === LOGIN_PATH) return "/";
  return pathname + search;
}

/** A browser that reached a proxy by TLS says so itself: its word binds nobody but itself. */
function isSecure(context: Context): boolean {
  return context.req.header("origin")?.startsWith("https://") ?? false;
}

function page(context: Context, html: string, status: 200 | 401): Response {
  return context.body(html, status, { "content-type": HTML_TYPE });
}

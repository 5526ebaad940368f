/**
 * The paths, the methods of each, and what holds for all of them. What is not here does not exist.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type { Marks, Sampler } from "../collectors/mod.ts";
import { printable } from "../collectors/printable.ts";
import type { Address } from "./address.ts";
import { allowedOrigins } from "./doors/allowed_origins.ts";
import { HTML_TYPE, wantsHtml } from "./answer.ts";
import { type Auth, authenticated, LOGIN_PATH } from "./doors/auth.ts";
import { belowBasePath, routedPath, wayUp } from "./base_path.ts";
import { cpusPage } from "./cpus.ts";
import type { Clock } from "./clock.ts";
import type { Engine } from "./fleet/feed.ts";
import { fold } from "./fold.ts";
import { sameOrigin, securityHeaders, servedRequests } from "./doors/guard.ts";
import type { Hub } from "./stream/hub.ts";
import { setInterval } from "./interval.ts";
import { type Handler, lazily } from "./lazily.ts";
import { logIn, loginPage, logOut } from "./doors/login.ts";
import { listMarks, setMark } from "./marks.ts";
import { Newest } from "./newest.ts";
import { overview, pageSample, pageStream } from "./pages.ts";
import { healthz, readyz } from "./probes.ts";
import { quote, Refusal } from "./refusal.ts";
import type { Rendering } from "./rendering.ts";
import { complain } from "./speech.ts";
import { serveStatic, type StaticFiles } from "./static_files.ts";

export interface Deps {
  readonly sampler: Sampler;
  readonly hub: Hub;
  /** Default the machine's. */
  readonly clock?: Clock;
  readonly rendering: Rendering;
  readonly marks: Marks;
  readonly files: StaticFiles;
  readonly version: string;
  readonly address: Address;
  /** Names beside the address and the loopback's that requests may ask for. */
  readonly allowedHosts: readonly string[];
  /** Whose pages may read what programs read; absent or empty: nobody's but its own. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Absent: everybody may read. */
  readonly auth?: Auth | undefined;
  /** Whether the listener speaks TLS. */
  readonly tls?: boolean | undefined;
  /** Absent: no engine is named that knows other hosts. */
  readonly engine?: Engine | undefined;
  /** Below which all of it stands: `/ringside`; absent or empty: nothing. */
  readonly basePath?: string;
  /** Told of an error that no request explains. */
  readonly report?: (message: string) => void;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handler: Handler;
}

function routesOf(deps: Deps): readonly Route[] {
  const { sampler } = deps;
  const newest = new Newest(sampler);
  const get = (path: string, handler: Handler): Route => ({
    method: "GET",
    path,
    handler,
  });
  const later = (path: string, load: () => Promise<Handler>): Route => get(path, lazily(load));
  const post = (path: string, handler: Handler): Route => ({
    method: "POST",
    path,
    handler,
  });
  return [
    get("/", overview(deps, newest)),
    get("/cpus", cpusPage(deps, newest)),
    later("/fleet", () => import("./fleet/page.ts").then((room) => room.fleetPage(deps))),
    later("/proof", () => import("./proof.ts").then((room) => room.proof(deps, newest))),
    get("/fold", fold(deps, newest)),
    later("/doctor", () => import("./doctor.ts").then((room) => room.doctorPage(deps, newest))),
    later("/chart/:name", () => import("./chart.ts").then((room) => room.chartTable(deps, newest))),
    later(
      "/metrics-guide",
      () => import("./guide.ts").then((room) => room.guidePage(deps, newest)),
    ),
    get("/stream", pageStream(deps)),
    get("/sample", pageSample(deps, newest)),
    later("/api/v1/snapshot", () => import("./api.ts").then((room) => room.snapshot(deps, newest))),
    later("/api/v1/series", () => import("./series.ts").then((room) => room.series(deps, newest))),
    later("/api/v1/catalogue", () => import("./api.ts").then((room) => room.catalogue(newest))),
    later("/api/v1/stream", () => import("./api.ts").then((room) => room.tickStream(deps))),
    later("/api/v1/perf", () => import("./api.ts").then((room) => room.perf(deps, newest))),
    later(
      "/api/v1/doctor",
      () => import("./doctor.ts").then((room) => room.doctorJson(deps, newest)),
    ),
    get("/api/v1/marks", listMarks(deps)),
    later("/api/v1/openapi.json", () => import("./openapi.ts").then((room) => room.openApi(deps))),
    post("/api/v1/marks", setMark(deps)),
    later("/metrics", () => import("./scrape.ts").then((room) => room.metrics(deps, newest))),
    get("/healthz", healthz),
    get("/readyz", readyz(sampler)),
    get("/static/:name", serveStatic(deps.files)),
    post("/interval", setInterval(deps)),
    ...loginRoutes(deps, get, post),
  ];
}

type RouteOf = (path: string, handler: Handler) => Route;

function loginRoutes(deps: Deps, get: RouteOf, post: RouteOf): readonly Route[] {
  const { auth, rendering, tls = false } = deps;
  if (auth === undefined) return [];
  const login = { auth, rendering, tls };
  return [
    get(LOGIN_PATH, loginPage(login)),
    post(LOGIN_PATH, logIn(login)),
    post("/logout", logOut(login)),
  ];
}

export function createApp(deps: Deps): Hono {
  const { basePath = "", allowedOrigins: origins = [] } = deps;
  const app = new Hono({ getPath: routedPath(basePath) });
  const routes = routesOf(deps);
  const report = deps.report ?? complain;
  app.use(securityHeaders());
  app.use(servedRequests(deps.address, deps.allowedHosts));
  if (basePath !== "") app.use(belowBasePath(basePath));
  // A browser asks without the token whether it may send it.
  if (origins.length > 0) app.use(allowedOrigins(origins));
  if (deps.auth !== undefined) app.use(authenticated(deps.auth, basePath));
  for (const { method, path, handler } of routes) {
    // What changes nothing is for other sites' links too, where the path is the same.
    if (method === "GET") app.on(method, path, handler);
    else app.on(method, path, sameOrigin(), handler);
  }
  app.notFound((context) => refuse(context, deps, missing(context, routes)));
  app.onError((error, context) => {
    if (error instanceof Refusal) return refuse(context, deps, error);
    const { method, path } = context.req;
    report(`Cannot answer ${method} ${printable(path)}: ${error.stack ?? error}`);
    const told = new Refusal(500, "Cannot answer: Ringside made an error, its log says which");
    return refuse(context, deps, told);
  });
  return app;
}

/** The path is unknown, or the method is. */
function missing(context: Context, routes: readonly Route[]): Refusal {
  const { path } = context.req;
  // What is told of HEAD is what would be told of GET.
  const method = context.req.method === "HEAD" ? "GET" : context.req.method;
  const known = routes.filter((route) =>
    route.path === path ||
    (route.path.endsWith("/:name") && path.startsWith(route.path.slice(0, -5)))
  );
  if (known.length === 0 || known.some((route) => route.method === method)) {
    return new Refusal(404, `Cannot find ${quote(path)}: there is no such path`);
  }
  const allowed = known.map((route) => route.method === "GET" ? "GET, HEAD" : route.method);
  return new Refusal(
    405,
    `Cannot ${method} ${quote(path)}: needs ${allowed.join(", ")}`,
    { allow: allowed.join(", ") },
  );
}

function refuse(context: Context, deps: Deps, refusal: Refusal): Response {
  const { status, message } = refusal;
  for (const [name, value] of Object.entries(refusal.headers)) context.header(name, value);
  if (wantsHtml(context)) {
    const root = wayUp(context.req.raw, deps.basePath ?? "");
    const page = deps.rendering.message({ status, message, root });
    return context.body(page, status, { "content-type": HTML_TYPE });
  }
  return context.json({ error: { status, message } }, status);
}

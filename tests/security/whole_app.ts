/**
 * The whole of HTTP over a host of text: the app with its real views and files, and a request for each
 * of its routes, so that what must hold of every answer is checked on every answer.
 *
 * @module
 */
import { Marks } from "../../collectors/readings/marks.ts";
import { fleetOf } from "../../routes/fleet/state.ts";
import type { Sample } from "../../routes/fleet/promql_answer.ts";
import { createApp, type Deps } from "../../routes/app.ts";
import { ASSETS } from "../../routes/assets.ts";
import { Auth } from "../../routes/doors/auth.ts";
import { Hub } from "../../routes/stream/hub.ts";
import { PIECE_BYTES } from "../../routes/stream/pieces.ts";
import { Token } from "../../routes/doors/token.ts";
import { createViews } from "../../views/mod.ts";
import type { BusyHost } from "../busy_host.ts";
import { FakeClock } from "../fake_clock.ts";
import { AT_MS, FakeEngine } from "../fleet_host.ts";
import { HARMS, nameOf } from "./hostile.ts";

export const TOKEN = "Tk0123456789abcdef0123456789abcdef";
const VERSION = "1.2.3";

export interface WholeApp {
  readonly marks: Marks;
  /** Errors that were logged. */
  readonly reports: readonly string[];
  /** `GET /proof`, as the routes are named. */
  readonly routes: readonly string[];
  /** By a program that has the token; `bare` for one that has not. */
  request(path: string, init?: RequestInit & { readonly bare?: true }): Promise<Response>;
}

export async function wholeApp(
  host: Pick<BusyHost, "sampler">,
  deps: Partial<Deps> = {},
): Promise<WholeApp> {
  const { sampler } = host;
  const marks = new Marks(sampler.feed);
  const reports: string[] = [];
  const clock = new FakeClock();
  const app = createApp({
    sampler,
    marks,
    hub: new Hub({ sampler, clock }),
    rendering: createViews({
      url: (name) => ASSETS.url(name),
      version: VERSION,
      login: true,
      fleet: true,
    }),
    files: ASSETS,
    version: VERSION,
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
    engine: hostileEngine(),
    clock,
    auth: new Auth({ token: await Token.of(TOKEN), clock, name: "x" }),
    report: (message) => void reports.push(message),
    ...deps,
  });
  const own = app.routes.filter(({ path }) => path !== "/*").map(({ method, path }) =>
    `${method} ${path}`
  );
  return {
    marks,
    reports,
    routes: [...new Set(own)],
    request: async (path, { bare, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (!bare) headers.set("authorization", `Bearer ${TOKEN}`);
      return await app.request(path, { ...init, headers });
    },
  };
}

/** An engine whose hosts are called the worst in each label. */
function hostileEngine(): FakeEngine {
  const hosts = HARMS.map((harm): Sample => {
    const evil = nameOf("fleet", harm);
    const labels = { job: evil, instance: evil, rack: evil, ringside_url: `http://${evil}` };
    return { labels, seconds: AT_MS / 1000, value: AT_MS / 1000 - 7 };
  });
  const named = hosts.map((host) => ({
    ...host,
    labels: { ...host.labels, nodename: host.labels.rack! },
  }));
  const shown = hosts.map((host) => ({
    ...host,
    labels: { ...host.labels, term: "waited", of: host.labels.rack! },
    value: 0.5,
  }));
  const cores = hosts.map((host) => ({
    ...host,
    labels: { ...host.labels, pmu: host.labels.rack! },
  }));
  const answers = { hosts, names: named, absences: [], cores, counted: [], used: shown };
  return new FakeEngine(fleetOf(answers, [], "http://engine.example:9090"));
}

/** What to ask of each route, its variants among them. Streams end by the reader. */
export const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  "GET /": ["/", "/?span=15m"],
  "GET /cpus": ["/cpus", "/cpus?cpu=0", "/cpus?cpu=999"],
  "GET /fleet": [
    "/fleet",
    "/fleet?group=rack&sort=ipc&order=asc&filter=fleet",
    "/fleet?group=core%20type&rows=all",
  ],
  "GET /proof": ["/proof?card=memory", "/proof?card=caches&row=2", "/proof?card=nothing"],
  "GET /fold": [
    "/fold?card=interrupts&fold=0",
    "/fold?card=interrupts&fold=2",
    "/fold?card=nothing&fold=0",
  ],
  "GET /doctor": ["/doctor"],
  "GET /chart/:name": ["/chart/cpu_time", "/chart/disk_throughput", "/chart/nothing"],
  "GET /metrics-guide": ["/metrics-guide"],
  "GET /stream": ["/stream?page=overview", "/stream?page=cpus"],
  "GET /sample": ["/sample"],
  "GET /api/v1/snapshot": ["/api/v1/snapshot"],
  "GET /api/v1/series": [
    "/api/v1/series?metric=load_1m",
    "/api/v1/series?page=overview",
    "/api/v1/series?page=overview&format=csv",
    "/api/v1/series?metric=nothing",
  ],
  "GET /api/v1/catalogue": ["/api/v1/catalogue"],
  "GET /api/v1/stream": ["/api/v1/stream"],
  "GET /api/v1/perf": ["/api/v1/perf"],
  "GET /api/v1/doctor": ["/api/v1/doctor"],
  "GET /api/v1/marks": ["/api/v1/marks"],
  "GET /api/v1/openapi.json": ["/api/v1/openapi.json"],
  "GET /metrics": ["/metrics"],
  "GET /healthz": ["/healthz"],
  "GET /readyz": ["/readyz"],
  "GET /static/:name": [ASSETS.url("page.css"), ASSETS.url("page.js"), "/static/nothing.js"],
  "GET /login": ["/login", "/login?from=/cpus"],
};

/** What a form or a program sends to each route that takes something. */
export const POSTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "POST /interval": { interval: "500ms" },
  "POST /api/v1/marks": { text: "deploy" },
  "POST /login": { token: TOKEN },
  "POST /logout": {},
};

/** A route that has no request here is not checked anywhere: a new one is a line above. */
export function uncovered({ routes }: WholeApp): readonly string[] {
  return routes.filter((route) => !(route in REQUESTS) && !(route in POSTS));
}

/** The text of an answer; of a stream what a client is told when it comes. */
export async function textOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return await response.text();
  }
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const sizes: number[] = [];
  // It comes in pieces, of which the last one is shorter.
  do {
    const { value } = await reader.read();
    sizes.push(value!.length);
    text += decoder.decode(value, { stream: true });
  } while (sizes.at(-1)! >= PIECE_BYTES && sizes.at(-1) === sizes[0]);
  await reader.cancel();
  return text;
}

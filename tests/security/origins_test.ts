/**
 * What pages of other sites may read: nothing, unless an option names their site, and then what programs
 * read and nothing else. Looked at on every route, with every method.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { BusyHost } from "../busy_host.ts";
import { POSTS, REQUESTS, TOKEN, type WholeApp, wholeApp } from "./whole_app.ts";

const WALL = "https://wall.example.net";
const DESK = "http://127.0.0.1:8080";
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
const PREFLIGHT = {
  "access-control-request-method": "GET",
  "access-control-request-headers": "authorization",
};
/** What programs read. */
const READ = /^\/(api\/v1\/|(metrics|healthz|readyz)(\?|$))/;

/** Origins that are like those that are allowed, and are not. */
const ALIKE = [
  "http://wall.example.net",
  "https://wall.example.net:443",
  "https://wall.example.net:8443",
  "https://wall.example.net.evil.example",
  "https://evil-wall.example.net",
  "https://a.wall.example.net",
  "https://wall.example.net/",
  "https://WALL.example.net",
  "https://wall-example.net",
  "https://example.net",
  `${WALL}, ${WALL}`,
  "http://127.0.0.1",
  "http://127.0.0.1:80801",
  "http://localhost:8080",
  "null",
  "*",
  "",
];

async function busyApp(allowedOrigins?: readonly string[]): Promise<WholeApp> {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  return await wholeApp(host, { allowedOrigins });
}

const PATHS = [
  ...Object.values(REQUESTS).flat(),
  ...Object.keys(POSTS).map((route) => route.split(" ")[1]!),
];

interface Asked {
  readonly what: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Headers;
}

/** Every path by every method, as plain request and as preflight, with the token and without. */
async function* everyAnswer(app: WholeApp, origin: string): AsyncGenerator<Asked> {
  for (const path of PATHS) {
    for (const method of METHODS) {
      for (const more of method === "OPTIONS" ? [{}, PREFLIGHT] : [{}]) {
        for (const bare of [{}, { bare: true }] as const) {
          const headers = { origin, accept: "*/*", ...more };
          const response = await app.request(path, { method, headers, ...bare });
          await response.body?.cancel();
          const what = `${method} ${path} from ${origin} ${response.status}`;
          yield { what, path, method, headers: response.headers };
        }
      }
    }
  }
}

function corsOf(headers: Headers): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith("access-control-"));
}

function varies(headers: Headers): boolean {
  return /\borigin\b/i.test(headers.get("vary") ?? "");
}

Deno.test("without an allowed origin no answer has a header for other sites", async () => {
  const app = await busyApp();
  for (const origin of [WALL, "null", "http://localhost:7878"]) {
    for await (const { what, headers } of everyAnswer(app, origin)) {
      assertEquals(corsOf(headers), [], what);
      assert(!varies(headers), what);
    }
  }
});

Deno.test("a page of an allowed origin may read what programs read, refusals too, and nothing else", async () => {
  const app = await busyApp([WALL, DESK]);
  const allowed = new Set<string>();
  for (const origin of [WALL, DESK]) {
    for await (const { what, path, headers } of everyAnswer(app, origin)) {
      if (!READ.test(path)) {
        assertEquals(corsOf(headers), [], what);
        continue;
      }
      assert(varies(headers), what);
      assertEquals(headers.get("access-control-allow-credentials"), null, what);
      // OPTIONS that asks for nothing is no preflight.
      if (corsOf(headers).length === 0) assert(/^OPTIONS .* 40[15]$/.test(what), what);
      else {
        assertEquals(headers.get("access-control-allow-origin"), origin, what);
        allowed.add(path);
      }
    }
  }
  assertEquals(allowed, new Set(PATHS.filter((path) => READ.test(path))));
});

Deno.test("an origin that only looks like an allowed one gets no header, and caches are told why", async () => {
  const app = await busyApp([WALL, DESK]);
  for (const origin of ALIKE) {
    for (const path of ["/api/v1/snapshot", "/api/v1/stream", "/metrics", "/api/v1/nothing"]) {
      for (const init of [{}, { method: "OPTIONS", headers: PREFLIGHT }]) {
        const headers = new Headers(init.headers);
        headers.set("origin", origin);
        const response = await app.request(path, { ...init, headers });
        await response.body?.cancel();
        assertEquals(corsOf(response.headers), [], `${path} ${origin}`);
        assert(varies(response.headers), `${path} ${origin}`);
        assert(init.method === undefined || response.status === 405 || response.status === 404);
      }
    }
  }
});

Deno.test("a browser is told, without the token, that it may send the token, by GET alone", async () => {
  const app = await busyApp([WALL]);
  for (const method of ["GET", "POST"]) {
    const response = await app.request("/api/v1/marks", {
      bare: true,
      method: "OPTIONS",
      headers: { ...PREFLIGHT, origin: WALL, "access-control-request-method": method },
    });
    const { headers } = response;
    assertEquals([response.status, await response.text()], [204, ""]);
    assertEquals(headers.get("access-control-allow-origin"), WALL);
    assertEquals(headers.get("access-control-allow-methods"), "GET,HEAD");
    assertEquals(headers.get("access-control-allow-headers"), "Authorization,Last-Event-ID");
    assertEquals(headers.get("access-control-max-age"), "600");
    assertEquals(headers.get("vary"), "Origin, Access-Control-Request-Headers");
  }
  const headers = { origin: WALL };
  const without = await app.request("/api/v1/marks", { bare: true, headers });
  assertEquals([without.status, without.headers.get("access-control-allow-origin")], [401, WALL]);
  assert((await without.json()).error.message.includes("Authorization: Bearer"));
  const read = await app.request("/api/v1/marks", { headers });
  assertEquals([read.status, await read.json()], [200, { marks: [] }]);
  assertEquals(read.headers.get("vary"), "accept-encoding, Origin");
});

Deno.test("an allowed origin changes nothing: what is sent by POST is refused as every other site's", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  const app = await wholeApp(host, { allowedOrigins: [WALL] });
  for (const [route, fields] of Object.entries(POSTS)) {
    for (const more of [{}, { "sec-fetch-site": "cross-site" }]) {
      const response = await app.request(route.split(" ")[1]!, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { origin: WALL, authorization: `Bearer ${TOKEN}`, ...more },
      });
      assertEquals(response.status, 403, route);
      await response.body?.cancel();
    }
  }
  assertEquals([host.sampler.intervalMs, app.marks.list().length], [1000, 0]);
});

/**
 * What holds of every answer, whatever was asked and however it went: what browsers are told, and that
 * nothing is changed for another site's page.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { BusyHost } from "../busy_host.ts";
import { POSTS, REQUESTS, TOKEN, uncovered, type WholeApp, wholeApp } from "./whole_app.ts";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};
const FOR_EVER = "public, max-age=31536000, immutable";

async function busyHost(): Promise<BusyHost> {
  const host = await BusyHost.load("server-2socket");
  host.tick();
  return host;
}

function checkHeaders(response: Response, what: string): void {
  const found = Object.keys(HEADERS).map((name) => [name, response.headers.get(name)]);
  assertEquals(Object.fromEntries(found), HEADERS, what);
  const kept = response.headers.get("cache-control");
  const isFile = what.includes("/static/") && response.status < 400;
  assertEquals(kept, isFile ? FOR_EVER : "no-store", what);
}

async function check(
  app: WholeApp,
  path: string,
  init: Parameters<WholeApp["request"]>[1] = {},
): Promise<number> {
  const response = await app.request(path, init);
  checkHeaders(response, `${init.method ?? "GET"} ${path} ${response.status}`);
  await response.body?.cancel();
  return response.status;
}

function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields) };
}

Deno.test("every answer has the headers: of every route and method, with the token and without", async () => {
  const app = await wholeApp(await busyHost());
  assertEquals(uncovered(app), []);
  const statuses = new Set<number>();
  const paths = [
    ...Object.values(REQUESTS).flat(),
    ...Object.keys(POSTS).map((route) => route.split(" ")[1]!),
  ];
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      statuses.add(await check(app, path, { method }));
    }
    for (const accept of ["text/html", "text/event-stream", "*/*"]) {
      statuses.add(await check(app, path, { bare: true, headers: { accept } }));
    }
  }
  for (const [route, fields] of Object.entries(POSTS)) {
    statuses.add(await check(app, route.split(" ")[1]!, form(fields)));
  }
  assertEquals([...statuses].toSorted(), [200, 201, 303, 400, 401, 404, 405, 415]);
});

Deno.test("every answer has the headers: refusals of all kinds, and errors", async () => {
  const host = await busyHost();
  const app = await wholeApp(host);
  const file = REQUESTS["GET /static/:name"]![0]!;
  const etag = (await app.request(file)).headers.get("etag")!;
  assertEquals(await check(app, file, { headers: { "if-none-match": etag } }), 304);
  assertEquals(await check(app, "/", { headers: { host: "evil.example" } }), 421);
  assertEquals(await check(app, `/?${"a".repeat(5000)}`), 414);
  assertEquals(await check(app, "/interval", form({ interval: "a".repeat(5000) })), 413);
  const elsewhere = { "sec-fetch-site": "cross-site" };
  assertEquals(await check(app, "/interval", { ...form({}), headers: elsewhere }), 403);
  for (let n = 0; n < 10; n++) {
    assertEquals(
      await check(app, "/", { bare: true, headers: { authorization: "Bearer x" } }),
      401,
    );
  }
  assertEquals(await check(app, "/", { bare: true, headers: { authorization: "Bearer x" } }), 429);
  host.sampler.healthNow = { ticking: false, ageMs: 9000, reading: "disk" };
  assertEquals(await check(app, "/readyz"), 503);
  Object.defineProperty(host.sampler, "feed", {
    get: () => {
      throw new Error("broken");
    },
  });
  const session = await app.request("/login", form({ token: TOKEN }));
  assertEquals(session.status, 429);
});

Deno.test("an error that nobody thought of has the headers too, and tells nothing", async () => {
  const host = await busyHost();
  const app = await wholeApp(host);
  host.sampler.health = (): never => {
    throw new Error(`broken ${TOKEN}`);
  };
  const response = await app.request("/readyz");
  checkHeaders(response, "GET /readyz 500");
  assertEquals(response.status, 500);
  assert(!(await response.text()).includes("broken"));
});

Deno.test("nothing is changed for another site's page: every route that takes something", async () => {
  const app = await wholeApp(await busyHost());
  const taking = app.routes.filter((route) => !route.startsWith("GET "));
  assertEquals(taking.toSorted(), Object.keys(POSTS).toSorted());
  for (const [route, fields] of Object.entries(POSTS)) {
    const [method, path] = route.split(" ") as [string, string];
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "http://localhost:1" },
    ];
    for (const headers of foreign) {
      const response = await app.request(path, { ...form(fields), method, headers });
      assertEquals(response.status, 403, `${route} ${JSON.stringify(headers)}`);
      await response.body?.cancel();
    }
    const own = await app.request(path, {
      ...form(fields),
      method,
      headers: { "sec-fetch-site": "same-origin" },
    });
    assert(own.status < 400, `${route} ${own.status}`);
    await own.body?.cancel();
  }
});

Deno.test("nothing is changed by GET, HEAD or OPTIONS, whatever the query says", async () => {
  const host = await busyHost();
  const app = await wholeApp(host);
  for (const [route, fields] of Object.entries(POSTS)) {
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]) {
      const path = `${route.split(" ")[1]}?${new URLSearchParams(fields)}`;
      const response = await app.request(path, { method });
      assertEquals(response.headers.get("set-cookie"), null);
      await response.body?.cancel();
    }
  }
  assertEquals([host.sampler.intervalMs, app.marks.list().length], [1000, 0]);
});

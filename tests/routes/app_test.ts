import { assertEquals, assertStringIncludes } from "@std/assert";
import { startHost } from "./host.ts";

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

const PATHS = [
  "/",
  "/stream?page=overview",
  "/api/v1/snapshot",
  "/api/v1/series?metric=load_1m",
  "/api/v1/catalogue",
  "/api/v1/stream",
  "/api/v1/perf",
  "/metrics",
  "/healthz",
  "/readyz",
];

Deno.test("every answer forbids what its reader does not need, and is kept by nobody", async () => {
  const host = startHost();
  host.tick(0.25);
  for (const path of [...PATHS, "/nothing", "/api/v1/series?metric=nothing"]) {
    const { headers, body } = await host.app.request(path);
    assertEquals(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("referrer-policy"), "same-origin");
    assertEquals(headers.get("cross-origin-opener-policy"), "same-origin");
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    assertEquals(headers.get("cache-control"), "no-store");
    await body?.cancel();
  }
});

Deno.test("a refusal is JSON for programs", async () => {
  const response = await startHost().app.request("/nothing");
  assertEquals(response.status, 404);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(await response.json(), {
    error: { status: 404, message: 'Cannot find "/nothing": there is no such path' },
  });
});

Deno.test("a refusal is a page for browsers", async () => {
  const response = await startHost().app.request("/nothing", { headers: HTML });
  assertEquals(response.status, 404);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(
    await response.text(),
    '<!DOCTYPE html>404 Cannot find "/nothing": there is no such path',
  );
});

Deno.test("a wrong method is told the right ones", async () => {
  const host = startHost();
  const cases = [
    ["POST", "/", "GET, HEAD"],
    ["DELETE", "/api/v1/snapshot", "GET, HEAD"],
    ["PUT", "/static/a.js", "GET, HEAD"],
    ["GET", "/interval", "POST"],
    ["OPTIONS", "/interval", "POST"],
  ] as const;
  for (const [method, path, allowed] of cases) {
    const response = await host.app.request(path, { method });
    assertEquals([response.status, response.headers.get("allow")], [405, allowed]);
    const { error } = await response.json();
    assertEquals(error.message, `Cannot ${method} "${path}": needs ${allowed}`);
  }
});

Deno.test("HEAD on a path that is not known is no wrong method", async () => {
  const host = startHost();
  host.tick(0.25);
  for (const path of ["/nothing", "/chart/", "/static/a/b"]) {
    const { status } = await host.app.request(path, { method: "HEAD" });
    assertEquals(status, 404, path);
  }
});

Deno.test("HEAD has the headers of GET and no body", async () => {
  const host = startHost();
  host.tick(0.25);
  for (const path of ["/healthz", "/nowhere", "/interval"]) {
    const head = await host.app.request(path, { method: "HEAD" });
    const { length } = await (await host.app.request(path)).bytes();
    assertEquals([head.body, head.headers.get("content-length")], [null, String(length)]);
  }
  const response = await host.app.request("/metrics", { method: "HEAD" });
  assertEquals([response.status, response.body], [200, null]);
  assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const whole = await (await host.app.request("/metrics")).bytes();
  assertEquals(response.headers.get("content-length"), String(whole.length));
});

Deno.test("a URL of more than 4096 characters is refused", async () => {
  const host = startHost();
  const response = await host.app.request(`http://localhost/${"a".repeat(4096 - 16)}`);
  assertEquals(response.status, 414);
  const { error } = await response.json();
  assertEquals(error.message, "Cannot read a URL of 4097 characters: needs 4096 or fewer");
  const longest = await host.app.request(`http://localhost/${"a".repeat(4096 - 17)}`);
  assertEquals(longest.status, 404);
});

Deno.test("an error that no request explains is logged, and tells the caller nothing", async () => {
  const host = startHost();
  host.tick(0.25);
  Object.defineProperty(host.sampler, "health", {
    value: () => {
      throw new Error("secret");
    },
  });
  const response = await host.app.request("/readyz");
  assertEquals(response.status, 500);
  assertEquals(
    (await response.json()).error.message,
    "Cannot answer: Ringside made an error, its log says which",
  );
  assertEquals(host.reports.length, 1);
  assertStringIncludes(host.reports[0]!, "Cannot answer GET /readyz: Error: secret");
});

Deno.test("before the first tick what shows a snapshot says so, and when to come again", async () => {
  const host = startHost();
  for (const path of ["/", "/api/v1/snapshot", "/api/v1/catalogue", "/metrics"]) {
    const response = await host.app.request(path);
    assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
    assertEquals(
      (await response.json()).error.message,
      "Cannot show a snapshot: no tick has come yet, needs the first one",
    );
  }
});

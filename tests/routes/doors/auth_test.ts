import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SESSION_MS } from "../../../routes/doors/login_sessions.ts";
import { Token } from "../../../routes/doors/token.ts";
import { settled } from "../../fake_clock.ts";
import { SseReader } from "../../sse_reader.ts";
import { type Host, type HostOptions, startHost } from "../host.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const EVENTS = { accept: "text/event-stream" };
const OWNER = "192.0.2.1";
const OTHER = "198.51.100.7";

async function guarded(options: HostOptions = {}): Promise<Host> {
  const host = startHost({ ...options, token: await Token.of(SECRET) });
  host.tick(0.25);
  return host;
}

interface Asked {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly body?: BodyInit;
  readonly peer?: string;
}

async function ask(
  host: Host,
  path: string,
  { peer = OWNER, ...init }: Asked = {},
): Promise<Response> {
  const env = { remoteAddr: { hostname: peer } };
  return await host.app.request(path, init, env);
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function logIn(host: Host, token = SECRET, asked: Asked = {}): Promise<Response> {
  return await ask(host, "/login", {
    method: "POST",
    body: new URLSearchParams({ token }),
    ...asked,
  });
}

/** What a browser sends back. */
function cookieOf(response: Response): Record<string, string> {
  return { cookie: response.headers.get("set-cookie")!.split(";")[0]! };
}

Deno.test("every path but the probes, the login and its files needs the token, whatever the method", async () => {
  const host = await guarded();
  const open: string[] = [];
  const paths = new Set(host.app.routes.map(({ path }) => path).filter((path) => path !== "/*"));
  assert(paths.size > 20);
  for (const path of [...paths, "/nothing", "/static", "/login/", "//", "/healthz/x"]) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const response = await ask(host, path.replace(":name", "load"), { method });
      if (response.status !== 401) open.push(`${method} ${path} ${response.status}`);
      await response.body?.cancel();
    }
  }
  assertEquals([...new Set(open.map((line) => line.split(" ")[1]))].toSorted(), [
    "/healthz",
    "/login",
    "/readyz",
    "/static/:name",
  ]);
});

Deno.test("a program without the token is told what is needed; with it, it is answered", async () => {
  const host = await guarded();
  const refused = await ask(host, "/metrics");
  assertEquals(refused.status, 401);
  assertEquals(refused.headers.get("www-authenticate"), 'Bearer realm="Ringside"');
  assertEquals(refused.headers.get("cache-control"), "no-store");
  assertEquals((await refused.json()).error, {
    status: 401,
    message: "Cannot answer: nobody is logged in, needs a login at /login, or the token as " +
      '"Authorization: Bearer ..."',
  });
  for (const scheme of ["Bearer", "bearer", "BEARER "]) {
    const headers = { authorization: `${scheme} ${SECRET}` };
    assertEquals((await ask(host, "/metrics", { headers })).status, 200);
  }
  const wrong = await ask(host, "/metrics", { headers: bearer("a".repeat(32)) });
  assertEquals(wrong.status, 401);
  assertEquals(
    wrong.headers.get("www-authenticate"),
    'Bearer realm="Ringside", error="invalid_token"',
  );
  const basic = await ask(host, "/metrics", {
    headers: { authorization: `Basic ${btoa(SECRET)}` },
  });
  assertEquals(basic.status, 401);
});

Deno.test("below a base path the refusal names the login where it stands", async () => {
  const host = await guarded({ basePath: "/ringside" });
  const { error } = await (await ask(host, "/ringside/metrics")).json();
  assertStringIncludes(error.message, "needs a login at /ringside/login, or the token");
});

Deno.test("a token in the URL is none", async () => {
  const host = await guarded();
  for (const query of [`token=${SECRET}`, `access_token=${SECRET}`]) {
    assertEquals((await ask(host, `/api/v1/snapshot?${query}`)).status, 401);
  }
});

Deno.test("a browser is led to the login, and knows where it came from", async () => {
  const host = await guarded();
  const cases = [
    ["/", "login"],
    ["/cpus?cpu=1", "login?from=%2Fcpus%3Fcpu%3D1"],
    ["/nothing", "login?from=%2Fnothing"],
    ["/chart/load", "../login?from=%2Fchart%2Fload"],
  ] as const;
  for (const [path, location] of cases) {
    const response = await ask(host, path, { headers: HTML });
    assertEquals([response.status, response.headers.get("location")], [303, location]);
  }
  const change = await ask(host, "/interval", { method: "POST", headers: HTML });
  assertEquals(change.status, 401);
});

Deno.test("a part of an open page loads the page anew, which leads to the login", async () => {
  const host = await guarded();
  const headers = { ...HTML, "hx-request": "true" };
  const response = await ask(host, "/proof?card=load", { headers });
  assertEquals([response.status, response.headers.get("hx-refresh")], [401, "true"]);
});

Deno.test("an open page's stream says that nobody is logged in, since it cannot be told a status", async () => {
  const host = await guarded();
  const response = await ask(host, "/stream?page=overview", { headers: EVENTS });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reader = new SseReader(response);
  assertEquals((await reader.message()).event, "login");
  assertEquals(await reader.next(), null);
  assertEquals((await ask(host, "/api/v1/stream", { headers: EVENTS })).status, 401);
  assertEquals(host.hub.clients, 0);
});

Deno.test("the token makes a session, by a cookie that no script reads and no other site sends", async () => {
  const host = await guarded();
  const response = await logIn(host);
  assertEquals([response.status, response.headers.get("location")], [303, "./"]);
  const cookie = response.headers.get("set-cookie")!;
  assertMatch(
    cookie,
    /^ringside-stage-7878=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
  );
  assertEquals((await ask(host, "/", { headers: cookieOf(response) })).status, 200);
  for (const foreign of ["ringside-stage-7878=", `ringside-stage-7878=${SECRET}`, `x=${SECRET}`]) {
    assertEquals((await ask(host, "/", { headers: { cookie: foreign } })).status, 401);
  }
  const others = { cookie: `a=b; ${cookieOf(response).cookie}; ringside-other-7878=c` };
  assertEquals((await ask(host, "/", { headers: others })).status, 200);
});

Deno.test("under TLS, here or before a proxy, the cookie never goes by plain HTTP", async () => {
  const secure = /^__Host-ringside-stage-7878=[0-9a-f]{64}; Path=\/; HttpOnly; .*; Secure$/;
  const host = await guarded({ tls: true });
  const response = await logIn(host);
  assertMatch(response.headers.get("set-cookie")!, secure);
  assertEquals((await ask(host, "/", { headers: cookieOf(response) })).status, 200);
  const behind = await guarded();
  const proxied = await logIn(behind, SECRET, { headers: { origin: "https://localhost" } });
  assertMatch(proxied.headers.get("set-cookie")!, secure);
  assertEquals((await ask(behind, "/", { headers: cookieOf(proxied) })).status, 200);
});

Deno.test("a logout ends the session on the server too, and every stream of it", async () => {
  const host = await guarded();
  const headers = cookieOf(await logIn(host));
  const stays = cookieOf(await logIn(host));
  const reader = new SseReader(await ask(host, "/api/v1/stream", { headers }));
  const other = await ask(host, "/api/v1/stream", { headers: stays });
  await reader.message();
  assertEquals(host.hub.clients, 2);
  const out = await ask(host, "/logout", { method: "POST", headers });
  assertEquals([out.status, out.headers.get("location")], [303, "./login"]);
  const forgotten = "ringside-stage-7878=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
  assertEquals(out.headers.getSetCookie(), [`__Host-${forgotten}; Secure`, forgotten]);
  assertEquals(await reader.next(), null);
  assertEquals(host.hub.clients, 1);
  assertEquals((await ask(host, "/", { headers })).status, 401);
  assertEquals((await ask(host, "/", { headers: stays })).status, 200);
  await other.body!.cancel();
});

Deno.test("a session is looked for in each cookie of this service, and in no other", async () => {
  const host = await guarded();
  const { cookie } = cookieOf(await logIn(host));
  const [name, id] = cookie!.split("=");
  const over = `__Host-${name}=${"0".repeat(64)}`;
  for (const both of [`${over}; ${cookie}`, `${cookie}; ${over}`]) {
    assertEquals((await ask(host, "/", { headers: { cookie: both } })).status, 200);
  }
  const other = { cookie: `ringside-other-7878=${id}` };
  assertEquals((await ask(host, "/", { headers: other })).status, 401);
});

Deno.test("a logout ends all that a browser has which came by two schemes", async () => {
  const host = await guarded();
  const plain = cookieOf(await logIn(host)).cookie;
  const { cookie } = cookieOf(
    await logIn(host, SECRET, { headers: { origin: "https://localhost" } }),
  );
  assert(cookie!.startsWith("__Host-"));
  const headers = { cookie: `${cookie}; ${plain}` };
  await ask(host, "/logout", { method: "POST", headers });
  assertEquals(host.auth!.sessions.size, 0);
});

Deno.test("a session that had its time ends, and its streams with it", async () => {
  const host = await guarded();
  const headers = cookieOf(await logIn(host));
  const reader = new SseReader(await ask(host, "/api/v1/stream", { headers }));
  await reader.message();
  await host.clock.advance(SESSION_MS);
  while (await reader.next() !== null);
  assertEquals(host.hub.clients, 0);
  assertEquals((await ask(host, "/", { headers })).status, 401);
});

Deno.test("who logs in again leaves no session behind", async () => {
  const host = await guarded();
  const first = cookieOf(await logIn(host));
  await logIn(host, SECRET, { headers: first });
  assertEquals(host.auth!.sessions.size, 1);
  assertEquals((await ask(host, "/", { headers: first })).status, 401);
});

Deno.test("a stream that was left forgets its session", async () => {
  const host = await guarded();
  const headers = cookieOf(await logIn(host));
  const response = await ask(host, "/api/v1/stream", { headers });
  await response.body!.cancel();
  await ask(host, "/logout", { method: "POST", headers });
  await settled();
  assertEquals([host.hub.clients, host.reports], [0, []]);
});

Deno.test("wrong tokens are heard ten times, by header and form together; then even the right one waits", async () => {
  const host = await guarded();
  const session = cookieOf(await logIn(host));
  for (let n = 0; n < 5; n++) {
    assertEquals((await ask(host, "/metrics", { headers: bearer(`wrong${n}`) })).status, 401);
    assertEquals((await logIn(host, `wrong${n}`)).status, 401);
  }
  for (const token of ["wrong", SECRET]) {
    const byHeader = await ask(host, "/metrics", { headers: bearer(token) });
    assertEquals([byHeader.status, byHeader.headers.get("retry-after")], [429, "6"]);
    assertEquals(
      (await byHeader.json()).error.message,
      "Cannot look at this token: too many wrong ones came before it, needs 6 s of patience",
    );
    const byForm = await logIn(host, token, { headers: HTML });
    assertEquals([byForm.status, byForm.headers.get("retry-after")], [429, "6"]);
  }
  // The owner elsewhere, and whoever has logged in, are not locked out.
  assertEquals((await ask(host, "/metrics", { headers: bearer(SECRET), peer: OTHER })).status, 200);
  assertEquals((await ask(host, "/", { headers: session })).status, 200);
  await host.clock.advance(6000);
  assertEquals((await ask(host, "/metrics", { headers: bearer(SECRET) })).status, 200);
});

Deno.test("guesses that come at the same moment are heard one after another", async () => {
  const ways = [
    (host: Host, token: string): Promise<Response> =>
      ask(host, "/metrics", { headers: bearer(token) }),
    (host: Host, token: string): Promise<Response> => logIn(host, token),
  ];
  for (const guess of ways) {
    const host = await guarded();
    const guesses = Array.from({ length: 100 }, (_, n) => guess(host, `wrong${n}`));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assertEquals(statuses.filter((status) => status === 401).length, 10);
    assertEquals(statuses.filter((status) => status === 429).length, 90);
  }
});

Deno.test("who says no token at all does nothing wrong", async () => {
  const host = await guarded();
  for (let n = 0; n < 50; n++) await ask(host, "/metrics");
  assertEquals((await ask(host, "/metrics", { headers: bearer(SECRET) })).status, 200);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { wayBack } from "../../../routes/doors/login.ts";
import { Token } from "../../../routes/doors/token.ts";
import { type Host, type HostOptions, startHost } from "../host.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const HTML = { accept: "text/html" };

async function guarded(options: HostOptions = {}): Promise<Host> {
  return startHost({ ...options, token: await Token.of(SECRET) });
}

async function post(host: Host, fields: Record<string, string>, headers = {}): Promise<Response> {
  const body = new URLSearchParams(fields);
  return await host.app.request("/login", { method: "POST", body, headers });
}

Deno.test("wayBack leads to a path of this service and to nothing else", () => {
  const own = [
    "/",
    "/cpus",
    "/cpus?cpu=1&span=5m",
    "/metrics-guide",
    "/%2F%2Fevil.example",
    "/a//b",
  ];
  for (const path of own) assertEquals(wayBack(path), path);
  assertEquals(wayBack("/cpus#cpu"), "/cpus");
  const foreign = [
    undefined,
    "",
    "cpus",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/login",
    "/login?from=/login",
    " /cpus",
  ];
  for (const path of foreign) assertEquals(wayBack(path), "/", path);
});

Deno.test("/login asks for the token, and keeps the way back", async () => {
  const host = await guarded();
  const response = await host.app.request("/login?from=%2Fcpus%3Fcpu%3D1");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await response.text(), "<!DOCTYPE html>login /cpus?cpu=1 - false");
  const foreign = await host.app.request("/login?from=//evil.example");
  assertEquals(await foreign.text(), "<!DOCTYPE html>login / - false");
});

Deno.test("/login that another site's link led to asks once more: only then is a strict cookie sent", async () => {
  const host = await guarded();
  for (
    const [site, again] of [["cross-site", true], ["same-site", true], ["same-origin", false], [
      "none",
      false,
    ]]
  ) {
    const response = await host.app.request("/login", {
      headers: { "sec-fetch-site": String(site) },
    });
    assertEquals(await response.text(), `<!DOCTYPE html>login / - ${again}`);
  }
});

Deno.test("/login leads on who is logged in", async () => {
  const host = await guarded();
  const cookie = (await post(host, { token: SECRET })).headers.get("set-cookie")!.split(";")[0]!;
  const response = await host.app.request("/login?from=/cpus", { headers: { cookie } });
  assertEquals([response.status, response.headers.get("location")], [303, "./cpus"]);
});

Deno.test("the right token leads back, blanks around it or not", async () => {
  const host = await guarded();
  for (const token of [SECRET, ` ${SECRET}\n`]) {
    const response = await post(host, { token, from: "/cpus" });
    assertEquals([response.status, response.headers.get("location")], [303, "./cpus"]);
  }
  const foreign = await post(host, { token: SECRET, from: "//evil.example" });
  assertEquals(foreign.headers.get("location"), "./");
  // A path that looks like another scheme once its slash is gone.
  const scheme = await post(host, { token: SECRET, from: "/https://evil.example" });
  assertEquals(scheme.headers.get("location"), "./https://evil.example");
});

Deno.test("below a base path the login leads, and leads back, within it", async () => {
  const host = await guarded({ basePath: "/ringside" });
  const asked = await host.app.request("/ringside/chart/load", { headers: HTML });
  assertEquals(asked.headers.get("location"), "../login?from=%2Fchart%2Fload");
  const body = new URLSearchParams({ token: SECRET, from: "/chart/load" });
  const told = await host.app.request("/ringside/login", { method: "POST", body });
  assertEquals([told.status, told.headers.get("location")], [303, "./chart/load"]);
});

Deno.test("a wrong token is told on the form for people, as JSON for programs, and is not repeated", async () => {
  const host = await guarded();
  const page = await post(host, { token: "wrong-wrong-wrong", from: "/cpus" }, HTML);
  assertEquals([page.status, page.headers.get("set-cookie")], [401, null]);
  assertEquals(
    await page.text(),
    "<!DOCTYPE html>login /cpus Cannot log in: this is not the token of this service false",
  );
  const json = await post(host, { token: "wrong-wrong-wrong" });
  assertEquals(
    (await json.json()).error.message,
    "Cannot log in: this is not the token of this service",
  );
});

Deno.test("/login refuses what is no token of a form, without telling it", async () => {
  const host = await guarded();
  const cases: readonly [Record<string, string>, number][] = [
    [{}, 400],
    [{ token: SECRET, other: "1" }, 400],
    [{ token: SECRET.repeat(1000) }, 413],
  ];
  for (const [fields, status] of cases) assertEquals((await post(host, fields)).status, status);
  const json = await host.app.request("/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: SECRET }),
  });
  assertEquals(json.status, 415);
  const twice = await host.app.request("/login", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `token=${SECRET}&token=${SECRET}`,
  });
  assertStringIncludes((await twice.json()).error.message, 'Cannot take parameter "token" twice');
});

Deno.test("another site logs nobody in and nobody out", async () => {
  const host = await guarded();
  for (const path of ["/login", "/logout"]) {
    const response = await host.app.request(path, {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site", authorization: `Bearer ${SECRET}` },
      body: new URLSearchParams({ token: SECRET }),
    });
    assertEquals([response.status, response.headers.get("set-cookie")], [403, null]);
  }
});

Deno.test("a service without a token has no login", async () => {
  const host = startHost();
  assertEquals((await host.app.request("/login")).status, 404);
  assertEquals((await host.app.request("/logout", { method: "POST" })).status, 404);
});

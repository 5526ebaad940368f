import { assertEquals } from "@std/assert";
import { startHost } from "../host.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 7878 };
const WIDE = { hostname: "0.0.0.0", port: 7878 };

async function statusFor(host: string, options: Parameters<typeof startHost>[0]): Promise<number> {
  const response = await startHost(options).app.request("/healthz", { headers: { host } });
  return response.status;
}

Deno.test("servedHosts answers for the names of this service, whatever the port", async () => {
  const options = { address: { hostname: "192.0.2.7", port: 80 }, allowedHosts: ["DB-07"] };
  const served = [
    "localhost",
    "LocalHost:7878",
    "127.0.0.1",
    "127.0.0.1:9000",
    "[::1]",
    "[::1]:65535",
    "192.0.2.7:80",
    "db-07",
    "Db-07:80",
  ];
  for (const host of served) assertEquals(await statusFor(host, options), 200, host);
});

Deno.test("servedHosts refuses every other name, and what is none", async () => {
  const foreign = [
    "evil.example",
    "evil.example:7878",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "192.0.2.8",
    "[::2]",
    "localhost:",
    "localhost:7878:1",
    "localhost:65536",
    "[::1]:99999",
    "localhost@evil.example",
    "evil.example#localhost",
    "[localhost]",
  ];
  for (const host of foreign) {
    assertEquals(await statusFor(host, { address: LOOPBACK }), 421, host);
  }
});

Deno.test("servedHosts refuses a name as often as it is asked for", async () => {
  const { app } = startHost();
  const statuses: number[] = [];
  for (const host of ["evil.example", "evil.example", "localhost", "evil.example"]) {
    statuses.push((await app.request("/healthz", { headers: { host } })).status);
  }
  assertEquals(statuses, [421, 421, 200, 421]);
});

Deno.test("servedHosts on every interface answers for every address, and still for no other name", async () => {
  assertEquals(await statusFor("192.0.2.8:7878", { address: WIDE }), 200);
  assertEquals(await statusFor("[2001:db8::1]:7878", { address: WIDE }), 200);
  assertEquals(await statusFor("evil.example:7878", { address: WIDE }), 421);
});

Deno.test("servedHosts looks at the URL where there is no Host header, and names the remedy", async () => {
  const { app } = startHost();
  const response = await app.request("http://evil.example:7878/healthz");
  assertEquals(response.status, 421);
  assertEquals(
    (await response.json()).error.message,
    'Cannot answer for host "evil.example:7878": this service is not known by that name, ' +
      "needs --allow-host with the name",
  );
});

Deno.test("sameOrigin lets only this service's own page and no browser at all change something", async () => {
  const cases: readonly [Record<string, string>, number][] = [
    [{}, 200],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "same-origin", origin: "null" }, 200],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "none" }, 403],
    [{ origin: "http://localhost:7878" }, 200],
    [{ origin: "https://localhost:7878" }, 200],
    [{ origin: "http://localhost:7879" }, 403],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
  ];
  for (const [headers, status] of cases) {
    const { app, sampler } = startHost();
    const response = await app.request("/interval", {
      method: "POST",
      headers: { host: "localhost:7878", ...headers },
      body: new URLSearchParams({ interval: "250ms" }),
    });
    assertEquals(response.status, status, JSON.stringify(headers));
    assertEquals(sampler.intervalMs, status === 200 ? 250 : 1000);
  }
});

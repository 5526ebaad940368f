import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

function form(body: string, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body,
  };
}

Deno.test("POST /interval changes the interval and answers each caller in its way", async () => {
  const { app, sampler } = startHost();
  const program = await app.request("/interval", form("interval=250ms"));
  assertEquals([program.status, await program.json()], [200, { interval_seconds: 0.25 }]);
  assertEquals(sampler.intervalMs, 250);
  const page = await app.request("/interval", form("interval=2s", { accept: "text/html" }));
  assertEquals([page.status, page.headers.get("location")], [303, "/"]);
  assertEquals(sampler.intervalMs, 2000);
  const htmx = await app.request(
    "/interval",
    form("interval=100ms", { "accept": "text/html", "hx-request": "true" }),
  );
  assertEquals([htmx.status, htmx.body], [204, null]);
  assertEquals(sampler.intervalMs, 100);
});

Deno.test("POST /interval refuses what is no interval, and leaves it as it is", async () => {
  const needed = "needs a span of time from 100ms to 1m, such as 250ms, 1s or 1.5s";
  const cases = [
    ["interval=99ms", `Cannot take interval "99ms": ${needed}`],
    ["interval=61s", `Cannot take interval "61s": ${needed}`],
    ["interval=", `Cannot take interval "": ${needed}`],
    ["", 'Cannot find parameter "interval": it is missing, and needed'],
    ["interval=1s&interval=2s", 'Cannot take parameter "interval" twice: needs it once'],
    ["interval=1s&x=1", 'Cannot take parameter "x": it is unknown here, known: interval'],
  ] as const;
  const { app, sampler } = startHost();
  for (const [body, message] of cases) {
    const response = await app.request("/interval", form(body));
    assertEquals([response.status, (await response.json()).error.message], [400, message]);
  }
  assertEquals(sampler.intervalMs, 1000);
});

Deno.test("POST /interval reads only a short form", async () => {
  const { app } = startHost();
  const json = await app.request("/interval", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(json.status, 415);
  const long = await app.request("/interval", form(`interval=${"1".repeat(300)}`));
  assertEquals(long.status, 413);
  const longest = await app.request("/interval", form(`interval=${"1".repeat(247)}`));
  assertEquals(longest.status, 400);
});

Deno.test("POST /interval whose caller goes away is no error of the service", async () => {
  const { app, reports } = startHost();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await app.request("/interval", { method: "POST", headers, body });
  assertEquals(response.status, 400);
  assertEquals(
    (await response.json()).error.message,
    "Cannot read the body: reset, needs a whole one",
  );
  assertEquals(reports, []);
});

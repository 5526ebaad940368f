/** What answers say while ticks do not come; streams are told of in `hub_test.ts`. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startHost } from "./host.ts";

const LATE = { ticking: false, ageMs: 12_345, reading: "load" } as const;
const FRESH = { ticking: true, ageMs: 20, reading: null } as const;

Deno.test("a snapshot says how old it is while ticks do not come, and only then", async () => {
  const host = startHost();
  host.tick(0.25);
  const stale = async (): Promise<unknown> =>
    (await (await host.app.request("/api/v1/snapshot")).json()).stale;
  assertEquals(await stale(), undefined);
  host.sampler.healthNow = LATE;
  assertEquals(await stale(), { age_seconds: 12.345, reading: "load" });
  host.sampler.healthNow = { ...LATE, ageMs: 13_000, reading: null };
  assertEquals(await stale(), { age_seconds: 13, reading: null });
  host.sampler.healthNow = FRESH;
  assertEquals(await stale(), undefined);
});

Deno.test("a page says how old it is while ticks do not come, and only then", async () => {
  const host = startHost();
  host.tick(0.25);
  const text = async (): Promise<string> => await (await host.app.request("/")).text();
  const fresh = await text();
  host.sampler.healthNow = LATE;
  assertEquals(await text(), `${fresh} late 12345`);
  host.sampler.healthNow = FRESH;
  assertEquals(await text(), fresh);
});

Deno.test("/metrics fails while ticks do not come, since rates of what stands still would be zero", async () => {
  const host = startHost();
  host.tick(0.25);
  host.sampler.healthNow = LATE;
  const response = await host.app.request("/metrics");
  assertEquals([response.status, response.headers.get("retry-after")], [503, "5"]);
  assertStringIncludes(
    await response.text(),
    'Cannot tell metrics: no tick for 12 s, collector \\"load\\" hangs',
  );
  host.sampler.healthNow = FRESH;
  assertEquals((await host.app.request("/metrics")).status, 200);
});

Deno.test("/api/v1/perf has nothing of the last interval while ticks do not come", async () => {
  const host = startHost();
  host.tick(0.25);
  const told = async (): Promise<unknown> => await (await host.app.request("/api/v1/perf")).json();
  const fresh = await told();
  host.sampler.healthNow = LATE;
  assertEquals(await told(), {
    available: false,
    reason: 'Cannot tell counts: no tick for 12 s, collector "load" hangs',
  });
  host.sampler.healthNow = FRESH;
  assertEquals(await told(), fresh);
});

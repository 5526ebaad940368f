import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

Deno.test("/healthz says one word as long as the process answers", async () => {
  const host = startHost();
  host.sampler.healthNow = { ticking: false, ageMs: 60_000, reading: "load" };
  const response = await host.app.request("/healthz");
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
});

Deno.test("/readyz says whether ticks come, and what holds them up", async () => {
  const cases = [
    [true, null, 200, "ready\n"],
    [true, "load", 200, "ready\n"],
    [false, "load", 503, 'no tick for 7 s, collector "load" hangs\n'],
    [false, null, 503, "no tick for 7 s\n"],
  ] as const;
  const host = startHost();
  for (const [ticking, reading, status, word] of cases) {
    host.sampler.healthNow = { ticking, ageMs: 7999, reading };
    const response = await host.app.request("/readyz");
    assertEquals([response.status, await response.text()], [status, word]);
  }
});

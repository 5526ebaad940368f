import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

const PLAIN = "text/plain; version=0.0.4; charset=utf-8";
const OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";

Deno.test("/metrics is OpenMetrics for those who read it, and Prometheus text for all others", async () => {
  const cases = [
    ["", PLAIN],
    ["*/*", PLAIN],
    ["text/plain;version=0.0.4", PLAIN],
    ["application/openmetrics-text", OPEN],
    [
      "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      OPEN,
    ],
    ["text/plain, application/openmetrics-text; version=1.0.0; q=0", PLAIN],
  ] as const;
  const host = startHost();
  host.tick(0.25);
  for (const [accept, type] of cases) {
    const response = await host.app.request("/metrics", { headers: { accept } });
    assertEquals(response.headers.get("content-type"), type, accept);
    assertEquals(response.headers.get("vary"), "accept, accept-encoding");
    const format = type === PLAIN ? "prometheus" : "openmetrics";
    assertEquals(await response.text(), `# ${format} 1\n`);
  }
  assertEquals(host.rendered.expositions, 2);
});

Deno.test("/metrics does not count as somebody who looks", async () => {
  const host = startHost();
  host.tick(0.25);
  await host.app.request("/metrics");
  assertEquals(host.sampler.watched, 0);
});

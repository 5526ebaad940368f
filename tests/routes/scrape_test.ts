import { assert, assertEquals } from "@std/assert";
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
    ["application/openmetrics-text; version=1.0.0; q=0", PLAIN],
    // Prometheus says with `scrape_protocols` which it likes best.
    ["text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.1", PLAIN],
    ["application/openmetrics-text;q=0.1,text/plain;q=0.9", PLAIN],
    ["APPLICATION/OpenMetrics-Text", OPEN],
    // Anything, and one of both least of all: the other one.
    ["*/*, application/openmetrics-text;q=0.1", PLAIN],
    ["application/*;q=0.1, */*", PLAIN],
    ["text/plain;q=0, */*", OPEN],
    ["*/*, application/openmetrics-text", OPEN],
    ["text/plain, application/openmetrics-text", PLAIN],
    ["application/openmetrics-text, text/plain", OPEN],
    [
      "application/openmetrics-text;version=0.0.1;q=0.2,text/plain;q=0.3," +
      "application/openmetrics-text;version=1.0.0;q=0.4",
      OPEN,
    ],
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

Deno.test("/metrics answers with the parts that are collected, in one answer for one choice", async () => {
  const host = startHost();
  host.tick(0.25);
  const ask = async (query: string): Promise<string> =>
    await (await host.app.request(`/metrics?${query}`)).text();
  const choice = "collect[]=load&collect[]=core";
  assertEquals(await ask(choice), "# prometheus 1 core,load\n");
  assertEquals(await ask("collect%5B%5D=core&collect[]=load&collect[]=core"), await ask(choice));
  assertEquals(await ask("collect[]=load"), "# prometheus 1 load\n");
  assertEquals(await ask(""), "# prometheus 1\n");
  assertEquals(host.rendered.expositions, 3);
});

Deno.test("/metrics refuses what is no part, in one line that names those that are", async () => {
  const host = startHost();
  host.tick(0.25);
  for (
    const [query, message] of [
      [
        "collect[]=load&collect[]=lod",
        'Cannot collect "lod": there is no such part, needs some of ',
      ],
      ["collect[]=", 'Cannot collect "": there is no such part'],
      ["collect=load", 'Cannot take parameter "collect": it is unknown here, known: collect[]'],
      ["__proto__=load", 'Cannot take parameter "__proto__": it is unknown here'],
    ] as const
  ) {
    const response = await host.app.request(`/metrics?${query}`);
    assertEquals(response.status, 400, query);
    const { error } = await response.json();
    assert(error.message.startsWith(message), error.message);
    assert(!error.message.includes("\n"), error.message);
  }
});

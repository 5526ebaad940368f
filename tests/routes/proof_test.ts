import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

const PART = { headers: { "hx-request": "true" } };

Deno.test("/proof is a part for htmx and a page for everybody else, each made once for a tick", async () => {
  const host = startHost();
  host.tick(0.25);
  const part = await host.app.request("/proof?card=load&row=1", PART);
  assertEquals(part.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(part.headers.get("vary"), "accept-encoding, hx-request");
  // The subject, the tick, how many points its lines have.
  assertEquals(await part.text(), "load 1 stageboot-1 1");
  const page = await host.app.request("/proof?card=load&row=1");
  assertEquals(await page.text(), "<!DOCTYPE html>load 1");
  await host.app.request("/proof?card=load&row=1", PART);
  assertEquals(host.rendered.sheets, 2);
  host.tick(0.5);
  const next = await host.app.request("/proof?card=load", PART);
  assertEquals(await next.text(), "load undefined stageboot-2 2");
  assertEquals([host.rendered.sheets, host.sampler.watched], [3, 4]);
});

Deno.test("/proof refuses what no ring is for, and says what there is", async () => {
  const host = startHost();
  host.tick(0.25);
  const cases = [
    ["", 400, 'Cannot find parameter "card": it is missing, and needed'],
    ["?card=disk", 404, 'Cannot tell how card "disk" was measured: there is no such card'],
    [
      "?card=load&row=2",
      404,
      'Cannot tell how row 2 of card "load" was measured: it has rows 0 to 1',
    ],
    ["?card=load&row=-1", 400, 'Cannot take row "-1": needs a whole number'],
    ["?card=load&row=1000", 400, 'Cannot take row "1000": needs a whole number'],
    [`?card=${"x".repeat(65)}`, 400, "Cannot take a card of 65 characters: needs 64 or fewer"],
    [
      "?card=load&rows=1",
      400,
      'Cannot take parameter "rows": it is unknown here, known: card, row',
    ],
  ] as const;
  for (const [query, status, message] of cases) {
    const response = await host.app.request(`/proof${query}`, {
      headers: { ...PART.headers, "accept": "application/json" },
    });
    assertEquals([response.status, (await response.json()).error.message], [status, message]);
  }
  assertEquals(host.rendered.sheets, 0);
});

Deno.test("/proof waits for the first tick", async () => {
  const response = await startHost().app.request("/proof?card=load", PART);
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  await response.body?.cancel();
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { busyApp } from "./busy_app.ts";

Deno.test("/fold is what of a card is closed at first, and the page has its place only", async () => {
  const get = await busyApp();
  const page = await (await get("/")).text();
  const url = page.match(/<details class="more" data-fold="([^"]+)"/)![1]!.replace("&amp;", "&");
  assertEquals(url, "fold?card=interrupts&fold=0");
  const answer = await get(`/${url}`);
  assertEquals(answer.headers.get("content-type"), "text/html; charset=utf-8");
  const html = await answer.text();
  assertStringIncludes(html, "<dt>Rescheduling</dt><dd>");
  assertEquals(page.includes("<dt>Rescheduling</dt>"), false);
  assertStringIncludes(await (await get("/fold?card=interrupts&fold=2")).text(), "<table");
});

Deno.test("/fold refuses what there is none of, in one line", async () => {
  const get = await busyApp();
  const refusals = [
    ["card=interrupts&fold=3", 404, 'Cannot open fold 3 of card "interrupts": there is none'],
    ["card=nothing&fold=0", 404, 'Cannot open fold 0 of card "nothing": there is none'],
    ["card=interrupts&fold=x", 400, 'Cannot take fold "x": needs a whole number'],
  ] as const;
  for (const [query, status, message] of refusals) {
    const response = await get(`/fold?${query}`);
    assertEquals([response.status, (await response.json()).error.message], [status, message]);
  }
});

/** A page that a browser translates: its words are wrapped and replaced while it lives. @module */
import { assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { tick, visit } from "./visit.ts";

/** What translators of browsers do to each text that has letters. */
const TRANSLATE = `(() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walk.nextNode()) texts.push(walk.currentNode);
  for (const text of texts) {
    if (text.parentElement.closest("script, svg, select, font") || !/[a-z]/.test(text.data)) continue;
    const [outer, inner] = ["font", "font"].map((name) => document.createElement(name));
    inner.textContent = text.data.toUpperCase();
    outer.append(inner);
    text.replaceWith(outer);
  }
})()`;
const STATE = `document.querySelector(".state")`;
/** Those in sight: others are told later. */
const FIGURES = `[...document.querySelectorAll("#cpus-heat b, #cpus-table b")].map((figure) =>
  figure.textContent).join(" ")`;

browserTest("a translated page goes on, and says its state once", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 5 });
  const watched = await visit(browser, `${service.url}/cpus`);
  await watched.evaluate(TRANSLATE);
  await watched.evaluate(`{
    globalThis.said = 0;
    new MutationObserver(() => said++).observe(${STATE}, { childList: true, subtree: true });
  }`);
  for (let i = 0; i < 3; i++) {
    await tick(service, watched);
    const untouched = await visit(browser, `${service.url}/cpus`);
    const figures = JSON.stringify(await untouched.evaluate(FIGURES));
    await watched.until(`${FIGURES} === ${figures}`);
    await untouched.close();
  }
  assertEquals(await watched.evaluate("said"), 0);
  assertEquals(await watched.evaluate(`${STATE}.textContent`), "LIVE");
  assertEquals(watched.takeComplaints(), []);
  await watched.close();
});

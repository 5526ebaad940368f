/**
 * What the reader of a live page does: pause, hide the tab, choose an interval, select, scroll, open,
 * print. All figures change with each tick.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { WatchedPage } from "./chromium.ts";
import { FIGURES, LivePage, STATE, TICK } from "./live_page.ts";

const TITLE = "document.title";
const INTERVAL = `document.querySelector("#interval").selectedOptions[0].textContent`;

function assertCalm(watched: WatchedPage): void {
  assertEquals(watched.takeComplaints(), []);
}

browserTest("a pause freezes the page and costs the service nothing", async (browser) => {
  await using live = await LivePage.open(browser);
  const { keyboard } = live.watched.page;
  await live.tick();
  await live.evaluate(`
    globalThis.told = [];
    document.addEventListener("ringside:paused", () => {
      told.push(document.documentElement.dataset.paused);
    });
    document.querySelector("#pause").focus();
  `);
  const { cursor } = live;
  const shown = `[${FIGURES}, ${TICK}].join()`;
  const frozen = await live.evaluate<string>(shown);
  await keyboard.press("Enter");
  await live.says("Paused");
  await live.untilGate(1, 0);
  assertEquals(await live.evaluate("document.activeElement.textContent"), "Resume");
  assertMatch(await live.evaluate<string>(TITLE), /^Paused · /);
  for (let i = 0; i < 3; i++) live.service.host.tick();
  // Neither time nor a network that comes back ends a pause.
  await live.evaluate("ahead += 60_000, dispatchEvent(new Event('online'))");
  await live.looked();
  assertEquals(await live.evaluate(shown), frozen);
  assertEquals(live.gate.asked.length, 1);

  await keyboard.press("Enter");
  await live.says("Live");
  await live.shows();
  assertEquals(live.gate.asked, ["", cursor]);
  assertNotEquals(await live.evaluate(shown), frozen);
  assertEquals(await live.evaluate("document.activeElement.textContent"), "Pause");
  assertEquals(await live.evaluate("told.map(String)"), ["", "undefined"]);
  assertMatch(await live.evaluate<string>(TITLE), /^(≈?[\d.]+|100)\u00a0% · /);
  assertEquals(await live.words(), ["Connecting", "Live", "Paused", "Connecting", "Live"]);
  const label = `document.querySelector("#chart-cpu_time .uplot").ariaLabel`;
  assert(!(await live.evaluate<string>(label)).includes("gap"), "a point is missing");
  assertCalm(live.watched);
});

browserTest("a hidden tab hears nothing, and finds all that it missed", async (browser) => {
  await using live = await LivePage.open(browser);
  await live.tick();
  const { cursor } = live;
  await live.evaluate("hide(true)");
  await live.untilGate(1, 0);
  assertEquals(await live.evaluate(TITLE), "busy · Ringside");
  for (let i = 0; i < 3; i++) live.service.host.tick();
  await live.looked();
  assertEquals(live.gate.asked.length, 1);
  await live.evaluate("hide(false)");
  await live.shows();
  assertEquals(live.gate.asked, ["", cursor]);
  assertMatch(await live.evaluate<string>(TITLE), / · busy · /);
  assertEquals((await live.words()).filter((word) => word === "Reconnecting"), []);

  // Paused before it was hidden it stays so, and its tab says so.
  await live.evaluate(`document.querySelector("#pause").click()`);
  await live.untilGate(2, 0);
  await live.evaluate("hide(true), hide(false)");
  await live.looked();
  assertEquals([live.gate.asked.length, await live.evaluate(STATE)], [2, "Paused"]);
  assertMatch(await live.evaluate<string>(TITLE), /^Paused · /);
  assertCalm(live.watched);
});

browserTest("a tab that is opened behind others waits until it is shown", async (browser) => {
  await using live = await LivePage.prepare(browser);
  await live.watched.page.addInitScript("away = true");
  await live.goto();
  await live.looked();
  assertEquals(live.gate.asked, []);
  await live.evaluate("hide(false)");
  await live.says("Live");
  await live.tick();
  assertCalm(live.watched);
});

browserTest("the interval is everybody's: chosen in one page, shown in all", async (browser) => {
  await using live = await LivePage.open(browser);
  const { sampler } = live.service.host;
  const other = await WatchedPage.open(browser);
  await other.page.goto(live.service.url);
  await other.until(`${STATE} === "Live"`);
  await live.evaluate("globalThis.sameDocument = true");
  assertEquals(await live.evaluate(INTERVAL), "1\u00a0s");
  // No tick comes meanwhile, and neither page grows suspicious of that.
  for (const page of [live.watched, other]) await page.evaluate("Date.now = () => 0");
  await live.watched.page.selectOption("#interval", "5000ms");
  await other.until(`${INTERVAL} === "5\u00a0s"`);
  assertEquals(sampler.intervalMs, 5000);

  // One that is not offered, of a program; and back, with no tick between.
  for (const [ms, text] of [[750, "750\u00a0ms"], [1000, "1\u00a0s"]] as const) {
    const body = new URLSearchParams({ interval: `${ms}ms` });
    await (await fetch(`${live.service.url}/interval`, { method: "POST", body })).body?.cancel();
    for (const page of [live.watched, other]) await page.until(`${INTERVAL} === "${text}"`);
  }

  // What is refused is not shown as if it held.
  await live.evaluate(`document.querySelector("#interval option").value = "1ms"`);
  await live.watched.page.selectOption("#interval", "1ms");
  await live.until(`${INTERVAL} === "1\u00a0s"`);
  assertEquals(sampler.intervalMs, 1000);
  await live.tick();
  assert(await live.evaluate("sameDocument"), "the page was loaded anew");
  assertEquals(live.watched.takeComplaints().length, 1, "more than the refusal");
  assertCalm(other);
  await other.close();
});

browserTest(
  "what the reader selected, focused, opened and scrolled to survives every tick",
  async (browser) => {
    await using live = await LivePage.open(browser, {
      machine: "server-2socket",
      viewport: { width: 360, height: 700 },
    });
    await live.evaluate(`
    globalThis.figures = [...document.querySelectorAll("main .card .v b")];
    globalThis.texts = figures.map((figure) => figure.textContent);
  `);
    await live.tick();
    await live.evaluate(`
    for (const details of document.querySelectorAll("main details:not([hidden])")) details.open = true;
    globalThis.summary = document.querySelectorAll("main summary")[1];
    summary.focus({ preventScroll: true });
    // From the middle of one changing figure to the middle of another.
    const changing = figures.filter((figure, n) => figure.textContent !== texts[n]);
    globalThis.ends = [changing[1].firstChild, changing.at(-2).firstChild];
    getSelection().setBaseAndExtent(ends[0], 2, ends[1], 3);
    scrollTo(0, 1234);
  `);
    const reader = `JSON.stringify([
    [...document.querySelectorAll("details")].map(({ open }) => open),
    document.activeElement === summary,
    getSelection().anchorNode === ends[0] && getSelection().anchorOffset,
    getSelection().focusNode === ends[1] && getSelection().focusOffset,
    scrollY,
  ])`;
    const begun = await live.evaluate<string>(reader);
    assertMatch(begun, /true.*,true,2,3,1234\]$/);
    const figures = await live.evaluate<string>(FIGURES);
    for (let i = 0; i < 5; i++) {
      await live.tick();
      assertEquals(await live.evaluate(reader), begun);
    }
    assertNotEquals(await live.evaluate(FIGURES), figures);
    assertCalm(live.watched);
  },
);

browserTest("without scripts no control of the header is dead", async (browser) => {
  await using live = await LivePage.prepare(browser);
  const watched = await WatchedPage.open(browser, { javaScriptEnabled: false });
  const { page } = watched;
  await page.goto(live.service.url);
  const header = page.locator("header.top");
  assertEquals(await header.locator("button:visible").allInnerTexts(), ["Set"]);
  assertEquals(await header.locator(".state").innerText(), "Not live");
  await page.locator("#interval").selectOption("250ms");
  await header.locator("button:visible").click();
  assertEquals(await page.locator("#interval").inputValue(), "250ms");
  assertEquals(live.service.host.sampler.intervalMs, 250);
  live.service.host.tick();
  const { sequence } = live;
  await header.locator("a.btn").click();
  assertEquals(await page.locator("#tick").getAttribute("title"), `Tick ${sequence}`);
  assertCalm(watched);
  await watched.close();
});

browserTest("pages that do not live have no live header, and keep the theme", async (browser) => {
  await using live = await LivePage.open(browser);
  await live.evaluate(`document.querySelector("#theme-dark").click()`);
  for (const path of ["/doctor", "/nowhere"]) {
    await live.goto(path);
    const parts = ".state, #tick, #interval, #pause, .unscripted";
    assertEquals(await live.evaluate(`document.querySelectorAll("${parts}").length`), 0);
    assertEquals(await live.evaluate(`document.querySelector("#theme-dark").checked`), true);
    assertEquals(
      await live.evaluate(`getComputedStyle(document.documentElement).colorScheme`),
      "dark",
    );
  }
});

browserTest(
  "a page that one comes back to has the theme chosen since",
  async (browser) => {
    await using live = await LivePage.open(browser);
    const { page } = live.watched;
    const themes = `[document.documentElement.dataset.theme,
    document.querySelector("input[name=theme]:checked").value]`;
    await live.goto("/doctor");
    await live.evaluate(`document.querySelector("#theme-dark").click()`);
    // The browser fills in the form of the page as it was left.
    await page.goBack();
    await live.says("Live");
    assertEquals(await live.evaluate(themes), ["dark", "dark"]);
    // The browser kept the whole page.
    await live.evaluate(`
    globalThis.redrawn = 0;
    document.addEventListener("ringside:theme", () => redrawn++);
    localStorage["ringside-theme"] = "light";
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  `);
    assertEquals(await live.evaluate(themes), ["light", "light"]);
    assertEquals(await live.evaluate("redrawn"), 1);
  },
);

browserTest("on paper the page is light and whole, without its controls", async (browser) => {
  await using live = await LivePage.open(browser, {
    machine: "server-2socket",
    viewport: { width: 1000, height: 800 },
  });
  const { page } = live.watched;
  await live.evaluate(`document.querySelector("#theme-dark").click()`);
  await live.until(`document.querySelector("canvas") !== null`);
  await live.evaluate(`
    globalThis.redrawn = 0;
    document.addEventListener("ringside:theme", () => redrawn++);
  `);
  await page.emulateMedia({ media: "print" });
  const style = (selector: string, name: string): Promise<string> =>
    live.evaluate(`getComputedStyle(document.querySelector("${selector}")).${name}`);
  assertEquals(await style(":root", "colorScheme"), "light");
  for (const control of ["nav", ".themes", ".every", "#pause", ".state"]) {
    assertEquals(await style(control, "display"), "none", control);
  }
  assertNotEquals(await style("#tick", "display"), "none");
  // A card in a grid or a flexbox is cut where a page ends, whatever it avoids.
  assertEquals(await style(".card", "breakInside"), "avoid");
  // Firefox leaves tables without room for names in a card that is laid out for itself.
  assertEquals(await style(".card", "contain"), "none");
  for (const around of [".grid", ".core", ".side", ".broad", ".sys", ".foot", ".stack"]) {
    assertEquals(await style(around, "display"), "block", around);
  }
  // Charts are told to draw anew, in the colours of paper.
  await live.until("redrawn > 0");
});

browserTest("the live dot moves only for readers who like it", async (browser) => {
  await using live = await LivePage.open(browser);
  const dot = `getComputedStyle(document.querySelector(".state"), "::before").animationName`;
  assertEquals(await live.evaluate(dot), "beat");
  await live.watched.page.emulateMedia({ reducedMotion: "reduce" });
  assertEquals(await live.evaluate(dot), "none");
});

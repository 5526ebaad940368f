/** Rings and the sheets that they open, on machines of text whose figures change at each tick. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

const TICK = `Number(document.querySelector("#tick").title.replace(/\\D/g, ""))`;
/** The row of the L2, and the sheet below it. */
const ROW = `document.querySelectorAll("#card-caches-0 tbody tr:not(.why)")[2]`;
const RING = `${ROW}.querySelector("details")`;
const SHEET = `${ROW}.nextElementSibling.querySelector(".sheet")`;
const CARD = `document.querySelector("#card-disks-head")`;
const CARD_SHEET = `${CARD}.nextElementSibling.querySelector(".sheet")`;
const SHOWN = (element: string): string => `${element}.checkVisibility()`;

interface Visit {
  readonly watched: WatchedPage;
  /** Paths of the sheets that were asked for since the last look. */
  takeAsked(): readonly string[];
}

async function visit(
  browser: Browser,
  service: BusyService,
  options: BrowserContextOptions = { viewport: { width: 1440, height: 900 } },
): Promise<Visit> {
  const watched = await WatchedPage.open(browser, options);
  // Time goes by when the test says so.
  await watched.page.addInitScript(`
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    performance.now = () => now() + aheadMs;
    globalThis.goBy = (ms) => void (aheadMs += ms);
  `);
  const asked: string[] = [];
  watched.page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === "/proof") asked.push(pathname + search);
  });
  await watched.page.goto(service.url);
  await watched.until(`document.querySelector(".state").dataset.state === "live"`);
  return { watched, takeAsked: () => asked.splice(0) };
}

async function tick(service: BusyService, watched: WatchedPage): Promise<void> {
  service.host.tick();
  await watched.until(`${TICK} === ${service.host.stage.snapshot.sequence}`);
}

/** The time that a sheet says it is of is the page's. */
const IS_OF_NOW = (sheet: string): string =>
  `${sheet}.querySelector("h3 small")?.textContent.slice(-12) ===
    document.querySelector("#tick").textContent.trim().slice(-12)`;

/** Its content is there, and the style that came with it. */
const IS_STYLED = (sheet: string): string =>
  `${sheet}.querySelector(".told") !== null &&
    getComputedStyle(${sheet}.querySelector(".told")).visibility === "visible"`;

/** A second goes by, for a sheet is asked for no more often, then a tick that both tell of. */
async function freshTick(service: BusyService, watched: WatchedPage, sheet: string): Promise<void> {
  await watched.evaluate("goBy(1000)");
  await tick(service, watched);
  await watched.until(IS_OF_NOW(sheet));
}

browserTest("a ring opens a sheet that says the same as the row, at each tick", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const { watched, takeAsked } = await visit(browser, service);
  await tick(service, watched);
  assertEquals([takeAsked(), await watched.evaluate(SHOWN(SHEET))], [[], false]);

  await watched.evaluate(`${RING}.querySelector("summary").click()`);
  await watched.until(`${SHEET}.querySelector("h3 small") !== null`);
  assert(await watched.evaluate(SHOWN(SHEET)));
  assertEquals(takeAsked(), ["/proof?card=caches&row=2"]);
  const results = `[...${SHEET}.querySelectorAll(".eq b")].map((b) =>
    b.textContent.replace(/[^\\d.]/g, ""))`;
  const figures = `[2, 3].map((at) =>
    ${ROW}.querySelectorAll("td")[at].querySelector("b").textContent.replace(/[^\\d.]/g, ""))`;
  const seen = new Set<string>();
  for (let round = 0; round < 3; round++) {
    await freshTick(service, watched, SHEET);
    const told = await watched.evaluate<string[]>(results);
    assertEquals(told, await watched.evaluate(figures));
    seen.add(told.join());
    assert(await watched.evaluate(`${RING}.open`), "it closed");
  }
  assertEquals(takeAsked().length, 3);

  await watched.evaluate(`${RING}.querySelector("summary").click()`);
  await tick(service, watched);
  assertEquals([takeAsked(), await watched.evaluate(SHOWN(SHEET))], [[], false]);
  assertEquals(watched.takeComplaints(), []);
});

browserTest("one sheet is open at a time, of a card as of a row", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const { watched, takeAsked } = await visit(browser, service);
  await watched.evaluate(`${RING}.querySelector("summary").click()`);
  await watched.until(`${SHEET}.querySelector(".cmd") !== null`);
  await watched.evaluate(`${CARD}.querySelector("summary").click()`);
  await watched.until(`${CARD_SHEET}.querySelector(".files") !== null`);
  assertEquals(takeAsked(), ["/proof?card=caches&row=2", "/proof?card=disks"]);
  assertEquals(
    [await watched.evaluate(SHOWN(SHEET)), await watched.evaluate(SHOWN(CARD_SHEET))],
    [false, true],
  );
  // Its style came with the first of them, once.
  const sheets = `performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/sheet.")).length`;
  assertEquals(await watched.evaluate(sheets), 1);
  await freshTick(service, watched, CARD_SHEET);
  assertEquals(takeAsked(), ["/proof?card=disks"]);
  assertEquals(watched.takeComplaints(), []);
});

browserTest(
  "selection, focus and scroll survive the ticks; Escape closes and gives the focus back",
  async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket" });
    const { watched } = await visit(browser, service);
    const { keyboard } = watched.page;
    await watched.evaluate(`${RING}.querySelector("summary").focus()`);
    await keyboard.press("Enter");
    await watched.until(`${SHEET}.querySelector(".cmd code") !== null`);
    assert(await watched.evaluate(`document.activeElement === ${RING}.querySelector("summary")`));
    await watched.evaluate(`getSelection().selectAllChildren(${SHEET}.querySelector(".cmd code"))`);
    const selected = await watched.evaluate<string>("String(getSelection())");
    assertMatch(selected, /^perf stat -a -e /);
    await watched.evaluate(`${SHEET}.querySelector("button[data-copy]").focus()`);
    await watched.evaluate("scrollTo(0, 240)");
    await freshTick(service, watched, SHEET);
    assertEquals(await watched.evaluate("String(getSelection())"), selected);
    assertEquals(await watched.evaluate("scrollY"), 240);
    assert(await watched.evaluate(`document.activeElement.matches("button[data-copy]")`));

    await keyboard.press("Escape");
    assertEquals(await watched.evaluate(SHOWN(SHEET)), false);
    assert(await watched.evaluate(`document.activeElement === ${RING}.querySelector("summary")`));
    assertEquals(watched.takeComplaints(), []);
  },
);

browserTest("a sheet lies over what is below, and in the flow on a phone", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const heights = `[...document.querySelectorAll(".card, .plot")].map((it) => it.offsetHeight)`;
  for (const width of [360, 768, 1440, 2560]) {
    const { watched } = await visit(browser, service, { viewport: { width, height: 900 } });
    const closed = await watched.evaluate<number[]>(heights);
    for (const [opener, sheet] of [[RING, SHEET], [CARD, CARD_SHEET]] as const) {
      await watched.evaluate(`${opener}.querySelector("summary").click()`);
      await watched.until(IS_STYLED(sheet));
      const opened = await watched.evaluate<number[]>(heights);
      assertEquals(opened.join() === closed.join(), width >= 680, `${width} pixels`);
      const box = `${sheet}.getBoundingClientRect()`;
      const { height, right } = await watched.evaluate<DOMRectReadOnly>(`${box}.toJSON()`);
      assert(height > 150 && right <= width, `${width} pixels: ${height} ${right}`);
      // It is in front where it reaches over others: a click goes to it.
      await watched.evaluate(`scrollBy(0, ${box}.bottom - 450)`);
      assert(
        await watched.evaluate(`${sheet}.contains(
          document.elementFromPoint(${box}.left + 20, ${box}.bottom - 6))`),
        `${width} pixels: something lies over the sheet`,
      );
    }
    assertEquals(
      await watched.evaluate("document.documentElement.scrollWidth"),
      width,
      "wider than its window",
    );
    assertEquals(watched.takeComplaints(), []);
    await watched.close();
  }
});

browserTest("nothing else moves while a sheet is open and all figures change", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const { watched } = await visit(browser, service, { viewport: { width: 1440, height: 5000 } });
  await watched.evaluate(`${RING}.querySelector("summary").click()`);
  await watched.until(IS_STYLED(SHEET));
  // What moves for a click is wanted.
  const before = await watched.layoutShift();
  for (let round = 0; round < 3; round++) await freshTick(service, watched, SHEET);
  assertEquals(await watched.layoutShift() - before, 0, (await watched.shifted()).join("\n"));
});

browserTest(
  "what is refused takes no sheet's place, and says nothing of the stream",
  async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket" });
    const { watched } = await visit(browser, service);
    await watched.page.route(
      "**/proof*",
      (route) =>
        route.fulfill({ status: 404, contentType: "text/html", body: "<h1>Not found</h1>" }),
    );
    await watched.evaluate(`{
      globalThis.answered = false;
      document.addEventListener("htmx:finally:request", () => globalThis.answered = true);
    }`);
    await watched.evaluate(`${RING}.querySelector("summary").click()`);
    await watched.until("globalThis.answered");
    assertEquals(await watched.evaluate(`${SHEET}.textContent`), "How it was measured");
    assertEquals(await watched.evaluate(`document.querySelector(".state").dataset.state`), "live");
    await watched.page.unroute("**/proof*");
    await freshTick(service, watched, SHEET);
    assertEquals(
      // The refusal is the test's own: it has no policy.
      watched.takeComplaints().filter((text) => !/404|^policy: \S+\/proof\?/.test(text)),
      [],
    );
  },
);

browserTest("without scripts a ring opens a link to the same as a page", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const watched = await WatchedPage.open(browser, { javaScriptEnabled: false });
  const { page } = watched;
  await page.goto(service.url);
  const row = page.locator("#card-caches-0 tbody tr:not(.why)").nth(2);
  assertEquals(await page.locator(".sheet:visible").count(), 0);
  await row.locator("summary").click();
  await page.locator(".sheet:visible a").click();
  assertMatch(page.url(), /\/proof\?card=caches&row=2$/);
  const text = await page.locator("main").innerText();
  assertMatch(text, /L2 miss ratio = L2 misses ÷ L2 references = /);
  assertMatch(text, /perf stat -a -e /);
  assertEquals(/\b(undefined|NaN|null|Infinity)\b/.exec(text), null);
  await page.locator("main a", { hasText: "overview" }).click();
  assertEquals(new URL(page.url()).pathname, "/");
  assertEquals(watched.takeComplaints(), []);
});

browserTest("every ring of every machine opens a sheet that tells something", async (browser) => {
  for (const machine of ["server-2socket", "firecracker-2cpu", "minimal-container"]) {
    await using service = await BusyService.start({ machine });
    const { watched } = await visit(browser, service);
    const urls = await watched.evaluate<string[]>(
      `[...document.querySelectorAll(".sheet a")].map(({ href }) => href)`,
    );
    assert(urls.length > 10, machine);
    for (const url of urls) {
      const response = await fetch(url, { headers: { "hx-request": "true" } });
      const text = (await response.text()).replace(/<[^>]*>/g, " ");
      assertEquals(response.status, 200, url);
      assert(text.length > 80, `${machine} ${url}: ${text}`);
      assertEquals(
        /\b(undefined|NaN|null|Infinity)\b/.exec(text),
        null,
        `${machine} ${url}: ${text}`,
      );
    }
    await watched.close();
  }
});

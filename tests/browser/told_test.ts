/** How parts of the page become new: what is written, what is morphed, what waits, and for what. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import type { WatchedPage } from "./chromium.ts";
import { openPage, PAGES, tick } from "./pages.ts";

/** Time stands still but for the test's, and so does what waits for the next figures. */
const STILL = `
  globalThis.nowMs = 0;
  performance.now = () => nowMs;
  globalThis.waiting = [];
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...more) =>
    run.name === "pass" ? waiting.push(run) : later(run, ms, ...more);
`;
/** The last part of the page that has figures. */
const LAST = `[...document.querySelectorAll(".card > .body > .part:has(b)")].at(-1)`;

interface Told {
  readonly service: BusyService;
  readonly watched: WatchedPage;
}

function toldTest(name: string, run: (told: Told) => Promise<void>): void {
  browserTest(name, async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket" });
    const viewport = { width: 1440, height: 700 };
    const watched = await openPage(browser, service, PAGES[0]!, { before: STILL, viewport });
    await watched.evaluate(`(() => {
      globalThis.morphed = [];
      const { swap } = htmx;
      htmx.swap = (told) => {
        morphed.push(told.text);
        return swap.call(htmx, told);
      };
      globalThis.part = (id, html) =>
        '<hx-partial hx-target="#' + id + '" hx-swap="outerMorph">' + html + "</hx-partial>";
      globalThis.tell = (id, html) => ringsideTold(part(id, html));
    })()`);
    await run({ service, watched });
    assertEquals(watched.takeComplaints(), []);
  });
}

/** What was told goes on: the time of the next figures has come. */
async function pass(watched: WatchedPage): Promise<void> {
  await watched.evaluate("(() => { while (waiting.length > 0) waiting.shift()(); })()");
}

toldTest("figures are written into their places, and nothing is morphed", async (told) => {
  const { service, watched } = told;
  await pass(watched);
  const figures = `[...document.querySelectorAll(".card .v b")].slice(0, 20)`;
  await watched.evaluate(`globalThis.nodes = ${figures}.map((b) => b.firstChild), 0`);
  const texts = await watched.evaluate<string>(`nodes.map((node) => node.data).join()`);
  await tick(service, watched);
  assertNotEquals(await watched.evaluate(`nodes.map((node) => node.data).join()`), texts);
  assertEquals(await watched.evaluate(`nodes.every((node) => node.isConnected)`), true);
  assertEquals(await watched.evaluate("morphed"), []);
});

toldTest("a part that has other nodes is morphed, and becomes what was told", async (told) => {
  const { watched } = told;
  await pass(watched);
  const html = `<ul class="trust" id="trust"><li>one &amp; <b>2</b></li><li>three</li></ul>`;
  await watched.evaluate(`tell("trust", ${JSON.stringify(html)})`);
  const trust = `document.querySelector("#trust")`;
  assertEquals(await watched.evaluate(`${trust}.outerHTML`), html);
  assertEquals(await watched.evaluate("morphed.length"), 1);
  // Words, attributes that came and went, and signs that HTML has a name for.
  const other =
    `<ul class="trust" id="trust" title="&lt;"><li>four &lt; <b>5</b></li><li>six</li></ul>`;
  await pass(watched);
  await watched.evaluate(`tell("trust", ${JSON.stringify(other)})`);
  assertEquals(await watched.evaluate(`${trust}.textContent`), "four < 5six");
  assertEquals(await watched.evaluate(`${trust}.title`), "<");
  await pass(watched);
  await watched.evaluate(`tell("trust", ${JSON.stringify(html)})`);
  assertEquals(await watched.evaluate(`${trust}.hasAttribute("title")`), false);
  assertEquals(await watched.evaluate("morphed.length"), 3);
});

toldTest("words and values that differ are written, and nothing else is touched", async (told) => {
  const { watched } = told;
  await pass(watched);
  const tell = async (html: string): Promise<void> => {
    await watched.evaluate(`tell("trust", ${JSON.stringify(html)})`);
    await pass(watched);
  };
  const list = (inner: string): string => `<ul class="trust" id="trust">${inner}</ul>`;
  const trust = `document.querySelector("#trust")`;
  await tell(list(`<li title="a" class="x">one <b>1</b></li><li>two</li>`));
  await watched.evaluate(`(() => {
    morphed.length = 0;
    globalThis.touched = [];
    new MutationObserver((records) => touched.push(...records.map(({ target }) =>
      target.nodeName + (target.textContent ?? "")))).observe(${trust}, {
      attributes: true, characterData: true, childList: true, subtree: true });
  })()`);
  const other = list(`<li title="b" class="x">one <b>2</b></li><li>two</li>`);
  await tell(other);
  assertEquals(await watched.evaluate(`${trust}.outerHTML`), other);
  assertEquals(await watched.evaluate("touched.splice(0)"), ["LIone 2", "#text2"]);
  assertEquals(await watched.evaluate("morphed"), []);
  // Signs that HTML has names for, words behind an end, another name, other elements: the part is morphed.
  for (
    const [at, inner] of [
      `<li title="b" class="x">one <b>&lt;2</b></li><li>two</li>`,
      `<li title="b" class="x">one <b>&lt;2</b> or so</li><li>two</li>`,
      `<li title="b" lang="x">one <b>&lt;2</b> or so</li><li>two</li>`,
      `<li title="b" lang="x">one <b>&lt;2</b> or so</li><li>two</li><li>three</li>`,
    ].entries()
  ) {
    await tell(list(inner));
    assertEquals(await watched.evaluate(`${trust}.outerHTML`), list(inner));
    assertEquals(await watched.evaluate("morphed.length"), at + 1);
  }
});

toldTest("where others stand than were told, a part becomes what is told", async ({ watched }) => {
  await pass(watched);
  const trust = `document.querySelector("#trust")`;
  const list = (figure: number, word: string): string =>
    `<ul class="trust" id="trust"><li><b>${figure}</b></li><li title="${word}">${word}</li></ul>`;
  const changes = [
    `firstChild.remove()`,
    `append(document.createElement("li"))`,
    `firstChild.textContent = "else"`,
  ];
  for (const change of changes) {
    for (const told of [list(1, "one"), list(2, "two")]) {
      await watched.evaluate(`tell("trust", ${JSON.stringify(told)})`);
      await pass(watched);
      assertEquals(await watched.evaluate(`${trust}.outerHTML`), told);
    }
    await watched.evaluate(`${trust}.${change}, 0`);
    await watched.evaluate(`tell("trust", ${JSON.stringify(list(3, "three"))})`);
    await pass(watched);
    assertEquals(await watched.evaluate(`${trust}.outerHTML`), list(3, "three"));
  }
});

toldTest("a part goes on beside a sheet that is open, and leaves it alone", async (told) => {
  const { service, watched } = told;
  await pass(watched);
  await tick(service, watched);
  await pass(watched);
  const sheet = `document.querySelector("#card-caches-0 .sheet")`;
  await watched.evaluate(`document.querySelector("#card-caches-0 .proof summary").click()`);
  await watched.until(`${sheet}.querySelector("table, dl, div")`);
  await watched.evaluate(`(() => {
    globalThis.figures = [...document.querySelectorAll("#card-caches-0 .v b")];
    globalThis.before = figures.map((b) => b.textContent).join();
  })()`);
  await tick(service, watched);
  assertNotEquals(
    await watched.evaluate("figures.map((b) => b.textContent).join()"),
    await watched.evaluate("before"),
  );
  assertEquals(await watched.evaluate(`${sheet}.querySelector("table, dl, div") !== null`), true);
  // The sheet alone.
  assertEquals(await watched.evaluate(`morphed.filter((text) => /hx-partial/.test(text))`), []);
});

toldTest("what comes too soon waits, and the newest of it is shown", async ({ watched }) => {
  await pass(watched);
  const uptime = `document.querySelector("#uptime").textContent`;
  const tell = (text: string): Promise<void> =>
    watched.evaluate(`tell("uptime", '<span class="m" id="uptime">${text}</span>')`);
  await tell("up 1");
  assertEquals(await watched.evaluate(uptime), "up 1");
  await tell("up 2");
  await tell("up 3");
  assertEquals(await watched.evaluate(uptime), "up 1");
  await pass(watched);
  assertEquals(await watched.evaluate(uptime), "up 3");
});

toldTest("a page that is paused shows nothing that came before, until more comes", async (told) => {
  const { watched } = told;
  await pass(watched);
  const uptime = `document.querySelector("#uptime").textContent`;
  const tell = (text: string): Promise<void> =>
    watched.evaluate(`tell("uptime", '<span class="m" id="uptime">${text}</span>')`);
  await tell("up 1");
  await tell("up 2");
  await watched.evaluate(`document.querySelector("#pause").click()`);
  await pass(watched);
  assertEquals(await watched.evaluate(uptime), "up 1");
  await watched.evaluate(`document.querySelector("#pause").click()`);
  await tell("up 3");
  // The stream that the page opens again may have told something in between, which stands for its time.
  await pass(watched);
  assertEquals(await watched.evaluate(uptime), "up 3");
});

toldTest(
  "what is out of sight waits until it is in sight, for seconds, for paper",
  async (told) => {
    const { watched } = told;
    // The page knows what is in sight when it has painted.
    await watched.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
    );
    const figure = `${LAST}.querySelector("b").textContent`;
    const tell = async (text: string): Promise<void> => {
      await pass(watched);
      await watched.evaluate(`(() => {
      const made = ${LAST}.cloneNode(true);
      made.querySelector("b").textContent = "${text}";
      return tell(made.id, made.outerHTML);
    })()`);
    };
    const begun = await watched.evaluate<string>(figure);
    await tell("one");
    assertEquals(await watched.evaluate(figure), begun);
    await watched.evaluate("nowMs += 4999, 0");
    await tell("two");
    assertEquals(await watched.evaluate(figure), begun);
    await watched.evaluate("nowMs += 1, 0");
    await tell("three");
    assertEquals(await watched.evaluate(figure), "three");
    await tell("four");
    assertEquals(await watched.evaluate(figure), "three");
    await watched.evaluate("dispatchEvent(new Event('beforeprint'))");
    assertEquals(await watched.evaluate(figure), "four");
    await tell("five");
    assertEquals(await watched.evaluate(figure), "four");
    await watched.evaluate(`${LAST}.querySelector("b").scrollIntoView()`);
    await watched.until(`${figure} === "five"`);
  },
);

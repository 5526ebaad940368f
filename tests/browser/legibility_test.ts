/** Every word of every page can be read: none lies over another, none is cut off for good. @module */
import { assert, assertEquals } from "@std/assert";
import { FakeEngine, fleetHost, fleetOfHosts } from "../fleet_host.ts";
import { evenCpus, madeMachine } from "../made_machine.ts";
import { TextTree } from "../text_tree.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { MACHINES, openPage, PAGES, tick } from "./pages.ts";

const WIDTHS = [320, 360, 768, 1440] as const;
/** Lines of text stand a pixel or two into each other's boxes. */
const OVER_MOST = { x: 2, y: 4 } as const;
const CUT_MOST = { x: 1, y: 2 } as const;

/** Words that lie over each other, or that end at the edge of a box without a title that says them. */
const FAULTS = `(() => {
  const faults = [];
  const words = [];
  const said = ({ data }) => JSON.stringify(data.trim().slice(0, 30));
  const inside = (box, edge) => ({
    left: Math.max(box.left, edge.left), right: Math.min(box.right, edge.right),
    top: Math.max(box.top, edge.top), bottom: Math.min(box.bottom, edge.bottom),
  });

  const read = (text, parent) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    for (let box of range.getClientRects()) {
      // For screen readers alone.
      if (box.width <= 1 || box.height <= 1) continue;
      let place = parent.closest("[id]")?.id;
      for (let around = parent; around !== document.body; around = around.parentElement) {
        const { overflowX, clipPath } = getComputedStyle(around);
        if (clipPath !== "none") return;
        if (overflowX === "visible") continue;
        const edge = around.getBoundingClientRect();
        const cut = box.right > edge.right + ${CUT_MOST.x} || box.bottom > edge.bottom + ${CUT_MOST.y};
        if (cut && overflowX !== "auto" && overflowX !== "scroll" && !parent.closest("[title]")) {
          faults.push("cut off: " + said(text) + " in " + place);
        }
        box = inside(box, edge);
      }
      words.push({ box, text, parent, place });
    }
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    const parent = text.parentElement;
    if (text.data.trim() === "") continue;
    if (parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      read(text, parent);
    }
  }
  words.sort((a, b) => a.box.top - b.box.top);
  for (const [index, { box, text, parent, place }] of words.entries()) {
    for (const other of words.slice(index + 1)) {
      if (other.box.top >= box.bottom) break;
      const common = inside(box, other.box);
      const over = common.right - common.left > ${OVER_MOST.x} &&
        common.bottom - common.top > ${OVER_MOST.y};
      if (over && parent !== other.parent) {
        faults.push("over each other: " + said(text) + " and " + said(other.text) + " in " + place);
      }
    }
  }
  return { faults: [...new Set(faults)], words: words.length };
})()`;

for (const machine of MACHINES) {
  browserTest(`every word of the pages of ${machine} can be read`, async (browser) => {
    await using service = await BusyService.start({ machine });
    const found: string[] = [];
    for (const page of PAGES) {
      const watched = await openPage(browser, service, page);
      if (page.stream !== undefined) await tick(service, watched);
      for (const width of WIDTHS) {
        await watched.page.setViewportSize({ width, height: 900 });
        const { faults, words } = await watched.evaluate<{ faults: string[]; words: number }>(
          FAULTS,
        );
        assert(words >= 10, `${page.name}: ${words} words only`);
        found.push(...faults.map((fault) => `${page.name}, ${width} pixels: ${fault}`));
      }
      assertEquals(watched.takeComplaints(), []);
      await watched.close();
    }
    assertEquals(found, []);
  });
}

const TICK_TEXT = `document.querySelector("#tick").textContent`;

browserTest("what is said where ticks do not come is no wider than the page", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  service.host.sampler.healthNow = { ticking: false, ageMs: 65_000, reading: "software_events" };
  const watched = await WatchedPage.open(browser, { viewport: { width: 320, height: 700 } });
  for (const path of ["/", "/cpus"]) {
    await watched.page.goto(service.url + path);
    await watched.until(`/no tick for .*software_events/.test(${TICK_TEXT})`);
    assertEquals(await watched.evaluate("document.documentElement.scrollWidth"), 320, path);
  }
});

/** How far from the left of its table it begins that there are more. */
const MORE_LEFT = `[...document.querySelectorAll("tfoot td")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return range.getBoundingClientRect().left - cell.closest("table").getBoundingClientRect().left;
})`;

browserTest("how many more rows there are stands below the names", async (browser) => {
  const tree = await TextTree.load("server-2socket");
  for (let index = 0; index < 9; index++) {
    const name = `enp${index}s0f1np1v15`;
    tree.edit("/proc/1/net/dev", (text) => text + `${name}: ${"0 ".repeat(16)}\n`);
    for (const path of tree.paths().filter((path) => /\/net\/eno1np0\/[^m]/.test(path))) {
      tree.set(path.replace("eno1np0", name), `${tree.text(path)}\n`);
    }
  }
  await using service = await BusyService.start({ machine: tree, historyTicks: 2 });
  const watched = await WatchedPage.open(browser);
  await watched.page.goto(service.url);
  for (const width of [...WIDTHS, 430]) {
    await watched.page.setViewportSize({ width, height: 900 });
    const left = await watched.evaluate<number[]>(MORE_LEFT);
    assertEquals([left.length, new Set(left)], [2, new Set([0])], `${width} pixels`);
  }
});

browserTest("no name stands in two columns", async (browser) => {
  const machine = await madeMachine(evenCpus(2, 8, 2));
  await using service = await BusyService.start({ machine, historyTicks: 2 });
  const watched = await WatchedPage.open(browser);
  await watched.page.goto(service.url);
  // So narrow that Chromium has four lines to part: Firefox parts two.
  await watched.evaluate(`document.querySelector(".names").style.width = "8rem"`);
  const parts = await watched.evaluate<number[]>(
    `[...document.querySelectorAll(".names li")].map((name) => name.getClientRects().length)`,
  );
  assertEquals(new Set(parts), new Set([1]));
});

/** Colours of lines, as a canvas takes them. */
const INKS = `["a", "b", "c", "d", "e"].map((ink) => ringsidePalette.colour("var(--" + ink + ")"))`;

browserTest(
  "where colours are forced lines differ, and a number hides nothing",
  async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
    for (const colorScheme of ["light", "dark"] as const) {
      const watched = await WatchedPage.open(browser, { forcedColors: "active", colorScheme });
      await watched.page.goto(service.url);
      await watched.until("globalThis.ringsidePalette !== undefined");
      const inks = await watched.evaluate<string[]>(INKS);
      assertEquals(new Set(inks).size, 5, `${inks}`);
      const plates = await watched.evaluate<string[]>(
        `[...document.querySelectorAll(".huge")].map((e) => getComputedStyle(e).forcedColorAdjust)`,
      );
      assertEquals(new Set(plates), new Set(["none"]));
      await watched.close();
    }
  },
);

browserTest("what a card of the foot says stands together", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  const watched = await WatchedPage.open(browser, { viewport: { width: 2560, height: 1600 } });
  await watched.page.goto(service.url);
  const between = `(() => {
    const more = document.querySelector(".foot .more").getBoundingClientRect();
    return more.top - Math.max(...[...document.querySelectorAll(".foot .abreast dd")]
      .map((value) => value.getBoundingClientRect().bottom));
  })()`;
  const above = await watched.evaluate<number>(between);
  assert(above < 24, `${above} pixels`);
});

/** Of values that stand below their names: how far apart those of one line are in height. */
const UNEVEN = `(() => {
  const lines = Map.groupBy(document.querySelectorAll(".abreast > div"), (figure) =>
    figure.getBoundingClientRect().bottom + figure.parentElement.className);
  return [...lines.values()].map((figures) => {
    const tops = figures.map((figure) => figure.lastElementChild.getBoundingClientRect().top);
    return Math.max(...tops) - Math.min(...tops);
  }).filter((apart) => apart > 1);
})()`;

browserTest("values side by side are on one line, however long their names", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  const watched = await WatchedPage.open(browser);
  await watched.page.goto(service.url);
  for (const width of WIDTHS) {
    await watched.page.setViewportSize({ width, height: 900 });
    assertEquals(await watched.evaluate(UNEVEN), [], `${width} pixels`);
  }
});

/** Of a table that is wider than a window: what it lacks there. */
const LACKING = `[...document.querySelectorAll(".scroll")].map((box) =>
  box.scrollWidth - box.clientWidth)`;
/** A letter on its side, in pixels: ten millimetres are left free around. */
const PAPER = { width: 980, height: 740 };

browserTest("on paper wide tables have all their columns", async (browser) => {
  const engine = new FakeEngine(fleetOfHosts(fleetHost()));
  const options = { machine: "server-2socket", historyTicks: 2, engine };
  await using service = await BusyService.start(options);
  const watched = await WatchedPage.open(browser, { viewport: PAPER });
  for (const path of ["/cpus", "/fleet"]) {
    await watched.page.goto(service.url + path);
    const [onScreen = 0] = await watched.evaluate<number[]>(LACKING);
    assert(onScreen > 0, `${path}: ${onScreen}`);
    await watched.page.emulateMedia({ media: "print" });
    assertEquals(await watched.evaluate(LACKING), [0], path);
    // It would begin on the second page.
    const kept = `getComputedStyle(document.querySelector(".card")).breakInside`;
    assertEquals(await watched.evaluate(kept), "auto", path);
    await watched.page.emulateMedia({ media: "screen" });
  }
});

browserTest("a row of processes is as high as the others, whatever its name", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  const watched = await WatchedPage.open(browser, { viewport: { width: 320, height: 900 } });
  await watched.page.goto(service.url);
  // Names change with each tick: all below would move.
  const heights = await watched.evaluate<number[]>(
    `[...document.querySelectorAll("tr:has(.known)")].map((row) => row.offsetHeight)`,
  );
  assert(heights.length > 1, String(heights));
  assertEquals(new Set(heights).size, 1, String(heights));
});

/** Cards that are longer than a page, and are kept whole or laid out beside others. */
const KEPT = `[...document.querySelectorAll(".card")].filter((card) =>
  card.offsetHeight > innerHeight && (getComputedStyle(card).breakInside !== "auto" ||
    getComputedStyle(card.parentElement).display !== "block")).map((card) => card.offsetHeight)`;

browserTest("on paper the guide's chapters go on from page to page", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  const watched = await WatchedPage.open(browser, { viewport: PAPER });
  await watched.page.goto(`${service.url}/metrics-guide`);
  assert((await watched.evaluate<number[]>(KEPT)).length > 1);
  await watched.page.emulateMedia({ media: "print" });
  assertEquals(await watched.evaluate(KEPT), []);
});

/** Names of rows that have less room than a letter. */
const SQUEEZED = `[...document.querySelectorAll("tbody th[scope=row]")].filter((name) =>
  name.textContent.trim() !== "" && name.getBoundingClientRect().width < 24).length`;

browserTest("text of twice the size has columns that it fits into", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  const watched = await WatchedPage.open(browser);
  for (const path of ["/", "/cpus", "/doctor"]) {
    await watched.page.goto(service.url + path);
    await watched.evaluate(`document.documentElement.style.fontSize = "200%"`);
    await watched.page.setViewportSize({ width: 1440, height: 900 });
    assertEquals(await watched.evaluate(SQUEEZED), 0, path);
    await watched.page.setViewportSize({ width: 360, height: 900 });
    const wide = await watched.evaluate<number>("document.documentElement.scrollWidth");
    assert(wide <= 360, `${path} is ${wide} pixels wide`);
    const { faults } = await watched.evaluate<{ faults: string[] }>(FAULTS);
    assertEquals(faults.filter((fault) => /^over.* card-caches/.test(fault)), [], path);
  }
});

/** What pages are on paper: nothing is left out, and charts keep their shape. @module */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { openPage, PAGES } from "./pages.ts";

/** A4 upright, with the margins of a browser. */
const PAPER = { width: 718, height: 1000 } as const;

/** What asks its own width on paper: Firefox leaves out its body where it does not fit the page. */
const ASKING = `[...document.querySelectorAll(".card, .table")].filter((box) =>
  getComputedStyle(box).containerType !== "normal" || getComputedStyle(box).contain !== "none")
  .length`;
/** Figures that take no room of their own, in columns as wide as what stands in them. */
const SPREADING = `[...document.querySelectorAll("td > .v")].filter((value) =>
  value.scrollWidth > value.clientWidth + 1).length`;

browserTest("on paper cards and tables take no width to lay themselves out by", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 2 });
  for (const page of PAGES.filter(({ path }) => path === "/" || path.startsWith("/proof"))) {
    const watched = await openPage(browser, service, page);
    await watched.page.setViewportSize(PAPER);
    await watched.page.emulateMedia({ media: "print" });
    assertEquals(await watched.evaluate(ASKING), 0, page.name);
    assertEquals(await watched.evaluate(SPREADING), 0, page.name);
    const wide = await watched.evaluate<number>("document.documentElement.scrollWidth");
    assertEquals(wide, PAPER.width, page.name);
    await watched.close();
  }
});

/** How many times as wide as high each chart was drawn, and stands. */
const SHAPES = `[...document.querySelectorAll("main canvas")].map((canvas) => {
  const box = canvas.getBoundingClientRect();
  return [canvas.width / canvas.height, box.width / box.height];
})`;
/** Of each chart from where its canvas ends down to where its time axis does. */
const AXES = `[...document.querySelectorAll(".plot:has(canvas)")].map((plot) =>
  plot.querySelector("canvas").getBoundingClientRect().bottom -
  plot.querySelector(".times").getBoundingClientRect().bottom)`;

browserTest("on paper charts are drawn for it and keep their shape", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  for (const page of PAGES.filter(({ spans }) => spans)) {
    // Where paper is laid out nobody is told of new sizes.
    const before = "globalThis.ResizeObserver = class { observe() {} }";
    const watched = await openPage(browser, service, page, { before });
    await watched.until("[...ringside.charts.values()].some(({ plot }) => plot !== null)");
    await watched.evaluate(`dispatchEvent(new Event("beforeprint"))`);
    await watched.page.setViewportSize(PAPER);
    await watched.page.emulateMedia({ media: "print" });
    const shapes = await watched.evaluate<[number, number][]>(SHAPES);
    assert(shapes.length > 1, page.name);
    for (const [drawn, stands] of shapes) assert(Math.abs(stands / drawn - 1) < 0.02, page.name);
    for (const below of await watched.evaluate<number[]>(AXES)) {
      assert(Math.abs(below) < 2, `${page.name}: ${below} pixels`);
    }
    // Letters are as large as others.
    const scales = await watched.evaluate<number[]>(
      `[...document.querySelectorAll("main canvas")].map((canvas) => canvas.clientWidth / canvas.width)`,
    );
    for (const scale of scales) assert(scale > 0.9 && scale < 1.7, `${page.name}: ${scale}`);
    await watched.close();
  }
});

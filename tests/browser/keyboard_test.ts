/** Every page can be used by keyboard: Tab reaches all there is, and shows where it is. @module */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import type { WatchedPage } from "./chromium.ts";
import { openPage, PAGES } from "./pages.ts";

/** Where Tab should stop, one after another: of radio buttons with one name only the chosen one. */
const STOPS = `[...document.querySelectorAll(
  "a[href], button, input:not([type=radio]), input:checked, select, textarea, summary, [tabindex]"
)].filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }))`;

/** What is wrong with the stop that Tab has reached. */
const FAULTS = `(() => {
  const element = document.activeElement;
  // What is drawn for a radio button is its label.
  const seen = element.closest("label") ?? element;
  // A link that goes on in the next line has two boxes, and what is larger than the window is seen in part.
  const middles = [...seen.getClientRects()].map(({ left, right, top, bottom }) => [
    (Math.max(left, 0) + Math.min(right, innerWidth)) / 2,
    (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2,
  ]);
  const inSight = middles.some(([x, y]) => {
    const above = document.elementFromPoint(x, y);
    return above !== null && seen.contains(above);
  });
  const { outlineStyle, outlineWidth } = getComputedStyle(seen);
  const name = element.localName + " " + (element.id || element.textContent.trim().slice(0, 30));
  return [
    ...(outlineStyle === "none" || parseFloat(outlineWidth) < 2 ? [name + " has no outline"] : []),
    ...(inSight ? [] : [name + " is out of sight"]),
    ...(element.tabIndex > 0 ? [name + " jumps the queue"] : []),
  ];
})()`;

async function walk(watched: WatchedPage): Promise<{ stops: number; faults: string[] }> {
  const faults: string[] = [];
  await watched.evaluate(`globalThis.stops = ${STOPS}; 0`);
  const stops = await watched.evaluate<number>("stops.length");
  for (let index = 0; index < stops; index++) {
    await watched.page.keyboard.press("Tab");
    const expected = await watched.evaluate<boolean>(`document.activeElement === stops[${index}]`);
    if (!expected) {
      const at = "document.activeElement.outerHTML.slice(0, 80)";
      const missed = await watched.evaluate<string>(
        `stops[${index}].outerHTML.slice(0, 80) + " is not reached, but " + ${at}`,
      );
      return { stops, faults: [...faults, missed] };
    }
    faults.push(...await watched.evaluate<string[]>(FAULTS));
  }
  await watched.page.keyboard.press("Tab");
  if (!await watched.evaluate("document.activeElement === document.body")) {
    faults.push("the page cannot be left");
  }
  return { stops, faults };
}

for (const width of [360, 1440]) {
  browserTest(`Tab reaches all of every page of ${width} pixels, in sight`, async (browser) => {
    const found: string[] = [];
    for (const machine of ["server-2socket", "firecracker-2cpu"]) {
      await using service = await BusyService.start({ machine });
      for (const page of PAGES) {
        // Hundreds of links that are the same everywhere.
        if (page.long && (width < 1000 || machine !== "server-2socket")) continue;
        const watched = await openPage(browser, service, page, {
          viewport: { width, height: 900 },
        });
        const { stops, faults } = await walk(watched);
        assert(stops >= 5, `${page.name}: ${stops} stops only`);
        found.push(...faults.map((fault) => `${machine}, ${page.name}: ${fault}`));
        assertEquals(watched.takeComplaints(), []);
        await watched.close();
      }
    }
    assertEquals(found, []);
  });
}

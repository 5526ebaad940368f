/**
 * The policy of the pages: none would need an exception, and none runs into it while it lives and all
 * its controls are used. That every answer states it, `WatchedPage` sees in every test.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import type { WatchedPage } from "./chromium.ts";
import { MACHINES, openPage, PAGES, tick } from "./pages.ts";

const FOUND = `(root, selectors) => [
  ...selectors.flatMap((selector) => [...root.querySelectorAll(selector)])
    .map((element) => element.outerHTML),
  ...[...root.querySelectorAll("*")].flatMap((element) => element.getAttributeNames())
    .filter((name) => /^(on|hx-on)/.test(name)),
]`;

const INLINE = [
  "script:not([src])",
  "style",
  "[href^='javascript:']",
  "iframe, object, embed, base",
] as const;

/** What would need `unsafe-inline` in the HTML that was served. */
function inlineServed(watched: WatchedPage, html: string): Promise<string[]> {
  const parsed = `new DOMParser().parseFromString(${JSON.stringify(html)}, "text/html")`;
  return watched.evaluate(`(${FOUND})(${parsed}, ${JSON.stringify([...INLINE, "[style]"])})`);
}

/** The same of what has become of it. uPlot places its canvas by styles that no parser has seen. */
function inlineNow(watched: WatchedPage): Promise<string[]> {
  return watched.evaluate(`(${FOUND})(document, ${JSON.stringify(INLINE)})`);
}

const CONTROLS = `[...document.querySelectorAll("summary, button, input, select")]`;

/** Uses each control once, as it comes in the page; choices are taken one after another. */
async function useAll(watched: WatchedPage): Promise<number> {
  const count = await watched.evaluate<number>(`${CONTROLS}.length`);
  for (let index = 0; index < count; index++) {
    await watched.evaluate(`(() => {
      const control = ${CONTROLS}[${index}];
      // What is for browsers without scripts is not shown to this one.
      if (control === undefined || !control.checkVisibility()) return;
      if (control.localName === "select") {
        control.selectedIndex = control.options.length - 1;
        control.dispatchEvent(new Event("change", { bubbles: true }));
      } else control.click();
      // A page that is paused is told nothing: on with it.
      if (control.id === "pause") control.click();
    })()`);
    await watched.until(`document.readyState === "complete"`);
  }
  return count;
}

for (const machine of MACHINES) {
  browserTest(
    `no page of ${machine} needs or meets an exception to its policy`,
    async (browser) => {
      await using service = await BusyService.start({ machine });
      for (const page of PAGES) {
        const served = await fetch(service.url + page.path, { headers: { accept: "text/html" } });
        const watched = await openPage(browser, service, page, {
          permissions: ["clipboard-read", "clipboard-write"],
        });
        assertEquals(await inlineServed(watched, await served.text()), [], page.name);
        assert(await useAll(watched) >= 3, "few controls");
        if (page.stream !== undefined) {
          await tick(service, watched);
          await tick(service, watched);
        }
        assertEquals(await inlineNow(watched), [], page.name);
        assertEquals(watched.takeComplaints(), [], page.name);
        await watched.close();
      }
    },
  );
}

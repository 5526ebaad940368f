/** A test with a browser of its own, which is closed whatever happens. @module */
import type { Browser } from "playwright-core";
import { CHROMIUM, launch } from "./chromium.ts";

/** Where there is no Chromium the test is left out, and its name says so. */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name: CHROMIUM === null ? `${name} (needs chromium)` : name,
    ignore: CHROMIUM === null,
    fn: async () => {
      const browser = await launch();
      try {
        await run(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

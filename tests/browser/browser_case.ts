/** A test with a browser of its own, which is closed whatever happens. @module */
import type { Browser } from "playwright-core";
import { CHROMIUM, launch } from "./chromium.ts";

/** Where there is no Chromium, or a program is `lacking`, the test is left out, and its name says so. */
export function browserTest(
  name: string,
  run: (browser: Browser) => Promise<void>,
  lacking?: string,
): void {
  const needed = CHROMIUM === null ? "chromium" : lacking;
  Deno.test({
    name: needed === undefined ? name : `${name} (needs ${needed})`,
    ignore: needed !== undefined,
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

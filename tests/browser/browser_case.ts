/** A test with a browser of its own, which is closed whatever happens. @module */
import type { Browser } from "playwright-core";
import { CHROMIUM, launch } from "./chromium.ts";

/** Ten times what the longest of them takes: what is not over then never will be. */
const TEST_MS_MOST = 600_000;
const CLOSE_MS_MOST = 60_000;

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
        await within(run(browser), TEST_MS_MOST, () => `pages open: ${urlsOf(browser).join(" ")}`);
      } finally {
        await within(browser.close(), CLOSE_MS_MOST, () => "Chromium does not close");
      }
    },
  });
}

/** Much of what a browser is asked for is answered or not: nobody else ever gives it up. */
async function within(work: Promise<void>, msMost: number, found: () => string): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Cannot wait any longer: not over after ${msMost} ms, ${found()}`)),
    msMost,
  );
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function urlsOf(browser: Browser): readonly string[] {
  return browser.contexts().flatMap((context) => context.pages().map((page) => page.url()));
}

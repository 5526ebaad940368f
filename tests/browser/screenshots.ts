/**
 * Pictures of the page as it is on this machine, for people to look at: `deno task screenshots`. They
 * are not compared with anything.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { Service } from "../service.ts";
import { launch, WatchedPage } from "./chromium.ts";

const WIDTHS = [360, 768, 1440, 2560] as const;
const SCHEMES = ["light", "dark"] as const;
/** Seconds from which on a line has a shape. */
const POINTS_LEAST = 90;
const FOLDER = new URL("../screenshots/", import.meta.url);

async function main(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await using service = await Service.start();
  const browser = await launch();
  try {
    await gather(browser, service.url);
    for (const width of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        const path = new URL(`overview-${width}-${colorScheme}.png`, FOLDER).pathname;
        await shoot(browser, service.url, { width, colorScheme, path });
        console.log(path);
      }
    }
  } finally {
    await browser.close();
  }
}

/** Watches until the charts have something to show. */
async function gather(browser: Browser, url: string): Promise<void> {
  const watched = await WatchedPage.open(browser);
  await watched.page.addInitScript(`
    globalThis.points = 0;
    document.addEventListener("sample", (event) => {
      globalThis.points += JSON.parse(event.detail.data).x.length;
    }, true);
  `);
  await watched.page.goto(url);
  await watched.until(`globalThis.points >= ${POINTS_LEAST}`);
  await watched.close();
}

interface Shot {
  readonly width: number;
  readonly colorScheme: (typeof SCHEMES)[number];
  readonly path: string;
}

async function shoot(browser: Browser, url: string, shot: Shot): Promise<void> {
  const { width, colorScheme, path } = shot;
  const viewport = { width, height: Math.round(width * 0.625) };
  const watched = await WatchedPage.open(browser, { viewport, colorScheme });
  await watched.page.goto(url);
  const height = await watched.evaluate<number>("document.documentElement.scrollHeight");
  // Charts draw only what is in sight.
  await watched.page.setViewportSize({ width, height });
  await watched.until(`document.querySelector(".state").dataset.state === "live"`);
  await watched.until(`[...document.querySelectorAll(".plot:has(path[d^=M])")].every((plot) =>
    plot.offsetParent === null || plot.querySelector("canvas") !== null)`);
  await watched.page.screenshot({ path });
  await watched.close();
}

if (import.meta.main) await main();

/** A page that lives, and the ticks that it shows. @module */
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

export const STATE = `document.querySelector(".state").dataset.state`;
/** Number of the tick that is shown. */
export const TICK = `Number(document.querySelector("#tick").title.replace(/\\D/g, ""))`;
export const VIEWPORT = { width: 1440, height: 900 };

/** Opens the page and waits until it lives. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = { viewport: VIEWPORT },
): Promise<WatchedPage> {
  const watched = await WatchedPage.open(browser, options);
  await watched.page.goto(url);
  await watched.until(`${STATE} === "live"`);
  return watched;
}

/** Ticks the host until the page shows that tick, so often. */
export async function tick(service: BusyService, watched: WatchedPage, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    service.host.tick();
    await watched.until(`${TICK} === ${service.host.stage.snapshot.sequence}`);
  }
}

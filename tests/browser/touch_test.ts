/** What a finger does that a pointer does otherwise. @module */
import { assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { CPU, DISKS, drawn, EXPLORING, SAID } from "./chart_page.ts";
import type { WatchedPage } from "./chromium.ts";
import { openPage, PAGES } from "./pages.ts";

async function tap(watched: WatchedPage, chart: string, share: number): Promise<void> {
  await watched.evaluate(`document.querySelector("${chart}").scrollIntoView({ block: "center" })`);
  const { x, y, width, height } = (await watched.page.locator(chart).boundingBox())!;
  await watched.page.touchscreen.tap(x + width * share, y + height / 2);
}

browserTest("what a finger pointed at is said until it points elsewhere", async (browser) => {
  await using service = await BusyService.start({ machine: "firecracker-2cpu" });
  const phone = { viewport: { width: 360, height: 800 }, hasTouch: true };
  const watched = await openPage(browser, service, PAGES[0]!, phone);
  await drawn(watched);
  await tap(watched, CPU, 0.5);
  await watched.until(EXPLORING);
  await tap(watched, CPU, 0.5);
  await watched.until(`${SAID}.length > 0`);
  const [first = ""] = await watched.evaluate<string[]>(SAID);
  // Another chart takes the focus from the one before.
  await tap(watched, DISKS, 0.8);
  await watched.until(`${SAID}.some((time) => time > ${JSON.stringify(first)})`);
  await watched.page.locator("h2").last().tap();
  await watched.until(`${SAID}.length === 0`);
  assertEquals(watched.takeComplaints(), []);
});

/**
 * How old a row is when a browser's document shows it. Both ends read this machine's wall clock: the
 * row's time stands in the page with its milliseconds.
 *
 * @module
 */
import { CHROMIUM, launch, WatchedPage } from "../browser/chromium.ts";
import { Service } from "../service.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const MS_MOST = 100;
const NAME = "row read to document, median";

/** Notes the age of the row at each change of the page's time. */
const WATCH = `
  globalThis.agesMs = [];
  new MutationObserver(() => {
    const rowMs = Date.parse(document.querySelector("#tick").dateTime);
    globalThis.agesMs.push(performance.timeOrigin + performance.now() - rowMs);
  }).observe(document.querySelector("#tick"), { attributeFilter: ["datetime"] });
`;

export async function latency(size: Size): Promise<Result[]> {
  if (CHROMIUM === null) return [{ name: NAME, missing: "Chromium" }];
  const ticks = size === "smoke" ? 3 : 30;
  await using service = await Service.start({ args: ["--interval", "250ms"] });
  const browser = await launch();
  try {
    const watched = await WatchedPage.open(browser);
    await watched.page.goto(service.url);
    await watched.until(`document.querySelector(".state").dataset.state === "live"`);
    await watched.evaluate(WATCH);
    await watched.until(`globalThis.agesMs.length >= ${ticks}`);
    const agesMs = await watched.evaluate<number[]>("globalThis.agesMs");
    return [
      { name: NAME, value: median(agesMs), unit: "ms", most: MS_MOST },
      { name: "row read to document, worst", value: Math.max(...agesMs), unit: "ms" },
    ];
  } finally {
    await browser.close();
  }
}

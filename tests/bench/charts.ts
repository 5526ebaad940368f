/**
 * Whether frames are dropped for ten updates a second, beside the same page at rest: in one run, one after
 * the other. What they cost is told by page_thread.ts.
 *
 * @module
 */
import { BusyService } from "../browser/busy_service.ts";
import { CHROMIUM, launch, WatchedPage } from "../browser/chromium.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const UPDATE_MS = 100;
const VIEWPORT = { width: 1440, height: 1000 };

interface Cost {
  readonly framesPerSecond: number;
  readonly longestFrameMs: number;
}

export async function charts(size: Size): Promise<Result[]> {
  if (CHROMIUM === null) return [{ name: "charts", missing: "chromium" }];
  const [rounds, roundMs] = size === "smoke" ? [1, 300] : [5, 3000];
  await using service = await BusyService.start({ machine: "server-2socket" });
  const browser = await launch();
  try {
    const watched = await WatchedPage.open(browser, { viewport: VIEWPORT });
    await watched.page.goto(service.url);
    await watched.until(`document.querySelectorAll(".plot canvas").length > 1`);
    const idle: Cost[] = [];
    const live: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      idle.push(await cost(watched, roundMs));
      await watched.evaluate(FEED);
      live.push(await cost(watched, roundMs));
      await watched.evaluate("clearInterval(globalThis.feeding)");
    }
    const of = (costs: readonly Cost[], field: keyof Cost): number =>
      median(costs.map((each) => each[field]));
    const drawn = await watched.evaluate<number>(
      `document.querySelectorAll(".plot canvas").length`,
    );
    const frames = of(live, "framesPerSecond") / of(idle, "framesPerSecond");
    return [
      { name: `${drawn} charts drawn, frames beside an idle page`, value: frames, unit: "x" },
      { name: "longest frame, 10 updates a second", value: of(live, "longestFrameMs"), unit: "ms" },
      { name: "longest frame, idle", value: of(idle, "longestFrameMs"), unit: "ms" },
    ];
  } finally {
    await browser.close();
  }
}

/** Samples as a service at a short interval sends them: a tenth of a second on, values like the last. */
export const FEED = `(() => {
  globalThis.feeding = setInterval(() => {
    const { seconds, columns } = globalThis.ringside.points;
    const x = [seconds.at(-1) + 0.1];
    const y = columns.map((column) => [column.at(-1) === null ? null : column.at(-1) * (0.9 + Math.random() / 5)]);
    const detail = { data: JSON.stringify({ x, y, z: y.map(() => [0.33]) }) };
    document.body.dispatchEvent(new CustomEvent("sample", { detail }));
  }, ${UPDATE_MS});
})()`;

async function cost(watched: WatchedPage, ms: number): Promise<Cost> {
  const { frames, longest, lasted } = await watched.evaluate<
    { frames: number; longest: number; lasted: number }
  >(`new Promise((done) => {
    const begun = performance.now();
    let [frames, last, longest] = [0, begun, 0];
    const frame = () => {
      const now = performance.now();
      frames++;
      longest = Math.max(longest, now - last);
      last = now;
      if (now - begun < ${ms}) requestAnimationFrame(frame);
      else done({ frames, longest, lasted: now - begun });
    };
    requestAnimationFrame(frame);
  })`);
  return {
    framesPerSecond: frames / lasted * 1000,
    longestFrameMs: longest,
  };
}

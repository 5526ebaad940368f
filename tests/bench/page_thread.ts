/**
 * What the overview costs the browser's main thread: its CPU time as the kernel counts it for that thread,
 * less what the same page costs at rest. Rasterising and compositing have threads of their own and are not
 * in it, but for canvases: without a GPU the main thread fills them in, which is told apart.
 *
 * @module
 */
import type { Browser, CDPSession } from "playwright-core";
import { BusyService } from "../browser/busy_service.ts";
import { CHROMIUM, launch, WatchedPage } from "../browser/chromium.ts";
import { FEED } from "./charts.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const MACHINES = ["server-2socket", "firecracker-2cpu"] as const;
const VIEWPORT = { width: 1440, height: 1000 };
/** After a change of pace: what it leads to once is done by then. */
const SETTLE_MS = 2200;
/** Of a page whose charts take none. */
const DEAF = `globalThis.deaf = (event) => event.stopImmediatePropagation();
  addEventListener("sample", deaf, true); 0`;
/** Where Chromium fills in canvases. */
const RASTER = "LayerTreeHost::DoUpdateLayers";

interface Case {
  readonly name: string;
  /** Of a service whose ticks come; absent: none come. */
  readonly intervalMs?: number;
  readonly begin?: string;
  readonly end?: string;
  readonly most?: number;
}

const CASES: readonly Case[] = [
  {
    name: "fragments, 1 Hz",
    intervalMs: 1000,
    begin: DEAF,
    end: `removeEventListener("sample", deaf, true)`,
    most: 15,
  },
  { name: "charts, 10 Hz", begin: FEED, end: "clearInterval(feeding)", most: 40 },
  { name: "all, 1 Hz", intervalMs: 1000 },
  { name: "all, 10 Hz", intervalMs: 100 },
];

export async function pageThread(size: Size): Promise<Result[]> {
  if (CHROMIUM === null) return [{ name: "page_thread", missing: "chromium" }];
  const [rounds, spanMs] = size === "smoke" ? [1, 300] : [3, 6000];
  const results: Result[] = [];
  const browser = await launch();
  try {
    for (const machine of size === "smoke" ? MACHINES.slice(0, 1) : MACHINES) {
      await using thread = await PageThread.open(browser, machine);
      const rest: number[] = [];
      for (let round = 0; round < rounds; round++) rest.push(await thread.spent({}, spanMs));
      results.push({ name: `${machine}: at rest`, value: median(rest), unit: "ms/s" });
      for (const each of CASES) {
        const spent: number[] = [];
        for (let round = 0; round < rounds; round++) spent.push(await thread.spent(each, spanMs));
        const name = `${machine}: ${each.name}`;
        const value = Math.max(0, median(spent) - median(rest));
        const bound = each.most === undefined ? {} : { most: each.most };
        results.push({ name, value, unit: "ms/s", ...bound });
        const raster = await thread.raster(each, spanMs);
        results.push({ name: `${name}, canvases`, value: raster, unit: "ms/s" });
      }
    }
  } finally {
    await browser.close();
  }
  return results;
}

/** The main thread of one page of one machine. */
class PageThread implements AsyncDisposable {
  readonly #service: BusyService;
  readonly #watched: WatchedPage;
  readonly #session: CDPSession;
  readonly #pids: readonly number[];

  private constructor(
    service: BusyService,
    watched: WatchedPage,
    session: CDPSession,
    pids: readonly number[],
  ) {
    this.#service = service;
    this.#watched = watched;
    this.#session = session;
    this.#pids = pids;
  }

  static async open(browser: Browser, machine: string): Promise<PageThread> {
    const service = await BusyService.start({ machine });
    const watched = await WatchedPage.open(browser, { viewport: VIEWPORT });
    await watched.page.goto(service.url);
    await watched.until(`document.querySelectorAll(".plot canvas").length > 1`);
    const session = await watched.page.context().newCDPSession(watched.page);
    const whole = await browser.newBrowserCDPSession();
    const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
    const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    return new PageThread(service, watched, session, pids);
  }

  /** Milliseconds of CPU in a second. */
  async spent(each: Partial<Case>, spanMs: number): Promise<number> {
    return await this.#during(each, async () => {
      const [before, begunMs] = [this.#cpuMs(), performance.now()];
      await sleep(spanMs);
      const [after, endMs] = [this.#cpuMs(), performance.now()];
      // Other renderers wait for a page of theirs.
      const most = Math.max(...after.map((ms, index) => ms - before[index]!));
      return most / (endMs - begunMs) * 1000;
    });
  }

  /** Milliseconds of CPU in a second that go into pixels of canvases. */
  async raster(each: Partial<Case>, spanMs: number): Promise<number> {
    return await this.#during(each, async () => {
      let us = 0;
      const add = ({ value }: { value: readonly object[] }): void => {
        for (const event of value as readonly { name: string; tdur?: number }[]) {
          if (event.name === RASTER && event.tdur !== undefined) us += event.tdur;
        }
      };
      this.#session.on("Tracing.dataCollected", add);
      await this.#session.send("Tracing.start", {
        transferMode: "ReportEvents",
        traceConfig: { includedCategories: ["cc"] },
      });
      await sleep(spanMs);
      const complete = new Promise<void>((done) =>
        this.#session.once("Tracing.tracingComplete", () => done())
      );
      await this.#session.send("Tracing.end");
      await complete;
      this.#session.off("Tracing.dataCollected", add);
      return us / spanMs;
    });
  }

  async #during(
    { intervalMs, begin, end }: Partial<Case>,
    measure: () => Promise<number>,
  ): Promise<number> {
    const { host } = this.#service;
    if (intervalMs !== undefined) host.stage.intervalMs = intervalMs;
    if (begin !== undefined) await this.#watched.evaluate(begin);
    const ticking = intervalMs === undefined ? 0 : setInterval(() => host.tick(), intervalMs);
    try {
      await sleep(SETTLE_MS);
      return await measure();
    } finally {
      clearInterval(ticking);
      if (end !== undefined) await this.#watched.evaluate(end);
    }
  }

  /** Of the first thread of each renderer: time on a CPU (proc_pid_schedstat(5)). */
  #cpuMs(): number[] {
    return this.#pids.map((pid) =>
      Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ")[0]) / 1e6
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watched.close();
    await this.#service[Symbol.asyncDispose]();
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

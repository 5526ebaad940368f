/**
 * A busy host's overview in a browser, for tests of its charts: what is held, seen and said, as
 * expressions of the page.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { POLICY, WatchedPage } from "./chromium.ts";
import { tick as tickPage } from "./visit.ts";

const TALL = { width: 1440, height: 4000 };
export const CPU = "#chart-cpu_time .plot";
export const DISKS = "#chart-disks .plot";
export const POINTS = "globalThis.ringside.points.seconds";
export const VIEW = "globalThis.ringside.view()";
/** Time of the day that each chart says. */
export const SAID =
  `[...document.querySelectorAll(".said.on time")].map((time) => time.textContent)`;
export const EXPLORING = `globalThis.ringside?.zoomTo !== undefined`;

export interface Visited {
  readonly service: BusyService;
  readonly watched: WatchedPage;
}

interface VisitOptions {
  readonly path?: string;
  /** Runs before the page's scripts. */
  readonly before?: string;
  /** What `/sample` is asked for, which answers with points of fifteen minutes. */
  readonly older?: string[];
}

/** Visits a busy host's overview, and waits until its charts are drawn. */
export function chartTest(
  name: string,
  options: VisitOptions,
  run: (visited: Visited) => Promise<void>,
): void {
  browserTest(name, async (browser) => {
    await using service = await BusyService.start({ machine: "firecracker-2cpu" });
    const watched = await WatchedPage.open(browser, { viewport: TALL });
    if (options.before !== undefined) await watched.page.addInitScript(options.before);
    if (options.older !== undefined) await serveOlder(watched, options.older);
    await watched.page.goto(service.url + (options.path ?? "/"));
    await drawn(watched);
    await run({ service, watched });
    assertEquals(watched.takeComplaints(), []);
  });
}

export async function drawn(watched: WatchedPage): Promise<void> {
  await watched.until(`document.querySelector("${CPU} canvas") && ${POINTS}.length > 1`);
}

export async function tick({ service, watched }: Visited, times = 1): Promise<void> {
  await tickPage(service, watched, times);
}

/** A sample as the stream would bring it: an expression of its fields over `x` and `y`, those held. */
export async function sample(watched: WatchedPage, fields: string): Promise<void> {
  await watched.evaluate(`(() => {
    const { seconds, columns } = globalThis.ringside.points;
    const [x, y] = [seconds.slice(), columns.map((column) => column.slice())];
    const data = JSON.stringify({ x, y, ...(${fields}) });
    const event = new CustomEvent("sample", { detail: { data } });
    // What it leads to may be another document.
    setTimeout(() => document.body.dispatchEvent(event));
  })()`);
  await watched.evaluate("new Promise((done) => setTimeout(done))").catch(ignoreNavigation);
}

async function serveOlder(watched: WatchedPage, asked: string[]): Promise<void> {
  await watched.page.route("**/sample?*", async (route) => {
    asked.push(new URL(route.request().url()).search);
    await route.fulfill(await older(watched, 900));
  });
}

/** A point for each minute of so many seconds but those of the page. */
export async function older(
  watched: WatchedPage,
  seconds: number,
): Promise<{ headers: Record<string, string>; json: unknown }> {
  const [last, lines] = await watched.evaluate<[number, number]>(
    `[${POINTS}.at(-1), globalThis.ringside.points.columns.length]`,
  );
  const x = Array.from({ length: seconds / 60 - 5 }, (_, index) => last - seconds + index * 60);
  const y = Array.from({ length: lines }, () => x.map(() => 0.5));
  const headers = { "content-security-policy": POLICY };
  return { headers, json: { reset: true, gap: false, x, y } };
}

function ignoreNavigation(error: Error): void {
  if (!error.message.includes("context was destroyed")) throw error;
}

/** Moves the pointer to a share of the width of a chart's box. */
export async function point(watched: WatchedPage, chart: string, share: number): Promise<void> {
  const { x, y, width, height } = (await watched.page.locator(chart).boundingBox())!;
  await watched.page.mouse.move(x + width * share, y + height / 2);
}

/** The pointer is over a chart, and what explores it is there. */
export async function explore(watched: WatchedPage): Promise<void> {
  await point(watched, CPU, 0.5);
  await watched.until(EXPLORING);
}

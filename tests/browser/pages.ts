/**
 * Which pages there are, on which machines: what holds of every page is checked on each of these. A
 * new page is a line here.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

/** With hardware counters, with a PMU that is hidden, and with nearly nothing to read. */
export const MACHINES = ["server-2socket", "firecracker-2cpu", "minimal-container"] as const;

export interface PageCase {
  readonly name: string;
  readonly path: string;
  /** Default 200. */
  readonly status?: number;
  /** Follows the host by a stream of this address. */
  readonly stream?: string;
  /** What it holds of the past is chosen: `span=15m`. */
  readonly spans?: true;
  /** Much of the same: what goes through it step by step does so once. */
  readonly long?: true;
  /** Another state of a page that is listed: what takes long looks at it less, or not at all. */
  readonly variant?: true;
}

export const PAGES: readonly PageCase[] = [
  { name: "overview", path: "/", stream: "/stream?page=overview", spans: true },
  { name: "CPUs", path: "/cpus", stream: "/stream?page=cpus" },
  { name: "one CPU", path: "/cpus?cpu=0", stream: "/stream?page=cpus&cpu=0", spans: true },
  { name: "no such CPU", path: "/cpus?cpu=999", status: 404, variant: true },
  { name: "proof of a card", path: "/proof?card=memory" },
  { name: "proof of a row", path: "/proof?card=caches&row=2", variant: true },
  { name: "table of a chart", path: "/chart/cpu_time" },
  { name: "guide", path: "/metrics-guide", long: true },
  { name: "doctor", path: "/doctor" },
  { name: "message", path: "/nowhere", status: 404 },
];

const STATE = `document.querySelector(".state")?.dataset.state`;
const SHOWN = `document.querySelector("#tick").title.replace(/\\D/g, "")`;

export interface OpenOptions extends BrowserContextOptions {
  /** Blocked: the page stays as it was served. */
  readonly scripts?: "run" | "blocked";
  /** Runs before the page's scripts. */
  readonly before?: string;
}

/** Opens a page, and waits until it lives where it does that. */
export async function openPage(
  browser: Browser,
  service: BusyService,
  page: PageCase,
  { scripts = "run", before, ...options }: OpenOptions = {},
): Promise<WatchedPage> {
  const watched = await WatchedPage.open(browser, options);
  if (before !== undefined) await watched.page.addInitScript(before);
  if (scripts === "blocked") await watched.page.route("**/*.js", (route) => route.abort());
  const { path, status = 200, stream } = page;
  const answer = await watched.page.goto(service.url + path);
  assertEquals(answer?.status(), status, path);
  if (status !== 200) takeRefusal(watched);
  if (scripts === "run" && stream !== undefined) await watched.until(`${STATE} === "live"`);
  return watched;
}

/** A page that is a message has a status of its own, which Chromium calls an error. */
function takeRefusal(watched: WatchedPage): void {
  const others = watched.takeComplaints().filter((said) =>
    !/responded with a status of/.test(said)
  );
  watched.complaints.push(...others);
}

/** A second goes by on the host, and the page shows it. */
export async function tick(service: BusyService, watched: WatchedPage): Promise<void> {
  service.host.tick();
  await watched.until(`${SHOWN} === "${service.host.stage.snapshot.sequence}"`);
}

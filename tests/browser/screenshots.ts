/**
 * Pictures of the page for people to look at; they are not compared with anything. One machine is a
 * guest of the lab that has counters; the other has none: this one, or else a guest again.
 *
 *     deno task screenshots                those of README.md
 *     deno task screenshots --all FOLDER   every page of both, in all widths, light and dark
 *
 * @module
 */
import type { Browser } from "playwright-core";
import type { Machine } from "../lab/machine.ts";
import { ShownGuest } from "../lab/shown_guest.ts";
import { Service } from "../service.ts";
import { launch, WatchedPage } from "./chromium.ts";
import { PAGES } from "./pages.ts";

type Scheme = "light" | "dark";

const README = new URL("../screenshots/", import.meta.url).pathname;
const WIDTHS = [360, 768, 1440, 2560] as const;
const SCHEMES: readonly Scheme[] = ["light", "dark"];
/** Seconds from which on a line has a shape. */
const POINTS_LEAST = 90;

const COUNTERS: Machine = {
  name: "screenshots",
  what: "two packages with counters, memory controllers and energy meters",
  script: "shown",
  parameters: "counters=4 fixed=1 uncore=imc_icx,freerun_icx,power pulse_ms=4300 pulse_pct=8",
  cpus: 4,
  sockets: 2,
  model: "Icelake-Server",
  secondsMost: 600,
};
const BARE: Machine = {
  name: "screenshots_bare",
  what: "no PMU at all",
  script: "shown",
  bare: true,
  secondsMost: 600,
};

interface Subject {
  /** In the names of pictures. */
  readonly name: string;
  start(): Promise<AsyncDisposable & { readonly url: string }>;
  /** In README.md. */
  readonly scheme: Scheme;
  /** Of that picture: a reader of README.md does not scroll through a whole page. */
  readonly heightMost: number;
}

const SUBJECTS: readonly Subject[] = [
  { name: "counters", start: () => ShownGuest.boot(COUNTERS), scheme: "light", heightMost: 1500 },
  {
    name: "no-pmu",
    start: () => hasCorePmu() ? ShownGuest.boot(BARE) : Service.start(),
    scheme: "dark",
    heightMost: 1300,
  },
];

function hasCorePmu(): boolean {
  const names = [...Deno.readDirSync("/sys/bus/event_source/devices")].map(({ name }) => name);
  return names.some((name) => /^(cpu|cpu_core|armv\d+_.*)$/.test(name));
}

interface Shot {
  readonly path: string;
  readonly width: number;
  readonly colorScheme: Scheme;
  readonly heightMost?: number;
}

async function main(args: readonly string[]): Promise<void> {
  const [flag, folder] = args;
  if (flag !== undefined && (flag !== "--all" || folder === undefined)) {
    throw new Error(`Cannot use "${args.join(" ")}": needs nothing, or --all and a folder`);
  }
  if (folder !== undefined) await Deno.mkdir(folder, { recursive: true });
  await ShownGuest.prepare([COUNTERS, BARE]);
  const browser = await launch();
  try {
    const ended = await Promise.allSettled(
      SUBJECTS.map((subject) => portray(browser, subject, folder)),
    );
    // Only now: a guest that still runs would outlive the task.
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  } finally {
    await browser.close();
  }
}

async function portray(
  browser: Browser,
  subject: Subject,
  folder: string | undefined,
): Promise<void> {
  const { name, scheme, heightMost } = subject;
  await using machine = await subject.start();
  await gather(browser, machine.url);
  if (folder === undefined) {
    const path = `${README}overview-${name}.png`;
    return await shoot(browser, machine.url, [
      { path, width: 1440, colorScheme: scheme, heightMost },
    ]);
  }
  for (const page of PAGES) {
    const shots = WIDTHS.flatMap((width) =>
      SCHEMES.map((colorScheme) => {
        const path = `${folder}/${page.name}-${name}-${width}-${colorScheme}.png`;
        return { path, width, colorScheme };
      })
    );
    await shoot(browser, machine.url + page.path, shots);
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

async function shoot(browser: Browser, url: string, shots: readonly Shot[]): Promise<void> {
  const watched = await WatchedPage.open(browser);
  const { page } = watched;
  await page.goto(url);
  for (const { path, width, colorScheme, heightMost = Infinity } of shots) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: Math.round(width * 0.625) });
    const height = await watched.evaluate<number>("document.documentElement.scrollHeight");
    // Charts draw only what is in sight.
    await page.setViewportSize({ width, height: Math.min(height, heightMost) });
    await watched.until(`document.querySelector(".state")?.dataset.state !== "connecting"`);
    await watched.until(`[...document.querySelectorAll(".plot:has(path[d^=M])")].every((plot) =>
      plot.offsetParent === null || plot.getBoundingClientRect().top > innerHeight ||
      plot.querySelector("canvas") !== null)`);
    // They are drawn again in another theme with the next frame.
    await watched.evaluate(
      "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
    );
    await page.screenshot({ path });
    console.log(path);
  }
  await watched.close();
}

if (import.meta.main) await main(Deno.args);

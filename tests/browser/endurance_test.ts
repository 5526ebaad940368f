/** Ten minutes of a page, a tick as soon as the last one is painted: it holds no more than before. @module */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import type { WatchedPage } from "./chromium.ts";
import { Holdings } from "./held.ts";
import { openPage, type PageCase, PAGES } from "./pages.ts";

/** Ten minutes at a tick a second. */
const TICKS = 600;
/** By then the page has done all that it does, and its charts have as many points as they keep. */
const WARM_TICKS = 300;
/** More than a chart shows, so that it has all that it can show from the start. */
const HISTORY_TICKS = 1000;
/** Streams that bring a tick every two milliseconds at most, in place of a tenth of a second. */
const HASTE = 50;
/** Figures, too, wait so many times shorter for the next. What is out of sight may stay what it was. */
const HASTY = `{
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...more) => later(run, ms / ${HASTE}, ...more);
}`;
/** More than this is eleven bytes kept of each tick. */
const DATA_GROWTH_MOST = 1.01;

/** Resolves when the tick of this number is painted. Defined once: the engine keeps what is evaluated. */
const PAINTED = `globalThis.painted = (sequence) => new Promise((resolve) => {
  const look = () => {
    const shown = document.querySelector("#tick").title.replace(/\\D/g, "");
    if (shown === sequence) resolve();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}); 0`;

interface Painted {
  painted(sequence: string): Promise<void>;
}

/** Goes on for so many ticks, each painted by each page before the next. */
async function live(
  service: BusyService,
  pages: readonly WatchedPage[],
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    service.host.tick();
    const sequence = String(service.host.stage.snapshot.sequence);
    for (const { page } of pages) {
      await page.evaluate(
        (sequence) => (globalThis as unknown as Painted).painted(sequence),
        sequence,
      );
    }
  }
}

/** The page that holds as much of the past as it can. */
function withPast(page: PageCase): PageCase {
  if (page.spans === undefined) return page;
  return { ...page, path: `${page.path}${page.path.includes("?") ? "&" : "?"}span=15m` };
}

const LASTING = PAGES.filter(({ stream, variant }) => stream !== undefined && !variant);

for (const page of LASTING) {
  browserTest(`ten minutes of the page ${page.name} leave nothing behind`, async (browser) => {
    await using service = await BusyService.start({
      machine: "server-2socket",
      haste: HASTE,
      historyTicks: HISTORY_TICKS,
    });
    const old = await openPage(browser, service, withPast(page), { before: HASTY });
    const holdings = await Holdings.of(old);
    await old.evaluate(PAINTED);
    await live(service, [old], WARM_TICKS);
    const early = await holdings.dataBytes();
    await live(service, [old], TICKS - WARM_TICKS);
    const late = await holdings.dataBytes();
    assert(late < early * DATA_GROWTH_MOST, `${early} bytes of data became ${late}`);

    // What a tick shows may need an element more or less: a page that is new at this tick tells.
    const fresh = await openPage(browser, service, withPast(page), { before: HASTY });
    await fresh.evaluate(PAINTED);
    await live(service, [old, fresh], 1);
    // What is out of sight may be some seconds old.
    for (const watched of [old, fresh]) {
      await watched.evaluate("dispatchEvent(new Event('beforeprint'))");
    }
    const held = await holdings.held();
    const most = await (await Holdings.of(fresh)).held();
    for (const [what, count] of Object.entries(held)) {
      assert(count <= most[what as keyof typeof most], `${count} ${what}: ${JSON.stringify(most)}`);
    }
    assertEquals([...old.takeComplaints(), ...fresh.takeComplaints()], []);
  });
}

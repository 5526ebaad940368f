/** What a first visit costs, and that a second one costs the document alone. @module */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { NetworkLog, type Taken } from "./network_log.ts";
import { MACHINES } from "./pages.ts";

const BYTES_MOST = 60_000;
const LIVE = `document.querySelector(".state").dataset.state === "live"`;

/** The files that the document names. */
const NAMED = `[...document.querySelectorAll("[src], link[href]")]
  .map((element) => new URL(element.src ?? element.href).pathname)
  .filter((url) => url.startsWith("/static/"))`;

/** A browser without a window may ask for no icon. What it has asked for it does not ask for again. */
const ICON = `fetch(document.querySelector("link[rel=icon]").href).then((icon) => icon.bytes())`;

/** The browser may ask for its icon while the test does: that is one visit's one file. */
function withOneIcon(all: readonly Taken[]): readonly Taken[] {
  const icons = all.filter(({ path, cached }) => path.includes("/favicon.") && !cached);
  return all.filter((taken) => taken === icons[0] || !icons.includes(taken));
}

const fromNetwork = (taken: readonly Taken[]): readonly string[] =>
  taken.filter(({ cached }) => !cached).map(({ path }) => path).toSorted();

browserTest("a first visit takes 60 kB, each file once; a second one no file", async (browser) => {
  for (const machine of MACHINES) {
    await using service = await BusyService.start({ machine });
    const watched = await WatchedPage.open(browser);
    const log = await NetworkLog.of(watched);
    await watched.page.goto(service.url);
    await watched.until(LIVE);
    await watched.evaluate(ICON);
    const named = await watched.evaluate<string[]>(NAMED);
    assert(named.length > 5, `${named}`);
    const first = withOneIcon(await log.take(named));
    assertEquals(fromNetwork(first), ["/", ...named].toSorted());
    const bytes = first.reduce((sum, taken) => sum + taken.bytes, 0);
    assert(first.every((taken) => taken.cached || taken.bytes > 100), JSON.stringify(first));
    assert(bytes <= BYTES_MOST, `${machine}: ${bytes} bytes, needs ${BYTES_MOST} or fewer`);

    await watched.page.goto(`${service.url}/doctor`);
    await log.take(["/doctor"]);
    await watched.page.goto(service.url);
    await watched.until(LIVE);
    await watched.evaluate(ICON);
    assertEquals(fromNetwork(await log.take(["/", ...named])), ["/"]);
    assertEquals(watched.takeComplaints(), []);
    await watched.close();
  }
});

/**
 * The overview in a browser: on a real service, through its restart, and on machines of text whose
 * names and values are the test's.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Service } from "../service.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { SlowLine } from "./slow_line.ts";
import { STATE, TICK, tick, visit } from "./visit.ts";

const FIGURES = `[...document.querySelectorAll(".v b")].map((b) => b.textContent).join(" ")`;
const CANVAS = `document.querySelector("#chart-cpu_time canvas")`;
/** Charts draw only what is in sight. */
const TALL = { width: 1440, height: 4000 };

/** What the console may say while the service is away. */
const OUTAGE = /^console: Failed to load resource: net::ERR_/;

/** Nothing was complained of since the last look, nor while the service was away but its absence. */
function assertCalm(watched: WatchedPage, phase: "service is there" | "service was away"): void {
  const complaints = watched.takeComplaints();
  const allowed = phase === "service was away" ? OUTAGE : /^$/;
  assertEquals(complaints.filter((complaint) => !allowed.test(complaint)), [], phase);
}

/** Pixels of a chart in the colour of a gap: `--well` of the light theme. */
const GAP_PIXELS = `(() => {
  const { width, height } = ${CANVAS};
  const { data } = ${CANVAS}.getContext("2d").getImageData(0, 0, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 0xee && data[at + 1] === 0xf0 && data[at + 2] === 0xf4) count++;
  }
  return count;
})()`;

/** As the chart tells them to those who hear it. */
const GAPS = `Number(
  /(?<=: )\\d+$/.exec(document.querySelector("#chart-cpu_time .uplot").ariaLabel) ?? "0",
)`;

browserTest("the overview comes to life, and values and charts go on changing", async (browser) => {
  await using service = await Service.start({ args: ["--interval", "250ms"] });
  const watched = await visit(browser, service.url, { viewport: TALL });
  const [number, figures] = [await watched.evaluate<number>(TICK), await watched.evaluate(FIGURES)];
  const time = await watched.evaluate("document.querySelector('#tick').dateTime");
  await watched.until(`${TICK} >= ${number + 4}`);
  await watched.until(`document.querySelector("#tick").dateTime > ${JSON.stringify(time)}`);
  await watched.until(`${FIGURES} !== ${JSON.stringify(figures)}`);
  // A canvas has taken the place of the picture, and takes points.
  await watched.until(CANVAS);
  const [hidden] = await watched.evaluate<string[]>(
    `[getComputedStyle(document.querySelector("#chart-cpu_time .pic")).visibility]`,
  );
  assertEquals(hidden, "hidden");
  const drawn = await watched.evaluate(`${CANVAS}.toDataURL()`);
  await watched.until(`${CANVAS}.toDataURL() !== ${JSON.stringify(drawn)}`);
  assertMatch(await watched.page.title(), /^(≈?[\d.]+|100)\u00a0% · /);
  assertCalm(watched, "service is there");
});

browserTest("the page says that it reconnects, and goes on after a restart", async (browser) => {
  const first = await Service.start({ args: ["--interval", "250ms"] });
  // Of a minute a gap of a second or two is some pixels wide, and not less than one.
  const watched = await visit(browser, `${first.url}/?span=1m`);
  await watched.evaluate("globalThis.sameDocument = true");
  await watched.until(CANVAS);
  // A machine that is busy may have kept it from a tick already.
  const [gaps, gapPixels] = [
    await watched.evaluate<number>(GAPS),
    await watched.evaluate<number>(GAP_PIXELS),
  ];
  assertCalm(watched, "service is there");

  await first.stop();
  await watched.until(`${STATE} === "reconnecting"`);
  const left = await watched.evaluate("document.querySelector('#tick').dateTime");
  await using second = await Service.start({
    listen: new URL(first.url).host,
    args: ["--interval", "250ms"],
  });
  assertEquals(second.url, first.url);
  await watched.until(`${STATE} === "live"`);
  assertCalm(watched, "service was away");

  await watched.until(`document.querySelector("#tick").dateTime > ${JSON.stringify(left)}`);
  const figures = await watched.evaluate(FIGURES);
  await watched.until(`${FIGURES} !== ${JSON.stringify(figures)}`);
  await watched.until(`${GAPS} > ${gaps}`);
  assert(await watched.evaluate<number>(GAP_PIXELS) > gapPixels, "no gap is drawn");
  assert(await watched.evaluate("globalThis.sameDocument"), "the page was loaded anew");
  assertCalm(watched, "service is there");
});

browserTest("the page comes to life however late one of its scripts is", async (browser) => {
  await using service = await BusyService.start({ machine: "firecracker-2cpu" });
  const watched = await WatchedPage.open(browser);
  const held = Promise.withResolvers<void>();
  await watched.page.route("**/page*.js", async (route) => {
    await held.promise;
    await route.continue();
  });
  await watched.page.goto(service.url, { waitUntil: "commit" });
  await watched.until(`typeof globalThis.htmx === "object"`);
  // What htmx does in a timeout of its own has been done by then.
  await watched.evaluate("new Promise((resolve) => setTimeout(resolve))");
  held.resolve();
  await watched.until(`${STATE} === "live"`);
  await tick(service, watched);
  assertCalm(watched, "service is there");
});

browserTest("without scripts the page is whole", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const watched = await WatchedPage.open(browser, { javaScriptEnabled: false });
  const { page } = watched;
  await page.goto(service.url);
  const text = await page.locator("body").innerText();
  assertEquals(/\b(undefined|NaN|null|Infinity)\b/.exec(text), null);
  assertEquals(await page.locator(".state").innerText(), "Not live");
  assert(await page.locator(".v b").count() > 100, "few figures");
  assertMatch(await page.locator(".headline b").innerText(), /\d/);
  const charts = await page.locator("figure.chart").count();
  assert(charts > 3);
  const lines = page.locator(".chart .pic svg[role=img] path");
  const drawn = await lines.evaluateAll((paths) =>
    paths.map((path) => (path as unknown as { outerHTML: string }).outerHTML.length)
  );
  assert(drawn.length > charts && drawn.every((length) => length > 100), `${drawn}`);
  assertEquals(await page.locator("canvas").count(), 0);
  assertCalm(watched, "service is there");
});

for (const width of [360, 1440]) {
  browserTest(`nothing moves on a page ${width} pixels wide while it lives`, async (browser) => {
    await using service = await Service.start({ args: ["--interval", "500ms"] });
    const watched = await visit(browser, service.url, { viewport: { width, height: 9000 } });
    const begun = await watched.evaluate<number>(TICK);
    // Twelve seconds: long enough for what is read every few of them, and for cards out of sight.
    await watched.until(`${TICK} >= ${begun + 24}`);
    assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
    assertCalm(watched, "service is there");
  });

  browserTest(`nothing moves at ${width} pixels when all figures change`, async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket" });
    const watched = await visit(browser, service.url, { viewport: { width, height: 9000 } });
    await tick(service, watched, 24);
    assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
    assertCalm(watched, "service is there");
  });

  browserTest(`nothing moves at ${width} pixels when the page comes in pieces`, async (browser) => {
    await using service = await BusyService.start({ machine: "server-2socket" });
    await using line = new SlowLine(service.url);
    const watched = await WatchedPage.open(browser, { viewport: { width, height: 9000 } });
    await watched.page.goto(line.url);
    await tick(service, watched);
    assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
    assertCalm(watched, "service is there");
    await watched.close();
  });
}

browserTest("no page is wider than its window", async (browser) => {
  for (const machine of ["server-2socket", "firecracker-2cpu", "minimal-container"]) {
    await using service = await BusyService.start({ machine });
    for (const width of [320, 360, 768, 1120, 1440, 1600, 2560]) {
      const watched = await visit(browser, service.url, { viewport: { width, height: 900 } });
      const { scrollWidth } = await watched.evaluate<{ scrollWidth: number }>(
        "({ scrollWidth: document.documentElement.scrollWidth })",
      );
      assertEquals(scrollWidth, width, `${machine} at ${width}`);
      assertCalm(watched, "service is there");
      await watched.close();
    }
  }
});

browserTest(
  "the keyboard reaches themes, rings and details, and they stay as they are",
  async (browser) => {
    await using service = await BusyService.start({ machine: "firecracker-2cpu" });
    const watched = await visit(browser, service.url);
    const { keyboard } = watched.page;
    const focused = async (selector: string): Promise<boolean> => {
      for (let i = 0; i < 100; i++) {
        await keyboard.press("Tab");
        if (await watched.evaluate(`document.activeElement.matches("${selector}")`)) return true;
      }
      return false;
    };
    assert(await focused("#theme-auto"), "the themes cannot be reached");
    await keyboard.press("ArrowRight");
    assertEquals(await watched.evaluate("document.documentElement.dataset.theme"), "light");
    assert(await focused("#causes"), "the causes cannot be reached");
    const focus = (selector: string): Promise<boolean> =>
      watched.evaluate(`document.activeElement.matches("${selector}")`);
    const causes = await watched.evaluate<string>("document.activeElement.textContent");
    // One cause more, so that the words are replaced under the reader.
    service.host.tree.remove("/proc/loadavg");
    await tick(service, watched);
    assert(causes !== await watched.evaluate("document.querySelector('#causes').textContent"));
    assert(await focus("#causes"), "the focus went from the causes");

    // A ring, whose sheet comes; then figures that change while they are looked at.
    for (const selector of ["#card-memory-head > .proof", "#card-interrupts-0 ~ .more"]) {
      assert(await focused(`${selector} > summary`), `${selector} cannot be reached`);
      await keyboard.press("Enter");
      await watched.until(`document.querySelector("${selector}").open`);
      const figures = `document.querySelector("${selector}").closest(".card").innerText`;
      const before = await watched.evaluate(figures);
      await tick(service, watched, 3);
      assert(before !== await watched.evaluate(figures), "nothing changed");
      assert(await watched.evaluate(`document.querySelector("${selector}").open`), "it closed");
      assert(await focus(`${selector} > summary`), `the focus went from ${selector}`);
    }
    assertEquals(await watched.evaluate("document.documentElement.dataset.theme"), "light");
    assertCalm(watched, "service is there");
  },
);

browserTest("names from the machine are text on the page, at first and live", async (browser) => {
  const names = { comm: "<img onerror=x>", interface: "<b>eth0", mount: "/srv/<i>two</i>" };
  await using service = await BusyService.start({
    machine: "server-2socket",
    hostname: "<u>host</u>",
    renamed: {
      "nginx: worker": names.comm,
      "eno1np0": names.interface,
      "/srv/two\\040words": names.mount,
      "/srv/two words": names.mount,
    },
  });
  const watched = await WatchedPage.open(browser, { viewport: TALL });
  for (const scripts of [false, true]) {
    if (scripts) {
      await watched.page.goto(service.url);
      await watched.until(`${STATE} === "live"`);
      await tick(service, watched, 3);
    } else {
      await watched.page.route("**/*.js", (route) => route.abort());
      await watched.page.goto(service.url);
      await watched.page.unroute("**/*.js");
      watched.takeComplaints();
    }
    const text = await watched.evaluate<string>("document.body.innerText");
    for (const name of [...Object.values(names), "<u>host</u>"]) {
      assert(text.includes(name), `${name} is not there`);
    }
    const found = "main :is(img, u, th b, th i)";
    assertEquals(await watched.evaluate(`document.querySelectorAll("${found}").length`), 0);
  }
  assertCalm(watched, "service is there");
});

/** The page of the fleet in a browser: what tools find in it, with and without scripts, and as it goes on. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import type { FleetHost } from "../../views/fleet/quantities.ts";
import { FakeEngine, fleetHost, fleetOfHosts } from "../fleet_host.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { POLICY, WatchedPage } from "./chromium.ts";

const OFF = { "void-style": "off", "attribute-empty-style": "off" } as const;
const RULES = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"], rules: OFF }),
);
const FAULTS = `axe.run(document).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target.join(" "))))`;
/** What an engine told is old at once. */
const HASTE = 1e6;

function rack(index: number): FleetHost {
  return fleetHost({
    instance: `host-${index}.a-long-name.example.net:7878`,
    name: `host-${index}`,
    labels: { rack: `r${index % 4}`, instance_type: "m7i.large" },
    silentSeconds: index === 3 ? 900 : 4,
    waits: "I/O",
    terms: index === 3 ? {} : {
      cycles: 1e9,
      retired: index * 1e8,
      asked: 2,
      counted: index % 3 === 0 ? 2 : 2 - index % 3 * 0.9,
      moved: 1e10,
      peak: 1e11,
      busy: 1,
      passed: 4,
      waited: 0.01,
      joules: 80,
    },
    absences: index % 5 === 4 ? { llc: "denied", l3: "not_supported" } : {},
  });
}

const FLEET = fleetOfHosts(...Array.from({ length: 130 }, (_, index) => rack(index)));
/** What tools look at each element of. */
const FEW = fleetOfHosts(...Array.from({ length: 8 }, (_, index) => rack(index)));
const PATHS = [
  "/fleet",
  "/fleet?group=rack&sort=ipc",
  "/fleet?filter=rack%3Dr1",
  "/fleet?filter=no",
];

async function start(engine: FakeEngine, haste = HASTE): Promise<BusyService> {
  return await BusyService.start({
    machine: "minimal-container",
    historyTicks: 2,
    engine,
    haste,
  });
}

async function faults(url: string): Promise<string[]> {
  const html = await (await fetch(url, { headers: { accept: "text/html" } })).text();
  const { results } = await RULES.validateString(html);
  return results.flatMap(({ messages }) => messages).map(({ ruleId, message, selector }) =>
    `${url}: ${ruleId}: ${message}: ${selector}`
  );
}

browserTest("nothing is found in the fleet, and nothing runs out of the page", async (browser) => {
  const engine = new FakeEngine(FEW);
  await using service = await start(engine);
  const watched = await WatchedPage.open(browser);
  const { page } = watched;
  for (const failing of [false, true]) {
    if (failing) engine.fleet = new Error("nobody listens there, the connection was refused");
    for (const path of PATHS) {
      assertEquals(await faults(service.url + path), []);
      await page.goto(service.url + path);
      for (const [colorScheme, width] of [["light", 360], ["dark", 1440]] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await watched.evaluate(axe);
        assertEquals(await watched.evaluate(FAULTS), [], `${path} ${colorScheme} ${width}`);
        const over = await watched.evaluate<number>(
          "document.documentElement.scrollWidth - innerWidth",
        );
        assert(over <= 0, `${path} is ${over} wider than ${width}`);
      }
    }
  }
  assertEquals(watched.takeComplaints(), []);
});

browserTest("the fleet's page shows what came since, and keeps what is typed", async (browser) => {
  const engine = new FakeEngine(fleetOfHosts(rack(1)));
  await using service = await start(engine);
  const watched = await WatchedPage.open(browser);
  const { page } = watched;
  await page.goto(`${service.url}/fleet`);
  await page.fill("[name=filter]", "rack=r2");
  const rows = `[...document.querySelectorAll("#fleet-table tbody tr th a")].map((a) =>
    a.textContent).join()`;
  assertEquals(await watched.evaluate(rows), "host-1");
  // As its timer does every fifteen seconds.
  const ask = `htmx.trigger(document.querySelector("#fleet"), "every")`;
  engine.fleet = fleetOfHosts(rack(1), rack(2));
  await watched.evaluate(ask);
  await watched.until(`${rows} === "host-1,host-2"`);
  engine.fleet = new Error("it did not answer within 5 s");
  await watched.evaluate(ask);
  await watched.until(`document.querySelector("#fleet > .none") !== null`);
  assertEquals(await watched.evaluate(rows), "host-1,host-2");
  assertEquals(await watched.evaluate(`document.querySelector("[name=filter]").value`), "rack=r2");
  assertEquals(watched.takeComplaints(), []);
});

browserTest("a row of the fleet that takes another's place has its own trend", async (browser) => {
  const engine = new FakeEngine(fleetOfHosts(rack(2), rack(1)));
  engine.trend = ({ name }) => name === "host-1" ? [8, 1, 8] : [1, 1, 1];
  // Trends have a moment to come, and an answer is old soon enough.
  await using service = await start(engine, 20);
  const watched = await WatchedPage.open(browser);
  await watched.page.goto(`${service.url}/fleet?sort=ipc`);
  const trends =
    `[...document.querySelectorAll("#fleet-table tbody tr:not(.together)")].map((row) => [
    row.querySelector("th a").textContent,
    row.querySelector(".spark path")?.getAttribute("d"),
  ])`;
  const ask = `htmx.trigger(document.querySelector("#fleet"), "every")`;
  await watched.until(`(${ask}, ${trends}.every(([, path]) => path))`);
  const shown = await watched.evaluate<string[][]>(trends);
  assertEquals(shown.map(([name]) => name), ["host-2", "host-1"]);
  const faster = rack(1);
  engine.fleet = fleetOfHosts(rack(2), { ...faster, terms: { ...faster.terms, retired: 4e9 } });
  await watched.until(`(${ask}, ${trends}[0][0] === "host-1")`);
  assertEquals(await watched.evaluate(trends), shown.toReversed());
  assertEquals(watched.takeComplaints(), []);
});

browserTest(
  "the fleet's page says when Ringside gives no answer, until it does",
  async (browser) => {
    const engine = new FakeEngine(fleetOfHosts(rack(1)));
    await using service = await start(engine);
    const watched = await WatchedPage.open(browser);
    const { page } = watched;
    await page.goto(`${service.url}/fleet`);
    const ask = `htmx.trigger(document.querySelector("#fleet"), "every")`;
    const line = `document.querySelector("#fleet").firstElementChild.innerText`;
    const headers = { "content-security-policy": POLICY };
    for (const [status, what] of [[0, "does not answer"], [502, "answers with 502"]] as const) {
      await page.route("**/fleet*", async (route) => {
        if (status === 0) await route.abort();
        else await route.fulfill({ status, headers });
      });
      await watched.evaluate(ask);
      await watched.until(`${line}.startsWith("Ringside ${what} since 20")`);
      const said = await watched.evaluate<string>(line);
      assertMatch(said, /since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: the figures are from before\.$/);
      await page.unroute("**/fleet*");
      await watched.evaluate(ask);
      await watched.until(`!${line}.startsWith("Ringside")`);
      assertEquals(await page.locator("#fleet-table").count(), 1);
      watched.takeComplaints();
    }
  },
);

browserTest("without scripts the fleet is sorted, filtered and grouped", async (browser) => {
  await using service = await start(new FakeEngine(FLEET));
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${service.url}/fleet`);
  await page.click("#fleet-table thead a >> text=IPC");
  assertStringIncludes(page.url(), "sort=ipc");
  await page.fill("[name=filter]", "rack=r1");
  await page.selectOption("[name=group]", "rack");
  await page.click(".choose button");
  assertStringIncludes(page.url(), "sort=ipc");
  const text = await page.textContent("#fleet");
  assertStringIncludes(text!, "33 of 130 hosts");
  assertStringIncludes(text!, "host-129");
  await context.close();
});

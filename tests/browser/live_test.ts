/**
 * What becomes of a live page when the service, the network, the machine or the reader goes away, and
 * comes back. Waits for words and requests, never for a time.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import type { WatchedPage } from "./chromium.ts";
import type { Answer } from "./gate.ts";
import { LivePage } from "./live_page.ts";

/** What may be said of a stream that is refused or cut; a proxy's answer has no policy of ours. */
const OUTAGE =
  /^(console: (Failed to load resource|EventSource's response has a MIME type)|policy: \S+\/stream\?)/;

const HTML: Answer = {
  status: 200,
  type: "text/html",
  body:
    `<title>Sign in</title><div id="tick">no</div><hx-partial hx-target="#main">gone</hx-partial>`,
};
const REFUSALS: readonly Answer[] = [
  { status: 503, type: "application/json", body: `{"error":{}}` },
  { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" },
  { status: 504, type: "text/html", body: "<h1>Gateway timeout</h1>" },
  { status: 200, type: "text/plain", body: "" },
  HTML,
];

function assertCalm(watched: WatchedPage, allowed = /^$/): void {
  assertEquals(watched.takeComplaints().filter((complaint) => !allowed.test(complaint)), []);
}

browserTest("ticks that stop coming are said, and so is their return", async (browser) => {
  await using live = await LivePage.open(browser);
  await live.says("Stale");
  await live.tick();
  await live.says("Live");
  assertEquals(await live.words(), ["Connecting", "Live", "Stale", "Live"]);
  assertCalm(live.watched);
});

browserTest(
  "what is silent is stale after three intervals, whatever they are by now",
  async (browser) => {
    await using live = await LivePage.open(browser);
    live.service.host.sampler.setIntervalMs(60_000);
    await live.tick();
    await live.words();
    // Two intervals and more without a tick.
    await live.evaluate("ahead += 150_000");
    await live.looked();
    assertEquals(await live.words(), []);
    await live.evaluate("ahead += 9000");
    await live.looked();
    assertEquals(await live.words(), []);
    await live.evaluate("ahead += 40_000");
    await live.says("Stale");
    assertCalm(live.watched);
  },
);

browserTest(
  "a longer interval that was missed is learnt before the page is called stale",
  async (browser) => {
    await using live = await LivePage.open(browser);
    await live.words();
    // Nobody is told: as for a page that was paused meanwhile.
    live.service.host.sampler.setIntervalMs(60_000);
    await live.evaluate("ahead += 9000");
    await live.until(`document.querySelector("#interval").value === "60000ms"`);
    await live.looked();
    assertEquals(await live.words(), []);
    assertCalm(live.watched);
  },
);

browserTest("a first stream that is refused, by whomever, is asked for again", async (browser) => {
  await using live = await LivePage.open(browser);
  const cards = await live.evaluate<number>(`document.querySelectorAll("main .card").length`);
  for (const answer of REFUSALS) {
    live.gate.answer = answer;
    live.gate.asked.length = 0;
    await live.goto();
    await live.says("Reconnecting");
    await live.untilGate(2, 0);
    // What came in the place of the stream is not shown.
    assertMatch(await live.evaluate<string>("document.title"), /% · busy · Ringside$/);
    assertEquals(await live.evaluate(`document.querySelectorAll("main .card").length`), cards);
    live.gate.answer = "through";
    await live.says("Live");
    await live.tick();
    assertEquals(await live.words(), ["Connecting", "Reconnecting", "Live"]);
    assertCalm(live.watched, OUTAGE);
  }
});

browserTest(
  "a stream that a proxy cuts and then refuses is taken up where it ended",
  async (browser) => {
    await using live = await LivePage.open(browser);
    await live.tick();
    const { cursor } = live;
    live.gate.answer = HTML;
    live.gate.cut();
    await live.says("Reconnecting");
    await live.untilGate(3, 0);
    assert(!(await live.evaluate<string>("document.title")).includes("Sign in"));
    live.service.host.tick();
    live.service.host.tick();
    live.gate.answer = "through";
    await live.says("Live");
    await live.shows();
    const { asked } = live.gate;
    assertEquals([...new Set(asked)], ["", cursor]);
    // What was missed came with it: there is no gap in the chart.
    const label = await live.evaluate<string>(
      `document.querySelector("#chart-cpu_time .uplot").ariaLabel`,
    );
    assert(!label.includes("gap"), label);
    assertCalm(live.watched, OUTAGE);
  },
);

browserTest(
  "the page looks for its service at least every four seconds, and not all at once",
  async (browser) => {
    await using live = await LivePage.open(browser);
    live.gate.answer = REFUSALS[0]!;
    const { length } = live.gate.asked;
    for (const chance of [0, 0.999]) {
      await live.evaluate(`chance = ${chance}, delays.length = 0`);
      live.gate.cut();
      await live.until("delays.length >= 2");
      const [first, second] = await live.evaluate<number[]>("delays.map(Math.round)");
      // Less than five seconds, with what it takes to connect.
      assertEquals([first, second], chance === 0 ? [500, 2000] : [2498, 3998]);
      live.gate.answer = "through";
      await live.says("Live");
      live.service.host.tick();
      await live.shows();
      live.gate.answer = REFUSALS[0]!;
    }
    assert(live.gate.asked.length > length);
    assertCalm(live.watched, OUTAGE);
  },
);

browserTest("a lost network is said, and forgotten when it is back", async (browser) => {
  await using live = await LivePage.open(browser);
  const context = live.watched.page.context();
  await context.setOffline(true);
  live.gate.cut();
  await live.says("Reconnecting");
  live.service.host.tick();
  await context.setOffline(false);
  await live.says("Live");
  await live.shows();
  assertCalm(live.watched, OUTAGE);
});

browserTest(
  "a connection that died without a word is given up, and one is found again",
  async (browser) => {
    await using live = await LivePage.open(browser);
    await live.tick();
    const { cursor } = live;
    live.gate.deaden();
    live.gate.answer = "nothing";
    await live.evaluate("ahead += 9000");
    await live.says("Reconnecting");
    // The request that nobody answers is given up too.
    await live.untilGate(3, 0);
    live.service.host.tick();
    live.gate.answer = "through";
    live.gate.cut();
    await live.says("Live");
    await live.shows();
    assertEquals(live.gate.asked.at(-1), cursor);
    assertCalm(live.watched, OUTAGE);
  },
);

browserTest("a laptop that slept asks anew at once, and says nothing of it", async (browser) => {
  await using live = await LivePage.open(browser);
  live.service.host.sampler.setIntervalMs(60_000);
  await live.tick();
  const { cursor } = live;
  await live.words();
  live.gate.deaden();
  live.service.host.tick();
  // Not long enough to miss a tick for certain.
  await live.evaluate("ahead += 50_000");
  await live.untilGate(2, 1);
  await live.shows();
  assertEquals(live.gate.asked, ["", cursor]);
  assertEquals((await live.words()).filter((word) => word === "Reconnecting"), []);
  assertCalm(live.watched);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TRENDS_MOST } from "../../../routes/fleet/queries.ts";
import { type FakeClock, settled } from "../../fake_clock.ts";
import { FakeEngine, fleetHost, fleetOfHosts } from "../../fleet_host.ts";
import { type Host, startHost } from "../host.ts";

const TWO = fleetOfHosts(fleetHost({ instance: "a:1" }), fleetHost({ instance: "b:1" }));

/** A host whose page is loaded: it waits for nothing but the engine. */
async function start(engine: FakeEngine): Promise<{ host: Host; clock: FakeClock }> {
  const host = startHost({ engine });
  assertEquals((await host.app.request("/fleet?what=1")).status, 400);
  return { host, clock: host.clock };
}

async function text(host: Host, path: string): Promise<string> {
  const response = await host.app.request(path);
  assertEquals(response.status, 200, path);
  return await response.text();
}

Deno.test("without an engine there is no fleet, and what is needed is said", async () => {
  const response = await startHost().app.request("/fleet");
  assertEquals(response.status, 404);
  assertEquals((await response.json()).error.message.endsWith("needs --prometheus-url"), true);
});

Deno.test("the page has the hosts that the filter leaves", async () => {
  const { host } = await start(new FakeEngine(TWO));
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  assertEquals(await text(host, "/fleet?filter=instance%3Db*"), "<!DOCTYPE html>fleet 2 1 ");
  assertEquals(await text(host, "/fleet?filter=&group="), "<!DOCTYPE html>fleet 2 2 ");
});

Deno.test("what nobody may ask is refused before the engine is", async () => {
  const engine = new FakeEngine(TWO);
  const { host } = await start(engine);
  const queries = [
    "sort=nothing",
    "order=up",
    "rows=7",
    "group=a%7Bb",
    `filter=${"x".repeat(201)}`,
    "url=http://evil.example",
    "query=up",
    "sort=ipc&sort=cpu",
  ];
  for (const query of queries) {
    assertEquals((await host.app.request(`/fleet?${query}`)).status, 400, query);
  }
  assertEquals(engine.asked, 0);
});

Deno.test("however many look, the engine is asked once, and again when that is old", async () => {
  const engine = new FakeEngine(TWO);
  const { host, clock } = await start(engine);
  await Promise.all(Array.from({ length: 20 }, () => text(host, "/fleet")));
  await text(host, "/fleet");
  assertEquals([engine.asked, engine.trendsAsked.length], [1, 1]);
  await clock.advance(9_999);
  await text(host, "/fleet");
  assertEquals(engine.asked, 1);
  await clock.advance(1);
  await text(host, "/fleet");
  assertEquals(engine.asked, 2);
});

Deno.test("an engine that fails is a line, beside what it told before, and is left alone for a while", async () => {
  const engine = new FakeEngine(new Error("nobody listens there"));
  const { host, clock } = await start(engine);
  const line = "Cannot ask http://engine.example:9090: nobody listens there";
  assertEquals(await text(host, "/fleet"), `<!DOCTYPE html>fleet undefined undefined ${line}`);
  await text(host, "/fleet");
  assertEquals(engine.asked, 1);
  engine.fleet = TWO;
  await clock.advance(3000);
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  engine.fleet = new Error("nobody listens there");
  await clock.advance(10_000);
  assertEquals(await text(host, "/fleet"), `<!DOCTYPE html>fleet 2 2 ${line}`);
});

Deno.test("trends that fail are a line, and the figures stay", async () => {
  const engine = new FakeEngine(TWO);
  engine.trendless = new Error("it did not answer within 5 s");
  const { host } = await start(engine);
  assertEquals(
    await text(host, "/fleet"),
    "<!DOCTYPE html>fleet 2 2 Cannot show trends: it did not answer within 5 s",
  );
});

Deno.test("trends are asked for as many hosts as a screen has, whatever is shown", async () => {
  const many = Array.from({ length: 300 }, (_, index) => fleetHost({ instance: `h${index}:1` }));
  const engine = new FakeEngine(fleetOfHosts(...many));
  const { host } = await start(engine);
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 300 100 ");
  assertEquals(await text(host, "/fleet?rows=all"), "<!DOCTYPE html>fleet 300 300 ");
  assertEquals(engine.trendsAsked.map(({ length }) => length), [100, TRENDS_MOST]);
});

const MANY = fleetOfHosts(
  ...Array.from({ length: 100 }, (_, index) => fleetHost({ instance: `h${index}.` })),
);

Deno.test("however many look at different hosts, the engine is asked for trends one by one", async () => {
  const engine = new FakeEngine(MANY);
  const gate = Promise.withResolvers<void>();
  engine.trendGate = gate.promise;
  const { host } = await start(engine);
  const pages = Array.from({ length: 100 }, (_, index) => text(host, `/fleet?filter=h${index}.`));
  await settled();
  assertEquals(engine.trendsAsked.length, 1);
  gate.resolve();
  const told = await Promise.all(pages);
  assertEquals(engine.trendsAtOnceMost, 1);
  // Nobody's question is kept without end.
  assertEquals(engine.trendsAsked.length, 8);
  assertEquals(told.filter((page) => !page.includes("Cannot show trends")).length, 8);
  assertEquals(await text(host, "/fleet?filter=h99."), "<!DOCTYPE html>fleet 100 1 ");
});

Deno.test("pages that show the same hosts in another order share their trends", async () => {
  const engine = new FakeEngine(TWO);
  const { host } = await start(engine);
  await text(host, "/fleet");
  await text(host, "/fleet?order=desc");
  assertEquals(engine.trendsAsked.length, 1);
});

Deno.test("trends that failed are left alone for a while, whoever looks at whatever", async () => {
  const engine = new FakeEngine(TWO);
  engine.trendless = new Error("it answered 503");
  const { host, clock } = await start(engine);
  const line = "Cannot show trends: it answered 503";
  for (const query of ["", "", "?filter=a", "?filter=b", "?order=desc"]) {
    assertStringIncludes(await text(host, `/fleet${query}`), line);
  }
  assertEquals(engine.trendsAsked.length, 1);
  await clock.advance(3000);
  engine.trendless = null;
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  assertEquals(engine.trendsAsked.length, 2);
});

Deno.test("a page has one deadline for its hosts and their trends, and comes without trends then", async () => {
  const engine = new FakeEngine(TWO);
  const [gate, trendGate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  [engine.gate, engine.trendGate] = [gate.promise, trendGate.promise];
  const { host, clock } = await start(engine);
  let page: string | null = null;
  const shown = text(host, "/fleet").then((html) => page = html);
  await clock.advance(4000);
  gate.resolve();
  await settled();
  await clock.advance(999);
  assertEquals(page, null);
  await clock.advance(1);
  assertStringIncludes(await shown, "fleet 2 2 Cannot show trends: it did not answer in time");
  assertEquals(clock.sleepers, 0);
  // What comes late is there for the next.
  trendGate.resolve();
  await settled();
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  assertEquals(engine.trendsAsked.length, 1);
});

Deno.test("a page is made once while the engine's answer and what is chosen stay", async () => {
  const engine = new FakeEngine(MANY);
  const { host, clock } = await start(engine);
  const { rendered } = host;
  const [first] = await Promise.all(Array.from({ length: 20 }, () => text(host, "/fleet")));
  for (let again = 0; again < 5; again++) assertEquals(await text(host, "/fleet"), first!);
  assertEquals(rendered.fleets, 1);
  assertEquals(await text(host, "/fleet?filter=h7."), "<!DOCTYPE html>fleet 100 1 ");
  assertEquals(await text(host, "/fleet"), first!);
  assertEquals(rendered.fleets, 2);
  // New figures, and the same trends.
  engine.fleet = TWO;
  await clock.advance(10_000);
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  engine.fleet = new Error("gone");
  await clock.advance(10_000);
  assertStringIncludes(await text(host, "/fleet"), "fleet 2 2 Cannot ask");
  assertEquals(rendered.fleets, 4);
});

Deno.test("a page that was made without trends is made anew with them", async () => {
  const engine = new FakeEngine(TWO);
  engine.trendless = new Error("busy");
  const { host, clock } = await start(engine);
  assertStringIncludes(await text(host, "/fleet"), "Cannot show trends: busy");
  engine.trendless = null;
  await clock.advance(3000);
  assertEquals(await text(host, "/fleet"), "<!DOCTYPE html>fleet 2 2 ");
  assertEquals(engine.asked, 1);
});

Deno.test("of many pages the newest few are kept", async () => {
  const { host } = await start(new FakeEngine(MANY));
  for (let index = 0; index < 5; index++) await text(host, `/fleet?filter=h${index}.`);
  assertEquals(host.rendered.fleets, 5);
  await text(host, "/fleet?filter=h4.");
  assertEquals(host.rendered.fleets, 5);
  await text(host, "/fleet?filter=h0.");
  assertEquals(host.rendered.fleets, 6);
});

Deno.test("a question for which nobody waits any more is not asked", async () => {
  const engine = new FakeEngine(TWO);
  const gate = Promise.withResolvers<void>();
  engine.trendGate = gate.promise;
  const { host, clock } = await start(engine);
  const pages = ["", "?filter=a", "?filter=b"].map((query) => text(host, `/fleet${query}`));
  await settled();
  await clock.advance(5000);
  await Promise.all(pages);
  gate.resolve();
  await settled();
  assertEquals(engine.trendsAsked, [["a:1", "b:1"]]);
});

Deno.test("the host's own pages do not wait for an engine that does not answer", async () => {
  const engine = new FakeEngine(TWO);
  const gate = Promise.withResolvers<void>();
  engine.gate = gate.promise;
  const { host } = await start(engine);
  host.tick(0.25);
  const fleet = text(host, "/fleet");
  assertStringIncludes(await text(host, "/"), "<!DOCTYPE html>");
  assertStringIncludes(await text(host, "/metrics"), "# prometheus");
  gate.resolve();
  await fleet;
});

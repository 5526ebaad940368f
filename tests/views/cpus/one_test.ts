import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Series } from "../../../collectors/mod.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { createViews } from "../../../views/mod.ts";
import type { CpusChoice } from "../../../views/cpus/choice.ts";
import { linesOf, someCpus } from "../some_cpus.ts";

const VIEWS = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });

function documentOf(snapshot: Snapshot, choice: CpusChoice): string {
  const keys = VIEWS.cpus.live(choice).series(snapshot);
  const series: Series = {
    seconds: [1, 2],
    values: keys.map((_, index) => [index, index + 1]),
    shares: keys.map(() => null),
    sequence: 2,
  };
  return VIEWS.cpus.document({ choice, snapshot, series, intervalMs: 1000 });
}

const SNAPSHOT = someCpus({
  "0": { busy: 0.25, ipc: 1, groups: { socket: "0", core: "0", l3_domain: "0" } },
  "1": { busy: 0.5, groups: { socket: "0", core: "1" } },
  "4": { busy: 0.75, ipc: 2, coverage: 0.5, groups: { socket: "0", core: "0" } },
}, { profile: { hostname: "db-07", presentCpus: [0, 1, 4, 5] } });

Deno.test("the page of one CPU says what it is, what it does, and where the others are", () => {
  const html = documentOf(SNAPSHOT, { cpu: "4", by: "busy" });
  const lines = linesOf(html).join("|");
  assertStringIncludes(html, "<title>CPU 4, db-07 · Ringside</title>");
  assertStringIncludes(lines, "|Socket|0|Core|0, shared with|CPU 0|");
  assertStringIncludes(lines, "|Busy|75.0|%|");
  assertStringIncludes(lines, "|IPC|2.00|estimated, counted 50 % of the time|");
  assertStringIncludes(html, '<a href="cpus?by=busy&amp;cpu=1" rel="prev">Previous</a>');
  assertStringIncludes(html, '<a href="cpus?by=busy&amp;cpu=5" rel="next">Next</a>');
  assertStringIncludes(html, '<a href="cpus?by=busy">All CPUs</a>');
  // Its stream does not depend on how the others are coloured.
  assertStringIncludes(html, 'data-stream="stream?page=cpus&amp;cpu=4"');
  assertStringIncludes(documentOf(SNAPSHOT, { cpu: "0" }), '<span class="m">Previous</span>');
});

Deno.test("the charts of one CPU take their own columns, and those of what is lacking are not there", () => {
  const keys = VIEWS.cpus.live({ cpu: "4" }).series(SNAPSHOT);
  // All that there could be: a page and its stream must number them alike, whatever comes or goes.
  assertEquals(keys.length, 4);
  assert(keys.every(({ instance }) => instance === "4"));
  const figures = [
    ...documentOf(SNAPSHOT, { cpu: "4" }).matchAll(
      /id="chart-(\w+)" data-columns="(\d+)"[^>]* data-labels="([^"]*)"/g,
    ),
  ].map(([, id, column, labels]) => [id, column, labels]);
  assertEquals(figures, [
    ["cpu_ipc", "0", "[&quot;IPC&quot;]"],
    ["cpu_busy", "1", "[&quot;Busy&quot;]"],
    // Nobody has said yet that there is no clock.
    ["cpu_clock", "2", "[&quot;Clock&quot;]"],
  ]);
  assertEquals(VIEWS.cpus.live({}).series(SNAPSHOT), []);
});

Deno.test("the charts of one CPU have the controls of all charts, and keep what else is chosen", () => {
  const html = documentOf(SNAPSHOT, { cpu: "4", by: "busy", span: "1m" });
  assert(/<body [^>]*data-span="60"/.test(html), html);
  const [controls] = /<div class="charts" data-script="static\/explore.js".*?<\/svg>/s.exec(
    html,
  )!;
  const links = [...controls.matchAll(/<a[^>]* href="([^"]*)"/g)].map(([, href]) => href);
  assertEquals(links, [
    ...["1m", "5m", "15m", "all"].map((span) => `?by=busy&amp;cpu=4&amp;span=${span}`),
    ...["csv", "json"].map((format) =>
      `api/v1/series?page=cpus&amp;cpu=4&amp;span=1m&amp;format=${format}`
    ),
  ]);
  const current = /<a href="([^"]*)"[^>]* aria-current="true"/.exec(controls)![1];
  assertEquals(current, "?by=busy&amp;cpu=4&amp;span=1m");
  const tables = [...html.matchAll(/href="(chart\/[^"]*)"/g)].map(([, href]) => href);
  assertEquals(
    tables,
    ["ipc", "busy", "clock"].map((key) => `chart/cpu_${key}?cpu=4&amp;span=1m`),
  );
  // The script finds the controls by their class: there is one such place.
  assertEquals(html.match(/class="charts"/g)?.length, 1);
  assertStringIncludes(html, '<h1 data-host="db-07">CPU 4</h1>');
  // The way to another CPU keeps the span, that to all of them, which have no charts, does not.
  assertStringIncludes(html, '<a href="cpus?by=busy&amp;cpu=5&amp;span=1m" rel="next">');
  assertStringIncludes(html, '<a href="cpus?by=busy">All CPUs</a>');
});

Deno.test("a page of CPUs loads what it uses: scripts of charts where there are charts", () => {
  const scripts = (choice: CpusChoice): readonly string[] =>
    [...documentOf(SNAPSHOT, choice).matchAll(/ src="static\/([^"]*)"/g)].map(([, name]) => name!);
  const live = ["theme.js", "htmx.min.js", "live.js"];
  assertEquals(scripts({}), live);
  assertEquals(scripts({ cpu: "4" }), ["theme.js", "htmx.min.js", "uplot.min.js", "page.js"]);
  assertEquals(scripts({ cpu: "99" }), ["theme.js"]);
});

Deno.test("a CPU that is offline has a page that says so, and how to use it again", () => {
  const html = documentOf(SNAPSHOT, { cpu: "5" });
  const lines = linesOf(html).join("|");
  assertStringIncludes(lines, "|CPU 5 is offline|");
  assertStringIncludes(lines, "|echo 1 | sudo tee /sys/devices/system/cpu/cpu5/online|");
  assert(!lines.includes("|Busy|"), "figures of nothing");
  assertStringIncludes(html, 'data-stream="stream?page=cpus&amp;cpu=5"');
  assert(VIEWS.cpus.has({ cpu: "5" }, SNAPSHOT));
});

Deno.test("a CPU that the machine does not have is told with the way back", () => {
  const html = documentOf(SNAPSHOT, { cpu: "99" });
  const lines = linesOf(html).join("|");
  assertStringIncludes(lines, "|There is no CPU 99|db-07 has 4 of them, from 0 to 5.|All CPUs");
  assert(!html.includes("data-stream"), "it lives");
  assert(!VIEWS.cpus.has({ cpu: "99" }, SNAPSHOT));
  assert(VIEWS.cpus.has({}, SNAPSHOT));
});

Deno.test("every part that a tick replaces is on the page, and is what stands there", () => {
  for (const choice of [{}, { by: "busy", sort: "ipc" }, { cpu: "4" }, { cpu: "5" }] as const) {
    const html = documentOf(SNAPSHOT, choice);
    const fragments = VIEWS.cpus.live(choice).fragments(SNAPSHOT);
    assert(fragments.size > 3);
    for (const [id, fragment] of fragments) {
      assertStringIncludes(fragment.slice(0, 200), ` id="${id}"`);
      assertStringIncludes(html, fragment);
    }
    // Every mark that is used is drawn somewhere.
    for (const [, mark] of html.matchAll(/<use href="#([^"]+)"/g)) {
      assertStringIncludes(html, `<symbol id="${mark}"`);
    }
  }
});

Deno.test("what the machine lacks is told once for each cause, and has no figure", () => {
  const refused = {
    core_counters: new CollectorError("not_supported", "Cannot count: no PMU", "Ask for one"),
    frequency: new CollectorError("not_supported", "Cannot find a clock: a guest"),
  };
  const snapshot = someCpus({ "0": {} }, { refused });
  const lines = linesOf(documentOf(snapshot, {})).join("|");
  assertStringIncludes(lines, "|CPU|Busy|User|System|Stolen|Interrupts|Switches|0|50.0|");
  const [, lacks] = /\|Not available on this system\|(.*)$/.exec(lines)!;
  assertEquals(
    lacks,
    "IPC, Instructions, L1D MPKI, L2 MPKI, LLC MPKI, Branch misses|Cannot count: no PMU.|" +
      "Ask for one.|Clock|Cannot find a clock: a guest.",
  );
});

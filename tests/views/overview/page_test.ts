import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CARDS } from "../../../collectors/catalogue.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { REGISTRY } from "../../../collectors/registry.ts";
import type { Source } from "../../../collectors/source.ts";
import { createViews } from "../../../views/mod.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { type Cells, HandFilled, type HandFilledOptions } from "../hand_filled.ts";

const views = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });

function pageOf(stage: Stage): string {
  const series = stage.feed.series.read(views.overview.series(stage.snapshot), -1, 300_000);
  return views.overview.document({ snapshot: stage.snapshot, series, intervalMs: 1000 });
}

function page(ticks: readonly Cells[], options?: HandFilledOptions): string {
  return pageOf(new HandFilled(ticks, options).stage);
}

/** A machine of text, some ticks later. */
async function machine(name: string): Promise<Stage> {
  const stage = new Stage(REGISTRY, { tree: await TextTree.load(name) });
  for (let i = 0; i < 3; i++) stage.tick();
  return stage;
}

/** The text between the tags. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ");
}

/** The card that tells of all that is lacking: it has cards as entries. */
function lackingIn(html: string): string {
  return /<section class="card lacking".*?href="doctor".*?<\/section>/s.exec(html)![0];
}

function part(snapshot: Snapshot, id: string): string {
  const html = views.overview.fragments(snapshot).get(id);
  if (html === undefined) throw new Error(`Cannot find part "${id}"`);
  return html;
}

/** Totals of one CPU: what it worked and what it idled. */
function cpu(n: number, user: number, idle: number): Cells {
  const none = ["nice", "system", "iowait", "irq", "softirq", "steal"];
  return {
    [`cpu_user_seconds{${n}}`]: user,
    [`cpu_idle_seconds{${n}}`]: idle,
    ...Object.fromEntries(none.map((mode) => [`cpu_${mode}_seconds{${n}}`, 0])),
  };
}

const MACHINES = ["firecracker-2cpu", "minimal-container", "server-2socket"] as const;

for (const name of MACHINES) {
  Deno.test(`the overview of ${name} is whole and says nothing that code would say`, async () => {
    const html = pageOf(await machine(name));
    assert(html.startsWith("<!DOCTYPE html>\n<html"), html.slice(0, 40));
    assert(html.endsWith("</html>\n"), html.slice(-40));
    const bad = /\b(NaN|undefined|null|Infinity|\[object \w+\]|-0)\b/.exec(textOf(html));
    assertEquals(bad, null);
    assert(!/(="[^"]*\b(NaN|undefined|Infinity)\b)/.test(html), "an attribute holds code");
  });

  Deno.test(`the overview of ${name} keeps a strict Content-Security-Policy`, async () => {
    const html = pageOf(await machine(name));
    assert(!/\sstyle=/i.test(html), "a style attribute");
    assert(!/\son\w+=/i.test(html), "an event handler");
    assert(!/<style|javascript:/i.test(html), "inline code");
    for (const [, content] of html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)) {
      assertEquals(content, "");
    }
  });

  Deno.test(`every id of the overview of ${name} is there once, every part by its own`, async () => {
    const stage = await machine(name);
    const ids = [...pageOf(stage).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    assertEquals(ids.length, new Set(ids).size, ids.toSorted().join(" "));
    for (const [id, html] of views.overview.fragments(stage.snapshot)) {
      assert(ids.includes(id), `${id} has no place on the page`);
      assert(new RegExp(`^<\\w+[^>]* id="${id}"`).test(html), `${id}: ${html.slice(0, 60)}`);
    }
  });
}

Deno.test("the overview shows every card, in its place", async () => {
  const html = pageOf(await machine("server-2socket"));
  for (const { id, title } of CARDS) assertStringIncludes(html, `id="title-${id}">${title}</h2>`);
});

Deno.test("names from the machine are text, whatever they are", () => {
  const hostile = [`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, "a\n\nb", "'"];
  const cells = Object.fromEntries(hostile.map((name) => [`disk_read_bytes{${name}}`, 1]));
  const html = page([cells, cells], { profile: { hostname: "<b>", cpuModel: "</title>" } });
  assert(!/<img|<script>|<b>"|<\/title>\s*<\/span>/.test(html.replace(/<script src[^>]*>/g, "")));
  assertStringIncludes(html, "&lt;img src=x onerror=alert(1)&gt;");
  assertStringIncludes(html, "&quot;&gt;&lt;script&gt;");
  assertStringIncludes(html, "<h1>&lt;b&gt;</h1>");
});

Deno.test("a message keeps to its lines, whatever a name holds", () => {
  const name = "x\ndata: <b>\n\nevent: sample";
  const { snapshot } = new HandFilled([{ [`disk_read_bytes{${name}}`]: 1 }]);
  const text = views.overview.partials(views.overview.fragments(snapshot));
  // Line ends are the stream's to print; markup in a name is no markup.
  assert(!text.includes("<b>\n"), "a name broke out");
});

Deno.test("a card whose collector is refused says why in its place, with the remedy", () => {
  const refusal = new CollectorError(
    "denied",
    'Cannot open "/proc/diskstats": EACCES, needs <root>',
    "Let others read it: `chmod a+r /proc/diskstats`",
  );
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: refusal } });
  const html = part(snapshot, "card-disks-0");
  assertStringIncludes(html, 'class="none"');
  assertStringIncludes(
    html,
    "Cannot open &quot;/proc/diskstats&quot;: EACCES, needs &lt;root&gt;.",
  );
  assertStringIncludes(html, "<code>chmod a+r /proc/diskstats</code>");
  assertStringIncludes(part(snapshot, "card-disks-head"), "not available");
});

Deno.test("cards that lack everything are told of in one card, each with its cause", () => {
  const none = new CollectorError("not_supported", "Cannot find it here");
  const options = { refused: { frequency: none, thermal: none } };
  const html = page([{ "load_1m": 1 }], options);
  const lacking = lackingIn(html);
  assertEquals(
    [...lacking.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, title]) => title),
    ["Not available on this system", "CPU clock", "Temperatures"],
  );
  assertEquals(html.match(/<section class="card lacking"/g)?.length, 1);
  assertEquals(lacking.match(/Cannot find it here\./g)?.length, 2);
  // The same parts as ever, so that a tick may fill them.
  for (const id of ["card-thermal-head", "card-thermal-0"]) assertStringIncludes(lacking, id);
});

Deno.test("a host that lacks nothing has no card for what it lacks", () => {
  assert(!page([{ "load_1m": 1 }]).includes("card lacking"));
});

Deno.test("the cards of the hardware counters fold into one panel that says why once", () => {
  const none = new CollectorError(
    "not_supported",
    "Cannot find a PMU: KVM hides it",
    "Use `-cpu host`",
  );
  const ticks = [cpu(0, 0, 0), cpu(0, 0.25, 0.75)];
  const other = new CollectorError("not_supported", "Cannot find a memory controller");
  const html = page(ticks, { refused: { core_counters: none, memory_bandwidth: other } });
  const lacking = lackingIn(html);
  assertEquals(
    [...lacking.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, title]) => title),
    [
      "Not available on this system",
      "Instructions per cycle",
      "Caches, branches, TLBs",
      "Memory bandwidth",
      // It lacks a second way to count, whatever the first one lacks.
      "Memory traffic, by who counts it",
    ],
  );
  assertEquals(lacking.match(/<div class="fold">/g)?.length, 3);
  assertEquals(lacking.match(/Cannot find a PMU: KVM hides it\./g)?.length, 1);
  assertEquals(lacking.match(/<code>-cpu host<\/code>/g)?.length, 1);
  // What can be done is told at once, what is not of this machine to who asks.
  const [at, more, beyond] = ["-cpu host", '<details class="more">', "a memory controller"]
    .map((text) => lacking.indexOf(text));
  assert(at! < more! && more! < beyond!, `${at} ${more} ${beyond}`);
  // The large figure is the next card's, and that card is the first of the page.
  assertStringIncludes(
    html,
    '<div class="core"><section class="card hero" aria-labelledby="title-cpu_time"',
  );
  assertStringIncludes(html, "<title>25.0\u00a0% ·");
});

Deno.test("the line of trust has all grades at once and in their order, then the links", () => {
  const standing = /<div class="standing">.*?<\/a>/s.exec(page([{ "load_1m": 1 }]))![0];
  const words = textOf(standing).replace(/[\d\s\u2007]+/g, " ");
  assertEquals(
    words.trim(),
    "Quantities measured of exact estimated low implausible not available not yet " +
      "What was looked for",
  );
});

/** Cycles of CPU 0, and instructions. */
function core(cycles: number, instructions: number, seconds: number): Cells {
  const cells: Record<string, number> = {};
  for (const [id, count] of [["cpu_cycles", cycles], ["instructions", instructions]] as const) {
    cells[`${id}{0}`] = count;
    cells[`${id}_time_enabled_seconds{0}`] = seconds;
    cells[`${id}_time_running_seconds{0}`] = seconds;
  }
  return cells;
}

Deno.test("with counters the large figure is IPC, and CPU time says its own beside its title", () => {
  const html = page([
    { ...cpu(0, 0, 0), ...core(0, 0, 0) },
    { ...cpu(0, 0.25, 0.75), ...core(2e9, 2.86e9, 1) },
  ]);
  assertStringIncludes(html, '<section class="card hero" aria-labelledby="title-ipc"');
  assertEquals(html.match(/class="card hero"/g)?.length, 1);
  assertEquals(html.match(/class="headline"/g)?.length, 1);
  assertStringIncludes(html, '<span class="huge"><b>1.43</b>');
  assertStringIncludes(html, "<title>1.43 · stage · Ringside</title>");
  assertStringIncludes(
    html,
    '>CPU time</h2><small><span class="v"><b>25.0</b><i>%</i></span> busy, all CPUs</small>',
  );
});

Deno.test("the link to what is in the way counts its causes", () => {
  const refusal = new CollectorError("not_supported", "Cannot read it");
  const link = (refused: Record<string, CollectorError>): string =>
    textOf(part(new HandFilled([{ "load_1m": 1 }], { refused }).snapshot, "causes")).trim();
  assertEquals(link({}), "What was looked for");
  assertEquals(link({ disk: refusal }), "Why, and what would unlock more: 1 cause");
  assertEquals(
    link({ disk: refusal, network: refusal }),
    "Why, and what would unlock more: 2 causes",
  );
});

Deno.test("causes leave out what is in the nature of the machine", () => {
  const quiet = {
    key: "lack",
    collector: "memory_bandwidth",
    reason: "not_supported",
    message: "Cannot count HBM: found no PMU of its controllers",
    quiet: true,
  } as const;
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { problems: [quiet] });
  assertStringIncludes(part(snapshot, "causes"), ">What was looked for<");
});

Deno.test("a figure that is absent says so in words, and a zero is a zero", () => {
  const { snapshot } = new HandFilled([
    { "cpu_user_seconds{0}": 0, "cpu_idle_seconds{0}": 0, "load_1m": 0 },
  ]);
  assertStringIncludes(part(snapshot, "card-cpu_time-0"), "not yet");
  const text = part(snapshot, "card-cpu_time-1");
  assertStringIncludes(text, "<b>\u2008\u2007\u20070</b>");
});

Deno.test("a table shows its most rows by the sort metric and counts the others", () => {
  const at = (total: number): Cells =>
    Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`disk_io_seconds{d${n}}`, total * n / 20]),
    );
  const { snapshot } = new HandFilled([at(0), at(1)]);
  const text = textOf(part(snapshot, "card-disks-0"));
  assertStringIncludes(text, "and 2 more");
  assertEquals(
    [...text.matchAll(/\bd\d\b/g)].map(([name]) => name).join(" "),
    "d9 d8 d7 d6 d5 d4 d3 d2",
  );
});

Deno.test("a host without instances has the table's own words for it", () => {
  const { snapshot } = new HandFilled([{ "load_1m": 1 }]);
  assertStringIncludes(part(snapshot, "card-disks-0"), "The kernel knows no drive");
});

Deno.test("the line under the host says how long it is up, and the tab leads with the figure", () => {
  const wall = Date.UTC(2026, 0, 2, 3, 4, 6);
  const html = page([
    cpu(0, 0, 0),
    cpu(0, 0.25, 0.75),
  ], { profile: { bootedAtMs: wall - 3_600_000 * 30, hostname: "db-07" } });
  assertStringIncludes(html, "up 1\u00a0d\u00a06\u00a0h");
  assertStringIncludes(html, "<title>25.0\u00a0% · db-07 · Ringside</title>");
});

Deno.test("a profile that knows little leaves no holes", () => {
  const html = page([{ "load_1m": 1 }], {
    profile: {
      cpuModel: undefined,
      sockets: undefined,
      cores: undefined,
      bootedAtMs: undefined,
      distribution: undefined,
    },
  });
  assertStringIncludes(html, '<span class="m">2 CPUs</span>');
  assert(!/undefined|NaN| up </.test(html));
});

Deno.test("a figure tells the script in the browser all that it needs, and no metric by name", () => {
  const html = page([{ "load_1m": 1 }]);
  const lines = views.overview.series(new HandFilled([{ "load_1m": 1 }]).snapshot);
  const figures = [...html.matchAll(/<figure class="chart[^>]*>/g)].map(([tag]) => tag);
  const charts = CARDS.flatMap((card) => card.blocks).filter(({ block }) => block === "chart");
  assertEquals(figures.length, charts.length);
  for (const tag of figures) {
    const columns = /data-columns="([^"]*)"/.exec(tag)![1]!.split(" ").map(Number);
    const labels = JSON.parse(/data-labels="([^"]*)"/.exec(tag)![1]!.replaceAll("&quot;", '"'));
    assertEquals(columns.length, labels.length);
    for (const column of columns) {
      const line = lines[column];
      assert(line !== undefined, tag);
      assert(!tag.replace(/ id="[^"]*"/, "").includes(line.metric), tag);
    }
  }
});

Deno.test("many CPUs are a skyline with one path for each part", () => {
  const at = (total: number): Cells =>
    Object.assign(
      {},
      ...Array.from({ length: 100 }, (_, n) => cpu(n, total * n / 100, total * (100 - n) / 100)),
    );
  const { snapshot } = new HandFilled([at(0), at(1)]);
  const html = part(snapshot, "card-cpu_time-1");
  assertStringIncludes(html, ">CPUs 0 to 49<");
  assertStringIncludes(html, ">CPUs 50 to 99<");
  assertStringIncludes(
    html,
    'Busiest: CPU 99, 99.0\u00a0%. Quietest: CPU 0, 0\u00a0%. <a href="cpus">All CPUs</a>',
  );
  // CPU 1 is one hundredth busy: one unit high, in the second place of six units.
  assertStringIncludes(html, 'd="M7 100v-1h4v1z');
});

Deno.test("each socket has a skyline of its own, with its CPUs and its share", () => {
  const at = (total: number): Cells =>
    Object.assign({}, ...Array.from({ length: 32 }, (_, n) => cpu(n, total * n / 100, total)));
  // Numbered by turns of eight, as many servers are.
  const groups = Object.fromEntries(
    Array.from({ length: 32 }, (_, n) => [String(n), { socket: String((n >> 3) % 2) }]),
  );
  const html = part(new HandFilled([at(0), at(1)], { groups }).snapshot, "card-cpu_time-1");
  const rows = [...html.matchAll(/<figcaption><span>([^<]*)<\/span>.*?<b>([^<]*)</g)]
    .map(([, name, value]) => `${name} ${value!.trim()}`);
  // Of CPUs 0 to 7 and 16 to 23 the mean is busy for 11.5 of 111.5 hundredths.
  assertEquals(rows, [
    "Socket 0: CPUs 0 to 7, 16 to 23 10.3",
    "Socket 1: CPUs 8 to 15, 24 to 31 16.3",
  ]);
});

Deno.test("a card names the PMU behind its figures, where there is one", () => {
  const at = (bytes: number): Cells => ({
    "memory_read_bytes{0}": bytes,
    "memory_write_bytes{0}": bytes,
  });
  const badge = (sources: readonly Source[]): string | undefined => {
    const { snapshot } = new HandFilled([at(0), at(1e9)], { sources });
    const head = part(snapshot, "card-memory_bandwidth-head");
    return /<code class="badge">([^<]*)</.exec(head)?.[1];
  };
  const source = (pmu: string): Source => ({
    metric: "memory_read_bytes",
    pmu,
    events: ["a"],
    instances: ["0"],
    group: 0,
    provenance: "kernel",
  });
  assertEquals(badge([]), undefined);
  assertEquals(badge([source("uncore_imc")]), "uncore_imc");
  assertEquals(badge([source("a<b"), source("c"), source("c")]), "a&lt;b, c");
});

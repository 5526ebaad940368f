import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CORES,
  type FleetChoice,
  fleetHref,
  groupOf,
  isChosen,
} from "../../../views/fleet/choice.ts";
import {
  figureOf,
  type FleetHost,
  QUANTITIES,
  type Term,
} from "../../../views/fleet/quantities.ts";
import { fleetPlan } from "../../../views/fleet/rows.ts";
import { createViews } from "../../../views/mod.ts";
import { fleetHost, fleetOfHosts } from "../../fleet_host.ts";

const quantity = (key: string) => QUANTITIES.find((quantity) => quantity.key === key)!;

function figure(key: string, ...hosts: readonly FleetHost[]): unknown {
  return figureOf(quantity(key), hosts);
}

function withTerms(terms: Partial<Record<Term, number>>, more: Partial<FleetHost> = {}): FleetHost {
  return fleetHost({ terms, ...more });
}

Deno.test("a figure of several hosts is a quotient of sums, and no mean of quotients", () => {
  const busy = withTerms({ cycles: 9e9, retired: 9e9 });
  const idle = withTerms({ cycles: 1e9, retired: 4e9 });
  assertEquals(figure("ipc", busy, idle), { value: 1.3, coverage: 1, grade: "exact" });
});

Deno.test("what was counted for a part of the time is an estimate, or a low one", () => {
  const of = (counted: number): unknown =>
    figure("ipc", withTerms({ cycles: 1, retired: 2, asked: 10, counted }));
  assertEquals(of(10), { value: 2, coverage: 1, grade: "exact" });
  assertEquals(of(5), { value: 2, coverage: 0.5, grade: "estimated" });
  assertEquals(of(1), { value: 2, coverage: 0.1, grade: "low" });
});

Deno.test("a sum that lacks hosts says how many", () => {
  const counted = withTerms({ moved: 5 });
  assertEquals(figure("bandwidth", counted, withTerms({})), {
    value: 5,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
});

Deno.test("what is not measured is a reason and never 0", () => {
  const none = withTerms({});
  assertEquals(figure("ipc", none), { lack: "unknown" });
  assertEquals(figure("ipc", withTerms({}, { silentSeconds: 900 })), { lack: "silent" });
  assertEquals(figure("ipc", withTerms({}, { absences: { core: "denied" } })), {
    absent: "denied",
  });
  assertEquals(figure("ipc", withTerms({ cycles: 0, retired: 0 })), { absent: "no_events" });
  assertEquals(figure("share", withTerms({ moved: 5 })), { lack: "unknown" });
  // One way to count is enough; without any, an event of that name means something else.
  const misses = { misses: 1, retired: 1000 };
  const zen = withTerms(misses, { absences: { llc: "not_supported" } });
  assertEquals(figure("mpki", zen), { value: 1, coverage: 1, grade: "exact" });
  const neither = { llc: "not_supported", l3: "denied" };
  assertEquals(figure("mpki", withTerms(misses, { absences: neither })), {
    absent: "not_supported",
  });
});

Deno.test("what a host says is not exact is not exact here either", () => {
  const amd = { llc: "not_supported" } as const;
  const misses = { misses: 1, retired: 1000, cycles: 1000 };
  assertEquals(
    figure("mpki", withTerms(misses, { absences: amd, inexact: { l3: { mixed: 1 } } })),
    { value: 1, coverage: 1, grade: "estimated", mixed: true },
  );
  const word = { memory_bandwidth: { unverified: 1, third_party: 1 } };
  assertEquals(figure("bandwidth", withTerms({ moved: 5 }, { inexact: word })), {
    value: 5,
    coverage: 1,
    grade: "estimated",
    hearsay: "unverified",
  });
  // Half of the CPUs, for both terms.
  const half = { core: { partial: 0.5 } };
  const partial = { counted: 50, present: 100 };
  assertEquals(figure("ipc", withTerms(misses, { inexact: half })), {
    value: 1,
    coverage: 1,
    grade: "estimated",
    partial,
  });
  const coverage = withTerms({ counted: 1, asked: 1 }, { inexact: half });
  assertEquals(figure("coverage", coverage), { value: 1, coverage: 1, grade: "exact" });
  // Misses of whole caches by instructions of some of their CPUs are nobody's.
  const broken = withTerms(misses, { absences: amd, inexact: half });
  assertEquals(figure("mpki", broken), { lack: "partial" });
  const intel = withTerms(misses, { absences: { l3: "not_supported" }, inexact: half });
  assertEquals(figure("mpki", intel), { value: 1, coverage: 1, grade: "estimated", partial });
  // One of several is left out of their sum, and no more.
  const zen = withTerms({ misses: 3, retired: 1000 }, { absences: amd });
  assertEquals(figure("mpki", broken, zen), {
    value: 3,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
  // Each host by what it has of the sum.
  const small = withTerms({ moved: 1 }, { inexact: { memory_bandwidth: { partial: 0.1 } } });
  assertEquals(figure("bandwidth", small, withTerms({ moved: 99 })), {
    value: 100,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 99, present: 100 },
  });
});

Deno.test("what a host says cannot be true has no figure, alone and among others", () => {
  const terms = { cycles: 1e9, retired: 0, misses: 1e6, asked: 2, counted: 2 };
  const dead = withTerms(terms, { absences: { core: "implausible", l3: "not_supported" } });
  assertEquals(figure("ipc", dead), { lack: "implausible" });
  // Its misses are believed, and what they are divided by is not.
  assertEquals(figure("mpki", dead), { lack: "implausible" });
  const good = withTerms({ cycles: 1e9, retired: 2e9, misses: 4e6, asked: 2, counted: 2 });
  const partial = { counted: 1, present: 2 };
  for (const [key, value] of [["ipc", 2], ["mpki", 2]] as const) {
    const expected = { value, coverage: 1, grade: "estimated", partial };
    assertEquals(figure(key, dead, good), expected, key);
  }
  // Of two ways to count, one that cannot be true says more than one that is not there.
  const amd = { llc: "not_supported", l3: "implausible" };
  assertEquals(figure("mpki", withTerms({ misses: 1, retired: 1 }, { absences: amd })), {
    lack: "implausible",
  });
  const html = page([dead]);
  assertStringIncludes(html, '<span class="na">implausible</span>');
  const drawn = (text: string): number => text.split('d="M0,10h0M60,1h0"').length - 1;
  // IPC, MPKI and what of their counters was counted.
  assertEquals(drawn(html), drawn(page([good])) - 3);
});

Deno.test("what adds up to no number is none", () => {
  const huge = { moved: 1.7e308, cycles: 1, retired: 1, asked: 1.7e308, counted: 1.7e308 };
  assertEquals(figure("bandwidth", withTerms(huge), withTerms(huge)), { lack: "unknown" });
  assertEquals(figure("ipc", withTerms(huge), withTerms(huge)), { lack: "unknown" });
  assertEquals(figure("mpki", withTerms({ misses: 1e307, retired: 1 })), { lack: "unknown" });
});

Deno.test("pressure of several hosts is a share of the time of all", () => {
  assertEquals(figure("pressure", withTerms({ waited: 0.4 }), withTerms({ waited: 0 })), {
    value: 0.2,
    coverage: 1,
    grade: "exact",
  });
});

const WEB = fleetHost({
  instance: "web1.example:7878",
  name: "Web1",
  labels: { env: "Prod", rack: "r12" },
});

/** Filters, and whether they leave that host. */
const FILTERS: readonly (readonly [string, boolean])[] = [
  ["", true],
  ["  ", true],
  ["web", true],
  ["prod", true],
  ["db", false],
  ["env=prod", true],
  ["ENV=PROD rack=r1*", true],
  ["env=prod rack=r2*", false],
  ["rack=*2", true],
  ["rack=r*1*2", true],
  ["rack=r12*2", false],
  ["rack=r1", false],
  ["rack!=r1", true],
  ["env!=prod", false],
  ["nothing=", true],
  ["nothing=x", false],
  ["constructor=x", false],
  ["job=ringside", true],
  ["instance=web1.*", true],
  ["rack=(r12|a)", false],
  ["rack=****************x", false],
];

Deno.test("a filter leaves hosts that each of its words fits", () => {
  for (const [filter, expected] of FILTERS) assertEquals(isChosen(WEB, filter), expected, filter);
});

Deno.test("hosts are grouped by a label or by the types of their cores", () => {
  const hybrid = fleetHost({ cores: ["cpu_atom", "cpu_core"], labels: { rack: "r2" } });
  assertEquals(groupOf(hybrid, CORES), "cpu_atom + cpu_core");
  assertEquals(groupOf(hybrid, "rack"), "r2");
  assertEquals(groupOf(hybrid, "constructor"), "");
  const plan = fleetPlan(
    fleetOfHosts(
      fleetHost({ instance: "c", labels: {} }),
      fleetHost({ instance: "b", labels: { rack: "r10" } }),
      fleetHost({ instance: "a", labels: { rack: "r9" } }),
    ),
    { group: "rack" },
  );
  assertEquals(plan.groups.map(({ name }) => name), ["r9", "r10", ""]);
});

function order(choice: FleetChoice): string {
  const hosts = [
    fleetHost({ instance: "h10", terms: { cycles: 1, retired: 3 } }),
    fleetHost({ instance: "h9", terms: {} }),
    fleetHost({ instance: "h8", terms: { cycles: 1, retired: 1 }, silentSeconds: 900 }),
  ];
  return fleetPlan(fleetOfHosts(...hosts), choice).rows.map(({ instance }) => instance).join(" ");
}

Deno.test("hosts are sorted by their names or a figure; what has none comes last", () => {
  assertEquals(order({}), "h8 h9 h10");
  assertEquals(order({ order: "desc" }), "h10 h9 h8");
  assertEquals(order({ sort: "ipc" }), "h10 h8 h9");
  assertEquals(order({ sort: "ipc", order: "asc" }), "h8 h10 h9");
  assertEquals(order({ sort: "seen" }), "h8 h9 h10");
});

Deno.test("of many rows the first are shown, and all of them where that is chosen", () => {
  const hosts = Array.from(
    { length: 130 },
    (_, index) => fleetHost({ instance: `h${index}`, labels: { rack: index < 60 ? "a" : "b" } }),
  );
  const fleet = fleetOfHosts(...hosts);
  assertEquals(fleetPlan(fleet, {}).rows.length, 100);
  assertEquals(fleetPlan(fleet, { rows: "all" }).rows.length, 130);
  const { groups } = fleetPlan(fleet, { group: "rack" });
  assertEquals(groups.map(({ hosts, rows }) => [hosts.length, rows.length]), [[60, 60], [70, 40]]);
});

Deno.test("addresses hold what is chosen, whatever is in it", () => {
  assertEquals(fleetHref({}, {}), "fleet");
  assertEquals(
    fleetHref({ sort: "ipc", filter: 'a&b="', group: "" }, { rows: "all" }),
    "fleet?sort=ipc&filter=a%26b%3D%22&rows=all",
  );
});

const views = createViews({ url: (name) => name, version: "1.2.3", fleet: true });
const fleetViews = await views.fleet();

function page(hosts: readonly FleetHost[], more: object = {}): string {
  const fleet = fleetOfHosts(...hosts);
  return fleetViews.document({
    choice: {},
    fleet,
    plan: fleetPlan(fleet, {}),
    trendOf: () => QUANTITIES.map(() => [1, null, 2]),
    failures: [],
    stale: false,
    engine: "http://engine:9090",
    queries: [],
    ...more,
  });
}

Deno.test("a row has figures, trends, and the ways to the host and to the query", () => {
  const html = page([fleetHost({ instance: "a:7878", name: "db1" })]);
  assertStringIncludes(html, '<a href="http://a:7878/" rel="noreferrer">db1</a>');
  assertStringIncludes(html, 'aria-label="Query of db1"');
  assertStringIncludes(html, "<b>2.00</b>");
  // Broken where nothing was measured.
  assertStringIncludes(html, 'd="M0,10h0M60,1h0"');
  assert(!/\sstyle=/.test(html));
});

Deno.test("no trend is drawn of what the host says it does not count", () => {
  const terms = { misses: 1, retired: 1000, cycles: 1000 };
  const sparks = (host: Partial<FleetHost>): number =>
    page([fleetHost({ terms, ...host })]).split('class="spark"').length - 1;
  const all = sparks({});
  assertEquals(sparks({ absences: { llc: "not_supported" } }), all);
  assertEquals(sparks({ absences: { llc: "not_supported", l3: "denied" } }), all - 1);
  // It was counted then.
  assertEquals(sparks({ terms: {}, silentSeconds: 900 }), all);
});

Deno.test("hostile names are text", () => {
  const evil = '"><script>harm()</script>';
  const html = page([
    fleetHost({ instance: evil, name: evil, page: undefined, labels: { [evil]: evil } }),
  ], {
    failures: [evil],
    choice: { filter: evil, group: evil },
  });
  assertEquals(html.includes("<script>harm"), false);
});

Deno.test("what the engine did not answer is a line, with and without hosts", () => {
  const line = "Cannot ask http://engine:9090: nobody listens there";
  const none = page([], { fleet: null, plan: null, failures: [line] });
  assertStringIncludes(none, `<p class="none" role="status">${line}.</p>`);
  const old = page([fleetHost()], { failures: [line], stale: true });
  assertStringIncludes(old, "as it was at");
  assertStringIncludes(page([]), "The engine knows no host");
});

Deno.test("a service without an engine has no way to a fleet", () => {
  const without = createViews({ url: (name) => name, version: "1" });
  const message = { status: 404, message: "x" };
  assertEquals(without.message(message).includes('href="fleet"'), false);
  assertStringIncludes(views.message(message), 'href="fleet"');
});

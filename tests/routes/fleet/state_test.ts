import { assertEquals, assertThrows } from "@std/assert";
import { AnswerError, type Labels, type Sample } from "../../../routes/fleet/promql_answer.ts";
import {
  type Answers,
  fleetOf,
  hostKey,
  HOSTS_MOST,
  instanceOf,
  trendRange,
  trendsBy,
} from "../../../routes/fleet/state.ts";
import { type Fleet, TRENDS } from "../../../views/fleet/quantities.ts";

const NOW = 1_770_000_000;
const A = { job: "ringside", instance: "a:7878" };
const KEYS = ["hosts", "names", "absences", "cores", "counted", "used"] as const;

function sample(labels: Labels, value = 1): Sample {
  return { labels: { ...A, ...labels }, seconds: NOW, value };
}

function answers(some: Partial<Answers>): Answers {
  return { ...Object.fromEntries(KEYS.map((key) => [key, []])), ...some } as Answers;
}

function fleet(some: Partial<Answers>): Fleet {
  return fleetOf(answers(some), [], "http://engine");
}

const HOSTS = [sample({ __name__: "ringside_build_info", version: "1", rack: "r1" }, NOW - 7)];

Deno.test("a host is what its series say together", () => {
  const { hosts, atMs, left } = fleet({
    hosts: HOSTS,
    names: [sample({ nodename: "db1" })],
    absences: [
      sample({ group: "llc", reason: "denied" }, 0),
      sample({ group: "energy", reason: "implausible" }, 0),
      sample({ group: "tsc", reason: "nonsense" }, 0),
      sample({ group: "core", why: "partial" }, 0.5),
      sample({ group: "core", why: "mixed" }, 1),
      sample({ group: "core", why: "nonsense" }, 1),
      sample({ group: "energy", why: "partial" }, -3),
    ],
    cores: [sample({ pmu: "cpu_core" }), sample({ pmu: "cpu_atom" })],
    counted: [sample({ term: "cycles" }, 2e9), sample({ term: "retired" }, 0)],
    used: [
      sample({ term: "waited", of: "CPU" }, 0.1),
      sample({ term: "waited", of: "I/O" }, 0.4),
      sample({ term: "waited", of: "memory" }, 0.2),
    ],
  });
  assertEquals([atMs, left], [NOW * 1000, 0]);
  const [{ query, ...host }] = hosts as [typeof hosts[number]];
  assertEquals(host, {
    ...A,
    key: hostKey(A),
    name: "db1",
    page: "http://a:7878/",
    labels: { version: "1", rack: "r1" },
    cores: ["cpu_atom", "cpu_core"],
    silentSeconds: 7,
    terms: { cycles: 2e9, retired: 0, waited: 0.4 },
    waits: "I/O",
    absences: { llc: "denied", energy: "implausible" },
    inexact: { core: { partial: 0.5, mixed: 1 } },
  });
  assertEquals(new URL(query!).searchParams.get("g0.expr")!.includes('instance="a:7878"'), true);
});

Deno.test("a host that was seen at no time is an answer that is none", () => {
  const { message } = assertThrows(() => fleet({ hosts: [sample({}, -1e300)] }), AnswerError);
  assertEquals(message, "it answered a time of -1e+300, needs seconds since 1970");
});

Deno.test("a host without figures has none, and no zeros", () => {
  const [host] = fleet({ hosts: HOSTS }).hosts;
  assertEquals([host!.terms, host!.name, host!.absences], [{}, undefined, {}]);
});

Deno.test("one that was started as another version is one host, with its newest labels", () => {
  const { hosts } = fleet({
    hosts: [sample({ version: "1" }, NOW - 100), sample({ version: "2" }, NOW - 3)],
  });
  assertEquals(hosts.map(({ labels, silentSeconds }) => [labels.version, silentSeconds]), [[
    "2",
    3,
  ]]);
});

Deno.test("the same address scraped by two jobs is two hosts: their sums are not added up", () => {
  const { hosts } = fleet({
    hosts: [sample({}, NOW), sample({ job: "other" }, NOW)],
    counted: [sample({ term: "cycles" }, 1), sample({ job: "other", term: "cycles" }, 2)],
  });
  assertEquals(hosts.map(({ job, terms }) => [job, terms.cycles]), [["ringside", 1], ["other", 2]]);
});

Deno.test("the same job and address in two clusters is two hosts, each with its own series", () => {
  const { hosts } = fleet({
    hosts: [sample({ cluster: "east" }), sample({ cluster: "west" })],
    counted: [
      sample({ cluster: "east", term: "cycles" }, 1),
      sample({ cluster: "west", term: "cycles" }, 2),
    ],
  });
  assertEquals(
    hosts.map(({ labels, terms }) => [labels.cluster, terms.cycles]),
    [["east", 1], ["west", 2]],
  );
  const [east] = hosts;
  assertEquals(instanceOf(east!.key), A.instance);
  assertEquals(east!.query!.includes(encodeURIComponent('cluster="east"')), true);
});

/** Addresses as labels have them, and where the link leads. */
const PAGES: readonly (readonly [Labels, string | undefined])[] = [
  [{ instance: "[::1]:7878" }, "http://[::1]:7878/"],
  [{ instance: "db-1.example" }, "http://db-1.example/"],
  [{ instance: "javascript:alert(1)" }, undefined],
  [{ instance: "a:7878/../x" }, undefined],
  [{ instance: "user@a:7878" }, undefined],
  [{ instance: "a b" }, undefined],
  [{ instance: "a:7878?x" }, undefined],
  [{ instance: "x", ringside_url: "https://x.example/ringside/" }, "https://x.example/ringside/"],
  [{ instance: "x", ringside_url: "javascript:alert(1)//http://x" }, undefined],
  [{ instance: "x", ringside_url: 'https://x/" onclick="y' }, "https://x/%22%20onclick=%22y"],
  [{ instance: "x", ringside_url: "http://\u001b[31m" }, undefined],
];

Deno.test("the link to a host leads to an address of http and nowhere else", () => {
  for (const [labels, page] of PAGES) {
    const [host] = fleet({ hosts: [sample(labels, NOW)] }).hosts;
    assertEquals(host!.page, page, JSON.stringify(labels));
    assertEquals("ringside_url" in host!.labels, false);
  }
});

Deno.test("hostile labels are text that can be seen, of a bounded length", () => {
  const labels = {
    evil: "\u202e\u001b[31m",
    long: "x".repeat(500),
    constructor: "c",
    ["__proto__"]: "p",
  };
  const [host] = fleet({
    hosts: [sample(labels, NOW)],
    names: [sample({ nodename: "\u202ex" })],
    absences: [
      sample({ group: "__proto__", reason: "denied" }),
      sample({ group: "core", reason: "<b>" }),
    ],
  }).hosts;
  assertEquals(host!.labels.evil, "\\u202e\\u001b[31m");
  assertEquals(host!.labels.long!.length, 129);
  assertEquals(host!.name, "\\u202ex");
  assertEquals(Object.hasOwn(host!.absences, "core"), false);
});

Deno.test("terms that nobody knows, and negative ones, are none", () => {
  const [host] = fleet({
    hosts: HOSTS,
    counted: [sample({ term: "constructor" }, 1), sample({ term: "cycles" }, -1), sample({}, 3)],
  }).hosts;
  assertEquals(host!.terms, {});
});

Deno.test("more hosts than a page has room for are counted", () => {
  const hosts = Array.from(
    { length: HOSTS_MOST + 2 },
    (_, index) => sample({ instance: `h${index}` }, NOW),
  );
  assertEquals([fleet({ hosts }).hosts.length, fleet({ hosts }).left], [HOSTS_MOST, 2]);
});

Deno.test("trends have a place for each step, and a void where there was no point", () => {
  const range = trendRange(NOW * 1000 + 14_000);
  assertEquals(range, { startSeconds: NOW - 900, endSeconds: NOW, stepSeconds: 30 });
  const place = TRENDS.findIndex(({ key }) => key === "cpu");
  const trends = trendsBy([
    {
      labels: { ...A, quantity: "cpu" },
      points: [[NOW - 900, 1], [NOW, 3], [NOW - 30, NaN], [NOW + 30, 9]],
    },
    { labels: { ...A, quantity: "nothing" }, points: [[NOW, 1]] },
  ], range);
  const trend = trends.get(hostKey(A))![place]!;
  assertEquals([trend.length, trend[0], trend[1], trend[29], trend[30]], [31, 1, null, null, 3]);
  assertEquals(trends.get(hostKey(A))!.filter((one) => one !== undefined).length, 1);
});

import { assertEquals } from "@std/assert";
import { coreEvents, l3Events } from "../../../deploy/prometheus/event_labels.ts";
import {
  FLEET_EVENTS,
  graphUrl,
  hostQuery,
  matcherOf,
  quantityOf,
  QUESTIONS,
  quoted,
  TRENDS_MOST,
  trendsOf,
} from "../../../routes/fleet/queries.ts";
import { QUANTITIES, type Term, TRENDS } from "../../../views/fleet/quantities.ts";

const quantity = (key: string) => QUANTITIES.find((quantity) => quantity.key === key)!;

Deno.test("a quantity is a quotient of sums over a host", () => {
  const rate = (events: string): string =>
    `sum by (job, instance, cluster) (rate(ringside_pmu_events_total{event=~"${events}",cpu!="",pmu!="msr"}[2m]))`;
  assertEquals(
    quantityOf(quantity("ipc")),
    `(${rate("INST_RETIRED|instructions")}) / (${rate("CPU_CYCLES|cycles")})`,
  );
  assertEquals(
    quantityOf(quantity("watts"), 'instance=~"a"'),
    'sum by (job, instance, cluster) (rate(ringside_energy_joules_total{zone="package",instance=~"a"}[2m]))',
  );
});

Deno.test("the share of misses is that of the events whose misses are shown", () => {
  const expression = (term: Term): string =>
    quantityOf({ ...quantity("mpki"), by: term, per: "passed" });
  const shown = expression("misses");
  assertEquals(shown.split(" or ").length, 3);
  for (
    const [term, time] of [["asked_misses", "enabled"], ["counted_misses", "running"]] as const
  ) {
    const family = `ringside_pmu_time_${time}_seconds_total`;
    assertEquals(expression(term), shown.replaceAll("ringside_pmu_events_total", family));
  }
});

Deno.test("events of the fleet are those that machines count by, and those of the rules", () => {
  const { cycles, retired, coreMisses, ambiguousMisses, l3Misses } = FLEET_EVENTS;
  assertEquals(cycles, coreEvents("core", "cycles"));
  assertEquals(retired, coreEvents("core", "instructions"));
  assertEquals([...coreMisses, ...ambiguousMisses], coreEvents("llc", "misses"));
  const l2 = coreEvents("l2", "misses");
  assertEquals(ambiguousMisses, coreEvents("llc", "misses").filter((event) => l2.includes(event)));
  assertEquals(l3Misses, l3Events("misses"));
});

Deno.test("a name in a question is that name and no pattern, no string's end and no line's", () => {
  assertEquals(matcherOf(["db-1:7878", "[::1]:80"]), 'instance=~"db-1:7878|\\\\[::1\\\\]:80"');
  assertEquals(
    matcherOf(['a"} or up{b="', ".*"]),
    'instance=~"a\\"\\\\} or up\\\\{b=\\"|\\\\.\\\\*"',
  );
  assertEquals(quoted("a\n\r\t\u0000\\"), '"a\\n\\r\\x09\\x00\\\\"');
});

Deno.test("the question for trends names the hosts of a screen and no more", () => {
  const hosts = Array.from({ length: TRENDS_MOST + 1 }, (_, index) => `h${index}x`);
  const query = trendsOf(hosts);
  assertEquals(query.includes(`h${TRENDS_MOST - 1}x`), true);
  assertEquals(query.includes(`h${TRENDS_MOST}x`), false);
  for (const { key } of TRENDS) assertEquals(query.includes(`"quantity", "${key}"`), true, key);
});

Deno.test("all hosts are asked for with six questions", () => {
  assertEquals(Object.keys(QUESTIONS).length, 6);
});

Deno.test("a link shows an expression in the engine's page, whatever is in it", () => {
  const query = hostQuery({ job: 'a"b', instance: "h:1", version: "1" });
  assertEquals(query, '{job="a\\"b",instance="h:1",cluster="",__name__=~"ringside_.+"}');
  const url = new URL(graphUrl("http://p/base", query, "table"));
  assertEquals(url.pathname, "/base/graph");
  assertEquals(url.searchParams.get("g0.expr"), query);
});

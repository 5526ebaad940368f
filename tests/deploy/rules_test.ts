/** The rules for Prometheus, without it: that they are made anew, and speak of what there is. */
import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { METRICS } from "../../collectors/catalogue.ts";
import { ALERTS } from "../../deploy/prometheus/alerts.ts";
import { RECORDING_GROUPS } from "../../deploy/prometheus/recording.ts";
import { rulesYaml } from "../../deploy/prometheus/rules.ts";

const FOLDER = new URL("../../deploy/prometheus/", import.meta.url);
const RECORDING = RECORDING_GROUPS.flatMap(({ rules }) => rules);
/** `instance_pmu:ringside_instructions_per_cycle:rate5m`. */
const RECORD = /\binstance\w*:\w+:\w+\b/g;
const FAMILY = /\b(?:ringside|node)_\w+(?=[{[) ]|$)/g;

Deno.test("rules.yml is what the catalogue makes it: deno task panels", async () => {
  assertEquals(await Deno.readTextFile(new URL("rules.yml", FOLDER)), rulesYaml());
});

Deno.test("rules ask for families that /metrics has, and alerts for what is recorded", async () => {
  const families = new Set([...METRICS.values()].map(({ exposition }) => exposition?.name));
  // Made where all that is told is put together.
  const made = ["ringside_pmu_available", "ringside_pmu_event_info", "ringside_build_info"];
  // The last one only where something is not whole, which there all is: pmu_absence_test has it.
  for (const family of [...made, "ringside_pmu_inexact"]) families.add(family);
  const records = new Set(RECORDING.map(({ record }) => record));
  for (const { expr } of [...RECORDING, ...ALERTS.rules]) {
    for (const record of expr.match(RECORD) ?? []) assert(records.has(record), record);
    for (const family of expr.replace(RECORD, "").match(FAMILY) ?? []) {
      assert(families.has(family), `${family} in ${expr}`);
    }
  }
  const golden = await Deno.readTextFile(new URL("../golden/server-2socket.prom", import.meta.url));
  for (const family of made) assert(golden.includes(`\n${family}{`), family);
});

Deno.test("each record has one name, and says what it was made with", () => {
  const records = RECORDING.map(({ record }) => record);
  assertEquals(new Set(records).size, records.length);
  for (const record of records) {
    const [level, name, operation] = record.split(":");
    const rule = RECORDING.find((each) => each.record === record)!;
    const [host, ...parts] = level!.split("_");
    const by = ["job", host, "cluster", ...parts].join(", ");
    assert(rule.expr.includes(`by (${by}) `), `${record}: ${rule.expr}`);
    assert(/^ringside_[a-z0-9_]+$/.test(name!), record);
    assertEquals(operation, rule.expr.includes("[5m]") ? "rate5m" : "last", record);
  }
});

Deno.test("what node_exporter tells too is recorded of hosts of Ringside alone", () => {
  const shared = RECORDING.filter(({ expr }) => /\bnode_\w+/.test(expr));
  assert(shared.length > 5);
  for (const { record, expr } of shared) {
    assert(expr.endsWith(" and on (job, instance, cluster) ringside_build_info"), record);
  }
});

Deno.test("rules are tried out in the order in which they are written", async () => {
  const { group_eval_order } = parse(await Deno.readTextFile(new URL("rules_test.yml", FOLDER)));
  assertEquals(group_eval_order, [...RECORDING_GROUPS, ALERTS].map(({ name }) => name));
});

Deno.test("each alert says what is so and what to do, leads nowhere else, and is tried out", async () => {
  const tests = await Deno.readTextFile(new URL("rules_test.yml", FOLDER));
  for (const { alert, annotations: { summary, description } } of ALERTS.rules) {
    assert(summary.includes("$labels.instance"), alert);
    assert(/\b(look at|see|find|free|names the cause)\b/i.test(description), alert);
    assert(!/https?:/.test(summary + description), alert);
    const firing = `- expr: 'ALERTS{alertname="${alert}", alertstate="firing"}'`;
    assert(tests.includes(firing), `${alert} is never seen to fire`);
  }
});

/**
 * The goldens of `/metrics` under Prometheus' own linter, and the rules under its tests of rules. It
 * needs `promtool` and `prometheus` (Debian: package prometheus); where the program is missing, the
 * names of the tests say so.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { exposition } from "../views/exposition/exposition.ts";
import { BusyHost } from "./busy_host.ts";
import { Prometheus } from "./prometheus.ts";

const FOLDER = new URL("./golden/", import.meta.url);

/** Nothing to say, and something to say of names; anything else is text that cannot be parsed. */
const EXIT_CODES = [0, 3];

/** What the kernel calls the lines of meminfo, node_exporter calls its metrics, and so do dashboards. */
const ALLOWED_NAMES: readonly string[] = [
  "node_memory_AnonHugePages_bytes",
  "node_memory_AnonPages_bytes",
  "node_memory_CommitLimit_bytes",
  "node_memory_HugePages_Free",
  "node_memory_HugePages_Rsvd",
  "node_memory_HugePages_Surp",
  "node_memory_HugePages_Total",
  "node_memory_KernelStack_bytes",
  "node_memory_MemAvailable_bytes",
  "node_memory_MemFree_bytes",
  "node_memory_MemTotal_bytes",
  "node_memory_PageTables_bytes",
  "node_memory_SwapCached_bytes",
  "node_memory_SwapFree_bytes",
  "node_memory_SwapTotal_bytes",
  "node_memory_numa_MemFree",
  "node_memory_numa_MemTotal",
  "node_memory_numa_MemUsed",
];
const ALLOWED: ReadonlySet<string> = new Set(
  ALLOWED_NAMES.map((name) =>
    `${name} metric names should be written in 'snake_case' not 'camelCase'`
  ),
);

const missing = Prometheus.missing;

async function complaints(metrics: string): Promise<readonly string[]> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(metrics));
  await writer.close();
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assert(EXIT_CODES.includes(code), `promtool ended with ${code}: ${said}`);
  return said.split("\n").filter((line) => line !== "");
}

const goldens = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => name.endsWith(".prom")).toSorted();

for (const name of goldens) {
  Deno.test({
    name: `promtool finds nothing to say of ${name} but names that are node_exporter's${
      missing ? " (needs promtool)" : ""
    }`,
    ignore: missing,
    fn: async () => {
      const said = await complaints(await Deno.readTextFile(new URL(name, FOLDER)));
      assertEquals(said.filter((line) => !ALLOWED.has(line)), []);
    },
  });
}

Deno.test({
  name: `promtool needs each of the names that are allowed${missing ? " (needs promtool)" : ""}`,
  ignore: missing,
  fn: async () => {
    const said = new Set<string>();
    for (const name of goldens) {
      const text = await Deno.readTextFile(new URL(name, FOLDER));
      for (const line of await complaints(text)) said.add(line);
    }
    assertEquals([...said].toSorted(), [...ALLOWED].toSorted());
  },
});

Deno.test({
  name: `promtool finds nothing to say of node_exporter's names for counters${
    missing ? " (needs promtool)" : ""
  }`,
  ignore: missing,
  fn: async () => {
    const host = await BusyHost.load("server-2socket");
    for (let i = 0; i < 2; i++) host.tick();
    const choice = { nodeMetrics: false, nodePerf: true, version: "1.2.3" };
    const text = exposition(host.sampler.feed.latest()!, "prometheus", choice);
    assert(text.includes("\nnode_perf_cache_l1d_read_hits_total{"));
    assertEquals(await complaints(text), []);
  },
});

Deno.test({
  name: `promtool objects to a counter without _total${missing ? " (needs promtool)" : ""}`,
  ignore: missing,
  fn: async () => {
    const said = await complaints(
      "# HELP ringside_x X.\n# TYPE ringside_x counter\nringside_x 1\n",
    );
    assertEquals(said, ['ringside_x counter metrics should have "_total" suffix']);
  },
});

const RULES = new URL("../deploy/prometheus/", import.meta.url);

async function promtool(...args: readonly string[]): Promise<string> {
  const command = new Deno.Command("promtool", { args: [...args], cwd: RULES });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assertEquals(code, 0, `promtool ${args.join(" ")} ended with ${code}: ${said}`);
  return said;
}

Deno.test({
  name: `promtool finds the rules in order, and the example of a scrape${
    missing ? " (needs promtool)" : ""
  }`,
  ignore: missing,
  fn: async () => {
    assertMatch(await promtool("check", "rules", "rules.yml"), /SUCCESS: \d\d rules found/);
    // The file of the token is the reader's.
    await promtool("check", "config", "--syntax-only", "prometheus.yml");
  },
});

Deno.test({
  name: `rules make of hosts what was worked out by hand, and each alert fires where it must and ` +
    `nowhere else${missing ? " (needs promtool)" : ""}`,
  ignore: missing,
  fn: async () => {
    assertMatch(await promtool("test", "rules", "rules_test.yml"), /SUCCESS/);
  },
});

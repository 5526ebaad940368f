/** Bounds and doubts as a person, a program and a scraper see them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Card } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import { timeEnabledOf, timeRunningOf } from "../../collectors/catalogue/counted.ts";
import type { Doubt } from "../../collectors/doubt.ts";
import { add, delta } from "../../collectors/formula.ts";
import { doubtText } from "../../views/doubt_text.ts";
import { render } from "../../views/html.ts";
import { createViews } from "../../views/mod.ts";
import { cardStanding } from "../../views/standing.ts";
import { Value } from "../../views/value.tsx";
import { type Cells, HandFilled, type HandFilledOptions } from "./hand_filled.ts";
import { sheetOf } from "./proof/sheet_of.ts";

const views = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });
const told = await views.plain();
const card = (id: string): Card => CARDS.find((each) => each.id === id)!;

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

/** Counts with their times, all the time counted; `rates`: by `metric{instance}`, in a second. */
function counted(rates: Readonly<Record<string, number>>, second: number): Cells {
  const cells: Record<string, number> = {};
  for (const [key, rate] of Object.entries(rates)) {
    const [, id, instance] = /^(\w+)(\{.*\})$/.exec(key)!;
    cells[key] = rate * second;
    cells[timeEnabledOf(id!) + instance] = second;
    cells[timeRunningOf(id!) + instance] = second;
  }
  return cells;
}

/** Three ticks, a second apart. */
function host(
  rates: Readonly<Record<string, number>>,
  gauges: Cells = {},
  options: HandFilledOptions = {},
): HandFilled {
  const ticks = [1, 2, 3].map((second) => ({ ...counted(rates, second), ...gauges }));
  return new HandFilled(ticks, options);
}

const SECOND_HALF = {
  rule: "limit",
  metric: "memory_bytes_per_second",
  value: 42.1e9,
  factor: 1.05,
  of: 25.6e9,
  why: "the peak of the memory",
} as const;

function plain(doubt: Doubt, id: string): string {
  return doubtText(doubt, id).replaceAll("\u00a0", " ").replaceAll("\u202f", " ");
}

Deno.test("doubtText shows the arithmetic of each rule, and whose it is", () => {
  assertEquals(
    plain(SECOND_HALF, "memory_bytes_per_second"),
    "42.1 GB/s is over 1.05 × 25.6 GB/s, the peak of the memory",
  );
  assertEquals(
    plain({ ...SECOND_HALF, instance: "0/uncore_imc_3" }, "memory_peak_ratio"),
    "Memory bandwidth of 0/uncore_imc_3: 42.1 GB/s is over 1.05 × 25.6 GB/s, the peak of the memory",
  );
  const band = { metric: "memory_peak_ratio", value: 1.3, bound: 1.05 } as const;
  assertEquals(
    plain({ ...band, rule: "most" }, "memory_peak_ratio"),
    "130 % is over 105 %, the most that it can be",
  );
  assertEquals(
    plain({ ...band, rule: "least", value: 1, bound: 1.05 }, "memory_peak_ratio"),
    "100 % is under 105 %, the least that it can be",
  );
  const lagging = { rule: "witness", metric: "instructions", value: 400, of: 1e9 } as const;
  assertEquals(
    plain({ ...lagging, least: 1e-3, witness: delta("cpu_cycles") }, "instructions"),
    "400 is under 0.001 × 1.00 G, the rise of Cycles",
  );
  const busy = add(delta("cpu_user_seconds"), delta("cpu_system_seconds"));
  assertEquals(
    plain({ ...lagging, value: 0, least: 1e7, of: 0.48, witness: busy }, "instructions"),
    "0 is under 10.0 M × 480 ms, the rise of User + System",
  );
  const still = { ...lagging, value: 0, least: 1e-18, of: 4e10, ever: true } as const;
  assertEquals(
    plain({ ...still, witness: delta("cpu_cycles") }, "instructions"),
    "it stands since it was opened, while Cycles rose by 40.0 G",
  );
});

Deno.test("a lower bound has its sign in the value, in the table, and its word in JSON", () => {
  const rates = { "core_llc_misses{0}": 1e6 };
  const { snapshot } = host(rates, { llc_line_bytes: 64 });
  const reading = snapshot.read("memory_bytes_per_second");
  const expected = { value: 64e6, coverage: 1, grade: "estimated", bound: "lower" } as const;
  assertEquals(reading, expected);
  const html = render(Value({ reading, unit: "By/s" }));
  assertStringIncludes(html, '<b class="w">≥64.0</b><i>MB/s</i>');
  assertStringIncludes(html, '<span class="sr">estimated, it is as much or more</span>');
  const lines = told.table(snapshot).split("\n").filter((line) => line.includes("≥"));
  assert(lines.some((line) => /^memory_bytes_per_second +≥64.0 MB\/s +at least$/.test(line)));
  const json = told.snapshotJson(snapshot, ["memory_bytes_per_second"]);
  assertEquals(json.metrics["memory_bytes_per_second"], {
    unit: "By/s",
    kind: "derived",
    ...expected,
    instances: {},
  });
});

Deno.test("a bound says how it is made, and a card is no bound for one figure of it", () => {
  const sources = [{
    metric: "core_llc_misses",
    pmu: "cpu",
    events: ["LLC-load-misses"],
    instances: ["0"],
    group: 1,
    provenance: "kernel" as const,
  }];
  const { snapshot } = host({ "core_llc_misses{0}": 1e6 }, { llc_line_bytes: 64 }, { sources });
  const how = textOf(sheetOf(snapshot, "memory_bandwidth"));
  assertStringIncludes(
    how.replaceAll("\u00a0", " "),
    "Read and written = at least LLC misses × LLC line = at least 1.00 M/s × 64 B = " +
      "≥ 64.0 MB/s (estimated: at least)",
  );
  assertStringIncludes(how, "perf stat -a -e LLC-load-misses sleep 1");
  assertEquals(cardStanding(snapshot, card("memory_bandwidth"))?.bound, "lower");
  const more = host(
    { "core_llc_misses{0}": 1e6, "memory_read_bytes{0}": 2e9, "memory_write_bytes{0}": 1e9 },
    { llc_line_bytes: 64 },
  );
  const standing = cardStanding(more.snapshot, card("memory_reconciliation"));
  assertEquals([standing?.grade, standing?.bound], ["estimated", undefined]);
});

Deno.test("a lower bound of some CPUs is one of all, and says how many it is of", () => {
  const rates = { "core_llc_misses{0}": 1e6 };
  const { snapshot } = host(rates, { "llc_line_bytes": 64, "core_llc_misses{1}": undefined });
  assertEquals(snapshot.read("memory_bytes_per_second"), {
    value: 64e6,
    coverage: 1,
    grade: "estimated",
    bound: "lower",
    partial: { counted: 1, present: 2 },
  });
});

/** One controller that moves more than its peak. */
function impossible(): HandFilled {
  const rates = {
    "memory_read_bytes{0/uncore_imc_0}": 30e9,
    "memory_write_bytes{0/uncore_imc_0}": 0,
  };
  const source = (metric: string, event: string) => ({
    metric,
    pmu: "uncore_imc",
    events: [`uncore_imc/${event}/`],
    instances: ["0/uncore_imc_0"],
    group: 1,
    provenance: "kernel" as const,
  });
  return host(rates, { "memory_peak_bytes_per_second{0/uncore_imc_0}": 25.6e9 }, {
    groups: { "0/uncore_imc_0": { socket: "0" } },
    labels: { "0/uncore_imc_0": { controller: "uncore_imc_0" } },
    sources: [
      source("memory_read_bytes", "cas_count_read"),
      source("memory_write_bytes", "cas_count_write"),
    ],
  });
}

Deno.test("what is implausible says why, with the numbers, on the page and in JSON", () => {
  const { snapshot } = impossible();
  const why = "30.0\u00a0GB/s is over 1.05 × 25.6\u00a0GB/s, the peak of the memory";
  const { memory_bytes_per_second } = told.snapshotJson(snapshot).metrics;
  assertEquals(
    [
      memory_bytes_per_second!.value,
      (memory_bytes_per_second as { implausible?: string }).implausible,
    ],
    [30e9, why],
  );
  const how = sheetOf(snapshot, "memory_bandwidth");
  assertStringIncludes(how, `Read and written, implausible: ${why}.`);
  // And only there.
  const { memory_read_bytes } = told.snapshotJson(snapshot).metrics;
  assertEquals("implausible" in memory_read_bytes!, false);
});

Deno.test("exposition tells controller, socket, direction and source of memory traffic", () => {
  const lines = told.exposition(impossible().snapshot, "prometheus").split("\n")
    .filter((line) => line.startsWith("ringside_memory_bandwidth_bytes_total{"));
  assertEquals(lines.map((line) => line.split(/[{}]/)[1]!.split(",").toSorted().join(",")), [
    'controller="uncore_imc_0",direction="read",socket="0",source="uncore_imc"',
    'controller="uncore_imc_0",direction="write",socket="0",source="uncore_imc"',
  ]);
});

const RECONCILED = "memory_reconciliation";

function reconciled(filled: HandFilled): string {
  return textOf(views.overview.fragments(filled.snapshot).get(`card-${RECONCILED}-0`)!);
}

Deno.test("traffic is set beside what others count of it, each with what it leaves", () => {
  const text = reconciled(host({
    "memory_read_bytes{0}": 3e9,
    "memory_write_bytes{0}": 1e9,
    "second_memory_bytes{0}": 3.9e9,
    "core_llc_misses{0}": 10e6,
  }, { llc_line_bytes: 64 }));
  const clean = text.replaceAll("\u2007", "").replaceAll("\u2008", "");
  assertStringIncludes(clean, "Memory controllers 4.00 GB/s ");
  assertStringIncludes(
    clean,
    "Second source should be near 0: the same traffic 3.90 GB/s 100 MB/s",
  );
  assertStringIncludes(clean, "≥640 MB/s ≤3.36 GB/s bounds");
  // Nobody monitors the L3 caches here, and that is no zero.
  assert(/L3 monitors \(MBM\) [^0-9]*not available not available /.test(clean), clean);
});

Deno.test("a comparison of fewer than two is folded, and says what it needs", () => {
  const problem = {
    key: "none",
    collector: "memory_bandwidth",
    reason: "not_supported",
    message: "Cannot find a PMU of the memory controllers",
  } as const;
  const gauges = { llc_line_bytes: 64, "memory_read_bytes{0}": undefined };
  const lonely = host({ "core_llc_misses{0}": 1e6 }, gauges, { problems: [problem] });
  assertStringIncludes(reconciled(lonely), "found fewer than two on this machine, needs two");
  const both = host({ "core_llc_misses{0}": 1e6, "second_memory_bytes{0}": 1e9 }, {
    llc_line_bytes: 64,
    "memory_read_bytes{0}": undefined,
  }, { problems: [{ ...problem, metrics: ["memory_read_bytes"] }] });
  assertStringIncludes(reconciled(both), "Second source");
});

Deno.test("a comparison that rights would bring says which rights", () => {
  const denied = {
    key: "denied",
    collector: "memory_bandwidth",
    reason: "denied",
    message: "Cannot open counters of the memory controllers on cpu 0: EACCES",
    remedy: "Give it CAP_PERFMON",
  } as const;
  const gauges = { llc_line_bytes: 64, "memory_read_bytes{0}": undefined };
  const lonely = host({ "core_llc_misses{0}": 1e6 }, gauges, { problems: [denied] });
  const html = reconciled(lonely);
  assertStringIncludes(html, "on cpu 0: EACCES");
  assert(!html.includes("found fewer than two"));
});

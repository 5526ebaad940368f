/** The dashboard for Grafana, without it: that it is made anew, and holds to what Grafana asks of one. */
import { assert, assertEquals } from "@std/assert";
import { CARDS } from "../../collectors/catalogue.ts";
import { dashboard, dashboardJson } from "../../deploy/grafana/dashboard.ts";
import { draftsOf } from "../../deploy/grafana/draft.ts";
import type { GridPos, Panel } from "../../deploy/grafana/panel.ts";

const FILE = new URL("../../deploy/grafana/ringside.json", import.meta.url);
const COLUMNS = 24;
/** The first schema in which a data source is an object with a type and a uid. */
const SCHEMA_LEAST = 33;
/** Of @grafana/data, valueFormats/categories.ts. */
const UNITS = [
  "Bps",
  "bytes",
  "celsius",
  "cps",
  "hertz",
  "iops",
  "joule",
  "percentunit",
  "pps",
  "s",
  "short",
  "watt",
];
const TYPES = ["row", "stat", "table", "timeseries"];

const made = dashboard();

interface FieldConfig {
  readonly defaults: { readonly unit?: string };
  readonly overrides: readonly {
    readonly matcher: { readonly id: string; readonly options: string };
    readonly properties: readonly { readonly id: string; readonly value: unknown }[];
  }[];
}

function charts(): readonly Panel[] {
  return made.panels.filter(({ type }) => type !== "row");
}

Deno.test("ringside.json is what the catalogue makes it: deno task panels", async () => {
  assertEquals(await Deno.readTextFile(FILE), dashboardJson());
});

Deno.test("each panel has a number of its own, a known type, and a place that no other takes", () => {
  assert(made.schemaVersion >= SCHEMA_LEAST);
  const ids = made.panels.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  const taken = new Map<string, string>();
  for (const { type, title, gridPos } of made.panels) {
    assert(TYPES.includes(type), type);
    assert(title !== "", type);
    for (const cell of cells(gridPos)) {
      assertEquals(taken.get(cell), undefined, `${title} lies at ${cell}`);
      taken.set(cell, title);
    }
  }
});

function cells({ x, y, w, h }: GridPos): readonly string[] {
  assert(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= COLUMNS, JSON.stringify({ x, y, w, h }));
  return Array.from({ length: w * h }, (_, i) => `${x + i % w},${y + Math.floor(i / w)}`);
}

Deno.test("each panel asks the source and the hosts that are chosen, and each query has its letter", () => {
  for (const { title, targets = [], ...panel } of charts()) {
    assertEquals(panel["datasource"], { type: "prometheus", uid: "${datasource}" }, title);
    assert(targets.length > 0, title);
    assertEquals(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const { expr, datasource } of targets) {
      assertEquals(datasource, panel["datasource"], title);
      const selectors = expr.match(/(?:ringside|node|process)_\w+(?![\w(])(?:\{[^}]*\})?/g) ?? [];
      assert(selectors.length > 0, expr);
      for (const selector of selectors) {
        assert(
          selector.includes('cluster=~"$cluster", job=~"$job", instance=~"$instance"'),
          `${selector} of ${title}`,
        );
      }
    }
  }
});

Deno.test("the source, the cluster, the job and the hosts can be chosen", () => {
  const list = made.templating.list.map(({ name, type, definition }) => [name, type, definition]);
  assertEquals(list, [
    ["datasource", "datasource", undefined],
    ["cluster", "query", "label_values(ringside_build_info, cluster)"],
    ["job", "query", 'label_values(ringside_build_info{cluster=~"$cluster"}, job)'],
    [
      "instance",
      "query",
      'label_values(ringside_build_info{cluster=~"$cluster", job=~"$job"}, instance)',
    ],
  ]);
  // All clusters are also those of series without the label; all jobs are Ringside's alone.
  assertEquals(made.templating.list.map(({ name, allValue }) => [name, allValue]), [
    ["datasource", undefined],
    ["cluster", ".*"],
    ["job", undefined],
    ["instance", undefined],
  ]);
});

Deno.test("units are Grafana's, and what overrides one names a query or a column that there is", () => {
  for (const { title, targets = [], ...panel } of charts()) {
    const { defaults, overrides } = panel["fieldConfig"] as FieldConfig;
    const units = overrides.flatMap(({ properties }) =>
      properties.filter(({ id }) => id === "unit").map(({ value }) => value)
    );
    for (const unit of [...units, ...(defaults.unit === undefined ? [] : [defaults.unit])]) {
      assert(UNITS.includes(unit as string), `${unit} of ${title}`);
    }
    const letters = targets.map(({ refId }) => refId);
    const columns = Object.values(renamedOf(panel));
    for (const { matcher: { id, options } } of overrides) {
      const known = id === "byFrameRefID" ? letters : columns;
      assert(known.includes(options), `${id} ${options} of ${title}`);
    }
  }
});

/** What a table calls its columns. */
function renamedOf(panel: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const steps = panel["transformations"] as
    | readonly { readonly options: { readonly renameByName?: Record<string, string> } }[]
    | undefined;
  return Object.assign({}, ...(steps ?? []).map(({ options }) => options.renameByName));
}

Deno.test("there is a row for each card of the page, in its order, and one for what is counted", () => {
  const rows = made.panels.filter(({ type }) => type === "row").map(({ title }) => title);
  assertEquals(rows, [
    "What is counted, and how much of the time",
    ...CARDS.map(({ title }) => title),
  ]);
});

Deno.test("what the page shows and a store has no series for is known by name", () => {
  const lacking = new Set(CARDS.flatMap((card) => draftsOf(card).lacking));
  assertEquals([...lacking], [
    // The kernel's averages: rates of the totals stand in their place.
    "pressure_10s_ratio",
    "pressure_60s_ratio",
    "pressure_300s_ratio",
    // The sum of vectors that are told one by one.
    "softirqs",
    // Sums of drives and interfaces, which share their families with what is stacked on them.
    "memory_device_traffic_bytes_per_second",
    "memory_residual_device_bytes_per_second",
    // Processes come and go.
    "process_cpu_ratio",
    "process_resident_bytes",
    "processes_running",
    "processes_sleeping",
    "processes_disk_sleep",
    "processes_stopped",
    "processes_zombie",
    "processes_idle",
  ]);
});

Deno.test("sensors of one name on two chips have a row each", () => {
  const [panel] = charts().filter(({ title }) => title === "Temperatures");
  for (const { expr } of panel!.targets!) {
    assert(expr.startsWith("max by (job, instance, cluster, chip, sensor) "), expr);
  }
  const columns = renamedOf(panel as unknown as Record<string, unknown>);
  assertEquals([columns["chip"], columns["sensor"]], ["Chip", "Sensor"]);
});

Deno.test("what is no more than a bound has a line of its own that says so", () => {
  const names = charts().flatMap(({ targets = [] }) =>
    targets.flatMap(({ legendFormat }) => legendFormat === undefined ? [] : [String(legendFormat)])
  );
  assertEquals(names.filter((name) => /[≥≤]/.test(name)), [
    "{{instance}} ≥ Read and written",
    "{{instance}} ≥ Share of peak",
    "{{instance}} ≤ Used",
    "{{instance}} ≥ Cache",
    "{{instance}} ≥ LLC misses × line",
    "{{instance}} ≤ LLC misses × line",
  ]);
});

Deno.test("the dashboard loads nothing from anywhere", () => {
  assertEquals(/https?:|<img|\bsrc=|data:/.exec(dashboardJson()), null);
});

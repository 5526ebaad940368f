import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Card, Grid } from "../../../collectors/card.ts";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { GridBlock, type Trends } from "../../../views/card/grid.tsx";
import { render } from "../../../views/html.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

const GRID: Grid = {
  block: "grid",
  heading: "What",
  columns: ["Rate", "Share", "Size"],
  rows: [
    {
      name: "CPU time",
      cells: [{ metric: "context_switches" }, { metric: "cpu_user_ratio" }, null],
    },
    {
      name: "Memory",
      cells: [null, { metric: "cpu_steal_ratio" }, { metric: "memory_total_bytes" }],
    },
  ],
};

/** A quarter of the CPU's time was user time. */
function cells(seconds: number): Cells {
  const none = ["nice", "system", "iowait", "irq", "softirq"];
  return {
    "context_switches": 1500 * seconds,
    "memory_total_bytes": 2 ** 30,
    "cpu_user_seconds{0}": seconds / 4,
    "cpu_idle_seconds{0}": seconds * 3 / 4,
    "cpu_steal_seconds{0}": 0,
    ...Object.fromEntries(none.map((mode) => [`cpu_${mode}_seconds{0}`, 0])),
  };
}

const NO_TRENDS: Trends = { columns: new Map(), series: null, spanSeconds: 300 };

function gridOf(host: HandFilled, block: Grid, trends = NO_TRENDS): string {
  const card: Card = { id: "a", title: "A", place: "side", order: 1, blocks: [block] };
  return render(GridBlock({ card, block, snapshot: host.snapshot, trends }));
}

function rows(host: HandFilled, block = GRID): string[] {
  const html = gridOf(host, block);
  return [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) => row!);
}

/** The text of each cell, blanks that only fill left out. */
function texts(row: string): string[] {
  return [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) =>
    cell!.replace(/<[^>]*>/g, " ").replace(/[\s\u2007\u2008]+/g, " ").trim()
  );
}

Deno.test("GridBlock has a line for each row and a cell for each column", () => {
  const host = new HandFilled([cells(0), cells(1)]);
  assertEquals(rows(host).map(texts), [
    ["What", "Rate", "Share", "Size"],
    ["CPU time", "1.50 k/s", "25.0 %", ""],
    ["Memory", "", "0 %", "1.00 GiB"],
  ]);
});

Deno.test("GridBlock draws a bar beside a share, as long as the share, and beside nothing else", () => {
  const [, first, second] = rows(new HandFilled([cells(0), cells(1)]));
  assertEquals(first!.match(/<svg class="bar"/g)?.length, 1);
  assertStringIncludes(first!, 'width="25%"');
  // A share of nothing has an empty bar.
  assertStringIncludes(second!, '<svg class="bar"');
  assertStringIncludes(second!, '<rect class="a" width="0%"');
});

Deno.test("GridBlock says in words what is absent, and draws no bar for it", () => {
  const [, row] = rows(new HandFilled([cells(0)]));
  assertEquals(texts(row!), ["CPU time", "not yet", "not yet", ""]);
  assert(!row!.includes("<svg"), row);
});

Deno.test("GridBlock labels its values where a narrow card makes lines of them", () => {
  const host = new HandFilled([cells(0), cells(1)]);
  assertStringIncludes(rows(host)[1]!, 'data-name="Rate"');
  const two = { ...GRID, columns: ["Rate", "Share"], rows: [] };
  assert(!gridOf(host, two).includes("data-name"));
});

const COUNTED: Grid = {
  block: "grid",
  heading: "What",
  columns: ["Events", "Ratio"],
  rows: [
    {
      name: "Branches",
      cells: [{ metric: "branch_misses" }, { metric: "branch_miss_ratio" }],
      trend: { metric: "branch_miss_ratio" },
    },
    { name: "Loads", cells: [{ metric: "l1d_misses" }, null] },
  ],
};

/** A quarter of the time. */
function counted(seconds: number): Cells {
  const each = (id: string, rate: number) => ({
    [`${id}{0}`]: rate * seconds,
    [`${timeEnabledOf(id)}{0}`]: seconds,
    [`${timeRunningOf(id)}{0}`]: seconds / 4,
  });
  return { ...each("branch_instructions", 8e8), ...each("branch_misses", 2e8) };
}

Deno.test("GridBlock has a ring for each row where perf counts some, and none at its values", () => {
  const host = new HandFilled([counted(0), counted(1)]);
  const html = gridOf(host, COUNTED);
  assertEquals([...html.matchAll(/<summary aria-label="([^"]*)"/g)].map(([, label]) => label), [
    "How it was measured: A, Branches, estimated, counted 25 % of the time",
    "How it was measured: A, Loads, not available",
  ]);
  assertEquals(rows(host, COUNTED).map(texts), [
    ["What", "Events", "Ratio", "Ratio over time", "Trust"],
    ["Branches", "200 M/s", "25.0 %", "", "25 %"],
    ["Loads", "not available", "", "", "not available"],
  ]);
  assertEquals(html.match(/class="ring"/g), null);
  // Its values have their labels, however few they are: a narrow card makes lines of them.
  assertStringIncludes(html, 'data-name="Events"');
});

Deno.test("GridBlock has the place of a sheet below each row with a ring, which no tick replaces", () => {
  const html = gridOf(new HandFilled([counted(0), counted(1)]), COUNTED);
  const places = html.matchAll(
    /<tr class="why" hx-morph-skip="true"><td colspan="(\d)">.*?href="([^"]*)"/g,
  );
  assertEquals([...places].map(([, columns, url]) => [columns, url]), [
    ["5", "proof?card=a&amp;row=0"],
    ["5", "proof?card=a&amp;row=1"],
  ]);
});

Deno.test("GridBlock keeps the place of a share in a row that has none", () => {
  const html = gridOf(new HandFilled([counted(0), counted(1)]), COUNTED);
  const [, loads] = html.split('<th scope="row">Loads</th>');
  assertEquals(loads!.match(/<td[^>]*><\/td>/g), [
    '<td class="share"></td>',
    '<td class="trend"></td>',
  ]);
});

Deno.test("GridBlock draws a trend on a first visit, and leaves its points to the browser after", () => {
  const host = new HandFilled([counted(0), counted(1)]);
  const columns = new Map([[COUNTED.rows[0]!.trend!, 7]]);
  const values = Array.from({ length: 8 }, (_, column) => column < 7 ? [] : [0.1, null, 0.3]);
  const series = { seconds: [0, 150, 300], values, shares: [], sequence: 3 };
  const first = gridOf(host, COUNTED, { columns, series, spanSeconds: 300 });
  // No exact value, so it is dashed.
  assertStringIncludes(first, '<svg class="spark e" viewBox="0 0 60 20"');
  assertStringIncludes(first, 'data-column="7"');
  assertStringIncludes(first, '<path d="M0,13h0M60,1h0">');
  const live = gridOf(host, COUNTED, { columns, series: null, spanSeconds: 300 });
  assertStringIncludes(live, "<path ></path>");
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Grid } from "../../collectors/card.ts";
import { GridBlock } from "../../views/grid.tsx";
import { render } from "../../views/html.ts";
import { type Cells, HandFilled } from "./hand_filled.ts";

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

function rows(host: HandFilled, block = GRID): string[] {
  const html = render(GridBlock({ block, snapshot: host.snapshot }));
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
  assertStringIncludes(first!, 'width="25.0%"');
  // A share of nothing has an empty bar.
  assertStringIncludes(second!, '<svg class="bar"');
  assert(!second!.includes("<rect"), second);
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
  assert(!render(GridBlock({ block: two, snapshot: host.snapshot })).includes("data-name"));
});

import { assertEquals, assertMatch } from "@std/assert";
import type { Table } from "../../../collectors/card.ts";
import { breadthOf, TableBlock } from "../../../views/card/table.tsx";
import { render } from "../../../views/html.ts";
import { BusyHost } from "../../busy_host.ts";
import { HandFilled } from "../hand_filled.ts";

const DRIVES: Table = {
  block: "table",
  scope: "disk",
  heading: "Drive",
  columns: Array(3).fill({ metric: "disk_read_bytes" }),
  most: 1,
  empty: "No drive",
};

function breadth(names: readonly string[], block: Table = DRIVES): string {
  const cells = Object.fromEntries(names.map((name) => [`disk_read_bytes{${name}}`, 0]));
  return breadthOf(block, new HandFilled([{ "load_1m": 1, ...cells }]).snapshot);
}

Deno.test("breadthOf follows from the longest name, shown or not", () => {
  assertEquals(breadth([]), "");
  assertEquals(breadth(["sda", "n".repeat(12)]), "");
  assertEquals(breadth(["sda", "n".repeat(13)]), "long");
  assertEquals(breadth(["sda", "n".repeat(23)]), "long");
  assertEquals(breadth(["sda", "n".repeat(24)]), "longest");
});

Deno.test("breadthOf knows that some letters are thin", () => {
  // 21 × 0.55 is 11.55, and 22 × 0.55 is 12.1.
  assertEquals(breadth(["i".repeat(21)]), "");
  assertEquals(breadth(["i".repeat(22)]), "long");
});

Deno.test("breadthOf leaves a name more room where there are fewer values", () => {
  const one = { ...DRIVES, columns: [{ metric: "disk_read_bytes" }] };
  assertEquals(breadth(["n".repeat(34)], one), "");
  assertEquals(breadth(["n".repeat(35)], one), "long");
  assertEquals(breadth(["n".repeat(46)], one), "longest");
});

Deno.test("breadthOf leaves tables alone that have lines of their own, or names that come and go", () => {
  const many = { ...DRIVES, columns: Array(4).fill({ metric: "disk_read_bytes" }) };
  assertEquals(breadth(["n".repeat(40)], many), "");
  assertEquals(breadth(["n".repeat(40)], { ...DRIVES, scope: "process" }), "");
});

Deno.test("a table of groups has a row for each socket, with the sum of its parts", async () => {
  const host = await BusyHost.load("server-2socket");
  for (let i = 0; i < 3; i++) host.tick();
  const block: Table = {
    ...DRIVES,
    scope: "memory_channel",
    grouping: "socket",
    columns: [{ metric: "memory_peak_bytes_per_second" }],
    most: 8,
  };
  const html = render(TableBlock({ block, snapshot: host.stage.snapshot }));
  const rows = html.match(/<tr>.*?<\/tr>/g)!.map((row) => row.replace(/<[^>]*>/g, " "));
  assertEquals(rows.length, 3);
  // Four channels of 3200 MT/s and 8 B each.
  assertMatch(rows[1]!, /^\s+Socket 0\s+102\s+GB\/s/);
  assertMatch(rows[2]!, /^\s+Socket 1\s+102\s+GB\/s/);
});

import { assert, assertEquals } from "@std/assert";
import type { Card } from "../../../collectors/card.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Problem } from "../../../collectors/trust.ts";
import { heightOf, lackingHeight } from "../../../views/overview/height.ts";
import { HandFilled } from "../hand_filled.ts";

const CARD: Card = {
  id: "load",
  title: "Load",
  place: "sys",
  order: 1,
  blocks: [
    { block: "figures", rows: Array.from({ length: 10 }, () => ({ metric: "load_1m" })) },
    {
      block: "table",
      scope: "disk",
      heading: "Drive",
      columns: [{ metric: "disk_read_bytes" }],
      most: 8,
      empty: "No drive",
    },
  ],
};

function drives(count: number): HandFilled {
  return new HandFilled([
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`disk_read_bytes{d${n}}`, 0])),
  ]);
}

Deno.test("heightOf grows with the rows that are shown, and with no more", () => {
  const heights = [0, 2, 8, 9, 200].map((count) => heightOf(CARD, drives(count).snapshot));
  assertEquals(heights.toSorted((a, b) => a - b), heights);
  assert(heights[0]! < heights[1]! && heights[1]! < heights[2]!);
  // Of the drives that have no row a last line tells, however many they are.
  assertEquals(heights[3], heights[4]);
});

Deno.test("heightOf counts two lines a row where names are too long for a column of cards", () => {
  const host = (name: string): HandFilled =>
    new HandFilled([{ [`disk_read_bytes{${name}}`]: 0, "disk_read_bytes{other}": 0 }]);
  const [short, long] = [host("nvme0n1"), host("a-name-of-a-drive-".repeat(4))];
  assert(heightOf(CARD, short.snapshot) < heightOf(CARD, long.snapshot));
});

Deno.test("lackingHeight follows from what is said", () => {
  const long = new CollectorError("denied", "Cannot open it ".repeat(20), "sudo it");
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: long } });
  const problem = snapshot.problems[0]!;
  const other = { ...problem, message: `${problem.message}, but why` };
  assert(lackingHeight([[problem]]) < lackingHeight([[problem, other]]));
  assert(lackingHeight([[problem, other]]) < lackingHeight([[problem], [other]]));
});

Deno.test("lackingHeight counts causes that are told in one sentence as that", () => {
  const refused = (name: string, why: string): Problem => ({
    key: name,
    collector: "core_counters",
    reason: "not_supported",
    message: `Cannot open event "${name}" on cpu 0-1: ${why}, needs a PMU that counts it`,
  });
  const alike = ["branches", "branch-misses", "LLC-loads"].map((name) => refused(name, "ENOENT"));
  const apart = ["ENOENT", "EINVAL"].map((why) => refused("branches", why));
  assert(lackingHeight([alike]) < lackingHeight([apart]));
});

import { assertEquals, assertThrows } from "@std/assert";
import type { Card } from "../../../collectors/card.ts";
import { CARDS } from "../../../collectors/catalogue.ts";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import {
  findSubject,
  hasRings,
  markOf,
  restOf,
  ringsOf,
  rowOf,
} from "../../../views/proof/subject.ts";
import { HandFilled } from "../hand_filled.ts";

const card = (id: string): Card => CARDS.find((each) => each.id === id)!;

Deno.test("findSubject knows rows with rings, the rest of a card, and nothing else", () => {
  const row = findSubject("caches", 2)!;
  assertEquals([row.title, row.url, row.counted], [
    "Caches, branches, TLBs, L2",
    "proof?card=caches&row=2",
    true,
  ]);
  assertEquals(row.quantities.map(({ shown }) => shown.metric), [
    "l2_references",
    "l2_misses",
    "l2_miss_ratio",
    "l2_mpki",
  ]);
  const rest = findSubject("disks", undefined)!;
  assertEquals([rest.title, rest.url, rest.counted], ["Disks", "proof?card=disks", false]);
  // Its rows have all the rings; it has no such row; there is no such card.
  assertEquals(
    [
      findSubject("caches", undefined),
      findSubject("caches", 99),
      findSubject("disks", 0),
      findSubject("nothing", 0),
    ],
    [null, null, null, null],
  );
  assertEquals([ringsOf("disks"), ringsOf("nothing")], [0, undefined]);
});

Deno.test("every quantity of the page has a ring that is its own, or its card's", () => {
  for (const each of CARDS) {
    const rings = ringsOf(each.id)!;
    const subjects = [undefined, ...Array.from({ length: rings }, (_, row) => row)]
      .map((row) => findSubject(each.id, row));
    const rung = new Set(
      subjects.flatMap((subject) => subject?.quantities ?? []).map(({ shown }) => shown.metric),
    );
    const grids = each.blocks.filter((block) => block.block === "grid");
    for (const { rows } of grids) {
      for (const shown of rows.flatMap(({ cells }) => cells)) {
        if (shown !== null) {
          assertEquals(rung.has(shown.metric), true, `${each.id} ${shown.metric}`);
        }
      }
    }
    assertEquals(rings > 0 || subjects[0] !== null, true, each.id);
  }
});

Deno.test("rows have rings where perf counts some of them", () => {
  const grid = (...metrics: string[]) => ({
    block: "grid" as const,
    heading: "",
    columns: ["A"],
    rows: metrics.map((metric) => ({ name: metric, cells: [{ metric }] })),
  });
  assertEquals(hasRings(grid("load_1m", "branch_misses")), true);
  assertEquals(hasRings(grid("load_1m", "load_5m")), false);
  const other = grid("branch_misses").rows[0]!;
  assertThrows(() => rowOf(card("caches"), other), Error, "it has no ring");
});

/** Watts all the time, instructions for a third of it. */
function energy(second: number): Record<string, number> {
  const counted = (id: string, rate: number, share: number) => ({
    [`${id}{0}`]: rate * second,
    [`${timeEnabledOf(id)}{0}`]: second,
    [`${timeRunningOf(id)}{0}`]: second * share,
  });
  return { ...counted("energy_package_joules", 50, 1), ...counted("instructions", 1e9, 1 / 3) };
}

Deno.test("markOf says how many figures are the worst, so that the others are not blamed", () => {
  const { snapshot } = new HandFilled([energy(0), energy(1)]);
  const { grade, words, sentence } = markOf(snapshot, restOf(card("energy"))!);
  assertEquals([grade, words], ["estimated", "1 of 2 estimated"]);
  assertEquals(sentence, "1 of 2 estimated: estimated, counted 33 % of the time");
  // Where all are alike, it says how alike.
  const alike = findSubject("branches", undefined) ?? findSubject("caches", 4)!;
  const branch = (second: number) => ({
    "branch_instructions{0}": 1e9 * second,
    [`${timeEnabledOf("branch_instructions")}{0}`]: second,
    [`${timeRunningOf("branch_instructions")}{0}`]: second / 4,
  });
  const half = new HandFilled([branch(0), branch(1)]);
  assertEquals(markOf(half.snapshot, alike).words, "25 %");
});

Deno.test("markOf says in words what has no value", () => {
  const { snapshot } = new HandFilled([energy(0)]);
  const mark = markOf(snapshot, restOf(card("energy"))!);
  assertEquals([mark.grade, mark.words], ["absent", "not yet"]);
});

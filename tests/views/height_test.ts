import { assert, assertEquals } from "@std/assert";
import type { Card } from "../../collectors/card.ts";
import { CollectorError } from "../../collectors/collector.ts";
import { STEPS_LEAST, STEPS_MOST, stepsOf } from "../../views/height.ts";
import { HandFilled } from "./hand_filled.ts";

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

Deno.test("stepsOf grows with the rows that are shown, and with no more", () => {
  const steps = [0, 2, 8, 9, 200].map((count) => stepsOf(CARD, drives(count).snapshot, []));
  assertEquals(steps.toSorted((a, b) => a - b), steps);
  assert(steps[0]! < steps[1]! && steps[1]! < steps[2]!);
  // Of the drives that have no row a last line tells, however many they are.
  assertEquals(steps[3], steps[4]);
});

Deno.test("stepsOf of a card that says why it is empty follows from what it says", () => {
  const long = new CollectorError("denied", "Cannot open it ".repeat(20), "sudo it");
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: long } });
  const [problem] = snapshot.problems;
  assert(stepsOf(CARD, snapshot, [problem!]) < stepsOf(CARD, snapshot, [problem!, problem!]));
});

Deno.test("every number of steps has its class in packing.css", async () => {
  const css = await Deno.readTextFile(new URL("../../static/packing.css", import.meta.url));
  for (let steps = STEPS_LEAST; steps <= STEPS_MOST; steps++) {
    assert(
      new RegExp(`\\.high-${steps} \\{\\s*grid-row-end: span ${steps};`).test(css),
      `${steps}`,
    );
  }
});

import { assertEquals } from "@std/assert";
import { metric } from "../../../collectors/catalogue.ts";
import type { Rows } from "../../../collectors/readings/earlier_reading.ts";
import { type Line, Lines, pointOf } from "../../../collectors/readings/lines.ts";
import { Plausibility } from "../../../collectors/readings/plausibility.ts";
import type { Step } from "../../../collectors/readings/steps.ts";
import { Window } from "../../../collectors/readings/window.ts";
import { HEADER } from "../../../collectors/sampling/layout.ts";
import { HandFilled } from "../../views/hand_filled.ts";

/** Steps that cannot be told apart, and a count of how often each was asked for. */
class Asked {
  readonly numbers: number[] = [];
  readonly rows: Rows;
  oldest = 0;

  constructor() {
    this.rows = {
      count: () => 1000,
      oldest: () => this.oldest,
      copy: () => false,
      cell: () => NaN,
    };
  }

  at(number: number): null {
    this.numbers.push(number);
    return null;
  }

  /** The steps that were asked for since the last time. */
  taken(): number[] {
    return this.numbers.splice(0);
  }
}

function line(name: string): Line {
  return { name, entry: metric("load_1m"), slot: null, bornSequence: -Infinity };
}

Deno.test("Lines ask for each step once, whatever the lines and whoever reads them", () => {
  const asked = new Asked();
  const lines = new Lines(asked.rows, asked);
  const [a, b] = [line("a"), line("b")];
  lines.read([a, b], 3, 6);
  assertEquals(asked.taken(), [3, 4, 5, 6]);
  lines.read([a, b, a], 4, 7);
  assertEquals(asked.taken(), [7]);
  lines.read([b], 3, 7);
  assertEquals(asked.taken(), []);
  // Another line needs its own past, and an older past is another one.
  lines.read([a, line("c")], 6, 8);
  assertEquals(asked.taken(), [6, 7, 8]);
  lines.read([a], 1, 8);
  assertEquals(asked.taken(), [1, 2, 3, 4, 5, 6, 7, 8]);
  // Nobody asks for what lies between.
  lines.read([a], 20, 21);
  assertEquals(asked.taken(), [20, 21]);
  assertEquals(lines.read([a], 22, 21), [{ values: [], shares: [] }]);
  assertEquals(asked.taken(), []);
});

Deno.test("Lines forget what is older than their rows", () => {
  const asked = new Asked();
  const lines = new Lines(asked.rows, asked);
  lines.read([line("a")], 0, 9);
  asked.taken();
  asked.oldest = 5;
  lines.read([line("a")], 5, 9);
  assertEquals(asked.taken(), []);
  lines.read([line("a")], 4, 9);
  assertEquals(asked.taken(), [4, 5, 6, 7, 8, 9]);
});

Deno.test("pointOf tells nothing of rows that were somebody else's", () => {
  const { stage } = new HandFilled([{ "load_1m": 1 }, { "load_1m": 2 }]);
  const { timeline: { coarse }, layout } = stage.engine;
  const [from, to] = [0, 1].map((number) => {
    const row = new Float64Array(coarse.width);
    coarse.copy(number, row);
    return row;
  }) as [Float64Array, Float64Array];
  const window = new Window(layout, () => from, to);
  const step: Step = { from, to, window, plausibility: new Plausibility(window, null) };
  const sequence = to[HEADER.sequence]!;
  const points = [sequence, sequence + 1].map((bornSequence) =>
    pointOf({ ...line("a"), bornSequence }, step, undefined).value
  );
  assertEquals(points, [2, null]);
});

import { assertEquals } from "@std/assert";
import { isColumn, type Limit, type Measured, metric } from "../../../collectors/catalogue.ts";
import { atLeast, type Formula, number, rate, subtract } from "../../../collectors/formula.ts";
import { Plausibility } from "../../../collectors/readings/plausibility.ts";
import { Window } from "../../../collectors/readings/window.ts";
import {
  collectorIndex,
  HEADER,
  type Layout,
  metricIndex,
  placeColumns,
  readAtColumn,
} from "../../../collectors/sampling/layout.ts";

const COUNTER = "cpu_interrupts";
const WITNESS = "cpu_user_seconds";
const CPUS = ["0", "1"].map((name) => ({
  name,
  labels: {},
  groups: {},
  bornSequence: 0,
  goneSequence: null,
}));
const LAYOUT: Layout = {
  version: 1,
  ...placeColumns(new Map([["cpu", CPUS.length]])),
  scopes: { cpu: { capacity: CPUS.length, instances: CPUS } },
};

type Pair = readonly [first: number, second: number];

/** The row of a second, by metric: what both CPUs have counted by then. */
function row(second: number, cells: Readonly<Record<string, Pair>>): Float64Array {
  const made = new Float64Array(LAYOUT.width).fill(NaN);
  made[HEADER.sequence] = second + 1;
  made[HEADER.intervalMs] = 1000;
  for (const [id, values] of Object.entries(cells)) {
    const entry = metric(id);
    if (!isColumn(entry)) throw new Error(`Cannot fill "${id}": it is derived`);
    made[readAtColumn(collectorIndex(entry.collector))] = 1000 * second;
    made.set(values, LAYOUT.bases[metricIndex(id)]!);
  }
  return made;
}

/** Judges a counter that cannot exceed a second of user time per second, over windows of a second. */
function verdicts(
  rates: readonly Pair[],
  limit: Partial<Limit> = {},
  of: Formula = rate(WITNESS),
): readonly unknown[] {
  const counted: Measured = {
    ...metric(COUNTER) as Measured,
    limits: [{ of, factor: 2, why: "the rest", ...limit }],
  };
  const totals: [number, number] = [0, 0];
  const rows = [[0, 0] as Pair, ...rates].map((pair, second) => {
    totals[0] += pair[0];
    totals[1] += pair[1];
    return row(second, { [COUNTER]: [...totals], [WITNESS]: [10 * second, 10 * second] });
  });
  const [first, middle, last] = rows;
  const before = new Window(LAYOUT, () => first!, middle!);
  const window = new Window(LAYOUT, () => middle!, last!);
  const plausibility = new Plausibility(window, before);
  return [0, 1, null].map((slot) => {
    const doubt = plausibility.doubt(counted, slot, window.read(counted, slot));
    if (doubt?.rule !== "limit") return doubt;
    return [doubt.instance, doubt.value, doubt.of];
  });
}

Deno.test("a counter over its limit in both windows is doubted, and a sum for its part", () => {
  assertEquals(verdicts([[30, 5], [40, 5]]), [[undefined, 40, 10], null, ["0", 40, 10]]);
  // One of both windows may be a hiccup.
  assertEquals(verdicts([[30, 5], [20, 5]]), [null, null, null]);
  assertEquals(verdicts([[20, 5], [40, 5]]), [null, null, null]);
});

Deno.test("a sum that is over its limit is doubted though no part is", () => {
  // 10 − 9 for a CPU, and 20 − 9 for both.
  const rest = subtract(rate(WITNESS), number(9));
  assertEquals(verdicts([[1, 25], [1, 25]], {}, rest), [null, [undefined, 25, 1], ["1", 25, 1]]);
  const only = verdicts([[2, 2], [2, 2]], { factor: 0.3, from: 11 }, rest);
  assertEquals(only, [null, null, [undefined, 4, 11]]);
});

Deno.test("a lower bound limits nothing, and a small limit neither", () => {
  assertEquals(verdicts([[30, 5], [40, 5]], {}, atLeast(rate(WITNESS))), [null, null, null]);
  assertEquals(verdicts([[30, 5], [40, 5]], { from: 11 }), [null, null, null]);
});

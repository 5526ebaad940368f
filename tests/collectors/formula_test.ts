import { assertEquals } from "@std/assert";
import {
  add,
  alternatives,
  atLeast,
  delta,
  divide,
  either,
  elapsed,
  evaluate,
  type Formula,
  inputs,
  last,
  multiply,
  number,
  print,
  rate,
  subtract,
  type Terms,
} from "../../collectors/formula.ts";
import { absent, exact, type Reading } from "../../collectors/trust.ts";

const HALF: Reading = { value: 6, coverage: 0.5, grade: "estimated" };

function terms(values: Readonly<Record<string, Reading>>): Terms {
  const look = (id: string): Reading => values[id] ?? absent("not_supported");
  const perSecond = (id: string): Reading => values[`${id} per second`] ?? absent("not_supported");
  return { delta: look, rate: perSecond, last: look, elapsed: () => exact(2) };
}

function check(formula: Formula, values: Record<string, Reading>, expected: Reading): void {
  assertEquals(evaluate(formula, terms(values)), expected);
}

Deno.test("evaluate computes sums, differences, products and quotients", () => {
  const values = { a: exact(12), b: exact(4) };
  check(add(delta("a"), delta("b"), number(1)), values, exact(17));
  check(subtract(last("a"), last("b")), values, exact(8));
  check(multiply(delta("a"), number(0.5)), values, exact(6));
  check(divide(delta("a"), elapsed()), values, exact(6));
});

Deno.test("evaluate gives the trust of the worst input", () => {
  check(divide(delta("a"), delta("b")), { a: HALF, b: exact(3) }, {
    value: 2,
    coverage: 0.5,
    grade: "estimated",
  });
  const low: Reading = { value: 1, coverage: 0.1, grade: "low" };
  check(add(delta("a"), delta("b")), { a: HALF, b: low }, {
    value: 7,
    coverage: 0.1,
    grade: "low",
  });
});

Deno.test("evaluate says no_events for a division by zero, whatever the numerator", () => {
  check(divide(delta("a"), delta("b")), { a: exact(5), b: exact(0) }, absent("no_events"));
  check(divide(delta("a"), delta("b")), { a: exact(0), b: exact(0) }, absent("no_events"));
});

Deno.test("evaluate is absent with the reason of the input that is absent", () => {
  check(divide(delta("a"), delta("b")), { a: exact(5), b: absent("denied") }, absent("denied"));
  check(add(delta("a"), delta("b")), { a: absent("gone"), b: exact(1) }, absent("gone"));
});

Deno.test("evaluate carries that a sum lacks instances and that a ratio is mixed", () => {
  const partial = { counted: 3, present: 4 };
  const some: Reading = { value: 6, coverage: 1, grade: "estimated", partial, mixed: true };
  check(divide(delta("a"), number(2)), { a: some }, { ...some, value: 3 });
});

const LEAST: Reading = { value: 6, coverage: 1, grade: "estimated", bound: "lower" };

Deno.test("evaluate of at least is a lower bound, never better than an estimate", () => {
  check(atLeast(delta("a")), { a: exact(6) }, LEAST);
  check(atLeast(delta("a")), { a: HALF }, { ...HALF, bound: "lower" });
  const low: Reading = { value: 1, coverage: 0.1, grade: "low" };
  check(atLeast(delta("a")), { a: low }, { ...low, bound: "lower" });
  check(atLeast(delta("a")), { a: absent("denied") }, absent("denied"));
});

Deno.test("evaluate carries a bound through arithmetic, turned round where it is taken away", () => {
  const values = { a: exact(6), b: exact(12) };
  const [part, whole] = [atLeast(delta("a")), delta("b")];
  const upper = { ...LEAST, bound: "upper" } as const;
  check(add(part, whole), values, { ...LEAST, value: 18 });
  check(multiply(whole, part), values, { ...LEAST, value: 72 });
  check(divide(part, whole), values, { ...LEAST, value: 0.5 });
  check(subtract(part, whole), values, { ...LEAST, value: -6 });
  check(subtract(whole, part), values, { ...upper, value: 6 });
  check(divide(whole, part), values, { ...upper, value: 2 });
  check(add(part, part), values, { ...LEAST, value: 12 });
  check(subtract(part, subtract(whole, part)), values, { ...LEAST, value: 0 });
});

Deno.test("evaluate has nothing where two bounds pull in both directions", () => {
  const values = { a: exact(6), b: exact(12) };
  const [part, other] = [atLeast(delta("a")), atLeast(delta("b"))];
  check(subtract(part, other), values, absent("not_supported"));
  check(divide(part, other), values, absent("not_supported"));
  check(atLeast(subtract(delta("b"), part)), values, absent("not_supported"));
});

Deno.test("alternatives and inputs look into at least", () => {
  const formula = either(rate("a"), atLeast(multiply(either(rate("b"), rate("c")), number(64))));
  assertEquals(inputs(formula), ["a", "b", "c"]);
  assertEquals(alternatives(formula), [
    rate("a"),
    atLeast(multiply(rate("b"), number(64))),
    atLeast(multiply(rate("c"), number(64))),
  ]);
  // The same objects each time: others remember by them.
  assertEquals(alternatives(formula)[1] === alternatives(formula)[1], true);
});

Deno.test("evaluate takes a rate from who knows for how long it was counted", () => {
  const values = { "a per second": exact(50), a: exact(100) };
  check(multiply(rate("a"), number(2)), values, exact(100));
});

Deno.test("evaluate of either is the left one where it is measured, else the right one", () => {
  const ratio = either(divide(delta("a"), delta("b")), divide(delta("c"), delta("d")));
  const core = { a: exact(1), b: exact(4) };
  const domain = { c: HALF, d: exact(12) };
  check(ratio, { ...core, ...domain }, exact(0.25));
  check(ratio, domain, { value: 0.5, coverage: 0.5, grade: "estimated" });
  check(ratio, { ...core, b: exact(0), ...domain }, {
    value: 0.5,
    coverage: 0.5,
    grade: "estimated",
  });
});

Deno.test("evaluate of either tells why the left one is absent, unless the right one tells more", () => {
  const either_ = either(delta("a"), delta("b"));
  const problem = {
    key: "a",
    collector: "load",
    reason: "not_supported",
    message: "Cannot find it",
  } as const;
  const lacking = absent("not_supported", problem);
  check(either_, { a: absent("no_events"), b: absent("denied") }, absent("no_events"));
  check(either_, { b: absent("gone") }, absent("gone"));
  check(either_, { a: lacking, b: absent("failed") }, lacking);
  for (const reason of ["coarser_only", "denied", "left_out", "not_yet", "not_counted"] as const) {
    check(either_, { a: lacking, b: absent(reason) }, absent(reason));
  }
});

Deno.test("alternatives are the formulas without either, the same objects each time", () => {
  const [a, b, c] = [delta("a"), delta("b"), delta("c")];
  const formula = divide(either(a, b), either(c, elapsed()));
  assertEquals(alternatives(formula), [
    divide(a, c),
    divide(a, elapsed()),
    divide(b, c),
    divide(b, elapsed()),
  ]);
  assertEquals(alternatives(formula)[1] === alternatives(formula)[1], true);
  assertEquals(alternatives(either(a, either(b, c))), [a, b, c]);
});

Deno.test("inputs names each metric once, in the order they are met", () => {
  const formula = divide(add(delta("b"), delta("a")), add(delta("a"), last("c"), elapsed()));
  assertEquals(inputs(formula), ["b", "a", "c"]);
  assertEquals(inputs(either(rate("d"), last("a"))), ["d", "a"]);
});

Deno.test("print writes a formula with the brackets it needs and no others", () => {
  const cases: [Formula, string][] = [
    [divide(delta("a"), elapsed()), "Δ a ÷ elapsed"],
    [divide(delta("a"), add(delta("a"), delta("b"))), "Δ a ÷ (Δ a + Δ b)"],
    [subtract(last("a"), subtract(last("b"), last("c"))), "a − (b − c)"],
    [subtract(subtract(last("a"), last("b")), last("c")), "a − b − c"],
    [multiply(number(64), delta("a")), "64 × Δ a"],
    [divide(delta("a"), multiply(delta("b"), number(2))), "Δ a ÷ (Δ b × 2)"],
    [add(last("a"), divide(last("b"), last("c"))), "a + b ÷ c"],
    [either(rate("a"), divide(delta("b"), delta("c"))), "a per second or Δ b ÷ Δ c"],
    [divide(either(delta("a"), delta("b")), elapsed()), "(Δ a or Δ b) ÷ elapsed"],
    [atLeast(multiply(rate("a"), number(64))), "at least a per second × 64"],
    [either(rate("a"), atLeast(add(last("b"), last("c")))), "a per second or at least b + c"],
    [subtract(last("a"), atLeast(last("b"))), "a − (at least b)"],
    [either(last("a"), either(last("b"), last("c"))), "a or b or c"],
  ];
  for (const [formula, text] of cases) assertEquals(print(formula), text);
});

Deno.test("print puts in each term's place what it is told to", () => {
  const formula = divide(delta("a"), delta("b"));
  const shown = print(
    formula,
    (term) => term.op === "delta" && term.metric === "a" ? "1.2 G" : "3 G",
  );
  assertEquals(shown, "1.2 G ÷ 3 G");
});

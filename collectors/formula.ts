/**
 * Formulas as data. The same tree is evaluated over a window, printed with or without its numbers,
 * and asked for its inputs, so that a card can show how a value was made without saying it twice.
 *
 * @module
 */
import {
  absent,
  estimated,
  exact,
  isMeasured,
  type Measurement,
  moreTelling,
  type Reading,
  weaker,
  worse,
} from "./trust.ts";

/** A formula. Terms name metrics of the catalogue by their id. */
export type Formula =
  | { readonly op: "number"; readonly value: number }
  /** Increase of a counter across the window. */
  | { readonly op: "delta"; readonly metric: string }
  /** Rate of a counter across the window, per second. */
  | { readonly op: "rate"; readonly metric: string }
  /** A gauge as last read. */
  | { readonly op: "last"; readonly metric: string }
  /** Seconds between the two readings of the window. */
  | { readonly op: "elapsed" }
  /** The left one where it is measured, else the right one. */
  | { readonly op: "either"; readonly left: Formula; readonly right: Formula }
  /** What counts a part only: the whole is as much, or more. */
  | { readonly op: "at_least"; readonly of: Formula }
  | {
    readonly op: "add" | "subtract" | "multiply" | "divide";
    readonly left: Formula;
    readonly right: Formula;
  };

/** Gives a formula its terms. It alone knows rows, windows, scopes and coverage. */
export interface Terms {
  delta(metric: string): Reading;
  rate(metric: string): Reading;
  last(metric: string): Reading;
  elapsed(): Reading;
}

export function number(value: number): Formula {
  return { op: "number", value };
}
export function delta(metric: string): Formula {
  return { op: "delta", metric };
}
export function rate(metric: string): Formula {
  return { op: "rate", metric };
}
export function last(metric: string): Formula {
  return { op: "last", metric };
}
export function elapsed(): Formula {
  return { op: "elapsed" };
}
export function add(first: Formula, ...rest: Formula[]): Formula {
  return rest.reduce((left, right) => ({ op: "add", left, right }), first);
}
export function subtract(left: Formula, right: Formula): Formula {
  return { op: "subtract", left, right };
}
export function multiply(left: Formula, right: Formula): Formula {
  return { op: "multiply", left, right };
}
export function divide(left: Formula, right: Formula): Formula {
  return { op: "divide", left, right };
}
export function either(left: Formula, right: Formula): Formula {
  return { op: "either", left, right };
}
export function atLeast(of: Formula): Formula {
  return { op: "at_least", of };
}

/**
 * The value of a formula with the trust of its worst input. An absent input makes the result absent
 * with that input's reason; a division by zero is `no_events`, never a zero and never a NaN. What is
 * made of a bound is a bound, as long as no term is negative; where two bounds leave none, as in the
 * difference of two lower ones, it is `not_supported`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { delta, divide, elapsed, evaluate } from "./formula.ts";
 * import { absent, exact } from "./trust.ts";
 *
 * const rate = divide(delta("disk_read_bytes"), elapsed());
 * const seconds = { last: () => absent("gone"), rate: () => exact(5), elapsed: () => exact(2) };
 * const half = { value: 1024, coverage: 0.5, grade: "estimated" } as const;
 * assertEquals(evaluate(rate, { ...seconds, delta: () => half }), { ...half, value: 512 });
 * assertEquals(evaluate(rate, { ...seconds, delta: () => absent("denied") }), absent("denied"));
 * ```
 */
export function evaluate(formula: Formula, terms: Terms): Reading {
  switch (formula.op) {
    case "number":
      return exact(formula.value);
    case "delta":
      return terms.delta(formula.metric);
    case "last":
      return terms.last(formula.metric);
    case "rate":
      return terms.rate(formula.metric);
    case "elapsed":
      return terms.elapsed();
    case "either": {
      const left = evaluate(formula.left, terms);
      if (isMeasured(left)) return left;
      const right = evaluate(formula.right, terms);
      return isMeasured(right) ? right : moreTelling(left, right);
    }
    case "at_least": {
      const reading = evaluate(formula.of, terms);
      if (!isMeasured(reading)) return reading;
      if (reading.bound === "upper") return absent("not_supported");
      return { ...estimated(reading), bound: "lower" };
    }
    default: {
      const left = evaluate(formula.left, terms);
      if (!isMeasured(left)) return left;
      const right = evaluate(formula.right, terms);
      if (!isMeasured(right)) return right;
      return combine(formula.op, left, right);
    }
  }
}

function combine(
  op: "add" | "subtract" | "multiply" | "divide",
  left: Measurement,
  right: Measurement,
): Reading {
  if (op === "divide" && right.value === 0) return absent("no_events");
  const value = op === "add"
    ? left.value + right.value
    : op === "subtract"
    ? left.value - right.value
    : op === "multiply"
    ? left.value * right.value
    : left.value / right.value;
  const coverage = Math.min(left.coverage, right.coverage);
  const grade = worse(left.grade, right.grade);
  const partial = left.partial ?? right.partial;
  const mixed = left.mixed ?? right.mixed;
  const bound = boundOf(op, left.bound, right.bound);
  if (bound === "none") return absent("not_supported");
  // Spreads cost more than all the rest, and most values need none.
  const hearsay = weaker(left.hearsay, right.hearsay);
  if (
    partial === undefined && mixed === undefined && bound === undefined && hearsay === undefined
  ) {
    return { value, coverage, grade };
  }
  return {
    value,
    coverage,
    grade,
    ...(bound === undefined ? {} : { bound }),
    ...(mixed === undefined ? {} : { mixed }),
    ...(hearsay === undefined ? {} : { hearsay }),
    ...(partial === undefined ? {} : { partial }),
  };
}

/** What the bounds of two terms leave of the result; `none` where they pull in both directions. */
function boundOf(
  op: "add" | "subtract" | "multiply" | "divide",
  left: Measurement["bound"],
  right: Measurement["bound"],
): Measurement["bound"] | "none" {
  if (right === undefined) return left;
  const turns = op === "subtract" || op === "divide";
  const turned = turns ? right === "lower" ? "upper" : "lower" : right;
  return left === undefined || left === turned ? turned : "none";
}

/** Asked for over and over, of formulas that never change. */
const INPUTS = new WeakMap<Formula, readonly string[]>();

/** The metrics that a formula reads, each once, in the order they are met. */
export function inputs(formula: Formula): readonly string[] {
  let found = INPUTS.get(formula);
  if (found === undefined) INPUTS.set(formula, found = inputsOf(formula));
  return found;
}

function inputsOf(formula: Formula): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Formula): void => {
    if ("metric" in node) found.add(node.metric);
    else if ("of" in node) visit(node.of);
    else if ("left" in node) {
      visit(node.left);
      visit(node.right);
    }
  };
  visit(formula);
  return [...found];
}

const ALTERNATIVES = new WeakMap<Formula, readonly Formula[]>();

/**
 * The formulas without `either` that a formula stands for, in the order in which they are tried: its
 * value is that of the first one that is measured. Always the same objects for the same formula.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { alternatives, delta, divide, either, elapsed } from "./formula.ts";
 *
 * const [first, second] = [divide(delta("a"), elapsed()), divide(delta("b"), elapsed())];
 * assertEquals(alternatives(divide(either(delta("a"), delta("b")), elapsed())), [first, second]);
 * assertEquals(alternatives(first), [first]);
 * ```
 */
export function alternatives(formula: Formula): readonly Formula[] {
  let found = ALTERNATIVES.get(formula);
  if (found === undefined) ALTERNATIVES.set(formula, found = alternativesOf(formula));
  return found;
}

function alternativesOf(formula: Formula): readonly Formula[] {
  if (formula.op === "at_least") {
    const all = alternatives(formula.of);
    return all.length === 1 ? [formula] : all.map(atLeast);
  }
  if (!("left" in formula)) return [formula];
  const [lefts, rights] = [alternatives(formula.left), alternatives(formula.right)];
  const { op } = formula;
  if (op === "either") return [...lefts, ...rights];
  if (lefts.length === 1 && rights.length === 1) return [formula];
  return lefts.flatMap((left) => rights.map((right): Formula => ({ op, left, right })));
}

const SIGNS = { either: "or", add: "+", subtract: "−", multiply: "×", divide: "÷" } as const;
const BINDING = { either: 0, add: 1, subtract: 1, multiply: 2, divide: 2 } as const;

/**
 * A formula as a person reads it: `Δ disk_read_bytes ÷ elapsed`. With `show`, each term is what
 * `show` makes of it, so that the same tree prints with its numbers in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { delta, divide, elapsed, number, print, subtract } from "./formula.ts";
 *
 * const idle = subtract(number(1), divide(delta("busy_seconds"), elapsed()));
 * assertEquals(print(idle), "1 − Δ busy_seconds ÷ elapsed");
 * assertEquals(print(idle, (term) => term.op === "number" ? "1" : "2"), "1 − 2 ÷ 2");
 * ```
 */
export function print(formula: Formula, show?: (term: Formula) => string): string {
  return printAt(formula, 0, show ?? termName);
}

function printAt(formula: Formula, outer: number, show: (term: Formula) => string): string {
  if (formula.op === "at_least") {
    const text = `at least ${printAt(formula.of, BINDING.add, show)}`;
    return outer > 0 ? `(${text})` : text;
  }
  if (!("left" in formula)) return show(formula);
  const binding = BINDING[formula.op];
  // The right side of − and ÷ needs its brackets also against its own kind: a − (b + c).
  const right = formula.op === "subtract" || formula.op === "divide" ? binding + 1 : binding;
  const text = `${printAt(formula.left, binding, show)} ${SIGNS[formula.op]} ${
    printAt(formula.right, right, show)
  }`;
  return binding < outer ? `(${text})` : text;
}

function termName(term: Formula): string {
  switch (term.op) {
    case "number":
      return String(term.value);
    case "delta":
      return `Δ ${term.metric}`;
    case "rate":
      return `${term.metric} per second`;
    case "last":
      return term.metric;
    default:
      return "elapsed";
  }
}

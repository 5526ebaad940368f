/**
 * Metrics of the catalogue as PromQL over what `/metrics` tells. A formula becomes one expression: what it
 * divides are sums of rates over the same range, so that a ratio is one of sums for many CPUs as well.
 * Where one of its terms is absent, so is the result, and where it would divide by zero, and where a
 * counter is told to be implausible.
 *
 * @module
 */
import { metric as metricOf } from "../../collectors/catalogue.ts";
import { PMU_TIMES } from "../../collectors/catalogue/counted.ts";
import { PMU_QUANTITIES } from "../../collectors/catalogue/pmu_quantities.ts";
import { type Formula, inputs } from "../../collectors/formula.ts";
import { HOST, HOST_LABELS } from "../../routes/fleet/queries.ts";
import { UNSHARED_PMUS } from "./event_labels.ts";
import { coreQuantity, type Reading, selectorOf, seriesOf, type Wanted } from "./series.ts";

/** What a value is, where it is no more than a bound: the true one is as much or more, or less. */
export type Bound = "lower" | "upper";

/** How an expression is to be made. */
export interface Question extends Omit<Wanted, "partners"> {
  /** Asks for the bound in place of the value. */
  readonly bound?: Bound | undefined;
}

type Context = Question & Wanted;

const AVAILABLE = "ringside_pmu_available";
const INEXACT = "ringside_pmu_inexact";
/** Elapsed time, where everything else is a rate. */
const ONE = "1";
/** What has a counter of its own says nothing of those that are shared. */
export const SHARED_PMUS = `pmu!~"${UNSHARED_PMUS.join("|")}"`;

/** How tightly an expression holds together, as PromQL has it. */
const BINDING = { or: 0, and: 1, add: 2, multiply: 3, whole: 4 } as const;

interface Expression {
  readonly text: string;
  readonly binding: number;
  /** Powers of elapsed time that it lacks: an increase that is asked for as a rate lacks one. */
  readonly lacks: number;
  /** The quantities that it asks for. */
  readonly of: readonly string[];
}

/**
 * A metric as people are shown it: counters as rates, what is derived by its formula. Undefined where
 * `/metrics` does not tell it at this level.
 */
export function promql(id: string, question: Question): string | undefined {
  const metric = metricOf(id);
  const context = { ...question, partners: [] };
  const made = metric.kind === "derived"
    ? compile(metric.formula, context)
    : term(id, metric.kind === "counter" ? "rate" : "last", context);
  if (made === undefined) return undefined;
  if (made.lacks !== 0) {
    throw new Error(`Cannot write ${id} as PromQL: its formula is no rate, ratio or gauge`);
  }
  const doubt = doubted(made.of, question);
  return doubt === "" ? made.text : wrapped(made, BINDING.and) + doubt;
}

/** A bound of a metric on hosts that have no value of it. `value`: that one's expression. */
export function boundQl(
  id: string,
  bound: Bound,
  question: Question,
  value: string | undefined,
): string | undefined {
  const made = promql(id, { ...question, bound });
  if (made === undefined || value === undefined) return made;
  return `(${made}) unless on (${HOST}) ${value}`;
}

/** The share of time for which events were counted: scaled counts are as sure as this is high. */
export function coverageQl({ by = [], range, matchers = "" }: Question): string {
  const braces = matchers === "" ? "" : `{${matchers}}`;
  const [running, enabled] = [PMU_TIMES.running, PMU_TIMES.enabled].map(({ name }) =>
    `sum by (${[...HOST_LABELS, ...by].join(", ")}) (rate(${name}${braces}[${range}]))`
  );
  return `${running} / (${enabled} > 0)`;
}

/** Whether groups of what `perf_event_open` could count are counted: 1 or 0, with the reason. */
export function availabilityQl(matchers: string): string {
  return `${AVAILABLE}{${matchers}}`;
}

function compile(formula: Formula, context: Context): Expression | undefined {
  switch (formula.op) {
    case "at_least":
      if (context.bound !== "lower") return undefined;
      return compile(formula.of, { ...context, bound: undefined });
    case "either":
      return either(compile(formula.left, context), compile(formula.right, context));
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
      return boundsOf(formula.op, context.bound)
        .map((bounds) => compileBoth(formula, context, bounds))
        .reduce(either, undefined);
  }
  if (context.bound !== undefined) return undefined;
  switch (formula.op) {
    case "number":
      return whole(String(formula.value));
    case "elapsed":
      return { ...whole(ONE), lacks: 1 };
    case "delta": {
      const made = term(formula.metric, "rate", context);
      return made && { ...made, lacks: 1 };
    }
    case "rate":
    case "last":
      return term(formula.metric, formula.op, context);
  }
}

type Sign = keyof typeof SIGNS;
type Combined = Extract<Formula, { readonly op: Sign }>;
type Bounds = readonly [left: Bound | undefined, right: Bound | undefined];

/** What the two sides are where the result is this: a bound comes from one of them. */
function boundsOf(op: Sign, bound: Bound | undefined): readonly Bounds[] {
  if (bound === undefined) return [[undefined, undefined]];
  const turned = bound === "lower" ? "upper" : "lower";
  const right = op === "subtract" || op === "divide" ? turned : bound;
  return [[bound, undefined], [undefined, right]];
}

function compileBoth(
  { op, left, right }: Combined,
  context: Context,
  [leftBound, rightBound]: Bounds,
): Expression | undefined {
  const partners = (of: Formula): readonly string[] =>
    op === "divide" ? [...context.partners, ...inputs(of).flatMap(coreQuantity)] : context.partners;
  const above = compile(left, { ...context, bound: leftBound, partners: partners(right) });
  const below = compile(right, { ...context, bound: rightBound, partners: partners(left) });
  const made = above && below && combine(op, above, below);
  return made && op === "divide" ? whereWhole(made, above.of, below.of, context) : made;
}

/** Leaves out hosts where parts are missing of counts that are taken at places of two kinds. */
function whereWhole(
  made: Expression,
  above: readonly string[],
  below: readonly string[],
  { matchers = "" }: Context,
): Expression {
  const places = [above, below].map((of) => new Set(of.flatMap(placeOf)));
  if (places[0]!.isSubsetOf(places[1]!) || places[1]!.isSubsetOf(places[0]!)) return made;
  const groups = groupsOf(made.of);
  if (groups.length === 0) return made;
  const partial = selectorOf(INEXACT, groupMatcher(groups), `why="partial"`, matchers);
  return {
    ...made,
    text: `${wrapped(made, BINDING.and)} unless on (${HOST}) ${partial}`,
    binding: BINDING.and,
  };
}

/** Where a counter counts; of what is the same for all nobody asks. */
function placeOf(id: string): readonly string[] {
  const metric = metricOf(id);
  return metric.kind === "counter" ? [metric.scope] : [];
}

function whole(text: string, of: readonly string[] = []): Expression {
  return { text, binding: BINDING.whole, lacks: 0, of };
}

/** One that cannot be asked for is not there. */
function either(left?: Expression, right?: Expression): Expression | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  sameTime("or", left, right);
  return {
    text: `${wrapped(left, BINDING.or)} or ${wrapped(right, BINDING.or)}`,
    binding: BINDING.or,
    lacks: left.lacks,
    of: [...left.of, ...right.of],
  };
}

const SIGNS = { add: "+", subtract: "-", multiply: "*", divide: "/" } as const;

function combine(op: keyof typeof SIGNS, left: Expression, right: Expression): Expression {
  const sums = op === "add" || op === "subtract";
  if (sums) sameTime(op, left, right);
  const lacks = sums
    ? left.lacks
    : op === "multiply"
    ? left.lacks + right.lacks
    : left.lacks - right.lacks;
  if (!sums && right.text === ONE) return { ...left, lacks };
  if (op === "multiply" && left.text === ONE) return { ...right, lacks };
  const binding = sums ? BINDING.add : BINDING.multiply;
  const divisor = op === "divide"
    ? `(${wrapped(right, BINDING.add)} > 0)`
    : wrapped(right, binding + (op === "subtract" ? 1 : 0));
  return {
    text: `${wrapped(left, binding)} ${SIGNS[op]} ${divisor}`,
    binding,
    lacks,
    of: [...left.of, ...right.of],
  };
}

function sameTime(op: string, left: Expression, right: Expression): void {
  if (left.lacks === right.lacks) return;
  throw new Error(`Cannot ${op} ${left.text} and ${right.text}: one is a rate, the other is not`);
}

function wrapped({ text, binding }: Expression, outer: number): string {
  return binding < outer ? `(${text})` : text;
}

function term(id: string, reading: Reading, context: Context): Expression | undefined {
  if (context.bound !== undefined) return undefined;
  const series = seriesOf(id, reading, context);
  return series && whole(series.text, [series.quantity]);
}

/** Leaves out hosts that say of a group of counters that they do not count what they should. */
function doubted(quantities: readonly string[], { matchers = "" }: Question): string {
  const groups = groupsOf(quantities);
  if (groups.length === 0) return "";
  const group = groupMatcher(groups);
  return ` unless on (${HOST}) ${selectorOf(AVAILABLE, group, `reason="implausible"`, matchers)}`;
}

function groupsOf(quantities: readonly string[]): readonly string[] {
  return PMU_QUANTITIES
    .filter((group) => quantities.some((id) => group.metrics.includes(id)))
    .map(({ id }) => id);
}

function groupMatcher(groups: readonly string[]): string {
  return groups.length === 1 ? `group="${groups[0]}"` : `group=~"${groups.join("|")}"`;
}

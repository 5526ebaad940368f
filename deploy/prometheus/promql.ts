/**
 * Metrics of the catalogue as PromQL over what `/metrics` tells. A formula becomes one expression: what it
 * divides are sums of rates over the same range, so that a ratio is one of sums for many CPUs as well.
 * Where one of its terms is absent, so is the result, and where it would divide by zero, and where a
 * counter is told to be implausible.
 *
 * @module
 */
import {
  type Measured,
  type Metric,
  metric as metricOf,
  METRICS,
  SCOPES,
} from "../../collectors/catalogue.ts";
import { PMU_EVENTS, PMU_TIMES } from "../../collectors/catalogue/counted.ts";
import { PMU_QUANTITIES } from "../../collectors/catalogue/pmu_quantities.ts";
import { type Formula, inputs } from "../../collectors/formula.ts";
import { type EventLabels, eventLabelsOf, UNSHARED_PMUS } from "./event_labels.ts";

/** What a value is, where it is no more than a bound: the true one is as much or more, or less. */
export type Bound = "lower" | "upper";

/** How an expression is to be made. */
export interface Question {
  /** Labels beside `job` and `instance` that values are told apart by: `socket`. */
  readonly by?: readonly string[];
  /** Of rates: `5m`. */
  readonly range: string;
  /** Matchers that every selector gets: `job="ringside"`. */
  readonly matchers?: string;
  /** Asks for the bound in place of the value. */
  readonly bound?: Bound | undefined;
}

/** The label of a core's kind: each has a PMU of its own. */
export const CORE_TYPE_LABEL = "pmu";

const AVAILABLE = "ringside_pmu_available";
const EVENT_INFO = "ringside_pmu_event_info";
const HOST_LABELS = ["job", "instance"];
const HOST = HOST_LABELS.join(", ");
/** Elapsed time, where everything else is a rate. */
const ONE = "1";
/** Their events are told apart by their labels. */
const OF_EVENTS: readonly string[] = [
  PMU_EVENTS.name,
  PMU_TIMES.enabled.name,
  PMU_TIMES.running.name,
];
/** What has a counter of its own says nothing of those that are shared. */
export const SHARED_PMUS = `pmu!~"${UNSHARED_PMUS.join("|")}"`;

/** How tightly an expression holds together, as PromQL has it. */
const BINDING = { or: 0, and: 1, add: 2, multiply: 3, whole: 4 } as const;

interface Expression {
  readonly text: string;
  readonly binding: number;
  /** Powers of elapsed time that it lacks: an increase that is asked for as a rate lacks one. */
  readonly lacks: number;
  /** The metrics that it asks for. */
  readonly of: readonly string[];
}

/** What stands above a term in its formula. */
interface Context extends Question {
  /** Quantities that must be counted by the same PMU: else a ratio would be of different CPUs. */
  readonly partners: readonly string[];
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
    : term(metric, metric.kind === "counter" ? "rate" : "last", context);
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

/** The labels that tell a scope's instances apart in `/metrics`; none for what the host has one of. */
export function instanceLabels(scope: string): readonly string[] {
  if (scope === "host") return [];
  const { label, within = [] } = SCOPES.get(scope)!;
  return [...within, label];
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
      const made = term(metricOf(formula.metric), "rate", context);
      return made && { ...made, lacks: 1 };
    }
    case "rate":
    case "last":
      return term(metricOf(formula.metric), formula.op, context);
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
    op === "divide" ? [...context.partners, ...coreQuantities(of)] : context.partners;
  const above = compile(left, { ...context, bound: leftBound, partners: partners(right) });
  const below = compile(right, { ...context, bound: rightBound, partners: partners(left) });
  return above && below && combine(op, above, below);
}

/** What of a formula the counters of cores count, which are not the same on cores of another kind. */
function coreQuantities(formula: Formula): readonly string[] {
  return inputs(formula).flatMap((id) => {
    const told = toldOf(metricOf(id) as Measured);
    const labels = labelsOfEvents(told);
    return labels === undefined || labels.pmu !== undefined ? [] : [told.sourced!];
  });
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

type Reading = "rate" | "last";

/** What is counted once more for a ratio's sake is not told; the event itself is. */
function toldOf(metric: Measured): Measured {
  return metric.exposition === undefined && metric.twin !== undefined
    ? metricOf(metric.twin) as Measured
    : metric;
}

/** One series for each `instance` and what else is asked for. */
function term(metric: Metric, reading: Reading, context: Context): Expression | undefined {
  if (metric.kind === "derived" || context.bound !== undefined) return undefined;
  const told = toldOf(metric);
  if (told.exposition === undefined || SCOPES.get(told.scope)!.volatile) return undefined;
  const by = context.by ?? [];
  if (!by.every((label) => labelsOf(told).includes(label))) return undefined;
  const aggregate = aggregateOf(told, reading, by);
  return aggregate &&
    whole(aggregated(aggregate, told, reading, context), [told.sourced ?? told.id]);
}

/** The labels of its series that tell them apart. */
function labelsOf(told: Measured): readonly string[] {
  const { groupLabels = [] } = told.exposition!;
  const kinds = labelsOfEvents(told) === undefined ? [] : [CORE_TYPE_LABEL];
  return [...instanceLabels(told.scope), ...groupLabels, ...kinds];
}

function labelsOfEvents(told: Measured): EventLabels | undefined {
  // A family that says by its own labels what it counts needs no event for it.
  const apart = told.exposition?.labels === undefined && !told.exposition?.sourceLabel;
  return apart && told.sourced !== undefined ? eventLabelsOf(told.sourced) : undefined;
}

/** Families that scopes share cannot be added up: what is stacked on something counts the same again. */
const SHARED: ReadonlySet<string> = sharedFamilies();

function sharedFamilies(): Set<string> {
  const scopes = new Map<string, string>();
  const shared = new Set<string>();
  for (const { exposition, scope } of METRICS.values()) {
    if (exposition === undefined || exposition.labels !== undefined) continue;
    const known = scopes.get(exposition.name) ?? scope;
    scopes.set(exposition.name, known);
    if (known !== scope && !OF_EVENTS.includes(exposition.name)) shared.add(exposition.name);
  }
  return shared;
}

function aggregateOf(
  told: Measured,
  reading: Reading,
  by: readonly string[],
): "sum" | "max" | undefined {
  const single = instanceLabels(told.scope).every((label) => by.includes(label));
  if (!single && SHARED.has(told.exposition!.name)) return undefined;
  if (reading === "rate") return "sum";
  if (single) return "max";
  return told.across;
}

function aggregated(
  aggregate: string,
  told: Measured,
  reading: Reading,
  context: Context,
): string {
  const { by = [], range, matchers = "" } = context;
  const { name, labels = {} } = told.exposition!;
  // Several label sets tell the same number: one of them is enough.
  const constant = Object.entries([labels].flat()[0]!).map(([key, value]) => `${key}="${value}"`);
  const events = labelsOfEvents(told);
  const selector = selectorOf(name, ...constant, ...matchersOf(events), matchers);
  const series = reading === "rate" ? `rate(${selector}[${range}])` : selector;
  const of = events === undefined ? "" : meant(told.sourced!, events, context);
  return `${aggregate} by (${[...HOST_LABELS, ...by].join(", ")}) (${series}${of})`;
}

function matchersOf(events: EventLabels | undefined): readonly string[] {
  if (events === undefined) return [];
  const event = eventMatcher(events.events);
  return events.pmu === undefined ? [event] : [event, `pmu="${events.pmu}"`];
}

/** Names stand for themselves: without the backslashes that strings double. */
function eventMatcher(events: readonly string[]): string {
  if (events.length === 1) return `event="${events[0]}"`;
  return `event=~"${events.map((event) => event.replace(/[.+*?()[\]{}|^$]/g, "[$&]")).join("|")}"`;
}

function selectorOf(name: string, ...matchers: readonly string[]): string {
  const all = matchers.filter((matcher) => matcher !== "");
  return all.length === 0 ? name : `${name}{${all.join(", ")}}`;
}

/** Of all series of such events: where they count this quantity, on PMUs that count its partners too. */
function meant(quantity: string, events: EventLabels, context: Context): string {
  const { by = [], matchers = "", partners } = context;
  const counted = (labels: string, id: string): string =>
    ` and on (${HOST}, ${labels}) ${selectorOf(EVENT_INFO, `quantity="${id}"`, matchers)}`;
  // What is divided PMU by PMU has both, or is not there.
  const matched = events.pmu === undefined && !by.includes(CORE_TYPE_LABEL) ? partners : [];
  return (events.ambiguous ? counted("pmu, event", quantity) : "") +
    matched.map((partner) => counted("pmu", partner)).join("");
}

/** Leaves out hosts that say of a group of counters that they do not count what they should. */
function doubted(metrics: readonly string[], { matchers = "" }: Question): string {
  const groups = PMU_QUANTITIES
    .filter((group) => metrics.some((id) => group.metrics.includes(id)))
    .map(({ id }) => id);
  if (groups.length === 0) return "";
  const group = groups.length === 1 ? `group="${groups[0]}"` : `group=~"${groups.join("|")}"`;
  return ` unless on (${HOST}) ${selectorOf(AVAILABLE, group, `reason="implausible"`, matchers)}`;
}

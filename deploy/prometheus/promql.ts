/**
 * Metrics of the catalogue as PromQL over what `/metrics` tells. A formula becomes one expression: what it
 * divides are sums of rates over the same range, so that a ratio is one of sums for many CPUs as well.
 * Where one of its terms is absent, so is the result, and where it would divide by zero.
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
import type { Formula } from "../../collectors/formula.ts";
import { type EventLabels, eventLabelsOf } from "./event_labels.ts";

/** How an expression is to be made. */
export interface Question {
  /** Labels beside `job` and `instance` that values are told apart by: `socket`. */
  readonly by?: readonly string[];
  /** Of rates: `5m`. */
  readonly range: string;
  /** Matchers that every selector gets: `job="ringside"`. */
  readonly matchers?: string;
}

/** The label of a core's kind: each has a PMU of its own. */
export const CORE_TYPE_LABEL = "pmu";

const AVAILABLE = "ringside_pmu_available";
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

/** How tightly an expression holds together, as PromQL has it. */
const BINDING = { or: 0, and: 1, add: 2, multiply: 3, whole: 4 } as const;

interface Expression {
  readonly text: string;
  readonly binding: number;
  /** Powers of elapsed time that it lacks: an increase that is asked for as a rate lacks one. */
  readonly lacks: number;
}

/**
 * A metric as people are shown it: counters as rates, what is derived by its formula. Undefined where
 * `/metrics` does not tell it at this level.
 */
export function promql(id: string, question: Question): string | undefined {
  const metric = metricOf(id);
  const made = metric.kind === "derived"
    ? compile(metric.formula, question)
    : term(metric, metric.kind === "counter" ? "rate" : "last", question);
  if (made === undefined) return undefined;
  if (made.lacks === 0) return made.text;
  throw new Error(`Cannot write ${id} as PromQL: its formula is no rate, ratio or gauge`);
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

/** The label of a metric's instances in `/metrics`; undefined for what the host has one of. */
export function instanceLabel(id: string): string | undefined {
  const { scope } = metricOf(id);
  return scope === "host" ? undefined : SCOPES.get(scope)!.label;
}

function compile(formula: Formula, question: Question): Expression | undefined {
  switch (formula.op) {
    case "number":
      return whole(String(formula.value));
    case "elapsed":
      return { ...whole(ONE), lacks: 1 };
    case "delta": {
      const made = term(metricOf(formula.metric), "rate", question);
      return made && { ...made, lacks: 1 };
    }
    case "rate":
      return term(metricOf(formula.metric), "rate", question);
    case "last":
      return term(metricOf(formula.metric), "last", question);
    case "at_least":
      return compile(formula.of, question);
    default: {
      const left = compile(formula.left, question);
      const right = compile(formula.right, question);
      if (formula.op === "either") return either(left, right);
      return left && right && combine(formula.op, left, right);
    }
  }
}

function whole(text: string): Expression {
  return { text, binding: BINDING.whole, lacks: 0 };
}

/** One that cannot be asked for is not there. */
function either(left?: Expression, right?: Expression): Expression | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  sameTime("or", left, right);
  return {
    text: `${wrapped(left, BINDING.or)} or ${wrapped(right, BINDING.or)}`,
    binding: BINDING.or,
    lacks: left.lacks,
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

/** One series for each `instance` and what else is asked for. */
function term(metric: Metric, reading: Reading, question: Question): Expression | undefined {
  if (metric.kind === "derived") return undefined;
  // What is counted once more for a ratio's sake is not told; the event itself is.
  const told = metric.exposition === undefined && metric.twin !== undefined
    ? metricOf(metric.twin) as Measured
    : metric;
  if (told.exposition === undefined || SCOPES.get(told.scope)!.volatile) return undefined;
  const by = question.by ?? [];
  if (!by.every((label) => labelsOf(told).includes(label))) return undefined;
  const aggregate = aggregateOf(told, reading, by);
  if (aggregate === undefined) return undefined;
  const ways = eventsOf(told);
  if (ways.length === 0) return whole(aggregated(aggregate, told, reading, question));
  const expressions = ways.map((events): Expression => {
    const text = aggregated(aggregate, told, reading, question, events);
    const { where } = events;
    return where === undefined
      ? whole(text)
      : { text: `${text} ${available(where, question)}`, binding: BINDING.and, lacks: 0 };
  });
  return expressions.reduce<Expression | undefined>(either, undefined);
}

/** The labels of its series that tell them apart. */
function labelsOf(told: Measured): readonly string[] {
  const own = told.scope === "host" ? [] : [SCOPES.get(told.scope)!.label];
  const { groupLabels = [] } = told.exposition!;
  return [...own, ...groupLabels, ...(eventsOf(told).length > 0 ? [CORE_TYPE_LABEL] : [])];
}

function eventsOf(told: Measured): readonly EventLabels[] {
  // A family that says by its own labels what it counts needs no event for it.
  const apart = told.exposition?.labels === undefined && !told.exposition?.sourceLabel;
  return apart && told.sourced !== undefined ? eventLabelsOf(told.sourced) : [];
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
  const single = told.scope === "host" || by.includes(SCOPES.get(told.scope)!.label);
  if (!single && SHARED.has(told.exposition!.name)) return undefined;
  if (reading === "rate") return "sum";
  if (single) return "max";
  return told.across;
}

function aggregated(
  aggregate: string,
  told: Measured,
  reading: Reading,
  { by = [], range, matchers = "" }: Question,
  events?: EventLabels,
): string {
  const { name, labels = {} } = told.exposition!;
  // Several label sets tell the same number: one of them is enough.
  const constant = Object.entries([labels].flat()[0]!).map(([key, value]) => `${key}="${value}"`);
  const all = [...constant, ...eventMatchers(events), ...(matchers === "" ? [] : [matchers])];
  const selector = all.length === 0 ? name : `${name}{${all.join(", ")}}`;
  const series = reading === "rate" ? `rate(${selector}[${range}])` : selector;
  return `${aggregate} by (${[...HOST_LABELS, ...by].join(", ")}) (${series})`;
}

function eventMatchers(labels: EventLabels | undefined): readonly string[] {
  if (labels === undefined) return [];
  const { events, pmu } = labels;
  const event = events.length === 1
    ? `event="${events[0]}"`
    : `event=~"${events.map(literal).join("|")}"`;
  return pmu === undefined ? [event] : [event, `pmu="${pmu}"`];
}

/** What stands for itself in a regular expression, without the backslashes that strings double. */
function literal(text: string): string {
  return text.replace(/[.+*?()[\]{}|^$]/g, "[$&]");
}

function available(where: NonNullable<EventLabels["where"]>, { matchers = "" }: Question): string {
  const has = (group: string): string =>
    `${AVAILABLE}{${[`group="${group}"`, ...(matchers === "" ? [] : [matchers])].join(", ")}} == 1`;
  const not = where.not.map((group) => ` unless on (${HOST}) ${has(group)}`).join("");
  return `and on (${HOST}) (${has(where.group)}${not})`;
}

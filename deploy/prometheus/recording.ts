/**
 * The recording rules: what `collectors/catalogue/recorded.ts` names, as PromQL. Their names are in the form
 * that Prometheus asks for, level:metric:operations.
 *
 * @module
 */
import { metric as metricOf, shownUnit } from "../../collectors/catalogue.ts";
import { RECORDED, type Recorded } from "../../collectors/catalogue/recorded.ts";
import { HOST } from "../../routes/fleet/queries.ts";
import { boundQl, coverageQl, promql, SHARED_PMUS } from "./promql.ts";

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup<Rule> {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Four scrapes at the usual minute, one of which may be lost. */
const RANGE = "5m";

const COVERAGE = "ringside_pmu_coverage";

/**
 * What keeps records of `node_*` to hosts of Ringside: where a node_exporter tells the same host's too,
 * they would be there twice.
 */
const OF_RINGSIDE = `and on (${HOST}) ringside_build_info`;
const NODE_FAMILY = /\bnode_\w+/;

const COVERAGE_RULES: RuleGroup<RecordingRule> = {
  name: "ringside_coverage",
  rules: [
    { by: ["event", "pmu"], matchers: "" },
    // Of the host as a whole: of those that take turns.
    { by: [], matchers: SHARED_PMUS },
  ].map(({ by, matchers }) => ({
    record: recordName(COVERAGE, by, rateOf(RANGE)),
    expr: coverageQl({ by, matchers, range: RANGE }),
  })),
};

export const RECORDING_GROUPS: readonly RuleGroup<RecordingRule>[] = [
  ...RECORDED.map(({ id, quantities }) => ({
    name: `ringside_${id}`,
    rules: quantities.flatMap((quantity) => rulesOf(quantity)),
  })),
  COVERAGE_RULES,
];

function rulesOf({ metric, by, only, atLeast }: Recorded): readonly RecordingRule[] {
  const question = { range: RANGE };
  const levels = only === undefined ? [[], ...(by === undefined ? [] : [by])] : [only];
  const rules = levels.map((labels) =>
    ruleOf(shownName(metric), labels, promql(metric, { ...question, by: labels }))
  );
  if (atLeast === undefined) return rules;
  return [...rules, ruleOf(atLeast, [], boundQl(metric, "lower", question, rules[0]!.record))];
}

function ruleOf(name: string, by: readonly string[], expr: string | undefined): RecordingRule {
  if (expr === undefined) {
    throw new Error(
      `Cannot record ${name} by ${by.join(", ") || "host"}: /metrics does not tell it`,
    );
  }
  const operation = expr.includes(`[${RANGE}]`) ? rateOf(RANGE) : "last";
  return {
    record: recordName(`ringside_${name}`, by, operation),
    expr: NODE_FAMILY.test(expr) ? `${expr} ${OF_RINGSIDE}` : expr,
  };
}

function rateOf(range: string): string {
  return `rate${range}`;
}

/** The name of what people are shown: of a counter, its rate. */
function shownName(id: string): string {
  const metric = metricOf(id);
  if (metric.kind !== "counter") return id;
  const unit = shownUnit(metric);
  if (unit === "1") return id.replace(/_seconds$/, "_ratio");
  return unit === "W" ? id.replace(/_joules$/, "_watts") : `${id}_per_second`;
}

function recordName(name: string, by: readonly string[], operation: string): string {
  return `${["instance", ...by].join("_")}:${name}:${operation}`;
}

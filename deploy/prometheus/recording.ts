/**
 * The recording rules: what `collectors/catalogue/recorded.ts` names, as PromQL. Their names are in the form
 * that Prometheus asks for, level:metric:operations.
 *
 * @module
 */
import { metric as metricOf, shownUnit } from "../../collectors/catalogue.ts";
import { RECORDED } from "../../collectors/catalogue/recorded.ts";
import { coverageQl, promql } from "./promql.ts";

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

const COVERAGE_RULES: RuleGroup<RecordingRule> = {
  name: "ringside_coverage",
  rules: [["event", "pmu"], []].map((by) => ({
    record: recordName(COVERAGE, by, rateOf(RANGE)),
    expr: coverageQl({ by, range: RANGE }),
  })),
};

export const RECORDING_GROUPS: readonly RuleGroup<RecordingRule>[] = [
  ...RECORDED.map(({ id, quantities }) => ({
    name: `ringside_${id}`,
    rules: quantities.flatMap(({ metric, by, only }) =>
      (only === undefined ? [[], ...(by === undefined ? [] : [by])] : [only])
        .map((labels) => ruleOf(metric, labels))
    ),
  })),
  COVERAGE_RULES,
];

function ruleOf(id: string, by: readonly string[]): RecordingRule {
  const expr = promql(id, { by, range: RANGE });
  if (expr === undefined) {
    throw new Error(`Cannot record ${id} by ${by.join(", ") || "host"}: /metrics does not tell it`);
  }
  const operation = expr.includes(`[${RANGE}]`) ? rateOf(RANGE) : "last";
  return { record: recordName(`ringside_${shownName(id)}`, by, operation), expr };
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

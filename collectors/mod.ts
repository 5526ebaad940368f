/** What other rooms may import of the collectors. @module */
import "./modules.ts";
export {
  CARDS,
  type Grouping,
  GROUPINGS,
  isColumn,
  MEASURED,
  type Measured,
  type Metric,
  metric,
  METRICS,
  type Scope,
  SCOPES,
  shownUnit,
  termsOf,
} from "./catalogue.ts";
export type * from "./card.ts";
export { COLLECT, COLLECT_HOST } from "./catalogue/collect.ts";
export { PMU_EVENTS } from "./catalogue/counted.ts";
export { CPU_PAGE } from "./catalogue/cpu_page.ts";
export { NODE_PERF, type NodePerfFamily } from "./catalogue/node_perf.ts";
export { PERF_FIELDS, type PerfField } from "./catalogue/perf_api.ts";
export {
  PMU_AVAILABLE_HELP,
  PMU_INEXACT_HELP,
  PMU_QUANTITIES,
  type PmuQuantities,
} from "./catalogue/pmu_quantities.ts";
export type { Check } from "./check/check_perf.ts";
export type { Compared, Explanation, Side } from "./check/comparison.ts";
export type { Feed } from "./readings/feed.ts";
export { evaluate, type Formula, inputs, print } from "./formula.ts";
export { type HandedFile, readHandedFiles } from "./sampling/handed_files.ts";
export type { HostProfile } from "./host/profile.ts";
export type { Health, Sampler, SamplerOptions } from "./sampling/sampler.ts";
export { type Mark, Marks } from "./readings/marks.ts";
export { isNotifyAddress } from "./kernel/notify_address.ts";
export type { Narrowing } from "./narrowing.ts";
export { startSampler } from "./sampling/sampler.ts";
export { parseCpuList } from "./pmu/cpu_list.ts";
export { parseEventList } from "./pmu/event_list.ts";
export { BUNDLES } from "./pmu/recipe.ts";
export { groupOf, hasProof, type Proof, proofOf } from "./readings/proof.ts";
export {
  type Count,
  countsOf,
  groupsBeside,
  type Narrower,
  narrowerFor,
} from "./readings/proof_counts.ts";
export type { Provenance, Source } from "./source.ts";
export { readersOf, Reread } from "./readings/readers.ts";
export { COARSE_SPAN_MS } from "./sampling/timeline.ts";
export { RefusedOption } from "./refused_option.ts";
export { INTERVAL_MS_LEAST, INTERVAL_MS_MOST } from "./sampling/schedule.ts";
export { type GroupKey, type Series, type SeriesKey, seriesName } from "./readings/series.ts";
export { type Begun, sinceMs } from "./readings/since.ts";
export type { Present, Snapshot } from "./readings/snapshot.ts";
export type { Working } from "./readings/window.ts";
export {
  type Absence,
  type Grade,
  GRADES,
  isMeasured,
  type Measurement,
  type Problem,
  type Reading,
  type Reason,
  REASONS,
} from "./trust.ts";

/** Loaded when it is asked for: a service that runs never does. */
export const checkPerf: typeof import("./check/check_perf.ts").checkPerf = async (options) => {
  const check = await import("./check/check_perf.ts");
  return await check.checkPerf(options);
};

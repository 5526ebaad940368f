/** What other rooms may import of the collectors. @module */
export {
  CARDS,
  isColumn,
  MEASURED,
  type Measured,
  type Metric,
  metric,
  METRICS,
  type Scope,
  SCOPES,
  shownUnit,
} from "./catalogue.ts";
export type * from "./card.ts";
export type { Feed } from "./feed.ts";
export { type Formula, inputs, print } from "./formula.ts";
export type { HostProfile } from "./host.ts";
export type { Health, Sampler, SamplerOptions } from "./sampler.ts";
export { startSampler } from "./sampler.ts";
export { COARSE_SPAN_MS } from "./timeline.ts";
export { INTERVAL_MS_LEAST, INTERVAL_MS_MOST } from "./schedule.ts";
export type { Series, SeriesKey } from "./series.ts";
export type { Present, Snapshot } from "./snapshot.ts";
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

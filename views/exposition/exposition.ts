/**
 * A snapshot as Prometheus text (0.0.4) or OpenMetrics (1.0). What was not measured is left out, never
 * written as 0; instances that come and go all the time are left out altogether.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 *
 * @module
 */
import { isColumn, type Metric } from "../../collectors/catalogue.ts";
import { COLLECT, COLLECT_HOST, type PmuQuantities } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import {
  type Place,
  prepare,
  type Prepared,
  prepareEventInfo,
  prepareNodePerf,
} from "./families.ts";
import { availability, buildInfo, hostInfo, inexactness } from "./own.ts";
import { Recent } from "./recent.ts";
import { type ExpositionFormat, numberText } from "./text.ts";

export type { ExpositionFormat };

/** What a service exposes besides its own names. */
export interface ExpositionChoice {
  /** False leaves out all of `node_*`, for hosts where node_exporter tells them; default true. */
  readonly nodeMetrics?: boolean;
  /** Also tells counters of each CPU by the names of node_exporter's collector `perf`. */
  readonly nodePerf?: boolean;
}

export interface ExpositionOptions extends ExpositionChoice {
  /** Of this service. */
  readonly version: string;
  /** Names of `COLLECT`; absent: everything. */
  readonly collect?: readonly string[] | undefined;
}

const NODE = /^node_/;
/** Whoever scrapes in more ways than these gets lines that are chosen anew. */
const CHOICES_MOST = 16;

/** What was written of one shape: who is there, and where it is counted. All but the values stays. */
interface Written {
  /** What each choice is taken from, so that names and labels are written once. */
  readonly all: readonly Prepared[];
  readonly choices: Recent<readonly Prepared[]>;
}

const WRITTEN = new WeakMap<object, Written>();

/** The whole answer to a scrape. */
export function exposition(
  snapshot: Snapshot,
  format: ExpositionFormat,
  options: ExpositionOptions,
): string {
  const created = format === "openmetrics";
  let text = "";
  for (const { heads, lines, twins } of familiesFor(snapshot, options)) {
    let told = "";
    const known = twins ? new Set<string>() : null;
    for (const line of lines) {
      const { series } = line;
      if (known?.has(series)) continue;
      const value = line.value ?? valueOf(snapshot, line.metric, line.place);
      if (Number.isNaN(value)) continue;
      known?.add(series);
      told += series;
      told += numberText(value);
      told += "\n";
      // After the clock was set back it may have begun later than now, which no reader can believe.
      if (created && line.sinceMs <= snapshot.wallMs) told += line.created;
    }
    if (told !== "") text += heads[format] + told;
  }
  text += own(snapshot, format, options);
  return format === "openmetrics" ? `${text}# EOF\n` : text;
}

function familiesFor(snapshot: Snapshot, options: ExpositionOptions): readonly Prepared[] {
  let written = WRITTEN.get(snapshot.shape);
  if (written === undefined) {
    const families = prepare(snapshot);
    const nodePerf = prepareNodePerf(snapshot, families);
    const all = [...families, prepareEventInfo(snapshot, families), ...nodePerf];
    WRITTEN.set(snapshot.shape, written = { all, choices: new Recent(CHOICES_MOST) });
  }
  const { nodeMetrics = true, nodePerf = false } = options;
  const collect = options.collect === undefined ? null : [...new Set(options.collect)].toSorted();
  const { all, choices } = written;
  const key = `${nodeMetrics} ${nodePerf} ${collect?.join() ?? ""}`;
  return choices.get(key, () => chosen(all, { nodeMetrics, nodePerf, collect }));
}

interface Choice extends Required<ExpositionChoice> {
  readonly collect: readonly string[] | null;
}

function chosen(all: readonly Prepared[], choice: Choice): readonly Prepared[] {
  const { nodeMetrics, nodePerf, collect } = choice;
  const families = all.filter(({ name, again }) =>
    again ? nodePerf : nodeMetrics || !NODE.test(name)
  );
  if (collect === null) return families;
  const metrics = new Set(collect.flatMap((name) => [...COLLECT.get(name) ?? []]));
  return families
    .map((each) => ({ ...each, lines: each.lines.filter(({ metric }) => metrics.has(metric.id)) }))
    .filter(({ lines }) => lines.length > 0);
}

/** Totals and gauges as they stand; what is made of others as it is shown. NaN where absent. */
function valueOf(snapshot: Snapshot, metric: Metric, place: Place): number {
  if (isColumn(metric)) return snapshot.total(metric, place.slot);
  const reading = snapshot.read(metric.id, place.name);
  return isMeasured(reading) ? reading.value : NaN;
}

function own(snapshot: Snapshot, format: ExpositionFormat, options: ExpositionOptions): string {
  const { collect, version, nodeMetrics = true } = options;
  const sets = collect?.map((name) => COLLECT.get(name));
  // A group is told beside whatever of it is told.
  const wanted = ({ metrics }: PmuQuantities): boolean =>
    sets?.some((ids) => metrics.some((id) => ids?.has(id))) ?? true;
  const text = availability(snapshot, format, wanted) + inexactness(snapshot, format, wanted);
  if (collect?.includes(COLLECT_HOST) === false) return text;
  return text + buildInfo(format, version) + (nodeMetrics ? hostInfo(snapshot, format) : "");
}

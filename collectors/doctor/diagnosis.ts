/**
 * The doctor: which quantities are had, which are not, what is in the way of each, and the smallest
 * change that unlocks it. A function of a snapshot.
 *
 * @module
 */
import {
  DOCTOR_ROWS,
  type Measured,
  type Metric,
  metric as metricOf,
  METRICS,
  termsOf,
} from "../catalogue.ts";
import type { DoctorRow } from "../catalogue/doctor_row.ts";
import type { Doubt } from "../doubt.ts";
import type { HostProfile } from "../host/profile.ts";
import { hasProof } from "../readings/proof.ts";
import type { Snapshot } from "../readings/snapshot.ts";
import { isMeasured, type Problem, type Reading } from "../trust.ts";
import { type Fact, factsOf } from "./facts.ts";
import {
  type Cause,
  type Cells,
  type Layer,
  LAYERS,
  layersOf,
  uncoreCauseId,
  uncoreOf,
} from "./layers.ts";
import { type Plan, planOf } from "./unlock_plan.ts";

/** `partial`: some of it, or not on every CPU. `waiting`: it may come by itself. */
export type RowState = "measured" | "partial" | "waiting" | "missing";

export interface DiagnosisRow {
  readonly id: string;
  readonly name: string;
  /** The metric to begin with for who wants to know what it is. */
  readonly about: string;
  readonly state: RowState;
  readonly cells: Cells;
  /** Ids of what is in the way, from below upwards: each must go. */
  readonly causes: readonly string[];
}

/** What is counted, and less well than it could be. */
export interface Caveats {
  /** The least share of the time for which anything was counted; 1 where nothing takes turns. */
  readonly coverageLeast: number;
  /** Names of ratios that are out of all proportion; a count that is shows in its row. */
  readonly implausible: readonly string[];
  /** Names of ratios whose terms were counted at different times. */
  readonly mixed: readonly string[];
}

export interface Diagnosis {
  readonly profile: HostProfile;
  readonly layers: readonly Layer[];
  readonly rows: readonly DiagnosisRow[];
  /** Each once. */
  readonly causes: readonly Cause[];
  /** How to take them away, and which of them stay. */
  readonly plan: Plan;
  readonly caveats: Caveats;
  readonly facts: readonly Fact[];
  /**
   * 1 when a change on this machine would bring something that is missing, else 0: also where whoever
   * runs the host of a guest could change it, because nobody can from here.
   */
  readonly exitCode: 0 | 1;
}

export function diagnose(snapshot: Snapshot): Diagnosis {
  const causes = new Map<string, Cause>();
  const rows = DOCTOR_ROWS.map((row) => {
    const { causes: own, ...found } = examine(row, snapshot);
    for (const cause of own) causes.set(cause.id, cause);
    return { ...found, causes: own.map(({ id }) => id) };
  });
  const curable = (row: DiagnosisRow): boolean =>
    row.state !== "measured" &&
    row.causes.some((id) => isCurable(causes.get(id)!));
  return {
    profile: snapshot.profile,
    layers: LAYERS,
    rows,
    causes: [...causes.values()],
    plan: planOf(rows, [...causes.values()], snapshot.profile),
    caveats: caveatsOf(snapshot),
    facts: factsOf(snapshot.profile),
    exitCode: rows.some(curable) ? 1 : 0,
  };
}

/** Whether somebody can take a cause away on this machine. */
function isCurable({ remedy, outside }: Cause): boolean {
  return remedy !== undefined && outside === undefined;
}

const ROW_METRICS: ReadonlySet<string> = new Set(DOCTOR_ROWS.flatMap(({ metrics }) => metrics));
/** What is made of counts. */
const RATIOS: readonly Metric[] = [...METRICS.values()].filter(({ id, kind }) =>
  kind === "derived" && !ROW_METRICS.has(id) && hasProof(id)
);

function caveatsOf(snapshot: Snapshot): Caveats {
  let coverageLeast = 1;
  const names = { implausible: new Set<string>(), mixed: new Set<string>() };
  for (const { id, name } of [...[...ROW_METRICS].map(metricOf), ...RATIOS]) {
    const reading = snapshot.read(id);
    if (!isMeasured(reading)) continue;
    coverageLeast = Math.min(coverageLeast, reading.coverage);
    if (reading.grade === "implausible" && !ROW_METRICS.has(id)) names.implausible.add(name);
    if (reading.mixed) names.mixed.add(name);
  }
  return { coverageLeast, implausible: [...names.implausible], mixed: [...names.mixed] };
}

interface Examined extends Omit<DiagnosisRow, "causes"> {
  readonly causes: readonly Cause[];
}

function examine(row: DoctorRow, snapshot: Snapshot): Examined {
  const { id, name } = row;
  const about = row.metrics[0]!;
  const state = stateOf(row.metrics.map((metric) => snapshot.read(metric)));
  const layered = layersOf(row, snapshot.profile);
  if (state === "measured") {
    return { id, name, about, state, cells: cleared(layered.cells), causes: [] };
  }
  // What is counted shows better than any attempt that nothing was in its way.
  const reported = row.metrics.flatMap((metric) => causesIn(snapshot, metric));
  const known = state === "partial"
    ? []
    : layered.causes.map((cause) => retold(cause, row, snapshot));
  const cells = { ...(state === "partial" ? cleared(layered.cells) : layered.cells) };
  const causes = new Map(known.map((cause) => [cause.id, cause]));
  const told = new Set(known.flatMap(({ layers }) => layers.map(kindOf)));
  for (const cause of reported) {
    // What was tried at the start said it already, of all collectors at once.
    if (cause.layers.some((layer) => told.has(kindOf(layer)))) continue;
    for (const layer of cause.layers) cells[layer] = "blocked";
    causes.set(cause.id, cause);
  }
  return { id, name, about, state, cells, causes: [...causes.values()] };
}

/** The words of the collector that looked for a PMU outside of the cores: a cause has one wording. */
function retold(cause: Cause, row: DoctorRow, { problems, profile }: Snapshot): Cause {
  const uncore = uncoreOf(row, profile);
  if (uncore === undefined || cause.id !== uncoreCauseId(uncore)) return cause;
  const collectors = row.metrics.flatMap((id) => termsOf(metricOf(id)))
    .filter(({ scope }) => scope !== "cpu").map(({ collector }) => collector);
  const same = problems.find(({ collector, reason }) =>
    reason === "not_supported" && collectors.includes(collector)
  );
  return same === undefined ? cause : { ...cause, message: same.message, remedy: same.remedy };
}

function stateOf(readings: readonly Reading[]): RowState {
  const whole = readings.filter((reading) =>
    isMeasured(reading)
      ? reading.partial === undefined && reading.grade !== "implausible"
      : reading.absent === "no_events"
  );
  if (whole.length === readings.length) return "measured";
  if (whole.length > 0 || readings.some(isMeasured)) return "partial";
  const waits = (reading: Reading): boolean =>
    !isMeasured(reading) && reading.problem === undefined &&
    (reading.absent === "not_yet" || reading.absent === "not_counted");
  return readings.some(waits) ? "waiting" : "missing";
}

/** Nothing stands in the way of what is needed. */
function cleared(cells: Cells): Cells {
  const entries = LAYERS.map((layer) => [
    layer,
    cells[layer] === "not_needed" ? "not_needed" : "ok",
  ]);
  return Object.fromEntries(entries) as Cells;
}

/** Layers of one kind: who is told of one of them need not hear of the others. */
function kindOf(layer: Layer): "machine" | "rules" | "limit" {
  switch (layer) {
    case "hardware":
    case "driver":
      return "machine";
    case "limit":
      return "limit";
    default:
      return "rules";
  }
}

/** What collectors reported that costs a metric, or a part of it. */
function causesIn(snapshot: Snapshot, id: string): readonly Cause[] {
  const reading = snapshot.read(id);
  if (!isMeasured(reading)) {
    return reading.problem === undefined ? [] : [causeOf(reading.problem)];
  }
  if (reading.grade === "implausible") {
    return [{
      id: `implausible ${id}`,
      layers: ["hardware"],
      message: `Cannot believe "${metricOf(id).name}": ${disproportion(reading.doubt)}`,
      remedy: undefined,
    }];
  }
  const terms = termsOf(metricOf(id));
  return snapshot.problems.filter((problem) => costsPartOf(problem, terms)).map(causeOf);
}

/** What its rule says; the numbers are told beside the figure. */
function disproportion(doubt: Doubt | undefined): string {
  if (doubt?.rule === "limit") {
    return `found more than ${doubt.factor} times ${doubt.why} in window after window, needs less`;
  }
  return "out of all proportion in window after window, as from a virtual PMU that works by half";
}

function costsPartOf(problem: Problem, terms: readonly Measured[]): boolean {
  if (problem.instance === undefined && problem.instances === undefined) return false;
  return terms.some(({ collector, id }) =>
    collector === problem.collector && (problem.metrics?.includes(id) ?? true)
  );
}

function causeOf({ collector, key, reason, message, remedy }: Problem): Cause {
  const layers = layersBehind({ reason, message, remedy });
  return { id: `${collector} ${key}`, layers, message, remedy };
}

/** Messages name the error, as `errnoText` writes it. */
function layersBehind(
  { reason, message, remedy }: Pick<Problem, "reason" | "message" | "remedy">,
): readonly Layer[] {
  if (/\b(EMFILE|ENFILE|limit of open files)\b/.test(message)) return ["limit"];
  if (/\bEBUSY\b/.test(message) || reason === "not_counted") return ["limit"];
  if (/\bEACCES\b/.test(message)) return ["paranoid", "capability"];
  if (/\b(EPERM|ENOSYS)\b/.test(message)) return ["seccomp"];
  if (reason !== "not_supported") return [];
  // What a command or a setting brings is there already: only hardware has no remedy.
  return [remedy === undefined ? "hardware" : "driver"];
}

/**
 * A snapshot as a table for spreadsheets and scripts: a line for each reading, of the host, of each
 * instance and of each group. What was not measured has an empty value, and the reason.
 *
 * @module
 */
import { GROUPINGS, type Metric, SCOPES, shownUnit } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../collectors/trust.ts";
import { type Cell, csvLine, plainText } from "./csv.ts";
import { doubtText } from "./doubt_text.ts";
import { timestamp } from "./format.ts";
import { isSummed, TOLD } from "./told.ts";

/** Of whom a reading is: where all are absent it is the host's. */
interface Whose {
  readonly instance?: string;
  /** The name that people use, where the instance's own is a number: the `comm` of a process. */
  readonly known?: string | undefined;
  /** As `/api/v1/series` takes it: `socket:0`. */
  readonly group?: string;
}

/** Stable: a new one comes last. */
export const READING_COLUMNS = [
  "time",
  "metric",
  "instance",
  "name",
  "group",
  "value",
  "unit",
  "grade",
  "coverage",
  "bound",
  "hearsay",
  "mixed",
  "counted",
  "present",
  "absent",
  "reason",
  "remedy",
] as const;

/** Ends with a line break. */
export function readingsCsv(snapshot: Snapshot): string {
  const time = timestamp(snapshot.wallMs);
  const lines = [csvLine(READING_COLUMNS)];
  for (const metric of TOLD) {
    for (const [whose, reading] of readingsOf(snapshot, metric)) {
      lines.push(csvLine([time, ...cellsOf(metric, whose, reading)]));
    }
  }
  return lines.join("");
}

function* readingsOf(
  snapshot: Snapshot,
  metric: Metric,
): Generator<readonly [Whose, Reading]> {
  const { id, scope } = metric;
  yield [{}, snapshot.read(id)];
  if (scope === "host") return;
  const label = SCOPES.get(scope)?.known;
  for (const { name, labels } of snapshot.instances(scope)) {
    const known = label === undefined ? undefined : labels[label];
    yield [{ instance: name, known }, snapshot.read(id, name)];
  }
  if (!isSummed(metric)) return;
  for (const { id: grouping } of GROUPINGS) {
    for (const name of snapshot.groups(scope, grouping)) {
      yield [{ group: `${grouping}:${name}` }, snapshot.readGroup(id, grouping, name)];
    }
  }
}

function cellsOf(metric: Metric, { instance, known, group }: Whose, reading: Reading): Cell[] {
  const unit = shownUnit(metric);
  const of = [metric.id, textCell(instance), textCell(known), textCell(group)];
  if (!isMeasured(reading)) {
    const { absent, problem } = reading;
    const why = [absent, textCell(problem?.message), textCell(problem?.remedy)];
    return [...of, null, unit, null, null, null, null, null, null, null, ...why];
  }
  const { value, grade, coverage, bound, hearsay, mixed, partial, doubt } = reading;
  return [
    ...of,
    value,
    unit,
    grade,
    coverage,
    bound ?? null,
    hearsay ?? null,
    mixed === undefined ? null : "mixed",
    partial?.counted ?? null,
    partial?.present ?? null,
    null,
    textCell(doubt && doubtText(doubt, metric.id)),
    null,
  ];
}

function textCell(text: string | undefined): Cell {
  return text === undefined ? null : plainText(text);
}

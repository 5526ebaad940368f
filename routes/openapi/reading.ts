/** A reading in answers: a value with what it is worth, or null with the reason. @module */
import * as v from "valibot";
import { GRADES, REASONS } from "../../collectors/mod.ts";

const SHARE = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const flag = v.exactOptional(v.literal(true));

const MEASURED = {
  value: v.pipe(v.number(), v.description("In the metric's unit. A zero was measured.")),
  coverage: v.pipe(
    SHARE,
    v.description("Share of the time in which the source really counted: 1 for exact."),
  ),
  grade: v.picklist(GRADES),
  mixed: v.pipe(
    flag,
    v.description("The terms of the ratio were counted at different times."),
  ),
  bound: v.pipe(
    v.exactOptional(v.picklist(["lower", "upper"])),
    v.description("The true value is as much or more, or as much or less."),
  ),
  hearsay: v.pipe(
    v.exactOptional(v.picklist(["third_party", "unverified"])),
    v.description("On whose word alone it is what it says."),
  ),
  implausible: v.pipe(
    v.exactOptional(v.string()),
    v.description("The arithmetic that speaks against it."),
  ),
  partial: v.exactOptional(v.pipe(
    v.strictObject({ counted: COUNT, present: COUNT }),
    v.description("The sum lacks some: how many are in it, and how many there are."),
  )),
};

const ABSENT = {
  value: v.null(),
  absent: v.pipe(v.picklist(REASONS), v.description("The kind of the absence.")),
  reason: v.pipe(
    v.exactOptional(v.string()),
    v.description("What was tried, what came back, and what it needs."),
  ),
  remedy: v.pipe(v.exactOptional(v.string()), v.description("A change that would help.")),
};

export const READING = v.pipe(
  v.union([v.strictObject(MEASURED), v.strictObject(ABSENT)]),
  v.description("A value and what it is worth; or null, never 0, where nothing was measured."),
);

const LABELS = {
  labels: v.pipe(
    v.record(v.string(), v.string()),
    v.description("As /metrics has them: a process has its pid and its comm."),
  ),
};

const INSTANCE = v.pipe(
  v.union([v.strictObject({ ...LABELS, ...MEASURED }), v.strictObject({ ...LABELS, ...ABSENT })]),
  v.description(
    "One that a metric has several of. It does not repeat the host's reason and remedy.",
  ),
);

const OF_METRIC = {
  unit: v.pipe(v.string(), v.description("UCUM. A counter is told as its rate.")),
  kind: v.picklist(["counter", "gauge", "derived"]),
  instances: v.exactOptional(v.pipe(
    v.record(v.string(), INSTANCE),
    v.description("By their names."),
  )),
  groups: v.exactOptional(v.pipe(
    v.record(v.string(), v.record(v.string(), READING)),
    v.description(
      "Sums over the instances of a socket, a core type, an L3 cache: by grouping, name.",
    ),
  )),
};

export const METRIC = v.pipe(
  v.union([
    v.strictObject({ ...OF_METRIC, ...MEASURED }),
    v.strictObject({ ...OF_METRIC, ...ABSENT }),
  ]),
  v.description("The host's value, and those of its parts."),
);

export const READINGS = { Reading: READING, Instance: INSTANCE, Metric: METRIC };

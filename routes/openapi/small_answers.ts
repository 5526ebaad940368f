/** Answers of a few fields: counters of the last interval, marks, the interval, refusals, this description. @module */
import * as v from "valibot";
import { PERF_FIELDS } from "../../collectors/mod.ts";

const COUNTERS = v.union([
  v.strictObject({ available: v.literal(false), reason: v.string() }),
  v.strictObject({
    available: v.literal(true),
    interval_seconds: v.pipe(
      v.nullable(v.number()),
      v.description("That counts are of, as it was measured."),
    ),
    ...Object.fromEntries(PERF_FIELDS.map(({ field }) => [field, v.nullable(v.number())])),
  }),
]);

const MARK = v.strictObject({
  time_seconds: v.pipe(v.number(), v.description("Since 1970.")),
  text: v.string(),
});

const MARKS = v.strictObject({ marks: v.array(MARK) });

const INTERVAL = v.strictObject({ interval_seconds: v.number() });

const REFUSAL = v.strictObject({
  error: v.strictObject({
    status: v.number(),
    message: v.pipe(
      v.string(),
      v.description("What was tried, what was found, and what is needed."),
    ),
  }),
});

const DESCRIPTION = v.pipe(
  v.looseObject({ openapi: v.string() }),
  v.description("As the OpenAPI Specification says."),
);

export const SMALL_ANSWERS = {
  Counters: COUNTERS,
  Mark: MARK,
  Marks: MARKS,
  Interval: INTERVAL,
  Refusal: REFUSAL,
  Description: DESCRIPTION,
};

/** `/api/v1/series`, the replay and the gap of `/api/v1/stream`, and what charts are drawn from. @module */
import * as v from "valibot";
import { METRIC_ID } from "./snapshot.ts";

const VALUES = v.array(v.nullable(v.number()));
const SECONDS = v.pipe(v.array(v.number()), v.description("Since 1970, oldest first."));

const COLUMN = v.strictObject({
  metric: METRIC_ID,
  instance: v.exactOptional(v.string()),
  group: v.pipe(v.exactOptional(v.string()), v.description("Such as socket:0.")),
  unit: v.pipe(v.string(), v.description("UCUM. A counter's is a rate's.")),
  values: v.pipe(
    VALUES,
    v.description("One for each time; null was not measured, or could not be true."),
  ),
  coverage: v.pipe(
    v.nullable(VALUES),
    v.description("Share of the time that each was counted; null where all are exact."),
  ),
});

const COLUMNS = { time_seconds: SECONDS, series: v.array(COLUMN) };

const CURSOR = v.pipe(v.string(), v.description("Of the newest tick, as Last-Event-ID has it."));
const SERIES = v.strictObject({ cursor: CURSOR, ...COLUMNS });
const REPLAY = v.pipe(
  v.strictObject(COLUMNS),
  v.description(
    "The host's values of the ticks between Last-Event-ID and the one that follows. " +
      "/api/v1/series has those of its parts.",
  ),
);

const GAP = v.pipe(
  v.strictObject({
    reason: v.pipe(
      v.picklist(["foreign_boot", "future", "fallen_out", "beyond_replay"]),
      v.description(
        "beyond_replay: a replay of what came last follows, and what came before it is missing.",
      ),
    ),
    message: v.string(),
    resumed_at: CURSOR,
  }),
  v.description("What came after Last-Event-ID is not told, or not all of it."),
);

const SAMPLE = v.pipe(
  v.strictObject({
    id: CURSOR,
    key: v.string(),
    reset: v.boolean(),
    gap: v.boolean(),
    x: SECONDS,
    y: v.array(VALUES),
    z: v.exactOptional(v.array(v.nullable(VALUES))),
    marks: v.exactOptional(v.array(v.strictTuple([v.number(), v.string()]))),
  }),
  v.description("For this service's own pages: not stable."),
);

export const SERIES_SCHEMAS = {
  Column: COLUMN,
  Series: SERIES,
  Replay: REPLAY,
  Gap: GAP,
  Sample: SAMPLE,
};

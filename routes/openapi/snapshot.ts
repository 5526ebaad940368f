/** `/api/v1/snapshot`, and what `/api/v1/stream` says of a tick. @module */
import * as v from "valibot";
import { METRICS, REASONS } from "../../collectors/mod.ts";
import { COUNT, METRIC } from "./reading.ts";

const TEXT = v.nullable(v.string());
const NUMBER = v.nullable(COUNT);
/** ISO 8601, UTC, with milliseconds. */
const TIME = v.pipe(v.string(), v.metadata({ format: "date-time" }));

export const METRIC_ID = v.pipe(
  v.picklist([...METRICS.keys()]),
  v.description("Of the catalogue. Stable."),
);

export const METRICS_BY_ID = v.pipe(
  v.record(v.string(), METRIC),
  v.metadata({ propertyNames: { $ref: "#/components/schemas/MetricId" } }),
);

const HOST = v.strictObject({
  hostname: v.string(),
  kernel: v.string(),
  machine: v.string(),
  cpu_model: TEXT,
  sockets: NUMBER,
  cores: NUMBER,
  cpus: COUNT,
  numa_nodes: NUMBER,
  hypervisor: TEXT,
  distribution: TEXT,
  memory_bytes: NUMBER,
  booted_at: v.nullable(TIME),
});

const PROBLEM = v.pipe(
  v.strictObject({
    collector: v.string(),
    absent: v.picklist(REASONS),
    reason: v.string(),
    remedy: TEXT,
    metrics: v.pipe(
      v.nullable(v.array(METRIC_ID)),
      v.description("What it costs; null: all that the collector reads."),
    ),
    instance: v.pipe(
      TEXT,
      v.description("The one instance that it costs; null: several or all."),
    ),
  }),
  v.description("One cause of absences, told once."),
);

const TICK_ENTRIES = {
  boot: v.pipe(v.string(), v.description("Of this run of the service.")),
  sequence: v.pipe(COUNT, v.description("Number of the tick.")),
  time: TIME,
  interval_seconds: v.pipe(
    v.number(),
    v.description("As it is set. Rates go by the time that passed."),
  ),
  host: HOST,
  metrics: METRICS_BY_ID,
  problems: v.array(PROBLEM),
};

const STALE = v.pipe(
  v.strictObject({
    age_seconds: v.number(),
    reading: v.pipe(TEXT, v.description("The collector that hangs, where one does.")),
  }),
  v.description("Ticks do not come: how old the newest is."),
);

export const TICK = v.strictObject(TICK_ENTRIES);
const SNAPSHOT = v.strictObject({ stale: v.exactOptional(STALE), ...TICK_ENTRIES });

export const SNAPSHOTS = {
  MetricId: METRIC_ID,
  Host: HOST,
  Problem: PROBLEM,
  Stale: STALE,
  Tick: TICK,
  Snapshot: SNAPSHOT,
};

/**
 * Block devices. Drives and what is stacked on them are two scopes with the same metrics: what goes
 * through a volume goes through its drives too, so only sums over drives are the host's.
 */
import type { Derived, Measured, Otlp, Scope, Subject, Unit } from "../catalogue.ts";
import { delta, divide, elapsed, type Formula } from "../formula.ts";

const collector = "disk";

/** `disk`: drives, real or a hypervisor's. `volume`: device mapper, md and other devices without hardware. */
export const DISK_SCOPES = ["disk", "volume"] as const;
export type DiskScope = (typeof DISK_SCOPES)[number];

/** Bytes in a sector of `/proc/diskstats`, whatever the drive's own sectors are. */
const SECTOR_BYTES = 512;
const MILLISECOND = 1 / 1000;
/**
 * The kernel keeps busy time by its clock tick, of up to 10 ms (`update_io_ticks` in block/blk-core.c),
 * and the file is read every 50 ms at most: what is more than a tick too much is no drive's.
 */
const SANE_BUSY_SECONDS: Measured["sane"] = [0, 1.25];

/** One number of a line of `/proc/diskstats`. */
export interface DiskField {
  /** Metric id without its scope: `read_bytes`. */
  readonly suffix: string;
  /** Position after the device's name, from 0. */
  readonly position: number;
  readonly kind: "counter" | "gauge";
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  /** What one of the file's units is worth in the metric's. */
  readonly scale: number;
  readonly exposition: string;
  readonly otlp?: Otlp;
  readonly sane?: Measured["sane"];
}

export const DISK_FIELDS: readonly DiskField[] = [
  {
    suffix: "reads",
    position: 0,
    kind: "counter",
    name: "Reads",
    help: "Reads completed.",
    unit: "{operation}",
    scale: 1,
    exposition: "node_disk_reads_completed_total",
    otlp: {
      name: "system.disk.operations",
      attributes: { "disk.io.direction": "read" },
      help: "Reads and writes completed.",
    },
  },
  {
    suffix: "read_bytes",
    position: 2,
    kind: "counter",
    name: "Read",
    help: "Bytes read.",
    unit: "By",
    scale: SECTOR_BYTES,
    exposition: "node_disk_read_bytes_total",
    otlp: {
      name: "system.disk.io",
      attributes: { "disk.io.direction": "read" },
      help: "Bytes read and written.",
    },
  },
  {
    suffix: "read_seconds",
    position: 3,
    kind: "counter",
    name: "Time of reads",
    help: "Time that reads took, from being queued to completion, summed over all of them.",
    unit: "s",
    scale: MILLISECOND,
    exposition: "node_disk_read_time_seconds_total",
    otlp: {
      name: "system.disk.operation_time",
      attributes: { "disk.io.direction": "read" },
      help: "Time that operations took, summed over all of them.",
    },
  },
  {
    suffix: "writes",
    position: 4,
    kind: "counter",
    name: "Writes",
    help: "Writes completed.",
    unit: "{operation}",
    scale: 1,
    exposition: "node_disk_writes_completed_total",
    otlp: {
      name: "system.disk.operations",
      attributes: { "disk.io.direction": "write" },
      help: "Reads and writes completed.",
    },
  },
  {
    suffix: "written_bytes",
    position: 6,
    kind: "counter",
    name: "Written",
    help: "Bytes written.",
    unit: "By",
    scale: SECTOR_BYTES,
    exposition: "node_disk_written_bytes_total",
    otlp: {
      name: "system.disk.io",
      attributes: { "disk.io.direction": "write" },
      help: "Bytes read and written.",
    },
  },
  {
    suffix: "write_seconds",
    position: 7,
    kind: "counter",
    name: "Time of writes",
    help: "Time that writes took, from being queued to completion, summed over all of them.",
    unit: "s",
    scale: MILLISECOND,
    exposition: "node_disk_write_time_seconds_total",
    otlp: {
      name: "system.disk.operation_time",
      attributes: { "disk.io.direction": "write" },
      help: "Time that operations took, summed over all of them.",
    },
  },
  {
    suffix: "requests_in_flight",
    position: 8,
    kind: "gauge",
    name: "In flight",
    help: "Requests that are under way at the moment of the reading.",
    unit: "{operation}",
    scale: 1,
    exposition: "node_disk_io_now",
  },
  {
    suffix: "io_seconds",
    position: 9,
    kind: "counter",
    name: "Time with I/O",
    help: "Time in which at least one request was under way. Since Linux 5.0 the kernel looks at " +
      "it once a clock tick, so short requests at long intervals count for too much or too little.",
    unit: "s",
    scale: MILLISECOND,
    sane: SANE_BUSY_SECONDS,
    exposition: "node_disk_io_time_seconds_total",
    otlp: { name: "system.disk.io_time" },
  },
  {
    suffix: "io_weighted_seconds",
    position: 10,
    kind: "counter",
    name: "Time of requests",
    help:
      "Time in which requests were under way, summed over all of them. Since Linux 5.0 that of a " +
      "request is added when it ends.",
    unit: "s",
    scale: MILLISECOND,
    exposition: "node_disk_io_time_weighted_seconds_total",
  },
  {
    suffix: "discards",
    position: 11,
    kind: "counter",
    name: "Discards",
    help: "Discards (TRIM) completed.",
    unit: "{operation}",
    scale: 1,
    exposition: "node_disk_discards_completed_total",
  },
  {
    suffix: "discarded_bytes",
    position: 13,
    kind: "counter",
    name: "Discarded",
    help: "Bytes that the drive was told to forget.",
    unit: "By",
    scale: SECTOR_BYTES,
    exposition: "ringside_disk_discarded_bytes_total",
  },
  {
    suffix: "flushes",
    position: 15,
    kind: "counter",
    name: "Flushes",
    help: "Requests to write out the drive's own cache, completed.",
    unit: "{operation}",
    scale: 1,
    exposition: "node_disk_flush_requests_total",
  },
  {
    suffix: "flush_seconds",
    position: 16,
    kind: "counter",
    name: "Time of flushes",
    help: "Time that flushes took, summed over all of them.",
    unit: "s",
    scale: MILLISECOND,
    exposition: "node_disk_flush_requests_time_seconds_total",
  },
];

/** Id of the metric of a field in a scope. */
export function diskMetric(scope: DiskScope, field: DiskField): string {
  return `${scope}_${field.suffix}`;
}

const WORDS: Readonly<Record<DiskScope, Scope & { readonly what: string }>> = {
  disk: {
    id: "disk",
    label: "device",
    name: "Disk",
    spare: 2,
    most: 512,
    what: "Drives only, so that sums count everything once.",
  },
  volume: {
    id: "volume",
    label: "device",
    name: "Volume",
    spare: 1,
    most: 256,
    what: "Devices stacked on drives or on nothing: device mapper, md and the like. " +
      "The same bytes count for the drives below.",
  },
};

/** One name for both scopes: told apart by the device's name. */
function otlpOf({ suffix, help, otlp }: DiskField): Otlp {
  return { name: `ringside.disk.${suffix.replace(/_(bytes|seconds)$/, "")}`, help, ...otlp };
}

function measured(scope: DiskScope): readonly Measured[] {
  return DISK_FIELDS.map((field): Measured => ({
    id: diskMetric(scope, field),
    name: field.name,
    help: `${field.help} ${WORDS[scope].what}`,
    unit: field.unit,
    kind: field.kind,
    scope,
    collector,
    source: `/proc/diskstats, field ${field.position + 4}`,
    sane: field.sane,
    across: field.kind === "gauge" ? "sum" : undefined,
    exposition: {
      name: field.exposition,
      // One family for both scopes, as dashboards expect: told apart by the device's name.
      help: `${field.help} Drives and what is stacked on them: do not sum over all devices.`,
    },
    otlp: otlpOf(field),
  }));
}

function derived(scope: DiskScope): readonly Derived[] {
  const entry = (
    suffix: string,
    name: string,
    words: { readonly unit: Unit; readonly help: string },
    formula: Formula,
  ): Derived => ({
    id: `${scope}_${suffix}`,
    name,
    help: words.help,
    unit: words.unit,
    kind: "derived",
    scope,
    formula,
  });
  const rise = (suffix: string): Formula => delta(`${scope}_${suffix}`);
  return [
    entry("read_latency_seconds", "Wait for a read", {
      unit: "s",
      help: "Mean time from queueing a read to its completion.",
    }, divide(rise("read_seconds"), rise("reads"))),
    entry("write_latency_seconds", "Wait for a write", {
      unit: "s",
      help: "Mean time from queueing a write to its completion.",
    }, divide(rise("write_seconds"), rise("writes"))),
    entry("busy_ratio", "Busy", {
      unit: "1",
      help:
        "Share of time in which a request was under way. A drive that serves many at once can " +
        "be busy all the time and still have room. For several drives together: how many were busy.",
    }, divide(rise("io_seconds"), elapsed())),
    entry("queue_length", "Queue", {
      unit: "{operation}",
      help:
        "Requests under way, on average over the window. Since Linux 5.0 a request counts when it " +
        "ends, with all of its time: while none ends it is 0, whatever is under way.",
    }, divide(rise("io_weighted_seconds"), elapsed())),
  ];
}

export const disk: Subject = {
  scopes: DISK_SCOPES.map((scope) => {
    const { id, label, name, spare, most } = WORDS[scope];
    return { id, label, name, spare, most, attributes: { [label]: "system.device" } };
  }),
  metrics: DISK_SCOPES.flatMap((scope) => [...measured(scope), ...derived(scope)]),
  cards: [
    {
      id: "disks",
      title: "Disks",
      place: "sys",
      order: 60,
      blocks: [
        {
          block: "chart",
          id: "disks",
          title: "Read and written, all drives",
          style: "mirror",
          series: [{ metric: "disk_read_bytes" }, { metric: "disk_written_bytes" }],
        },
        {
          block: "table",
          scope: "disk",
          heading: "Drive",
          columns: [
            { metric: "disk_read_bytes" },
            { metric: "disk_written_bytes" },
            { metric: "disk_busy_ratio" },
          ],
          sort: "disk_busy_ratio",
          most: 8,
          empty: "The kernel knows no drive that was ever used",
        },
        {
          block: "figures",
          rows: [
            { metric: "disk_read_latency_seconds" },
            { metric: "disk_write_latency_seconds" },
            { metric: "disk_queue_length", name: "Under way, mean" },
          ],
        },
      ],
    },
  ],
};

/**
 * Bytes that move between the memory and everything that uses it, as the memory controllers count them,
 * and how that compares with what the memory can do.
 */
import type { Card } from "../card.ts";
import type {
  Derived,
  Exposition,
  Limit,
  Measured,
  Otlp,
  Scope,
  Subject,
  Witness,
} from "../catalogue.ts";
import {
  add,
  atLeast,
  delta,
  divide,
  either,
  type Formula,
  last,
  multiply,
  number,
  rate,
  subtract,
} from "../formula.ts";
import { counter } from "./counted.ts";
import { MEMORY_PMUS } from "./memory_pmus.ts";

const collector = "memory_bandwidth";

/** Of one controller: above what any memory does. */
const BYTES_PER_SECOND_MOST = 4e12;

/** A dead channel moves less than this share of what its siblings do. */
const DEAD_SHARE = 0.05;
/** Judged only in windows in which the siblings moved as much, each on average. */
const SIBLING_BYTES_LEAST = 64 * 2 ** 20;

/** What is shown above this share of the peak is no traffic: clocks and sizes are a little uncertain. */
const PEAK_SHARE_MOST = 1.05;
/** Two ways to count the same may differ by what one of them leaves out, and by no more than that. */
const SECOND_SOURCE_FACTOR = 2;
/** Below so many bytes a second, two sources are compared in what neither counts well. */
const SECOND_SOURCE_LEAST = 64e6;

export const MEMORY_PEAK = "memory_peak_bytes_per_second";
/** Of all controllers together, where nobody tells how much each of them can do. */
export const MEMORY_HOST_PEAK = "memory_host_peak_bytes_per_second";
/** Has one instance: what it measures is the host's, and no controller's or socket's. */
export const MEMORY_HOST = "memory_host";
export const MEMORY_SIBLINGS = "memory_sibling_bytes";
export const SECOND_MEMORY = "second_memory_bytes";

/** What is counted of one kind of memory; a source without such a split has `combined` only. */
export interface TrafficMetrics {
  readonly scope: string;
  readonly reads: string;
  readonly writes: string;
  readonly combined?: string;
}

export const TRAFFIC_METRICS = {
  ddr: {
    scope: "memory_channel",
    reads: "memory_read_bytes",
    writes: "memory_write_bytes",
    combined: "memory_combined_bytes",
  },
  hbm: { scope: "hbm_channel", reads: "hbm_read_bytes", writes: "hbm_write_bytes" },
  pmem: { scope: "pmem_channel", reads: "pmem_read_bytes", writes: "pmem_write_bytes" },
} as const satisfies Readonly<Record<string, TrafficMetrics>>;

const SCOPES: readonly Scope[] = [
  scope("memory_channel", "Memory controller"),
  scope("hbm_channel", "HBM controller"),
  scope("pmem_channel", "Persistent memory"),
  scope("second_memory_source", "Second way to count memory traffic"),
  { id: MEMORY_HOST, label: "memory", name: "Memory of the host", spare: 0, most: 1 },
];

function scope(id: string, name: string): Scope {
  return { id, label: "controller", name, spare: 1, most: 256 };
}

/** Reads and writes together are compared, however they are split: the other part stands on the left. */
function siblings(other?: string): Witness {
  const moved = delta(MEMORY_SIBLINGS);
  return {
    of: other === undefined
      ? moved
      : subtract(moved, multiply(number(1 / DEAD_SHARE), delta(other))),
    least: DEAD_SHARE,
    from: SIBLING_BYTES_LEAST,
  };
}

/** What memory controllers count, whichever of both they tell. */
const controllers: Formula = either(
  add(rate("memory_read_bytes"), rate("memory_write_bytes")),
  rate("memory_combined_bytes"),
);

/** Which of both is wrong nobody tells: the one that has more is not believed. */
function noMoreThan(of: Formula, why: string): Limit {
  return { of, factor: SECOND_SOURCE_FACTOR, from: SECOND_SOURCE_LEAST, why };
}

interface Counted {
  readonly id: string;
  readonly name: string;
  readonly help: string;
  readonly scope: string;
  readonly exposition: Exposition;
  readonly otlp: Otlp;
  readonly witness?: Witness;
  readonly limits?: readonly Limit[];
}

function bytes({ limits, ...entry }: Counted): readonly Measured[] {
  const [count, ...times] = counter({
    ...entry,
    collector,
    unit: "By",
    sane: [0, BYTES_PER_SECOND_MOST],
  });
  return [{ ...count!, limits }, ...times];
}

/** Whose it is, in `/metrics`: the PMU family and the socket beside the controller. */
const PLACE = { sourceLabel: true, groupLabels: ["socket"] } as const;

function family(
  kind: string,
  what: string,
  direction: string,
): { readonly exposition: Exposition; readonly otlp: Otlp } {
  const help = `Bytes moved between ${what} and the host, by controller and direction.`;
  return {
    exposition: {
      name: `ringside_${kind}_bandwidth_bytes_total`,
      labels: { direction },
      help,
      ...PLACE,
    },
    otlp: {
      name: `ringside.${kind}.io`,
      attributes: { "ringside.memory.direction": direction },
      help,
      source: "pmu",
    },
  };
}

const PEAK_SOURCE =
  "/sys/firmware/dmi/tables/DMI, type 17; else the controllers' event for their clock";

const measured: readonly Measured[] = [
  ...bytes({
    id: "memory_read_bytes",
    name: "Read",
    help: "Bytes read from memory, by cores, devices and the caches' own prefetching.",
    scope: "memory_channel",
    ...family("memory", "memory", "read"),
    witness: siblings("memory_write_bytes"),
  }),
  ...bytes({
    id: "memory_write_bytes",
    name: "Written",
    help: "Bytes written to memory, by caches that give lines back and by devices.",
    scope: "memory_channel",
    ...family("memory", "memory", "write"),
    witness: siblings("memory_read_bytes"),
  }),
  ...bytes({
    id: "memory_combined_bytes",
    name: "Read and written",
    help: "Bytes read from memory and written to it, where the hardware does not tell them apart.",
    scope: "memory_channel",
    ...family("memory", "memory", "combined"),
    witness: siblings(),
  }),
  ...counter({
    id: MEMORY_SIBLINGS,
    name: "Moved by the others",
    help:
      "Bytes that the other controllers of the socket moved, on average, where traffic is spread " +
      "evenly over them: one that moves next to nothing meanwhile does not count.",
    unit: "By",
    scope: "memory_channel",
    collector,
    inner: true,
  }),
  {
    id: MEMORY_PEAK,
    name: "Peak",
    help:
      "Bytes that memory can move in a second at the most: channels × transfers in a second × bytes " +
      "of a transfer, as the firmware describes them or the memory's clock tells. Of each controller, " +
      "where it is one channel.",
    unit: "By/s",
    kind: "gauge",
    scope: "memory_channel",
    collector,
    source: PEAK_SOURCE,
    across: "sum",
    dormant: true,
    exposition: { name: "ringside_memory_peak_bytes_per_second", groupLabels: ["socket"] },
  },
  {
    id: MEMORY_HOST_PEAK,
    name: "Peak",
    help:
      "Bytes that the memory of the host can move in a second at the most: channels × transfers in a " +
      "second × bytes of a transfer, as the firmware describes them or the memory's clock tells.",
    unit: "By/s",
    kind: "gauge",
    scope: MEMORY_HOST,
    collector,
    source: PEAK_SOURCE,
    across: "sum",
    dormant: true,
    exposition: { name: "ringside_memory_host_peak_bytes_per_second" },
  },
  ...bytes({
    id: "hbm_read_bytes",
    name: "HBM read",
    help: "Bytes read from memory on the package (HBM).",
    scope: "hbm_channel",
    ...family("hbm", "memory on the package (HBM)", "read"),
  }),
  ...bytes({
    id: "hbm_write_bytes",
    name: "HBM written",
    help: "Bytes written to memory on the package (HBM).",
    scope: "hbm_channel",
    ...family("hbm", "memory on the package (HBM)", "write"),
  }),
  ...bytes({
    id: "pmem_read_bytes",
    name: "Persistent memory read",
    help: "Bytes read from persistent memory.",
    scope: "pmem_channel",
    ...family("pmem", "persistent memory", "read"),
  }),
  ...bytes({
    id: "pmem_write_bytes",
    name: "Persistent memory written",
    help: "Bytes written to persistent memory.",
    scope: "pmem_channel",
    ...family("pmem", "persistent memory", "write"),
  }),
  ...bytes({
    id: SECOND_MEMORY,
    name: "Second source",
    help:
      "Bytes read from memory and written to it, counted a second time by other counters: to compare, " +
      "and never to be added.",
    scope: "second_memory_source",
    limits: [noMoreThan(controllers, "what the memory controllers count of the same traffic")],
    exposition: {
      name: "ringside_memory_second_source_bytes_total",
      help: "Bytes moved between memory and the host, counted a second time by other counters.",
      ...PLACE,
    },
    otlp: { name: "ringside.memory.second_source", source: "pmu" },
  }),
];

/** A miss brings a line; writes, devices and what is fetched ahead come on top. */
const missedLines: Formula = atLeast(
  multiply(either(rate("core_llc_misses"), rate("l3_misses")), last("llc_line_bytes")),
);

/** What devices and graphics move past the cores is on top. */
const monitored: Formula = atLeast(rate("mbm_total_bytes"));

/** The first of these that this machine has. */
const total: Formula = either(controllers, either(monitored, missedLines));

/** Of all the controllers together it is known more often than of each. */
const peak: Formula = either(last(MEMORY_PEAK), last(MEMORY_HOST_PEAK));

const LIMITS: readonly Limit[] = [
  { of: peak, factor: PEAK_SHARE_MOST, why: "the peak of the memory" },
  noMoreThan(rate(SECOND_MEMORY), "what the second source counts of the same traffic"),
];

const derived: readonly Derived[] = [
  {
    id: "memory_bytes_per_second",
    name: "Memory bandwidth",
    help:
      "Bytes read from memory and written to it in a second: as the memory controllers count them, " +
      "else at least what the monitor of each L3 cache counts, or what the last-level cache missed.",
    unit: "By/s",
    kind: "derived",
    scope: "memory_channel",
    limits: LIMITS,
    formula: total,
  },
  {
    id: "memory_controller_bytes_per_second",
    name: "Memory controllers",
    help: "Bytes that the memory controllers read and wrote in a second.",
    unit: "By/s",
    kind: "derived",
    scope: "memory_channel",
    limits: LIMITS,
    formula: controllers,
  },
  {
    id: "memory_peak_ratio",
    name: "Share of peak",
    help:
      "Memory bandwidth by the peak of the memory. What can be reached is less than all of it: three " +
      "quarters to nine tenths, as a rule.",
    unit: "1",
    kind: "derived",
    scope: "memory_channel",
    sane: [0, PEAK_SHARE_MOST],
    formula: divide(total, peak),
  },
];

const directions = [{ metric: "memory_read_bytes" }, { metric: "memory_write_bytes" }];

const card: Card = {
  id: "memory_bandwidth",
  title: "Memory bandwidth",
  badge: "memory_read_bytes",
  place: "side",
  order: 2.5,
  blocks: [
    {
      block: "figures",
      rows: [
        { metric: "memory_bytes_per_second", name: "Read and written" },
        { metric: "memory_peak_ratio" },
        { metric: MEMORY_HOST_PEAK },
      ],
      sparse: true,
      abreast: true,
    },
    {
      block: "figures",
      rows: directions,
      swatch: true,
    },
    {
      block: "chart",
      id: "memory_bandwidth",
      title: "Read from memory and written to it",
      style: "mirror",
      series: directions,
    },
    {
      block: "table",
      scope: "memory_channel",
      grouping: "socket",
      heading: "Socket",
      columns: [
        ...directions,
        { metric: "memory_peak_ratio" },
      ],
      most: 8,
      empty: "No memory controller is counted",
    },
  ],
};

export const memoryBandwidth: Subject = {
  scopes: SCOPES,
  metrics: [...measured, ...derived],
  cards: [card],
  doctor: [{
    id: "memory_bandwidth",
    name: "Memory bandwidth",
    metrics: ["memory_controller_bytes_per_second"],
    needs: "uncore_pmu",
    uncore: MEMORY_PMUS,
  }],
};

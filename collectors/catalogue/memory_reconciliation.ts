/**
 * Memory traffic by everything that counts it, side by side, and what each way leaves of what the memory
 * controllers count: what is left is traffic that the other way does not see.
 */
import type { Card, GridRow } from "../card.ts";
import type { Derived, Subject } from "../catalogue.ts";
import { add, atLeast, either, type Formula, last, multiply, rate, subtract } from "../formula.ts";

/** What all others are compared with. */
const PREFERRED = "memory_controller_bytes_per_second";

const controllers: Formula = either(
  add(rate("memory_read_bytes"), rate("memory_write_bytes")),
  rate("memory_combined_bytes"),
);

/** A way to count, and what it may leave out that the controllers see. */
interface Way {
  readonly key: string;
  readonly name: string;
  readonly help: string;
  readonly formula: Formula;
  /** A metric that is the same; absent: one is made. */
  readonly metric?: string;
  /** Short: what the controllers count beside it. */
  readonly rest: string;
}

const WAYS: readonly Way[] = [
  {
    key: "second",
    name: "Second source",
    help: "What other counters count of the same traffic.",
    metric: "second_memory_bytes",
    formula: rate("second_memory_bytes"),
    rest: "should be near 0: the same traffic",
  },
  {
    key: "mbm",
    name: "L3 monitors (MBM)",
    help: "What the monitor of each L3 cache counts of its cores.",
    metric: "mbm_total_bytes",
    formula: rate("mbm_total_bytes"),
    rest: "devices (DMA), GPUs, other agents",
  },
  {
    key: "llc",
    name: "LLC misses × line",
    help: "What the misses of the last-level cache bring in, a line each.",
    formula: atLeast(
      multiply(either(rate("core_llc_misses"), rate("l3_misses")), last("llc_line_bytes")),
    ),
    rest: "write-backs, prefetches, devices",
  },
  {
    key: "device",
    name: "Disks and networks",
    help: "Bytes that drives read and wrote and interfaces received and sent.",
    formula: add(
      rate("disk_read_bytes"),
      rate("disk_written_bytes"),
      rate("interface_receive_bytes"),
      rate("interface_transmit_bytes"),
    ),
    rest: "cores, and devices that are neither",
  },
];

function perSecond(id: string, name: string, help: string, formula: Formula): Derived {
  return { id, name, help, unit: "By/s", kind: "derived", scope: "host", formula };
}

function metricsOf({ key, name, help, metric, formula, rest }: Way): readonly Derived[] {
  const residual = perSecond(
    residualOf(key),
    `Controllers − ${name}`,
    `What the memory controllers count in a second beside it, less than 0 where it is more: ${rest}.`,
    subtract(controllers, formula),
  );
  return metric === undefined
    ? [perSecond(trafficOf(key), name, `${help} In a second.`, formula), residual]
    : [residual];
}

function trafficOf(key: string): string {
  return `memory_${key}_traffic_bytes_per_second`;
}

function residualOf(key: string): string {
  return `memory_residual_${key}_bytes_per_second`;
}

function row({ key, name, metric, rest }: Way): GridRow {
  return {
    name,
    note: rest,
    cells: [{ metric: metric ?? trafficOf(key) }, { metric: residualOf(key) }],
  };
}

const card: Card = {
  id: "memory_reconciliation",
  title: "Memory traffic, by who counts it",
  place: "sys",
  order: 86,
  // What devices move is known everywhere, and says nothing by itself.
  needs: {
    least: 2,
    of: [
      PREFERRED,
      ...WAYS.filter(({ key }) => key !== "device").map((way) => row(way).cells[0]!.metric),
    ],
    message:
      "Cannot compare ways to count memory traffic: found fewer than two on this machine, needs two",
  },
  blocks: [{
    block: "grid",
    heading: "Counted by",
    columns: ["Traffic", "Controllers − it"],
    rows: [
      { name: "Memory controllers", cells: [{ metric: PREFERRED }, null] },
      ...WAYS.map(row),
    ],
  }],
};

export const memoryReconciliation: Subject = {
  metrics: WAYS.flatMap(metricsOf),
  cards: [card],
};

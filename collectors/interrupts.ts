/**
 * Interrupts of `/proc/interrupts`. It is the dearest file that is read here: the kernel prints a
 * number for every interrupt and online CPU.
 *
 * @module
 */
import { openOrFail } from "./cause.ts";
import { INTERRUPT_KINDS, interruptMetric } from "./catalogue/interrupts.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { InterruptTable } from "./files/interrupt_table.ts";
import type { TreeFile } from "./kernel/host_tree.ts";
import { SinceReading } from "./files/since_reading.ts";

const PATH = "/proc/interrupts";

/** In the order of the table's totals. */
const COUNTED: readonly { readonly metric: string; readonly name: string }[] = [
  ...INTERRUPT_KINDS.map((kind) => ({ metric: interruptMetric(kind), name: kind.name })),
  { metric: "interrupt_errors", name: "Interrupt errors" },
];

export const interrupts: CollectorSpec = {
  id: "interrupts",
  minIntervalMs: 1000,
  open: (site) => new InterruptsReader(site),
};

class InterruptsReader implements Reader {
  readonly #site: Site;
  readonly #file: TreeFile;
  readonly #table = new InterruptTable(PATH, INTERRUPT_KINDS.map((kind) => kind.id));
  readonly #cpus: Instances;
  readonly #cpuColumn: Column;
  readonly #columns: readonly Column[];
  #kindsReported = -1;
  readonly #since = new SinceReading();

  constructor(site: Site) {
    this.#site = site;
    this.#cpus = site.instances("cpu");
    this.#cpuColumn = site.column("cpu_interrupts");
    this.#columns = COUNTED.map(({ metric }) => site.column(metric));
    this.#file = openOrFail(site.tree, PATH);
  }

  read(row: RowWriter, tick: Tick): void {
    this.#file.read();
    if (this.#file.length === 0) throw masked();
    const table = this.#table;
    table.update(this.#file.bytes, this.#file.length, this.#since.next(tick));
    let found = 0;
    for (let kind = 0; kind < this.#columns.length; kind++) {
      if (table.kindsFound[kind] === 0) continue;
      row.count(this.#columns[kind]!, HOST_SLOT, table.kindTotals[kind]!);
      found++;
    }
    if (found !== this.#kindsReported) this.#reportKinds(found);
    for (let i = 0; i < table.cpus.length; i++) {
      const cpu = table.cpus[i]!;
      const slot = this.#cpus.number(cpu);
      if (slot >= 0) row.count(this.#cpuColumn, slot, table.cpuTotals[cpu]!);
    }
  }

  close(): void {
    this.#file.close();
  }

  /** An architecture without rows of a kind does not have zero of it: it does not count them. */
  #reportKinds(found: number): void {
    this.#kindsReported = found;
    const missing = COUNTED.filter((_, kind) => this.#table.kindsFound[kind] === 0);
    if (missing.length === 0) this.#site.resolve("kinds");
    else {
      this.#site.report({
        key: "kinds",
        reason: "not_supported",
        message: `Cannot find rows for ${
          missing.map(({ name }) => name).join(", ")
        } in "${PATH}": ` +
          `this kernel counts none of them on ${this.#site.profile.machine}`,
        metrics: missing.map(({ metric }) => metric),
      });
    }
  }
}

/** What Docker, Podman and Kubernetes do since 2025: interrupt timing tells keystrokes apart. */
function masked(): CollectorError {
  return new CollectorError(
    "denied",
    `Cannot read "${PATH}": it is empty, as container runtimes mask it; needs the host's own file`,
    "Mount the host's /proc read-only into the container and name it with --procfs",
  );
}

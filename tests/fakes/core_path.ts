/**
 * What a tick does for the counters of the cores, over any kernel and any events: plan, open, and then
 * read, scale and write the row. The collector does the same, with what the machine has to offer.
 *
 * @module
 */
import { MEASURED } from "../../collectors/catalogue.ts";
import type { Column } from "../../collectors/collector.ts";
import { CounterSet } from "../../collectors/counters/counter_set.ts";
import type { Kernel } from "../../collectors/kernel/kernel.ts";
import { type Fits, type Plan, planGroups } from "../../collectors/pmu/plan.ts";
import type { PmuEvent } from "../../collectors/pmu/pmu_event.ts";
import { blockCells } from "../../collectors/sampling/layout.ts";
import { RowBuffer } from "../../collectors/sampling/row_buffer.ts";

/** Of a term: its count and its two times. */
const COLUMNS = 3;

export interface CorePathOptions {
  readonly kernel: Kernel;
  readonly cpus: readonly number[];
  /** A term each; those of a bundle are counted together where they fit. */
  readonly bundles: readonly (readonly PmuEvent[])[];
  readonly fits: Fits;
}

export class CorePath {
  readonly plan: Plan;
  readonly #sets: readonly CounterSet[];
  readonly #row: RowBuffer;
  readonly #terms: number;
  readonly #block: number;
  readonly #cells = new Float64Array(COLUMNS);
  readonly #tick = { monotonicMs: 0, seconds: 0 };

  /** Throws when a CPU refuses something. */
  constructor({ kernel, cpus, bundles, fits }: CorePathOptions) {
    const metrics = bundles.flat().map((_, term) => `term ${term}`);
    if (metrics.length * COLUMNS > MEASURED.length) {
      throw new RangeError(
        `Cannot place ${metrics.length} terms: there are ${MEASURED.length} columns`,
      );
    }
    let term = 0;
    const requests = bundles.map((events, bundle) => ({
      id: `bundle ${bundle}`,
      terms: events.map((event) => ({ metric: metrics[term++]!, events: [event] })),
    }));
    this.plan = planGroups(requests, fits);
    this.#sets = cpus.map((cpu) => {
      const set = CounterSet.open(kernel, cpu, this.plan, metrics, 0, (_group, _member, errno) => {
        throw new Error(`Cannot open events on cpu ${cpu}: errno ${errno}`);
      });
      return set!;
    });
    this.#terms = metrics.length;
    const block = blockCells(cpus.length);
    this.#block = block;
    const bases = MEASURED.map((_, index) => index * block);
    const capacities = MEASURED.map(() => cpus.length);
    this.#row = new RowBuffer(MEASURED.length * block, bases, capacities);
  }

  tick(): void {
    const cells = this.#cells;
    const row = this.#row;
    this.#tick.monotonicMs += 1000;
    for (let slot = 0; slot < this.#sets.length; slot++) {
      const set = this.#sets[slot]!;
      if (set.read(this.#tick) !== "whole") throw new Error(`Cannot read cpu ${set.cpu}`);
      for (let term = 0; term < this.#terms; term++) {
        set.take(term, cells);
        row.add(term * COLUMNS as Column, slot, cells[0]!);
        row.add(term * COLUMNS + 1 as Column, slot, cells[1]!);
        row.add(term * COLUMNS + 2 as Column, slot, cells[2]!);
      }
    }
  }

  /** Totals of a term on a CPU, by its slot: count, seconds enabled, seconds running. */
  totals(term: number, slot: number): readonly number[] {
    return [0, 1, 2].map((part) => this.#row.cells[(term * COLUMNS + part) * this.#block + slot]!);
  }

  close(): void {
    for (const set of this.#sets) set.close();
  }
}

/** Events that only a fake kernel has, in bundles of two. */
export function synthetic(events: number): readonly (readonly PmuEvent[])[] {
  return Array.from(
    { length: events / 2 },
    (_, bundle) =>
      [2 * bundle, 2 * bundle + 1].map((code) => ({
        name: `r${code.toString(16)}`,
        type: 4,
        config: BigInt(code),
      })),
  );
}

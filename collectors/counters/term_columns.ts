/** Where the counts of a `CounterSet` go in a row: each term with the times it was counted for. @module */
import { timeEnabledOf, timeRunningOf } from "../catalogue/counted.ts";
import type { Column, RowWriter, Site } from "../collector.ts";
import type { CounterSet } from "./counter_set.ts";

/** What of a term has columns. `inner`: a partner, which has no times of its own. */
export interface TermColumn {
  readonly metric: string;
  readonly inner?: true;
}

interface Columns {
  readonly value: Column;
  readonly times: { readonly enabled: Column; readonly running: Column } | null;
}

/** In the order of the terms. Writing allocates nothing. */
export class TermColumns {
  readonly #columns: readonly Columns[];
  /** Count, seconds enabled, seconds running of one term, on their way into the row. */
  readonly #cells = new Float64Array(3);

  constructor(site: Site, terms: readonly TermColumn[]) {
    this.#columns = terms.map(({ metric, inner }) => ({
      value: site.column(metric),
      times: inner ? null : {
        enabled: site.column(timeEnabledOf(metric)),
        running: site.column(timeRunningOf(metric)),
      },
    }));
  }

  /**
   * What a set read last; absent where it does not count a term. `factors`: units that a count is worth,
   * by term. `latent`: 1 for terms that are absent until they move; cleared when one does, which is told.
   */
  write(
    row: RowWriter,
    slot: number,
    set: CounterSet,
    factors?: Float64Array,
    latent?: Uint8Array,
  ): boolean {
    const cells = this.#cells;
    let moved = false;
    for (let term = 0; term < this.#columns.length; term++) {
      if (!set.has(term)) {
        this.#writeNoTerm(row, slot, term);
        continue;
      }
      const { value, times } = this.#columns[term]!;
      set.take(term, cells);
      if (latent !== undefined && latent[term] === 1) {
        if (cells[0] === 0) {
          this.#writeNoTerm(row, slot, term);
          continue;
        }
        latent[term] = 0;
        moved = true;
      }
      if (factors !== undefined) cells[0] = cells[0]! * factors[term]!;
      row.add(value, slot, cells[0]!);
      if (times === null) continue;
      row.add(times.enabled, slot, cells[1]!);
      row.add(times.running, slot, cells[2]!);
    }
    return moved;
  }

  /** Nothing is counted for this instance. */
  writeNone(row: RowWriter, slot: number): void {
    for (let term = 0; term < this.#columns.length; term++) this.#writeNoTerm(row, slot, term);
  }

  #writeNoTerm(row: RowWriter, slot: number, term: number): void {
    const { value, times } = this.#columns[term]!;
    row.none(value, slot);
    if (times === null) return;
    row.none(times.enabled, slot);
    row.none(times.running, slot);
  }
}

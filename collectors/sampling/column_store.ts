/**
 * Columns, instances and history, kept in step: when a scope runs out of slots, the row, its totals and
 * every remembered row move to a wider layout, so that nothing that was seen is lost.
 *
 * @module
 */
import { MEASURED, type Measured, type Scope, SCOPES } from "../catalogue.ts";
import type { Column } from "../collector.ts";
import type { Problem } from "../trust.ts";
import { carryRow, HEADER, type Layout, NO_COLUMNS, placeColumns } from "./layout.ts";
import { RowBuffer } from "./row_buffer.ts";
import { type SlotOwner, SlotTable } from "./slot_table.ts";
import { Timeline, timelineShape } from "./timeline.ts";

/** Where it states what stands in the way, and takes it back. */
export interface StoreCauses {
  report(problem: Omit<Problem, "collector">): void;
  resolve(key: string): void;
}

export class ColumnStore implements SlotOwner {
  readonly row: RowBuffer;
  readonly #tables: ReadonlyMap<string, SlotTable>;
  readonly #causes: StoreCauses;
  readonly #bytesMost: number | undefined;
  /** Collectors that opened once: their dormant metrics have columns. */
  readonly #awake = new Set<string>();
  #width: number;
  #bases: readonly number[];
  #capacities: readonly number[];
  /** What the remembered rows were written with. */
  #timeline: Timeline | null = null;
  #timelineBases: readonly number[] = [];
  #timelineCapacities: readonly number[] = [];
  #version = 1;
  #sequence = 0;

  constructor(
    capacities: ReadonlyMap<string, number>,
    causes: StoreCauses,
    bytesMost?: number,
  ) {
    this.#causes = causes;
    this.#bytesMost = bytesMost;
    const tables = new Map<string, SlotTable>();
    for (const scope of SCOPES.values()) {
      const capacity = capacities.get(scope.id) ?? Math.max(1, scope.spare);
      tables.set(scope.id, new SlotTable(scope, capacity, this));
    }
    this.#tables = tables;
    ({ width: this.#width, bases: this.#bases } = this.#place());
    this.#capacities = this.#metricCapacities();
    this.row = new RowBuffer(this.#width, this.#bases, this.#capacities);
    this.instances("host").claim("host");
  }

  instances(scope: string): SlotTable {
    const table = this.#tables.get(scope);
    if (table === undefined) {
      throw new Error(`Cannot find scope "${scope}": it is not in the catalogue`);
    }
    return table;
  }

  get version(): number {
    return this.#version;
  }

  layout(): Layout {
    const scopes = Object.fromEntries(
      [...this.#tables].map(([id, table]) => [id, table.layout()]),
    );
    return { version: this.#version, width: this.#width, bases: this.#bases, scopes };
  }

  /** The history. Made with the first row, when the instances that are there have their slots. */
  get timeline(): Timeline {
    return this.#timeline ??= this.#newTimeline();
  }

  /** From now on the dormant metrics of a collector have columns. For the first time only it does work. */
  wake(collector: string): void {
    if (this.#awake.has(collector)) return;
    this.#awake.add(collector);
    if (MEASURED.some((entry) => entry.collector === collector && entry.dormant)) this.grow();
  }

  /** Begins a row. */
  next(): void {
    this.#sequence++;
  }

  publish(deadlineMs: number): void {
    const cells = this.row.cells;
    cells[HEADER.sequence] = this.#sequence;
    cells[HEADER.layoutVersion] = this.#version;
    if (this.timeline.shape.width !== this.#width) this.#widenTimeline();
    this.timeline.push(cells, deadlineMs);
  }

  sequence(): number {
    return this.#sequence;
  }

  oldestSequence(): number {
    const coarse = this.#timeline?.coarse;
    if (coarse === undefined || coarse.count() === 0) return 0;
    return coarse.cell(coarse.oldest(), HEADER.sequence);
  }

  grow(): void {
    const { width, bases } = this.#place();
    const capacities = this.#metricCapacities();
    this.row.move(width, bases, capacities);
    this.#width = width;
    this.#bases = bases;
    this.#capacities = capacities;
    this.changed();
  }

  clear(scope: Scope, slot: number, forget: boolean): void {
    for (let index = 0; index < MEASURED.length; index++) {
      if (MEASURED[index]!.scope !== scope.id || this.#bases[index] === NO_COLUMNS) continue;
      if (forget) this.row.forget(index as Column, slot);
      else this.row.none(index as Column, slot);
    }
  }

  changed(): void {
    this.#version++;
  }

  exhausted(scope: Scope, name: string): void {
    this.#causes.report({
      key: exhaustedKey(scope),
      reason: "failed",
      message: `Cannot take in ${scope.name.toLowerCase()} ${JSON.stringify(name.slice(0, 64))}: ` +
        `${scope.most} are shown already, and that is the most`,
    });
  }

  relieved(scope: Scope): void {
    this.#causes.resolve(exhaustedKey(scope));
  }

  #place(): { readonly width: number; readonly bases: readonly number[] } {
    const capacities = new Map([...this.#tables].map(([id, table]) => [id, table.capacity]));
    return placeColumns(capacities, (entry) => this.#isAwake(entry));
  }

  #metricCapacities(): readonly number[] {
    return MEASURED.map((entry) => this.#isAwake(entry) ? this.instances(entry.scope).capacity : 0);
  }

  #isAwake(entry: Measured): boolean {
    return entry.dormant === undefined || this.#awake.has(entry.collector);
  }

  #newTimeline(): Timeline {
    this.#timelineBases = this.#bases;
    this.#timelineCapacities = this.#capacities;
    return new Timeline(timelineShape(this.#width, this.#bytesMost));
  }

  #widenTimeline(): void {
    const old = this.timeline;
    const oldBases = this.#timelineBases;
    const oldCapacities = this.#timelineCapacities;
    const wider = this.#newTimeline();
    const bases = this.#bases;
    wider.carry(old, (row, into) => carryRow(row, oldBases, oldCapacities, into, bases));
    this.#timeline = wider;
  }
}

function exhaustedKey({ id }: Scope): string {
  return `exhausted/${id}`;
}

/**
 * Which column holds what: a block of columns for every measured metric, one column in it for each
 * slot of its scope. Slots that no instance has yet are spare.
 *
 * @module
 */
import { MEASURED, type Measured, SCOPES } from "../catalogue.ts";

/** The first columns of every row. */
export const HEADER = {
  /** Number of the tick, from 1. */
  sequence: 0,
  /** CLOCK_MONOTONIC and CLOCK_REALTIME at the beginning of the tick, ms. */
  monotonicMs: 1,
  wallMs: 2,
  /** The interval that was asked for, ms. */
  intervalMs: 3,
  /** Version of the layout whose instances this row was written for. */
  layoutVersion: 4,
} as const;

/** Every collector that fills columns, in a fixed order: its index is its slot in scope `collector`. */
export const COLLECTORS: readonly string[] = [...new Set(MEASURED.map((entry) => entry.collector))];

const COLLECTOR_INDEX: ReadonlyMap<string, number> = new Map(
  COLLECTORS.map((id, index) => [id, index]),
);

const METRIC_INDEX: ReadonlyMap<string, number> = new Map(
  MEASURED.map((entry, index) => [entry.id, index]),
);

/** Index of a collector in `COLLECTORS`, or -1. */
export function collectorIndex(id: string): number {
  return COLLECTOR_INDEX.get(id) ?? -1;
}

/** Index of a measured metric in `MEASURED`, or -1: its handle. */
export function metricIndex(id: string): number {
  return METRIC_INDEX.get(id) ?? -1;
}

/**
 * First column of a metric that has none. So far below 0 that no slot makes it a cell of any row: what
 * is read there is undefined, and nothing is written there.
 */
export const NO_COLUMNS = -(2 ** 30);

/** After the header: when each collector last read with success, CLOCK_MONOTONIC in ms. */
const READ_AT = Object.keys(HEADER).length;

export function readAtColumn(collector: number): number {
  return READ_AT + collector;
}

/** One disk, CPU, interface. Its slot is its position in the scope's list. */
export interface Instance {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The group that it belongs to, by grouping: `socket`, `core_type`. */
  readonly groups: Readonly<Record<string, string>>;
  /** First row that is its; older rows of the slot were somebody else's. */
  readonly bornSequence: number;
  /** First row that it is missing from; null while it is there. */
  readonly goneSequence: number | null;
  /** When it was away in between, the oldest first: rows from `gone` to before `back`. */
  readonly away?: readonly Away[];
}

export interface Away {
  readonly gone: number;
  readonly back: number;
}

/** From this row on so many have no slot. */
export interface Untaken {
  readonly sequence: number;
  readonly count: number;
  /** The groups that each of them belongs to. */
  readonly groups: readonly Instance["groups"][];
}

export interface ScopeLayout {
  readonly capacity: number;
  /** By slot; null where the slot is spare. */
  readonly instances: readonly (Instance | null)[];
  /**
   * How many are there beside these and have no slot, since there are too many, the oldest first: sums over
   * all lack them, and those over their groups.
   */
  readonly untaken?: readonly Untaken[];
}

/** Plain data: it travels from the worker to the main thread as it is. */
export interface Layout {
  readonly version: number;
  /** Columns of a row. */
  readonly width: number;
  /** First column of each measured metric, by its index; `NO_COLUMNS` where it has none yet. */
  readonly bases: readonly number[];
  readonly scopes: Readonly<Record<string, ScopeLayout>>;
}

/**
 * Gives every metric its columns. `capacities`: slots by scope id; a scope not named has its spare ones.
 * `awake`: whether a metric has columns.
 */
export function placeColumns(
  capacities: ReadonlyMap<string, number>,
  awake: (entry: Measured) => boolean = () => true,
): { readonly width: number; readonly bases: readonly number[] } {
  let next = READ_AT + COLLECTORS.length;
  const bases = MEASURED.map((entry) => {
    if (!awake(entry)) return NO_COLUMNS;
    const base = next;
    next += blockCells(capacityOf(entry.scope, capacities));
    return base;
  });
  return { width: next, bases };
}

/** Smaller blocks are never as far apart as the sets of a cache repeat. */
const LARGE_BLOCK = 64;
/** Of a cache line, 64 bytes. */
const LINE_CELLS = 8;

/**
 * Cells from one block of columns to the next. A tick writes the metrics of a CPU one after the other, a
 * block apart; at a distance of 256 cells, or another power of two, all of them fall into the same few
 * sets of the cache and drive each other out. At an odd number of cache lines they fall into all.
 */
export function blockCells(capacity: number): number {
  return capacity < LARGE_BLOCK ? capacity : (Math.ceil(capacity / LINE_CELLS) | 1) * LINE_CELLS;
}

function capacityOf(scope: string, capacities: ReadonlyMap<string, number>): number {
  const known = capacities.get(scope);
  if (known !== undefined) return known;
  const entry = SCOPES.get(scope);
  if (entry === undefined) {
    throw new Error(`Cannot lay out scope "${scope}": it is not in the catalogue`);
  }
  return Math.max(1, entry.spare);
}

/**
 * Copies a row of one layout into a row of another that has at least its slots. New slots are NaN. The
 * capacity of a metric without columns is 0.
 */
export function carryRow(
  from: Float64Array,
  fromBases: readonly number[],
  fromCapacities: readonly number[],
  into: Float64Array,
  intoBases: readonly number[],
): void {
  into.fill(NaN);
  const head = READ_AT + COLLECTORS.length;
  into.set(from.subarray(0, head));
  for (let metric = 0; metric < fromBases.length; metric++) {
    const base = fromBases[metric]!;
    if (base === NO_COLUMNS) continue;
    into.set(from.subarray(base, base + fromCapacities[metric]!), intoBases[metric]!);
  }
}

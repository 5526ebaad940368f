/**
 * Cards of different heights in columns that end on one line, without a script that measures them:
 * the style sheet has a class for each column and each height, here they are chosen.
 *
 * @module
 */

export interface Parcel {
  /** In steps of a rem. */
  readonly height: number;
  /** Has a chart, which looks well at any height. */
  readonly stretches: boolean;
}

export interface Place {
  /** From 1. */
  readonly column: number;
  readonly height: number;
}

/** Numbers of columns that a page may have; the page's width decides. */
export const COLUMNS = [2, 3, 4] as const;
/** The style sheet's classes have two digits. */
export const HEIGHT_MOST = 99;
/** Steps that no chart can take are emptiness; they cost as much as so many steps of the page. */
const EMPTY_COST = 0.7;
/** Any column may have to grow when the page is laid out, where it has a chart to take it. */
const RIGID_COST = 2;

/** Where each parcel goes, in their order. All columns that hold any have the same height. */
export function pack(parcels: readonly Parcel[], columns: number): readonly Place[] {
  const places = settle(parcels, columns);
  const sums = heightsOf(parcels, places, columns);
  const high = Math.max(...sums);
  const heights = parcels.map(({ height }) => height);
  for (let column = 0; column < columns; column++) {
    const all = [...parcels.keys()].filter((index) => places[index] === column);
    const elastic = all.filter((index) => parcels[index]!.stretches);
    const takers = elastic.length > 0 ? elastic : all;
    const slack = high - sums[column]!;
    takers.forEach((index, rank) => heights[index]! += share(slack, takers.length, rank));
  }
  return parcels.map((_, index) => ({
    column: places[index]! + 1,
    height: Math.min(HEIGHT_MOST, heights[index]!),
  }));
}

/** Classes of a card for every number of columns: `k3-2 t3-1 u3-7` is column 2 of 3, 17 steps. */
export function packClasses(parcels: readonly Parcel[]): readonly string[] {
  const classes = parcels.map((): string[] => []);
  for (const columns of COLUMNS) {
    pack(parcels, columns).forEach(({ column, height }, index) => {
      const [tens, units] = [Math.floor(height / 10), height % 10];
      classes[index]!.push(`k${columns}-${column} t${columns}-${tens} u${columns}-${units}`);
    });
  }
  return classes.map((words) => words.join(" "));
}

/** Columns from 0: each parcel to the lowest column, then moved and swapped while that helps. */
function settle(parcels: readonly Parcel[], columns: number): readonly number[] {
  const places: number[] = [];
  const sums = new Array<number>(columns).fill(0);
  for (const { height } of parcels) {
    const column = sums.indexOf(Math.min(...sums));
    places.push(column);
    sums[column]! += height;
  }
  let cost = costOf(parcels, places, columns);
  for (let better = true; better;) {
    better = false;
    for (const change of changes(parcels.length, columns)) {
      const undo = change(places);
      const next = costOf(parcels, places, columns);
      if (next < cost) {
        cost = next;
        better = true;
      } else undo();
    }
  }
  // The first card is where one begins to read.
  const order = [...new Set(places)];
  return places.map((column) => order.indexOf(column));
}

type Undo = () => void;

/** Every move of one parcel to a column, and every swap of two. */
function* changes(count: number, columns: number): Generator<(places: number[]) => Undo> {
  for (let index = 0; index < count; index++) {
    for (let column = 0; column < columns; column++) {
      yield (places) => {
        const before = places[index]!;
        places[index] = column;
        return () => places[index] = before;
      };
    }
    for (let other = 0; other < index; other++) {
      yield (places) => {
        const swap = (): void => {
          [places[index], places[other]] = [places[other]!, places[index]!];
        };
        swap();
        return swap;
      };
    }
  }
}

function costOf(parcels: readonly Parcel[], places: readonly number[], columns: number): number {
  const sums = heightsOf(parcels, places, columns);
  const high = Math.max(...sums);
  const elastic = new Set(places.filter((_, index) => parcels[index]!.stretches));
  return sums.reduce(
    (cost, sum, column) =>
      elastic.has(column) ? cost : cost + RIGID_COST + EMPTY_COST * (high - sum),
    high,
  );
}

function heightsOf(
  parcels: readonly Parcel[],
  places: readonly number[],
  columns: number,
): readonly number[] {
  const sums = new Array<number>(columns).fill(0);
  parcels.forEach(({ height }, index) => sums[places[index]!]! += height);
  return sums;
}

/** A whole part of the slack; what does not divide goes to the first. */
function share(slack: number, takers: number, rank: number): number {
  return Math.floor(slack / takers) + (rank < slack % takers ? 1 : 0);
}

/**
 * Cards of different heights in columns that end near one line, without a script that measures them.
 * What is left over is the style sheet's to share out; it gives it to charts.
 *
 * @module
 */

export interface Parcel {
  /** In rem. */
  readonly height: number;
  /** Has a chart, which looks well at any height. */
  readonly stretches: boolean;
}

/** What charts of a column can fill and look well. */
const STRETCH_MOST = 8;
/** Of emptiness that no chart can fill, in rem of the page's height. */
const EMPTY_COST = 0.7;
/** Any column may have to grow when the page is laid out: one without a chart costs so much more. */
const RIGID_COST = 2;

/** Which parcels go into each column, by their indices and in their order. No column is empty. */
export function pack(
  parcels: readonly Parcel[],
  columns: number,
): readonly (readonly number[])[] {
  const places = settle(parcels, Math.min(columns, parcels.length));
  // The first card is where one begins to read.
  return [...new Set(places)].map((column) =>
    [...parcels.keys()].filter((index) => places[index] === column)
  );
}

/** The column of each: at first the lowest one, then moved and swapped while that helps. */
function settle(parcels: readonly Parcel[], columns: number): readonly number[] {
  const places: number[] = [];
  for (const index of parcels.keys()) {
    const sums = heightsOf(parcels.slice(0, index), places, columns);
    places.push(sums.indexOf(Math.min(...sums)));
  }
  let cost = costOf(parcels, places, columns);
  for (let better = true; better;) {
    better = false;
    for (const change of changes(parcels.length, columns)) {
      const before = [...places];
      change(places);
      const next = costOf(parcels, places, columns);
      if (next < cost) {
        cost = next;
        better = true;
      } else places.splice(0, places.length, ...before);
    }
  }
  return places;
}

/** Every move of one parcel to a column, and every swap of two. */
function* changes(count: number, columns: number): Generator<(places: number[]) => void> {
  for (let index = 0; index < count; index++) {
    for (let column = 0; column < columns; column++) {
      yield (places) => {
        places[index] = column;
      };
    }
    for (let other = 0; other < index; other++) {
      yield (places) => {
        [places[index], places[other]] = [places[other]!, places[index]!];
      };
    }
  }
}

function costOf(parcels: readonly Parcel[], places: readonly number[], columns: number): number {
  const sums = heightsOf(parcels, places, columns);
  const high = Math.max(...sums);
  const elastic = new Set(places.filter((_, index) => parcels[index]!.stretches));
  return sums.reduce((cost, sum, column) => {
    const empty = high - sum;
    return cost +
      (elastic.has(column)
        ? EMPTY_COST * Math.max(0, empty - STRETCH_MOST)
        : RIGID_COST + EMPTY_COST * empty);
  }, high);
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

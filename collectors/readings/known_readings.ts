/**
 * Readings that were worked out, each once for a snapshot. What nobody has read again since the snapshot
 * before is the same reading: of what a page shows, most is read every few seconds or is not there.
 *
 * @module
 */
import { METRICS } from "../catalogue.ts";
import { alternatives } from "../formula.ts";
import { COLLECTORS, readAtColumn } from "../sampling/layout.ts";
import { isMeasured, type Reading } from "../trust.ts";
import type { Moves } from "./moves.ts";
import { READERS } from "./readers.ts";

type Slots = (Reading | undefined)[];

/** Whether there is one way to each metric only: what stands in it leaves no other. */
const HAS_ONE_WAY: readonly boolean[] = [...METRICS.values()].map((entry) =>
  entry.kind !== "derived" || alternatives(entry.formula).length === 1
);

export class KnownReadings {
  // By the place of the metric, and by slot: maps with keys of both would be half of what a tick costs.
  readonly #hosts: Slots = new Array(METRICS.size);
  readonly #parts: (Slots | undefined)[] = new Array(METRICS.size);
  readonly #row: Float64Array;
  readonly #moves: Moves;

  /**
   * `row`: the newest of the snapshot. `earlier`: those of one before it, for the same sources and
   * causes, and where a collector has not moved for the same instances.
   */
  constructor(row: Float64Array, moves: Moves, earlier?: KnownReadings) {
    this.#row = row;
    this.#moves = moves;
    if (earlier !== undefined) this.#keep(earlier);
  }

  ofHost(place: number): Reading | undefined {
    return this.#hosts[place];
  }

  ofSlot(place: number, slot: number): Reading | undefined {
    return this.#parts[place]?.[slot];
  }

  addHost(place: number, reading: Reading): Reading {
    this.#hosts[place] = reading;
    return reading;
  }

  addSlot(place: number, slot: number, reading: Reading): Reading {
    (this.#parts[place] ??= [])[slot] = reading;
    return reading;
  }

  #keep(earlier: KnownReadings): void {
    const isReread = new Uint8Array(COLLECTORS.length);
    // Mostly nobody moved: then it is the same list.
    const moved = this.#moves !== earlier.#moves;
    const isMoved = (collector: number): boolean =>
      this.#moves[collector] !== earlier.#moves[collector];
    for (let collector = 0; collector < isReread.length; collector++) {
      const column = readAtColumn(collector);
      const isSame = Object.is(this.#row[column], earlier.#row[column]);
      isReread[collector] = isSame ? 0 : 1;
    }
    for (let place = 0; place < READERS.length; place++) {
      const hosts = earlier.#hosts[place];
      const parts = earlier.#parts[place];
      if (hosts === undefined && parts === undefined) continue;
      if (moved && READERS[place]!.some(isMoved)) continue;
      if (!READERS[place]!.some((reader) => isReread[reader] === 1)) {
        this.#hosts[place] = hosts;
        this.#parts[place] = parts;
      } else if (HAS_ONE_WAY[place]) {
        // As long as its cause is told it is absent, however often others of its terms are read.
        if (isCaused(hosts)) this.#hosts[place] = hosts;
        if (parts?.every(isCaused)) this.#parts[place] = parts;
      }
    }
  }
}

function isCaused(reading: Reading | undefined): boolean {
  return reading !== undefined && !isMeasured(reading) && reading.problem !== undefined;
}

/**
 * One collector with several kinds of counters, each of which may be refused on its own.
 *
 * @module
 */
import { isColumn, metric as metricOf } from "../catalogue.ts";
import { causeOf } from "../cause.ts";
import {
  CollectorError,
  type Column,
  type Instances,
  type Reader,
  retryAfterMs,
  type RowWriter,
  type Site,
  type Tick,
} from "../collector.ts";
import type { Source } from "../source.ts";

/** What reads one kind. */
export interface SourcedReader extends Reader {
  readonly sources: readonly Source[];
  /** Closes, and takes back the causes that it told; absent: it tells none, and is closed. */
  forget?(): void;
}

export interface Part {
  /** Key of the cause that it is missing. */
  readonly key: string;
  /** That are lost with it. */
  readonly metrics: readonly string[];
  /** Throws `CollectorError` where there is none of it. `changed`: to be called when its sources do. */
  readonly open: (changed: () => void) => SourcedReader;
}

interface Seat {
  readonly part: Part;
  reader: SourcedReader | null;
  retryAtSeconds: number;
}

export class UncoreParts implements Reader {
  readonly #site: Site;
  readonly #seats: readonly Seat[];

  /** Opens all of them. Throws the cause of the first where none could be opened. */
  constructor(site: Site, parts: readonly Part[]) {
    this.#site = site;
    this.#seats = parts.map((part) => ({ part, reader: null, retryAtSeconds: 0 }));
    const nowSeconds = Math.floor(site.clock.monotonicMs() / 1000);
    const errors: unknown[] = [];
    for (const seat of this.#seats) {
      const error = this.#open(seat, nowSeconds);
      if (error !== null) errors.push(error);
    }
    if (errors.length === this.#seats.length) throw errors[0];
    this.#tellSources();
  }

  read(row: RowWriter, tick: Tick): void {
    for (let i = 0; i < this.#seats.length; i++) {
      const seat = this.#seats[i]!;
      if (seat.reader !== null) this.#readSeat(seat, seat.reader, row, tick);
      else if (tick.seconds >= seat.retryAtSeconds) this.#retry(seat, tick.seconds);
    }
  }

  close(): void {
    for (const seat of this.#seats) {
      seat.reader?.close();
      seat.reader = null;
    }
  }

  /**
   * What one kind fails by costs that kind; the last one costs the collector. What is no cause of the
   * machine is thrown on.
   */
  #readSeat(seat: Seat, reader: SourcedReader, row: RowWriter, tick: Tick): void {
    try {
      reader.read(row, tick);
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      seat.reader = null;
      if (reader.forget) reader.forget();
      else reader.close();
      if (this.#seats.every((other) => other.reader === null)) throw error;
      // A total that stands would be a rate of zero.
      for (const { column, instances } of columnsOf(this.#site, seat.part.metrics)) {
        for (const slot of instances.slots()) row.none(column, slot);
      }
      this.#lose(seat, error, tick.seconds);
      this.#tellSources();
    }
  }

  /** It is read from the next tick on. */
  #retry(seat: Seat, nowSeconds: number): void {
    if (this.#open(seat, nowSeconds) === null) this.#tellSources();
  }

  /** The error where it could not be opened. What is no cause of the machine is thrown on. */
  #open(seat: Seat, nowSeconds: number): CollectorError | null {
    const { key, open } = seat.part;
    try {
      seat.reader = open(() => this.#tellSources());
      this.#site.resolve(key);
      return null;
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error;
      this.#lose(seat, error, nowSeconds);
      return error;
    }
  }

  #lose(seat: Seat, error: CollectorError, nowSeconds: number): void {
    const { key, metrics } = seat.part;
    seat.retryAtSeconds = nowSeconds + retryAfterMs(error.reason) / 1000;
    this.#site.report({ key, ...causeOf(error), metrics });
  }

  #tellSources(): void {
    this.#site.sources(this.#seats.flatMap(({ reader }) => reader?.sources ?? []));
  }
}

/** Where the counts of these metrics stand, with the times that they were counted for. */
function columnsOf(
  site: Site,
  metrics: readonly string[],
): readonly { readonly column: Column; readonly instances: Instances }[] {
  return metrics.flatMap((id) => {
    const entry = metricOf(id);
    const times = isColumn(entry) ? entry.counted : undefined;
    const ids = times === undefined ? [id] : [id, times.enabled, times.running];
    const instances = site.instances(entry.scope);
    return ids.map((own) => ({ column: site.column(own), instances }));
  });
}

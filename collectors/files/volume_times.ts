/**
 * Volumes whose requests are counted and not timed: md until Linux 5.13 or so adds to requests and sectors
 * alone (drivers/md/md.c, md_make_request), and its times stand at 0, which would pass for an idle array.
 *
 * @module
 */
import { DISK_FIELDS, diskMetric } from "../catalogue/disk.ts";
import type { Column, Instances, RowWriter, Site } from "../collector.ts";
import { listed } from "../listed.ts";

/** Of reads, of writes, with I/O, of requests. */
const TIMES = DISK_FIELDS.map(({ suffix }, at) => ({ suffix, at })).filter(({ suffix }) =>
  ["read_seconds", "write_seconds", "io_seconds", "io_weighted_seconds"].includes(suffix)
).map(({ at }) => at);
/** So many without a millisecond altogether: no device is that fast. */
const REQUESTS_LEAST = 10_000;
/** Of volumes that a message names. */
const NAMES_MOST = 4;
const KEY = "times";

export class VolumeTimes {
  readonly #site: Site;
  readonly #volumes: Instances;
  readonly #columns: readonly Column[];
  readonly #metrics: readonly string[];
  /** By slot: 1 where it was found so. */
  #untimed = new Uint8Array(0);
  #changed = false;
  #seen: readonly number[] = [];

  /** `columns`: all that a volume has, in the order of `DISK_FIELDS`. */
  constructor(site: Site, columns: readonly Column[]) {
    this.#site = site;
    this.#volumes = site.instances("volume");
    this.#columns = TIMES.map((at) => columns[at]!);
    this.#metrics = TIMES.map((at) => diskMetric("volume", DISK_FIELDS[at]!));
  }

  /**
   * Takes back the times that were just written of a volume without any. `values`: of its line;
   * `requests`: that it completed.
   */
  judge(row: RowWriter, slot: number, values: Float64Array, requests: number): void {
    let times = 0;
    for (let i = 0; i < TIMES.length; i++) times += values[DISK_FIELDS[TIMES[i]!]!.position]!;
    const untimed = times === 0 && requests >= REQUESTS_LEAST ? 1 : 0;
    if (slot >= this.#untimed.length) this.#makeRoom(slot + 1);
    if (untimed !== this.#untimed[slot]) this.#changed = true;
    this.#untimed[slot] = untimed;
    if (untimed === 0) return;
    for (let i = 0; i < this.#columns.length; i++) row.none(this.#columns[i]!, slot);
  }

  /** Ends a reading: says which they are, when others are. */
  tell(): void {
    const slots = this.#volumes.slots();
    if (this.#changed || slots !== this.#seen) this.#report(slots);
    this.#changed = false;
    this.#seen = slots;
  }

  #report(slots: readonly number[]): void {
    const names = slots.filter((slot) => this.#untimed[slot] === 1)
      .map((slot) => this.#volumes.nameOf(slot));
    if (names.length === 0) return this.#site.resolve(KEY);
    this.#site.report({
      key: KEY,
      reason: "not_supported",
      message: `Cannot tell how long requests of ${listed(names, NAMES_MOST)} take: found ` +
        `${REQUESTS_LEAST} and more in "/proc/diskstats" with a time of 0, needs a kernel that ` +
        "times them, as those after Linux 5.13 do for md",
      metrics: this.#metrics,
      instances: names,
    });
  }

  #makeRoom(slots: number): void {
    const grown = new Uint8Array(slots);
    grown.set(this.#untimed);
    this.#untimed = grown;
  }
}

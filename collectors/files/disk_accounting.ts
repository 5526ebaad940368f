/**
 * Devices whose counts are switched off: with `/sys/class/block/<device>/queue/iostats` at 0 the kernel
 * counts no request of theirs (block/blk-mq.c, blk_do_io_stat). What it counted before stands still, which
 * would pass for a device that nobody uses.
 *
 * Older kernels give 0 for every dm and md, and count them all the same (until `QUEUE_FLAG_IO_STAT` in
 * drivers/md): so one whose counts rise is counted.
 *
 * @module
 */
import { DISK_FIELDS, diskMetric, type DiskScope } from "../catalogue/disk.ts";
import type { Column, Instances, RowWriter, Site, Tick } from "../collector.ts";
import { textOf } from "./text.ts";
import { listed } from "../listed.ts";
import { blockDirectory } from "./block_directory.ts";

const READ_EVERY_SECONDS = 30;
/** Of devices that a message names. */
const NAMES_MOST = 4;

/** A device whose `iostats` is 0. */
interface Off {
  readonly slot: number;
  readonly name: string;
  readonly sinceSeconds: number;
  /** What was in flight when the counts were switched off is counted still: none of it is left. */
  isDrained: boolean;
  /** Its counts rose all the same. */
  counts: boolean;
  /** Found with this reading: what it counted until then is true. */
  isNew: boolean;
}

/** No request is in flight for so long: drivers give up after 30 seconds. */
const IN_FLIGHT_SECONDS_MOST = 30;

export class DiskAccounting {
  readonly #site: Site;
  readonly #key: string;
  readonly #devices: Instances;
  readonly #columns: readonly Column[];
  readonly #metrics: readonly string[];
  #off: readonly Off[] = [];
  /** By slot: where it stands in `#off`; -1 where it does not. */
  #offOf = new Int32Array(0);
  /** By slot: requests completed, and in flight, in the last reading. */
  #completed = new Float64Array(0);
  #inFlight = new Float64Array(0);
  #dueSeconds = 0;

  /** `columns`: all that a device of the scope has. */
  constructor(site: Site, scope: DiskScope, columns: readonly Column[]) {
    this.#site = site;
    this.#key = `${scope} iostats`;
    this.#devices = site.instances(scope);
    this.#columns = columns;
    this.#metrics = DISK_FIELDS.map((field) => diskMetric(scope, field));
  }

  /** A device came: all are looked at with the next `read`. */
  expire(): void {
    this.#dueSeconds = 0;
  }

  /** How many requests a device has completed, and has in flight: one that counts is found by it. */
  note(slot: number, completed: number, inFlight: number): void {
    if (slot >= this.#completed.length) this.#makeRoom(slot + 1);
    const off = this.#off[this.#offOf[slot]!];
    if (off !== undefined && !off.counts) {
      if (off.isDrained && completed > this.#completed[slot]!) {
        off.counts = true;
        this.#dueSeconds = 0;
      }
      if (inFlight === 0) off.isDrained = true;
    }
    this.#completed[slot] = completed;
    this.#inFlight[slot] = inFlight;
  }

  /** Takes back what was written of devices that are not counted. */
  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#dueSeconds) {
      this.#dueSeconds = tick.seconds + READ_EVERY_SECONDS;
      this.#look(tick.seconds);
    }
    for (let i = 0; i < this.#off.length; i++) {
      const off = this.#off[i]!;
      if (tick.seconds - off.sinceSeconds >= IN_FLIGHT_SECONDS_MOST) off.isDrained = true;
      const isNew = off.isNew;
      off.isNew = false;
      if (off.counts || isNew) continue;
      for (let column = 0; column < this.#columns.length; column++) {
        row.none(this.#columns[column]!, off.slot);
      }
    }
  }

  #makeRoom(slots: number): void {
    const offOf = new Int32Array(slots).fill(-1);
    const completed = new Float64Array(slots);
    const inFlight = new Float64Array(slots);
    offOf.set(this.#offOf);
    completed.set(this.#completed);
    inFlight.set(this.#inFlight);
    [this.#offOf, this.#completed, this.#inFlight] = [offOf, completed, inFlight];
  }

  // Apart, because a function with a closure in it allocates whenever it is entered.
  #look(sinceSeconds: number): void {
    const before = this.#off;
    const offOf = this.#offOf;
    this.#off = this.#devices.slots().flatMap((slot) => {
      const name = this.#devices.nameOf(slot);
      if (textOf(this.#site.tree, pathOf(name)) !== "0") return [];
      const known = before[offOf[slot]!];
      if (known?.name === name) return [known];
      const isDrained = this.#inFlight[slot] === 0;
      return [{ slot, name, sinceSeconds, isDrained, counts: false, isNew: true }];
    });
    offOf.fill(-1);
    for (const [at, { slot }] of this.#off.entries()) offOf[slot] = at;
    const names = this.#off.filter(({ counts }) => !counts).map(({ name }) => name);
    if (names.length === 0) return this.#site.resolve(this.#key);
    const path = pathOf(names[0]!);
    const [their, does] = names.length === 1 ? ["its", "does"] : ["their", "do"];
    this.#site.report({
      key: this.#key,
      reason: "not_supported",
      message: `Cannot tell what ${listed(names, NAMES_MOST)} ${does}: ${their} counts stand ` +
        `still and "${path}" is 0, needs 1`,
      remedy: `\`echo 1 > ${path}\`` + (names.length === 1 ? "" : ", and so for each of them"),
      metrics: this.#metrics,
      instances: names,
    });
  }
}

function pathOf(name: string): string {
  return `${blockDirectory(name)}/queue/iostats`;
}

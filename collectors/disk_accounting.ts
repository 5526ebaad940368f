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
import { blockDirectory } from "./block_directory.ts";
import type { DiskScope } from "./catalogue/disk.ts";
import type { Column, Instances, RowWriter, Site, Tick } from "./collector.ts";
import { textOf } from "./host_files.ts";
import { listed } from "./listed.ts";

const READ_EVERY_SECONDS = 30;
/** Of devices that a message names. */
const NAMES_MOST = 4;

/** A device whose `iostats` is 0. */
interface Off {
  readonly slot: number;
  readonly name: string;
  /** Ticks since that was found. */
  ticks: number;
  /** Requests that it completed until the last tick. */
  completed: number;
  /** Its counts rose all the same. */
  counts: boolean;
}

/** What was in flight when the counts were switched off may still be counted in the next tick. */
const TICKS_IN_FLIGHT = 1;

export class DiskAccounting {
  readonly #site: Site;
  readonly #key: string;
  readonly #devices: Instances;
  readonly #columns: readonly Column[];
  readonly #metrics: readonly string[];
  #off: readonly Off[] = [];
  #dueSeconds = 0;

  /** `columns`: all that a device has, of these metrics. */
  constructor(
    site: Site,
    scope: DiskScope,
    columns: readonly Column[],
    metrics: readonly string[],
  ) {
    this.#site = site;
    this.#key = `${scope} iostats`;
    this.#devices = site.instances(scope);
    this.#columns = columns;
    this.#metrics = metrics;
  }

  /** A device came: all are looked at with the next `read`. */
  expire(): void {
    this.#dueSeconds = 0;
  }

  /** What a device has completed, as `values` at these positions: one that counts is found by it. */
  note(slot: number, values: Float64Array, positions: readonly number[]): void {
    for (let i = 0; i < this.#off.length; i++) {
      const off = this.#off[i]!;
      if (off.slot !== slot) continue;
      let completed = 0;
      for (let at = 0; at < positions.length; at++) completed += values[positions[at]!]!;
      if (off.ticks > TICKS_IN_FLIGHT && completed > off.completed && !off.counts) {
        off.counts = true;
        this.#dueSeconds = 0;
      }
      off.completed = completed;
      off.ticks++;
    }
  }

  /** Takes back what was written of devices that are not counted. */
  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#dueSeconds) {
      this.#dueSeconds = tick.seconds + READ_EVERY_SECONDS;
      this.#look();
    }
    for (let i = 0; i < this.#off.length; i++) {
      const { slot, counts } = this.#off[i]!;
      if (counts) continue;
      for (let column = 0; column < this.#columns.length; column++) {
        row.none(this.#columns[column]!, slot);
      }
    }
  }

  // Apart, because a function with a closure in it allocates whenever it is entered.
  #look(): void {
    const before = this.#off;
    this.#off = this.#devices.slots().flatMap((slot) => {
      const name = this.#devices.nameOf(slot);
      if (textOf(this.#site.tree, pathOf(name)) !== "0") return [];
      return before.find((known) => known.slot === slot && known.name === name) ??
        { slot, name, ticks: 0, completed: Infinity, counts: false };
    });
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

/**
 * Drives whose counts are switched off: with `/sys/class/block/<drive>/queue/iostats` at 0 the kernel
 * counts no request of theirs (block/blk-mq.c, blk_do_io_stat). What it counted before stands still, which
 * would pass for a drive that nobody uses.
 *
 * @module
 */
import { blockDirectory } from "./block_directory.ts";
import type { Column, Instances, RowWriter, Site, Tick } from "./collector.ts";
import { textOf } from "./host_files.ts";
import { listed } from "./listed.ts";

const READ_EVERY_SECONDS = 30;
const KEY = "iostats";
/** Of drives that a message names. */
const NAMES_MOST = 4;

export class DiskAccounting {
  readonly #site: Site;
  readonly #disks: Instances;
  readonly #columns: readonly Column[];
  readonly #metrics: readonly string[];
  /** Slots of the drives that are not counted. */
  #off: readonly number[] = [];
  #dueSeconds = 0;

  /** `columns`: all that a drive has, of these metrics. */
  constructor(site: Site, columns: readonly Column[], metrics: readonly string[]) {
    this.#site = site;
    this.#disks = site.instances("disk");
    this.#columns = columns;
    this.#metrics = metrics;
  }

  /** A drive came: all are looked at with the next `read`. */
  expire(): void {
    this.#dueSeconds = 0;
  }

  /** Takes back what was written of drives that are not counted. */
  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#dueSeconds) {
      this.#dueSeconds = tick.seconds + READ_EVERY_SECONDS;
      this.#look();
    }
    for (let i = 0; i < this.#off.length; i++) {
      for (let column = 0; column < this.#columns.length; column++) {
        row.none(this.#columns[column]!, this.#off[i]!);
      }
    }
  }

  // Apart, because a function with a closure in it allocates whenever it is entered.
  #look(): void {
    this.#off = this.#disks.slots().filter((slot) =>
      textOf(this.#site.tree, pathOf(this.#disks.nameOf(slot))) === "0"
    );
    if (this.#off.length === 0) return this.#site.resolve(KEY);
    const names = this.#off.map((slot) => this.#disks.nameOf(slot));
    const path = pathOf(names[0]!);
    this.#site.report({
      key: KEY,
      reason: "not_supported",
      message: `Cannot count what ${listed(names, NAMES_MOST)} ` +
        `${names.length === 1 ? "does" : "do"}: "${path}" is 0, needs 1`,
      remedy: `\`echo 1 > ${path}\`` + (names.length === 1 ? "" : ", and so for each of them"),
      metrics: this.#metrics,
      instances: names,
    });
  }
}

function pathOf(name: string): string {
  return `${blockDirectory(name)}/queue/iostats`;
}

/**
 * One event of one L3 cache, summed over all control groups: each task is in exactly one of them.
 *
 * @module
 */
import type { HostTree } from "../kernel/host_tree.ts";
import { MbmFile, type MbmState } from "./file.ts";
import {
  type Configuration,
  type MbmEvent,
  mbmPath,
  type Reconfigured,
  reconfigured,
} from "./tree.ts";

/** What files rose by since it was last settled. */
const GATHERED = 0;
const INCREASE = 1;
const PENDING = 2;
const CELLS = 3;

/**
 * How a sum stands; `absent`: the CPU does not count the event. `removed`: a control group went, and with it
 * what it counted since the reading before.
 */
export type MbmStanding = MbmState | "absent" | "reconfigured" | "removed";

export class MbmSum {
  readonly event: MbmEvent;
  readonly #tree: HostTree;
  readonly #domain: number;
  /** By path. */
  readonly #files = new Map<string, MbmFile>();
  /** The same in a row, since going through a map makes an iterator. */
  #list: readonly MbmFile[] = [];
  readonly #cells = new Float64Array(CELLS);
  /** It counts something else than its name says. */
  #reconfigured: Reconfigured | undefined;
  /** A file of a control group that went since it was last settled, and of one in the reading before. */
  #leaving: MbmFile | null = null;
  #removed: MbmFile | null = null;

  constructor(tree: HostTree, event: MbmEvent, domain: number) {
    this.#tree = tree;
    this.event = event;
    this.#domain = domain;
  }

  get reconfigured(): Reconfigured | undefined {
    return this.#reconfigured;
  }

  /** A file that went in the last reading with what it counted since the one before; null: none did. */
  get removed(): MbmFile | null {
    return this.#removed;
  }

  /**
   * Takes up the files of new groups, lets go of those that are gone, tries again what failed. What is
   * there at the first look is counted from then on; what comes later, from its beginning.
   */
  scan(groups: readonly string[], directory: string): void {
    const isFirst = this.#files.size === 0;
    const gone = new Set(this.#files.keys());
    for (const group of groups) {
      const path = mbmPath(group, directory, this.event);
      gone.delete(path);
      const known = this.#files.get(path);
      if (known !== undefined && !known.isRemoved) continue;
      if (known !== undefined) this.#leave(known);
      this.#files.set(path, new MbmFile(this.#tree, group, path, !isFirst));
    }
    for (const path of gone) {
      const file = this.#files.get(path)!;
      if (groups.length > 0) this.#leave(file);
      file.close();
      this.#files.delete(path);
    }
    this.#list = [...this.#files.values()];
    this.retry();
  }

  /** The next numbers of a control group do not go on from those before. */
  beginAnew(group: string): void {
    for (const file of this.#list) if (file.group === group) file.beginAnew();
  }

  retry(): void {
    for (const file of this.#list) file.retry(this.#cells, GATHERED);
  }

  /** From now on the event is set to count this; undefined where it cannot be told what to count. */
  configure(configuration: Configuration | undefined): void {
    this.#reconfigured = configuration && reconfigured(configuration, this.event, this.#domain);
  }

  #leave(file: MbmFile): void {
    if (file.wasCounted) this.#leaving = file;
  }

  /** Reads all files. False when one that was open is lost: its group may be gone. */
  read(): boolean {
    const cells = this.#cells;
    let kept = true;
    for (let i = 0; i < this.#list.length; i++) {
      const file = this.#list[i]!;
      const wasOpen = file.isOpen;
      file.read(cells, GATHERED);
      if (wasOpen && !file.isOpen) kept = false;
    }
    return kept;
  }

  /** Ends a reading: what its files rose by is its increase. */
  settle(): void {
    const cells = this.#cells;
    // What is counted by another name is not this event's.
    cells[INCREASE] = this.#reconfigured === undefined ? cells[GATHERED]! : 0;
    cells[GATHERED] = 0;
    cells[PENDING] = cells[PENDING]! + cells[INCREASE]!;
    this.#removed = this.#leaving;
    this.#leaving = null;
  }

  /** The first file that gives no number; null where all do. */
  missing(): MbmFile | null {
    for (let i = 0; i < this.#list.length; i++) {
      const file = this.#list[i]!;
      if (file.state !== "counted") return file;
    }
    return null;
  }

  /** `counted`: every byte of the L3 cache is in the sum, and nothing else is. */
  standing(): MbmStanding {
    if (this.#list.length === 0) return "absent";
    if (this.#reconfigured !== undefined) return "reconfigured";
    return this.missing()?.state ?? (this.#removed === null ? "counted" : "removed");
  }

  /** Bytes that the last reading found more than the one before it. */
  increase(): number {
    return this.#cells[INCREASE]!;
  }

  /** Bytes that were counted since they were last taken. */
  take(): number {
    const bytes = this.#cells[PENDING]!;
    this.#cells[PENDING] = 0;
    return bytes;
  }

  close(): void {
    for (const file of this.#list) file.close();
    this.#list = [];
    this.#files.clear();
    this.#leaving = null;
    this.#removed = null;
  }
}

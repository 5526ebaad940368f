/**
 * How often cores, or packages, were throttled. The kernel counts an event at every CPU that shares it
 * (drivers/thermal/intel/therm_throt.c), so it is read at the first of them only.
 *
 * @module
 */
import { textOf } from "./text.ts";
import { isGone } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { NumberFile } from "./number_file.ts";

/** What is throttled as one. */
export type ThrottledUnit = "core" | "package";

/** The list of `topology` that names the CPUs of a unit. */
const SHARED_BY = { core: "thread_siblings_list", package: "core_siblings_list" } as const;

interface Source {
  readonly file: NumberFile;
  /** NaN before the first reading. */
  last: number;
  /** What it counted before it was found is not part of the total. */
  readonly late: boolean;
}

export class ThrottleCount {
  readonly #tree: HostTree;
  readonly #unit: ThrottledUnit;
  readonly #sources = new Map<number, Source>();
  /** The same in a row, since going through a map makes an iterator. */
  #list: readonly Source[] = [];
  #scanned = false;
  #total = 0;

  constructor(tree: HostTree, unit: ThrottledUnit) {
    this.#tree = tree;
    this.#unit = unit;
  }

  /** Some unit is counted. */
  get found(): boolean {
    return this.#list.length > 0;
  }

  /** Why the last `total` lacks a unit; null where it lacks none. One that is offline counts nothing. */
  get error(): unknown {
    for (let i = 0; i < this.#list.length; i++) {
      const { error } = this.#list[i]!.file;
      if (error !== null && !isGone(error)) return error;
    }
    return null;
  }

  /** Looks which CPUs stand for a unit. Allocates. `directories`: of the CPUs by number. */
  scan(directories: ReadonlyMap<number, string>): void {
    for (const [cpu, directory] of directories) {
      const source = this.#sources.get(cpu);
      const first = firstOf(this.#tree, `${directory}/topology/${SHARED_BY[this.#unit]}`);
      if (first === cpu) {
        if (source === undefined) this.#open(cpu, directory);
        else source.file.retry();
      } else if (source !== undefined && first === first) {
        source.file.close();
        this.#sources.delete(cpu);
      }
    }
    this.#list = [...this.#sources.values()];
    this.#scanned = true;
  }

  /** Events of all units, since boot for those of the first scan. */
  total(): number {
    for (let i = 0; i < this.#list.length; i++) {
      const source = this.#list[i]!;
      const now = source.file.read();
      if (now !== now) continue;
      if (source.last === source.last) this.#total += Math.max(0, now - source.last);
      else if (!source.late) this.#total += now;
      source.last = now;
    }
    return this.#total;
  }

  close(): void {
    for (const { file } of this.#list) file.close();
  }

  #open(cpu: number, directory: string): void {
    const file = new NumberFile(
      this.#tree,
      `${directory}/thermal_throttle/${this.#unit}_throttle_count`,
    );
    if (file.error === null) this.#sources.set(cpu, { file, last: NaN, late: this.#scanned });
  }
}

/** First number of a list such as `0,64` or `0-15`; NaN where it cannot be read: the CPU is offline. */
function firstOf(tree: HostTree, path: string): number {
  return Number.parseInt(textOf(tree, path) ?? "", 10);
}

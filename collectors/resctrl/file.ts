/**
 * One counter of resctrl: a file with the bytes of one event, one L3 cache and one control group, kept
 * open. In place of a number it may hold a word (fs/resctrl/ctrlmondata.c, `rdtgroup_mondata_show`).
 *
 * @module
 */
import { malformed } from "../collector.ts";
import { ascii, Scanner } from "../files/scan.ts";
import { isGone } from "../kernel/errno.ts";
import type { HostTree, TreeFile } from "../kernel/host_tree.ts";

/** What stands in the file in place of a number. */
export const MBM_WORDS = ["Unavailable", "Unassigned", "Error"] as const;
export type MbmWord = typeof MBM_WORDS[number];

/** `anew`: it does not go on from the number before, and nobody knows what it counted in between. */
export type MbmState = "counted" | "anew" | "failed" | MbmWord;

const WORD_BYTES = MBM_WORDS.map(ascii);

export class MbmFile {
  readonly path: string;
  /** Name of the control group; "" for the root. */
  readonly group: string;
  readonly #tree: HostTree;
  readonly #scanner = new Scanner();
  #file: TreeFile | null = null;
  /** What increases are counted from; NaN before there is such a number. */
  #last: number;
  #state: MbmState = "failed";
  #error: unknown = null;
  #isRemoved = false;
  #wasCounted = false;
  #isAnew = false;

  /**
   * Opens nothing: `retry` does. `isNew`: its group was made since the last look, so that all that it
   * counted is an increase. The kernel lets a new group count from 0 (`mkdir_mondata_subdir`,
   * `resctrl_arch_reset_rmid`).
   */
  constructor(tree: HostTree, group: string, path: string, isNew: boolean) {
    this.#tree = tree;
    this.group = group;
    this.path = path;
    this.#last = isNew ? 0 : NaN;
  }

  /** What the last reading found. */
  get state(): MbmState {
    return this.#state;
  }

  /** Of a failed one: why. */
  get error(): unknown {
    return this.#error;
  }

  get isOpen(): boolean {
    return this.#file !== null;
  }

  /** Its group or L3 cache went while it was open. What has that name now is another one. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Whether it ever held a number. */
  get wasCounted(): boolean {
    return this.#wasCounted;
  }

  /** Opens the file where it is not open, and reads it as `read` does. */
  retry(into: Float64Array, at: number): void {
    if (this.#file !== null) return;
    try {
      this.#file = this.#tree.open(this.path);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#error = null;
    this.read(into, at);
  }

  /** The next number does not go on from the last one, even where it is larger. */
  beginAnew(): void {
    this.#isAnew = true;
  }

  /**
   * Adds to a cell what the counter rose by since the last number. One that fell, or was lost, began
   * anew somewhere in between: it adds nothing, and goes on from there. Never throws.
   */
  read(into: Float64Array, at: number): void {
    const file = this.#file;
    if (file === null) return;
    try {
      file.read();
    } catch (error) {
      this.close();
      this.#last = NaN;
      this.#isRemoved = isGone(error);
      this.#fail(error);
      return;
    }
    const scanner = this.#scanner;
    scanner.reset(file.bytes, file.length);
    const value = scanner.number();
    if (value < 0 || !scanner.endOfLine()) {
      this.#word(file);
      return;
    }
    const isAnew = this.#isAnew || value < this.#last;
    if (!isAnew && value > this.#last) into[at] = into[at]! + (value - this.#last);
    this.#last = value;
    this.#wasCounted = true;
    this.#state = isAnew ? "anew" : "counted";
    this.#isAnew = false;
    this.#error = null;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #word(file: TreeFile): void {
    const scanner = this.#scanner;
    for (let i = 0; i < MBM_WORDS.length; i++) {
      if (!scanner.startsWith(WORD_BYTES[i]!, 0)) continue;
      this.#state = MBM_WORDS[i]!;
      this.#error = null;
      // Nothing counts now, and the counter that is assigned next begins at 0. Where the CPU had lost track
      // of a group (Unavailable) kernels before late 2025 take that for a counter that was full.
      if (this.#state === "Unassigned" || this.#state === "Unavailable") this.#last = NaN;
      return;
    }
    // Made once: a message is made of strings.
    if (this.#state === "failed" && this.#error !== null) return;
    this.#fail(malformed(file.path, scanner.lineText(0), "a whole number"));
  }

  #fail(error: unknown): void {
    this.#state = "failed";
    this.#error = error;
  }
}

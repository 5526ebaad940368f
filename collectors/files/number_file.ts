/**
 * A file of sysfs that holds one whole number, kept open. One that fails costs itself: it is closed and
 * gives NaN until it is tried again, so that a broken sensor does not throw at every tick.
 *
 * @module
 */
import { malformed } from "../collector.ts";
import type { HostTree, TreeFile } from "../kernel/host_tree.ts";
import { Scanner } from "./scan.ts";

const MINUS = 45;

export class NumberFile {
  readonly path: string;
  readonly #tree: HostTree;
  readonly #scanner = new Scanner();
  #file: TreeFile | null = null;
  #error: unknown = null;

  /** Opens the file; `error` says why when it could not. */
  constructor(tree: HostTree, path: string) {
    this.#tree = tree;
    this.path = path;
    this.retry();
  }

  /** Why the last attempt gave no number; null while all is well. */
  get error(): unknown {
    return this.#error;
  }

  /** Opens the file again after a failure. Its error stays until a number was read. */
  retry(): void {
    if (this.#file !== null) return;
    try {
      this.#file = this.#tree.open(this.path);
    } catch (error) {
      this.#error = error;
    }
  }

  /** The number, or NaN. */
  read(): number {
    const file = this.#file;
    if (file === null) return NaN;
    try {
      file.read();
      const value = this.#parse(file);
      this.#error = null;
      return value;
    } catch (error) {
      this.#error = error;
      this.close();
      return NaN;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #parse(file: TreeFile): number {
    const scanner = this.#scanner;
    scanner.reset(file.bytes, file.length);
    const negative = scanner.peek() === MINUS;
    if (negative) scanner.at++;
    const value = scanner.number();
    if (value < 0 || !scanner.endOfLine()) {
      throw malformed(file.path, scanner.lineText(0), "a whole number");
    }
    return negative ? -value : value;
  }
}

/** A number that does not change, read once; undefined where there is none to be had. */
export function numberOnce(tree: HostTree, path: string): number | undefined {
  const file = new NumberFile(tree, path);
  const value = file.read();
  file.close();
  return Number.isNaN(value) ? undefined : value;
}

/**
 * One of several files of a collector, each of which may be missing or break on its own: a kernel
 * without one of them still has the others.
 *
 * @module
 */
import { type Cause, causeOf, errorOf, type Need } from "../cause.ts";
import { retryAfterMs, type RowWriter, type Site, type Tick } from "../collector.ts";
import type { TreeFile } from "../kernel/host_tree.ts";
import { Scanner } from "./scan.ts";

/** What a file is read for. */
export interface Content {
  /** The metrics that are lost with the file. */
  readonly metrics: readonly string[];
  /** Writes what the scanner holds. Throws where the format is broken. */
  parse(scanner: Scanner, row: RowWriter): void;
  /** Makes all that `parse` writes absent. */
  clear(row: RowWriter): void;
}

export class OptionalFile {
  readonly path: string;
  readonly #site: Site;
  readonly #content: Content;
  readonly #need: Need;
  readonly #scanner = new Scanner();
  #file: TreeFile | undefined;
  #retryAtSeconds = 0;
  #cause: Cause | undefined;

  constructor(site: Site, path: string, content: Content, need: Need = {}) {
    this.path = path;
    this.#site = site;
    this.#content = content;
    this.#need = need;
  }

  /** Why the file could not be read the last time it was tried; absent where it could. */
  get cause(): Cause | undefined {
    return this.#cause;
  }

  /** Reads and parses the file. States the cause where it cannot; never throws. */
  read(row: RowWriter, tick: Tick): void {
    if (this.#file === undefined && tick.seconds < this.#retryAtSeconds) return;
    try {
      this.#file ??= this.#site.tree.open(this.path);
      this.#file.read();
      this.#scanner.reset(this.#file.bytes, this.#file.length);
      this.#content.parse(this.#scanner, row);
    } catch (error) {
      this.#fail(error, row, tick);
      return;
    }
    if (this.#cause === undefined) return;
    this.#cause = undefined;
    this.#site.resolve(this.path);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #fail(error: unknown, row: RowWriter, tick: Tick): void {
    this.close();
    this.#cause = causeOf(error, this.#need);
    this.#retryAtSeconds = tick.seconds + retryAfterMs(this.#cause.reason) / 1000;
    this.#content.clear(row);
    this.#site.report({ key: this.path, ...this.#cause, metrics: this.#content.metrics });
  }
}

/** Throws the cause of the first file when none of them could be read: then the collector has nothing. */
export function requireOne(files: readonly OptionalFile[]): void {
  for (let i = 0; i < files.length; i++) if (files[i]!.cause === undefined) return;
  throw errorOf(files[0]!.cause!);
}

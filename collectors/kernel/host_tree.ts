/**
 * `/proc` and `/sys` as a tree of files, rooted anywhere: a container is pointed at `/host/proc`, a
 * test at a text fixture. Paths are always written as `/proc/...` and `/sys/...`, whatever the roots.
 *
 * @module
 */
import type { FileBuffer, FilesystemSize } from "./kernel.ts";

/** A file that is kept open and read again and again into the same bytes. */
export interface TreeFile {
  readonly path: string;
  /** What the last `read` found; only the first `length` bytes are its. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
  /** Reads the file from its beginning. Throws `SystemError`. */
  read(): void;
  close(): void;
}

export interface HostTree {
  /** Opens a file for repeated reading. Throws `SystemError`, `ENOENT` and `EACCES` among them. */
  open(path: string): TreeFile;
  /** The text of a file, trailing white space cut. For start-up, not for the tick. Throws `SystemError`. */
  text(path: string): string;
  /**
   * Reads a whole file into a buffer that serves for many, for files that are read once each. Throws
   * `SystemError`.
   */
  read(path: string, into: FileBuffer): void;
  /** The names in a directory, sorted as people sort (cpu2 before cpu10). Throws `SystemError`. */
  list(path: string): readonly string[];
  /** How many names `list` would give, without making them. Throws `SystemError`. */
  count(path: string): number;
  /** Size of the filesystem mounted at a path of the host, good until the next call. Throws `SystemError`. */
  statvfs(path: string): FilesystemSize;
}

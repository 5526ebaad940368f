/**
 * A host of any size whose reads cost next to nothing, so that what a tick costs is the tick's own: a
 * machine of text that is looked up once, and counters that allocate nothing.
 *
 * @module
 */
import { ERRNO } from "../../collectors/kernel/errno.ts";
import type { HostTree, TreeFile } from "../../collectors/kernel/host_tree.ts";
import type { FileBuffer, FilesystemSize, Kernel, Uname } from "../../collectors/kernel/kernel.ts";
import { LeanCounters } from "./lean_counters.ts";

/** PERF_ATTR_SIZE_VER0, and where it stands in the structure. */
const SIZE_LEAST = 64;
const SIZE_AT = 4;

export class LeanKernel extends LeanCounters {
  override perfEventOpen(
    attr: Uint8Array<ArrayBuffer>,
    target: Parameters<Kernel["perfEventOpen"]>[1],
  ): number {
    if (new DataView(attr.buffer).getUint32(SIZE_AT, true) < SIZE_LEAST) return -ERRNO.E2BIG;
    return super.perfEventOpen(attr, target);
  }

  override uname(): Uname {
    return {
      sysname: "Linux",
      nodename: "lean",
      release: "6.12.57",
      version: "#1 SMP",
      machine: "x86_64",
    };
  }
}

/** A tree that nobody changes any more. */
export class LeanTree implements HostTree {
  readonly #inner: HostTree;
  readonly #lists = new Map<string, readonly string[]>();

  constructor(inner: HostTree) {
    this.#inner = inner;
  }

  open(path: string): TreeFile {
    return this.#inner.open(path);
  }

  text(path: string): string {
    return this.#inner.text(path);
  }

  read(path: string, into: FileBuffer): void {
    this.#inner.read(path, into);
  }

  list(path: string): readonly string[] {
    let names = this.#lists.get(path);
    if (names === undefined) this.#lists.set(path, names = this.#inner.list(path));
    return names;
  }

  count(path: string): number {
    return this.list(path).length;
  }

  statvfs(path: string): FilesystemSize {
    return this.#inner.statvfs(path);
  }
}

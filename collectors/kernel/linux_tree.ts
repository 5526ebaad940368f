/** A `HostTree` over the kernel's own files. @module */
import { SystemError } from "./errno.ts";
import type { HostTree, TreeFile } from "./host_tree.ts";
import type { FileBuffer, FilesystemSize, Kernel } from "./kernel.ts";

/** Where `/proc` and `/sys` of the watched host are mounted. */
export interface TreeRoots {
  readonly procfs: string;
  readonly sysfs: string;
}

export class LinuxTree implements HostTree {
  readonly #kernel: Kernel;
  readonly #roots: TreeRoots;
  readonly #buffer: FileBuffer = { bytes: new Uint8Array(0), length: 0 };
  readonly #decoder = new TextDecoder();

  constructor(kernel: Kernel, roots: TreeRoots = { procfs: "/proc", sysfs: "/sys" }) {
    this.#kernel = kernel;
    this.#roots = roots;
  }

  open(path: string): TreeFile {
    return new LinuxFile(this.#kernel, this.#place(path), this.#open(path));
  }

  text(path: string): string {
    const buffer = this.#buffer;
    this.read(path, buffer);
    return this.#decoder.decode(buffer.bytes.subarray(0, buffer.length)).trimEnd();
  }

  read(path: string, into: FileBuffer): void {
    const fd = this.#open(path);
    try {
      const length = this.#kernel.readWhole(fd, into);
      if (length < 0) throw new SystemError(`read "${this.#place(path)}"`, -length);
    } finally {
      this.#kernel.close(fd);
    }
  }

  list(path: string): readonly string[] {
    const place = this.#place(path);
    const names = this.#kernel.list(place);
    if (typeof names === "number") throw new SystemError(`list "${place}"`, -names);
    return names.toSorted(byNumber.compare);
  }

  count(path: string): number {
    const place = this.#place(path);
    const count = this.#kernel.count(place);
    if (count < 0) throw new SystemError(`list "${place}"`, -count);
    return count;
  }

  statvfs(path: string): FilesystemSize {
    const size = this.#kernel.statvfs(path);
    if (typeof size === "number") throw new SystemError(`stat filesystem of "${path}"`, -size);
    return size;
  }

  #open(path: string): number {
    const place = this.#place(path);
    const fd = this.#kernel.open(place);
    if (fd < 0) throw new SystemError(`open "${place}"`, -fd);
    return fd;
  }

  #place(path: string): string {
    return under(path, "/proc", this.#roots.procfs) ?? under(path, "/sys", this.#roots.sysfs) ??
      path;
  }
}

// One collator: making one costs more than sorting a directory with it.
const byNumber = new Intl.Collator("en", { numeric: true });

function under(path: string, top: string, root: string): string | undefined {
  if (!path.startsWith(top)) return undefined;
  if (path.length > top.length && path.charAt(top.length) !== "/") return undefined;
  return root === top ? path : root + path.slice(top.length);
}

class LinuxFile implements TreeFile {
  /** Where it really stands, so that a message names what was opened. */
  readonly path: string;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  length = 0;
  readonly #kernel: Kernel;
  #fd: number;

  constructor(kernel: Kernel, path: string, fd: number) {
    this.#kernel = kernel;
    this.path = path;
    this.#fd = fd;
  }

  read(): void {
    const length = this.#kernel.readWhole(this.#fd, this);
    if (length < 0) throw new SystemError(`read "${this.path}"`, -length);
  }

  close(): void {
    // A number that is closed twice may by then be somebody else's file.
    if (this.#fd >= 0) this.#kernel.close(this.#fd);
    this.#fd = -1;
  }
}

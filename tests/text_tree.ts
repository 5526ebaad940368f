/**
 * A machine as text: a `HostTree` whose files stand in one fixture, each under a line as `head`
 * prints it for several files:
 *
 *     ==> /proc/loadavg <==
 *     0.00 0.01 0.05 1/119 4242
 *
 * Lines before the first such line say where the machine comes from and must begin with `captured` or
 * `composed`. `==> statvfs /home <==` holds `total free available inodes inodesFree`, sizes in bytes.
 *
 * @module
 */
import { ERRNO, SystemError } from "../collectors/kernel/errno.ts";
import type { HostTree, TreeFile } from "../collectors/kernel/host_tree.ts";
import type { FileBuffer, FilesystemSize } from "../collectors/kernel/kernel.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class TextTree implements HostTree {
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #errors = new Map<string, number>();
  readonly origin: string;
  /** Where procfs is mounted, for what a file says of its own place. */
  procfs = "/proc";
  /** The same for sysfs. */
  sysfs = "/sys";
  /** Files open now: a collector that closes leaves none. */
  openFiles = 0;

  constructor(files: Readonly<Record<string, string>> = {}, origin = "composed in a test") {
    this.origin = origin;
    for (const [path, text] of Object.entries(files)) this.set(path, text);
  }

  static parse(text: string): TextTree {
    const [origin = "", ...sections] = text.split(/^(?===> .* <==$)/m);
    if (!/^(captured|composed)\b/.test(origin)) {
      throw new Error(
        `Cannot read fixture: begins with ${JSON.stringify(origin.slice(0, 40))}, ` +
          `needs "captured ..." or "composed ..."`,
      );
    }
    const tree = new TextTree({}, origin.trim());
    for (const section of sections) {
      const newline = section.indexOf("\n");
      tree.set(section.slice(4, newline - 4), section.slice(newline + 1));
    }
    return tree;
  }

  static async load(name: string): Promise<TextTree> {
    const url = new URL(`./fixtures/machines/${name}.txt`, import.meta.url);
    return TextTree.parse(await Deno.readTextFile(url));
  }

  set(path: string, content: string | Uint8Array<ArrayBuffer>): void {
    this.#errors.delete(path);
    this.#files.set(path, typeof content === "string" ? encoder.encode(content) : content);
  }

  /** Changes a file by its text. Throws where there is none. */
  edit(path: string, change: (text: string) => string): void {
    this.set(path, change(decoder.decode(this.#read(path, "edit"))));
  }

  /** Removes a file, or all below a directory. */
  remove(path: string): void {
    for (const name of [...this.#files.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name);
    }
  }

  /** From now on every use of this path, open or not, fails with this error. `set` heals it. */
  fail(path: string, errno: number): void {
    this.#errors.set(path, errno);
  }

  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  open(path: string): TreeFile {
    this.#read(path, "open");
    this.openFiles++;
    const place = path.replace(/^\/proc(?=\/)/, this.procfs).replace(/^\/sys(?=\/)/, this.sysfs);
    return new TextFile(place, () => this.#read(path, "read"), () => this.openFiles--);
  }

  text(path: string): string {
    return decoder.decode(this.#read(path, "open")).trimEnd();
  }

  read(path: string, into: FileBuffer): void {
    into.bytes = Uint8Array.from(this.#read(path, "open"));
    into.length = into.bytes.length;
  }

  list(path: string): readonly string[] {
    const errno = this.#errors.get(path);
    if (errno !== undefined) throw new SystemError(`list "${path}"`, errno);
    const prefix = path.endsWith("/") ? path : `${path}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split("/")[0]!);
    }
    if (names.size === 0) throw new SystemError(`list "${path}"`, ERRNO.ENOENT);
    return [...names].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  count(path: string): number {
    return this.list(path).length;
  }

  statvfs(path: string): FilesystemSize {
    const text = decoder.decode(this.#read(`statvfs ${path}`, "stat filesystem of"));
    const [totalBytes, freeBytes, availableBytes, totalInodes, freeInodes] = text
      .trim().split(/\s+/).map(Number) as [number, number, number, number, number];
    return { totalBytes, freeBytes, availableBytes, totalInodes, freeInodes };
  }

  #read(path: string, attempt: string): Uint8Array<ArrayBuffer> {
    const errno = this.#errors.get(path) ?? ERRNO.ENOENT;
    const content = this.#errors.has(path) ? undefined : this.#files.get(path);
    if (content === undefined) throw new SystemError(`${attempt} "${path}"`, errno);
    return content;
  }
}

class TextFile implements TreeFile {
  readonly path: string;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  length = 0;
  readonly #content: () => Uint8Array<ArrayBuffer>;
  readonly #onClose: () => void;

  constructor(path: string, content: () => Uint8Array<ArrayBuffer>, onClose: () => void) {
    this.path = path;
    this.#content = content;
    this.#onClose = onClose;
  }

  read(): void {
    this.bytes = this.#content();
    this.length = this.bytes.length;
  }

  close(): void {
    this.#onClose();
  }
}

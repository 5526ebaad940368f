/**
 * Stands between the collectors and the machine and notes what a tick reads, so that a C program can
 * read the same and nothing else.
 *
 * @module
 */
import type { HostTree, TreeFile } from "../../collectors/kernel/host_tree.ts";
import type { FilesystemSize, Kernel } from "../../collectors/kernel/kernel.ts";

export class Recorder {
  /** Lines as `reads.c` takes them. */
  readonly steps: string[] = [];
  recording = false;

  note(step: string): void {
    if (this.recording) this.steps.push(step);
  }

  tree(inner: HostTree): HostTree {
    return {
      open: (path) => this.#file(inner.open(path)),
      text: (path) => {
        this.note(`file ${path}`);
        return inner.text(path);
      },
      read: (path, into): void => {
        this.note(`file ${path}`);
        inner.read(path, into);
      },
      list: (path) => {
        this.note(`list ${path}`);
        return inner.list(path);
      },
      count: (path) => {
        this.note(`list ${path}`);
        return inner.count(path);
      },
      statvfs: (path): FilesystemSize => {
        this.note(`statvfs ${path}`);
        return inner.statvfs(path);
      },
    };
  }

  /** Notes reads of perf groups by what was opened for them. */
  kernel(inner: Kernel): Kernel {
    const groups = new Map<number, string[]>();
    return new Proxy(inner, {
      get: (target, name) => {
        if (name === "perfEventOpen") {
          return (...[attr, place]: Parameters<Kernel["perfEventOpen"]>): number => {
            const fd = target.perfEventOpen(attr, place);
            if (fd < 0) return fd;
            if (place.groupFd < 0) groups.set(fd, [String(place.cpu)]);
            groups.get(place.groupFd < 0 ? fd : place.groupFd)?.push(hex(attr));
            return fd;
          };
        }
        if (name === "read") {
          return (...[fd, into]: Parameters<Kernel["read"]>): number => {
            const [cpu, ...attrs] = groups.get(fd) ?? [];
            if (cpu !== undefined) this.note(`perf ${cpu} ${attrs.length} ${attrs.join(" ")}`);
            return target.read(fd, into);
          };
        }
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #file(inner: TreeFile): TreeFile {
    const note = (path: string): void => this.note(`file ${path}`);
    return {
      path: inner.path,
      get bytes() {
        return inner.bytes;
      },
      get length() {
        return inner.length;
      },
      read: () => {
        note(inner.path);
        inner.read();
      },
      close: () => inner.close(),
    };
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

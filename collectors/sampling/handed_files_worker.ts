/**
 * Reads files once, for `handed_files.ts`. It hears one message, their paths, and answers with one.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { SystemError } from "../kernel/errno.ts";
import { LinuxKernel } from "../kernel/linux_kernel.ts";

export interface HandedFile {
  readonly path: string;
  readonly text: string;
  /** Whether every user of the machine may read it (chmod(1), `o+r`). */
  readonly othersMayRead: boolean;
}

export type FromHandedFilesWorker =
  | { readonly type: "read"; readonly files: readonly HandedFile[] }
  | { readonly type: "failed"; readonly message: string };

/** A chain of certificates has some 10 kB. */
const BYTES_MOST = 64 << 10;
/** S_IROTH of stat(2). */
const READABLE_BY_OTHERS = 0o004;

self.onmessage = ({ data: paths }: MessageEvent<readonly string[]>): void => {
  try {
    const kernel = LinuxKernel.open();
    tell({ type: "read", files: paths.map((path) => read(kernel, path)) });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};

function tell(message: FromHandedFilesWorker): void {
  self.postMessage(message);
}

/** With `read` and not from an offset: a shell hands over the output of a program as a pipe. */
function read(kernel: LinuxKernel, path: string): HandedFile {
  const fd = kernel.open(path);
  if (fd < 0) throw new SystemError(`open "${path}"`, -fd);
  try {
    const mode = kernel.modeOf(fd);
    if (mode < 0) throw new SystemError(`look at "${path}"`, -mode);
    const bytes = new Uint8Array(BYTES_MOST + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = kernel.read(fd, bytes.subarray(length));
      if (count < 0) throw new SystemError(`read "${path}"`, -count);
      if (count === 0) break;
      length += count;
    }
    if (length > BYTES_MOST) {
      throw new Error(`Cannot read "${path}": it is larger than ${BYTES_MOST} bytes, needs less`);
    }
    const text = new TextDecoder().decode(bytes.subarray(0, length));
    return { path, text, othersMayRead: (mode & READABLE_BY_OTHERS) !== 0 };
  } finally {
    kernel.close(fd);
  }
}

/**
 * Files whose content is handed to the service at its start and to nobody else: a token, a key. They
 * may lie anywhere, and the main thread may read nothing outside of its own folder. So a worker reads
 * them through libc, as it may for a moment, and ends; the one that samples never sees them.
 *
 * @module
 */
import type { FromHandedFilesWorker, HandedFile } from "./handed_files_worker.ts";
import { WORKER_RIGHTS } from "./sampler.ts";

export type { HandedFile };

/** In the order of the paths. Rejects with one sentence where one cannot be read. */
export function readHandedFiles(paths: readonly string[]): Promise<readonly HandedFile[]> {
  const worker = new Worker(new URL("./handed_files_worker.ts", import.meta.url).href, {
    type: "module",
    name: "handed files",
    deno: { permissions: WORKER_RIGHTS },
  });
  const answer = new Promise<readonly HandedFile[]>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromHandedFilesWorker>): void => {
      if (data.type === "read") resolve(data.files);
      else reject(new Error(data.message));
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(`Cannot read ${paths.join(", ")}: ${event.message}`));
    };
  });
  worker.postMessage(paths);
  return answer.finally(() => worker.terminate());
}

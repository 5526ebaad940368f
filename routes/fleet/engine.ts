/**
 * The engine behind a worker, which alone may connect to it. The main thread, where requests arrive,
 * gives back the right to: it can ask for figures of hosts, and for nothing else.
 *
 * @module
 */
import { confinedWorker, hostOf, mayConnect } from "../confined_worker.ts";
import type { ReadFiles } from "../doors/doors.ts";
import { checkSecret, readGiven } from "../doors/doors.ts";
import { OptionError } from "../options.ts";
import type { Engine } from "./feed.ts";
import { type FleetOptions, parseHeaderFile } from "./options.ts";
import type { EngineAddress } from "./promql_client.ts";
import type { FromFleetWorker, ToFleetWorker } from "./worker.ts";

/** Undefined where no engine is named. Throws `OptionError` where it cannot be asked. */
export async function openEngine(
  options: FleetOptions | undefined,
  readFiles: ReadFiles,
): Promise<Engine | undefined> {
  if (options === undefined) return undefined;
  const { url, headers, headerFile } = options;
  const all = [...headers];
  if (headerFile !== undefined) {
    const [file] = await readGiven([headerFile], readFiles);
    checkSecret(headerFile, file!);
    all.push(...parseHeaderFile(file!.text, headerFile, (message) => new OptionError(message)));
  }
  if (!await mayConnect(url)) {
    const host = hostOf(url);
    throw new OptionError(
      `Cannot use --prometheus-url ${url}: Deno may not connect to ${host}, needs ` +
        `RINGSIDE_PROMETHEUS_HOST=${host} deno task start:fleet`,
    );
  }
  return await startEngine({ url, headers: all.map(({ name, value }) => [name, value]) });
}

interface Waiting {
  readonly resolve: (message: FromFleetWorker) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The engine behind a worker that has the right to connect to it and no other right. Resolves when the
 * worker is loaded: rights to read may be given back then.
 */
async function startEngine(options: EngineAddress): Promise<Engine> {
  const module = new URL("./worker.ts", import.meta.url);
  const worker = confinedWorker(module, "fleet", options.url);
  const waiting = new Map<number, Waiting>();
  let ids = 0;
  let ended: string | null = null;
  const ready = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<FromFleetWorker>): void => {
    if (data.type === "ready") return ready.resolve();
    const waits = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "failed") waits?.reject(new Error(data.message));
    else waits?.resolve(data);
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    ended = "the thread that asks has ended, needs a new start of the service";
    ready.reject(new Error(`Cannot ask ${options.url}: ${event.message}`));
    for (const { reject } of waiting.values()) reject(new Error(ended));
    waiting.clear();
  };
  const send = (message: ToFleetWorker): void => worker.postMessage(message);
  const ask = (message: (id: number) => ToFleetWorker): Promise<FromFleetWorker> =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(new Error(ended));
      const id = ids++;
      waiting.set(id, { resolve, reject });
      send(message(id));
    });
  send({ type: "engine", engine: options });
  await ready.promise;
  return {
    url: options.url,
    hosts: async () => {
      const answer = await ask((id) => ({ type: "hosts", id }));
      if (answer.type !== "hosts") throw new Error(`Cannot take ${answer.type} for hosts`);
      return answer.fleet;
    },
    trends: async (hosts, atMs) => {
      const keys = hosts.map(({ key }) => key);
      const answer = await ask((id) => ({ type: "trends", id, keys, atMs }));
      if (answer.type !== "trends") throw new Error(`Cannot take ${answer.type} for trends`);
      return answer.trends;
    },
  };
}

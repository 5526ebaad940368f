/**
 * Sends messages to a collector from a worker that may connect there and can do nothing else: the
 * thread that hears the network keeps no right to reach other hosts, and a receiver that is slow holds
 * up nobody.
 *
 * @module
 */
import { confinedWorker, hostOf, mayConnect } from "../confined_worker.ts";
import type { FromOtlpWorker, ToOtlpWorker } from "./worker.ts";
import type { OtlpOptions } from "./options.ts";

/** What became of a message. */
export type OtlpOutcome =
  | { readonly taken: true; /** A part that the receiver left out. */ readonly rejection?: string }
  | {
    readonly taken: false;
    readonly why: string;
    readonly retryAfterMs?: number;
    /** Nothing will ever be sent again. */
    readonly ended?: true;
  };

/** One message at a time. */
export interface OtlpSender {
  /** Never rejects. */
  send(body: Uint8Array<ArrayBuffer>): Promise<OtlpOutcome>;
  /** What is under way is given up. */
  stop(): void;
}

/** Starts the worker. Rejects with one sentence where Deno may not connect there. */
export async function startOtlpSender(options: OtlpOptions): Promise<OtlpSender> {
  if (!await mayConnect(options.url)) {
    throw new Error(
      `Cannot send metrics to ${shownUrl(options.url)}: Deno may not connect there, needs ` +
        `--allow-net=${hostOf(options.url)}, or deno task start:otlp`,
    );
  }
  const sender = new WorkerSender(options.url);
  // What it is made of is loaded by then: the right to read it is given back.
  const begun = await sender.begin(options);
  if (begun.taken) return sender;
  throw new Error(`Cannot send metrics to ${shownUrl(options.url)}: ${begun.why}`);
}

/** In logs: some collectors are told a key behind the question mark. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

class WorkerSender implements OtlpSender {
  readonly #worker: Worker;
  #answered: ((outcome: OtlpOutcome) => void) | null = null;
  #ended: OtlpOutcome | null = null;

  constructor(url: string) {
    this.#worker = confinedWorker(new URL("./worker.ts", import.meta.url), "otlp", url);
    this.#worker.onmessage = ({ data }: MessageEvent<FromOtlpWorker>): void => this.#answer(data);
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      this.#end(`the sender ended: ${event.message}`);
    };
  }

  begin({ url, headers, encoding, gzip, timeoutMs }: OtlpOptions): Promise<OtlpOutcome> {
    return this.#post({ type: "target", target: { url, headers, encoding, gzip, timeoutMs } });
  }

  send(body: Uint8Array<ArrayBuffer>): Promise<OtlpOutcome> {
    return this.#post({ type: "body", body }, [body.buffer]);
  }

  stop(): void {
    this.#worker.terminate();
    this.#end("the service stops");
  }

  #post(message: ToOtlpWorker, transferred: Transferable[] = []): Promise<OtlpOutcome> {
    if (this.#ended !== null) return Promise.resolve(this.#ended);
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(message, transferred);
    });
  }

  #end(why: string): void {
    this.#ended = { taken: false, why, ended: true };
    this.#answer(this.#ended);
  }

  #answer(outcome: OtlpOutcome): void {
    this.#answered?.(outcome);
    this.#answered = null;
  }
}

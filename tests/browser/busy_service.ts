/** The service of this process over a machine of text at work: what it shows is the test's to say. @module */
import { type Listener, startService } from "../../routes/mod.ts";
import { BusyHost, type BusyHostOptions } from "../busy_host.ts";
import { TextTree } from "../text_tree.ts";

/** The span of the charts. */
const HISTORY_TICKS = 300;

export interface BusyServiceOptions extends BusyHostOptions {
  readonly machine: string;
  /** Names in the machine's files, and what stands in their place. */
  readonly renamed?: Readonly<Record<string, string>>;
}

export class BusyService implements AsyncDisposable {
  readonly host: BusyHost;
  readonly url: string;
  readonly #listener: Listener;

  private constructor(host: BusyHost, listener: Listener) {
    this.host = host;
    this.#listener = listener;
    this.url = `http://127.0.0.1:${listener.address.port}`;
  }

  static async start(options: BusyServiceOptions): Promise<BusyService> {
    const file = new URL(`../fixtures/machines/${options.machine}.txt`, import.meta.url);
    let text = await Deno.readTextFile(file);
    for (const [from, to] of Object.entries(options.renamed ?? {})) {
      text = text.replaceAll(from, to);
    }
    const host = new BusyHost(TextTree.parse(text), options);
    for (let i = 0; i < HISTORY_TICKS; i++) host.tick();
    const listener = startService({
      sampler: host.sampler,
      version: "1.2.3",
      address: { hostname: "127.0.0.1", port: 0 },
      allowedHosts: [],
    });
    return new BusyService(host, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.stop();
  }
}

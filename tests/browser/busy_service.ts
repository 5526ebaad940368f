/** The service of this process over a machine of text at work: what it shows is the test's to say. @module */
import { CLOCK, type Clock } from "../../routes/clock.ts";
import { Token } from "../../routes/doors/token.ts";
import type { Engine } from "../../routes/fleet/feed.ts";
import { type Listener, startService } from "../../routes/mod.ts";
import type { ServeOptions } from "../../routes/options.ts";
import { BusyHost, type BusyHostOptions } from "../busy_host.ts";
import { TextTree } from "../text_tree.ts";

/** The span of the charts. */
const HISTORY_TICKS = 300;

export interface BusyServiceOptions extends BusyHostOptions {
  /** The name of a machine's files, or a machine that was made. */
  readonly machine: string | TextTree;
  /** Ticks before the first visit. */
  readonly historyTicks?: number;
  /** Names in the machine's files, and what stands in their place. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Who reads needs it. */
  readonly token?: string;
  /** Where it listens; absent: on this host alone. */
  readonly address?: string;
  /** Streams wait so many times shorter for all that they wait for, so that ticks may follow faster. */
  readonly haste?: number;
  readonly basePath?: string;
  /** What its `/metrics` tells. */
  readonly exposition?: ServeOptions["exposition"];
  /** Whose pages may read it. */
  readonly allowedOrigins?: readonly string[];
  /** Absent: one that is free. */
  readonly port?: number;
  /** That knows other hosts. */
  readonly engine?: Engine;
}

function hasty(haste: number): Clock {
  return {
    nowMs: () => CLOCK.nowMs() * haste,
    sleep: (ms, signal) => CLOCK.sleep(ms / haste, signal),
  };
}

export class BusyService implements AsyncDisposable {
  readonly host: BusyHost;
  readonly url: string;
  readonly #listener: Listener;

  private constructor(host: BusyHost, listener: Listener, address: string) {
    this.host = host;
    this.#listener = listener;
    this.url = `http://${address}:${listener.address.port}`;
  }

  static async start(options: BusyServiceOptions): Promise<BusyService> {
    const { machine, renamed = {}, historyTicks = HISTORY_TICKS } = options;
    const tree = typeof machine === "string" ? await read(machine, renamed) : machine;
    const host = new BusyHost(tree, options);
    for (let i = 0; i < historyTicks; i++) host.tick();
    return await BusyService.of(host, options);
  }

  /** Of a host that may have been served before. */
  static async of(
    host: BusyHost,
    options: Omit<BusyServiceOptions, "machine" | "historyTicks" | "renamed"> = {},
  ): Promise<BusyService> {
    const { token, address = "127.0.0.1", allowedOrigins, port = 0 } = options;
    const listener = startService({
      sampler: host.sampler,
      version: "1.2.3",
      address: { hostname: address, port },
      allowedHosts: [],
      ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
      doors: token === undefined ? {} : { token: await Token.of(token) },
      ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
      ...(options.exposition === undefined ? {} : { exposition: options.exposition }),
      engine: options.engine,
      clock: hasty(options.haste ?? 1),
    });
    return new BusyService(host, listener, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.stop();
  }
}

async function read(machine: string, renamed: Readonly<Record<string, string>>): Promise<TextTree> {
  const file = new URL(`../fixtures/machines/${machine}.txt`, import.meta.url);
  let text = await Deno.readTextFile(file);
  for (const [from, to] of Object.entries(renamed)) text = text.replaceAll(from, to);
  return TextTree.parse(text);
}

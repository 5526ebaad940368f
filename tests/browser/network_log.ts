/** What a page takes from the network, as Chromium's network stack tells the debugger. @module */
import type { CDPSession } from "playwright-core";
import type { WatchedPage } from "./chromium.ts";

export interface Taken {
  /** Path and query. */
  readonly path: string;
  /** Of the body as it came, packed. 0 for what lay in the cache. */
  readonly bytes: number;
  readonly cached: boolean;
}

interface Entry {
  readonly path: string;
  cached: boolean;
  /** Of headers and body. */
  whole: number;
  headers: number;
  ended: boolean;
}

export class NetworkLog {
  readonly #entries = new Map<string, Entry>();
  #told: () => void = () => {};

  private constructor() {}

  /** Begins to listen; what was taken before is not in it. */
  static async of({ page }: WatchedPage): Promise<NetworkLog> {
    const log = new NetworkLog();
    const session = await page.context().newCDPSession(page);
    log.#listen(session);
    await session.send("Network.enable");
    return log;
  }

  #listen(session: CDPSession): void {
    session.on("Network.requestWillBeSent", ({ requestId, request }) => {
      const { pathname, search } = new URL(request.url);
      const path = pathname + search;
      this.#entries.set(requestId, { path, cached: false, whole: 0, headers: 0, ended: false });
    });
    session.on("Network.requestServedFromCache", ({ requestId }) => {
      this.#entries.get(requestId)!.cached = true;
    });
    session.on("Network.responseReceived", ({ requestId, response }) => {
      const entry = this.#entries.get(requestId)!;
      entry.cached ||= response.fromDiskCache ?? false;
      entry.headers = response.encodedDataLength;
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const entry = this.#entries.get(requestId)!;
      entry.whole = encodedDataLength;
      entry.ended = true;
      this.#told();
    });
  }

  /**
   * What came since the last call, once all of these paths have. Streams, which do not end, are not in
   * it.
   */
  async take(paths: readonly string[]): Promise<readonly Taken[]> {
    while (!paths.every((path) => this.#ended().some(([, entry]) => entry.path === path))) {
      await new Promise<void>((resolve) => this.#told = resolve);
    }
    const ended = this.#ended();
    for (const [id] of ended) this.#entries.delete(id);
    return ended.map(([, { path, cached, whole, headers }]) => ({
      path,
      cached,
      bytes: cached ? 0 : whole - headers,
    }));
  }

  #ended(): readonly (readonly [id: string, entry: Entry])[] {
    return [...this.#entries].filter(([, { ended }]) => ended);
  }
}

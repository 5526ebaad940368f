/** What a page holds once everything is gone that nobody holds. @module */
import type { CDPSession } from "playwright-core";
import type { WatchedPage } from "./chromium.ts";

export interface Held {
  /** Those of the document, as a selector finds them. */
  readonly elements: number;
  /** Nodes of any kind, in the document or out of it. */
  readonly nodes: number;
  readonly documents: number;
  readonly listeners: number;
}

/** What scripts make. Code comes and goes as the engine optimises it and forgets it again. */
const DATA = new Set([
  "array",
  "closure",
  "concatenated string",
  "number",
  "object",
  "regexp",
  "sliced string",
  "string",
]);
/** A collection frees what another then finds free: after so many there is nothing left. */
const COLLECTIONS_MOST = 20;

/** The parts of a heap snapshot that are read here (V8's heap-snapshot-generator). */
interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
    };
  };
  /** So many numbers a node as there are fields. */
  readonly nodes: readonly number[];
}

export class Holdings {
  readonly #watched: WatchedPage;
  readonly #session: CDPSession;

  private constructor(watched: WatchedPage, session: CDPSession) {
    this.#watched = watched;
    this.#session = session;
  }

  static async of(watched: WatchedPage): Promise<Holdings> {
    const { page } = watched;
    return new Holdings(watched, await page.context().newCDPSession(page));
  }

  /** Collects until a collection finds nothing more. */
  async held(): Promise<Held> {
    let held = await this.#collect();
    for (let collection = 1; collection < COLLECTIONS_MOST; collection++) {
      const again = await this.#collect();
      if (again.nodes === held.nodes && again.documents === held.documents) return again;
      held = again;
    }
    throw new Error(`Cannot say what is held: it still changes, ${JSON.stringify(held)}`);
  }

  async #collect(): Promise<Held> {
    await this.#session.send("HeapProfiler.collectGarbage");
    const { nodes, documents, jsEventListeners: listeners } = await this.#session.send(
      "Memory.getDOMCounters",
    );
    const elements = await this.#watched.evaluate<number>(`document.querySelectorAll("*").length`);
    return { elements, nodes, documents, listeners };
  }

  /** Bytes of all that scripts made and can still reach. */
  async dataBytes(): Promise<number> {
    const chunks: string[] = [];
    const gather = ({ chunk }: { chunk: string }): void => void chunks.push(chunk);
    this.#session.on("HeapProfiler.addHeapSnapshotChunk", gather);
    await this.#session.send("HeapProfiler.takeHeapSnapshot", {});
    this.#session.off("HeapProfiler.addHeapSnapshotChunk", gather);
    const { snapshot: { meta }, nodes }: HeapSnapshot = JSON.parse(chunks.join(""));
    const { node_fields: fields, node_types: [types] } = meta;
    const [type, size] = [fields.indexOf("type"), fields.indexOf("self_size")];
    let bytes = 0;
    for (let at = 0; at < nodes.length; at += fields.length) {
      if (DATA.has(types[nodes[at + type]!]!)) bytes += nodes[at + size]!;
    }
    return bytes;
  }
}

/** Reads a stream of server-sent events message by message, as an EventSource would. @module */

export interface Received {
  readonly event: string;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  readonly data: string;
}

export class SseReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** Comments seen so far: heartbeats. */
  comments = 0;

  /** `gzip`: the body is compressed, and is decompressed as it comes. `fetch` has done that itself. */
  constructor(response: Response, gzip = false) {
    if (response.body === null) throw new Error("Cannot read events: the response has no body");
    const body = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
    this.#reader = (gzip ? body.pipeThrough(new DecompressionStream("gzip")) : body).getReader();
  }

  /** The next message; null at the end of the stream. Comments are counted and passed over. */
  async next(): Promise<Received | null> {
    while (true) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!block.startsWith(":")) return parse(block);
        this.comments++;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The next message, which must be there. */
  async message(): Promise<Received> {
    const message = await this.next();
    if (message === null) throw new Error("Cannot read a message: the stream has ended");
    return message;
  }

  /** The next message with this name; others, such as a replay before a tick, are passed over. */
  async named(event: string): Promise<Received> {
    while (true) {
      const message = await this.message();
      if (message.event === event) return message;
    }
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

function parse(block: string): Received {
  const fields = new Map<string, string[]>();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    fields.set(name, [...fields.get(name) ?? [], value]);
  }
  return {
    event: fields.get("event")?.[0] ?? "message",
    id: fields.get("id")?.[0],
    retry: fields.get("retry")?.[0],
    data: (fields.get("data") ?? []).join("\n"),
  };
}

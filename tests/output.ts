/** What a process says, for tests that wait for its words. @module */

/** What a process writes, read on to the end, so that the pipe never fills. */
export class Output {
  text = "";
  readonly #ended: Promise<void>;
  #more = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#ended = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.text += chunk;
      this.#more.resolve();
      this.#more = Promise.withResolvers<void>();
    }
  }

  /** Resolves when the words are there, or when no more will come. */
  async until(words: string): Promise<string> {
    let ended = false;
    const end = this.#ended.then(() => {
      ended = true;
    });
    while (!ended && !this.text.includes(words)) await Promise.race([this.#more.promise, end]);
    return this.text;
  }

  async all(): Promise<string> {
    await this.#ended;
    return this.text;
  }
}

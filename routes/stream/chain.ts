/**
 * One deflate stream for all clients that are told the same: a tick's message looks like the one before,
 * so that each block mostly points back to what they have read already (RFC 1951, section 2).
 *
 * Who comes later has not read that. It gets blocks that stand for themselves, until it has read as much
 * of the same text as a block can point back to; from then on its decoder cannot tell that it came later.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { constants, createDeflateRaw } from "node:zlib";
import type { Bytes } from "../encoding.ts";

/** How far a block can point back, bytes of text (RFC 1951, section 3.2.5). */
const REACH = 32_768;

/**
 * Of zlib: 16 kB beside the window in place of 128 (zconf.h). Messages are some kB, so the blocks are
 * the same, and less memory has to come from afar in each tick.
 */
const MEMORY_LEVEL = 5;

export class Chain {
  readonly #deflate = createDeflateRaw({ memLevel: MEMORY_LEVEL });
  #parts: Uint8Array[] = [];
  #length = 0;
  #busy = false;
  #closing = false;

  constructor() {
    this.#deflate.on("data", (part: Uint8Array) => this.#parts.push(part));
  }

  /** How many bytes of the newest text one must have read to be given the next block. */
  get least(): number {
    return Math.min(REACH, this.#length);
  }

  /** The next block. To be called for each text in turn, each after the one before was given. */
  async block(text: Bytes): Promise<Bytes> {
    this.#length += text.length;
    this.#busy = true;
    try {
      return await this.#deflated(text);
    } finally {
      this.#busy = false;
      if (this.#closing) this.#deflate.close();
    }
  }

  /** Gives back its memory, a quarter of a megabyte, after a block that is being made. */
  close(): void {
    this.#closing = true;
    if (!this.#busy) this.#deflate.close();
  }

  #deflated(text: Bytes): Promise<Bytes> {
    return new Promise((resolve, reject) => {
      this.#deflate.once("error", reject);
      this.#deflate.write(text);
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off("error", reject);
        const block = Buffer.concat(this.#parts);
        this.#parts = [];
        resolve(new Uint8Array(block));
      });
    });
  }
}

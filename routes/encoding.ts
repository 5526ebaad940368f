/**
 * Text as the bytes that clients get. A stream's message is deflated once as a block that stands for
 * itself, and the same bytes go to every client behind its own gzip header (RFC 1951, RFC 1952): a
 * compressor for each client would cost a hundred times the CPU at a thousand clients.
 *
 * @module
 */
import { constants, deflateRawSync, gzipSync } from "node:zlib";

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** Magic, method deflate, no flags, no time, no extra flags, unknown system. */
export const GZIP_HEADER: Bytes = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** One text, encoded at most once and compressed at most once, whoever asks. */
export class Encoded {
  readonly plain: Bytes;
  readonly #level: number;
  readonly #memLevel: number;
  #gzip: Bytes | undefined;
  #block: Bytes | undefined;

  /**
   * `level`: of zlib, for what is compressed once and sent for ever. `memLevel`: less of it makes blocks
   * shorter, each with codes of its own.
   */
  constructor(
    content: string | Bytes,
    level: number = constants.Z_DEFAULT_COMPRESSION,
    memLevel: number = constants.Z_DEFAULT_MEMLEVEL,
  ) {
    this.plain = typeof content === "string" ? encoder.encode(content) : content;
    this.#level = level;
    this.#memLevel = memLevel;
  }

  /** What it takes, with all that was made of it so far. */
  get byteLength(): number {
    return [this.plain, this.#gzip, this.#block]
      .reduce((sum, bytes) => bytes === undefined ? sum : sum + bytes.byteLength, 0);
  }

  /** A whole gzip file. */
  gzip(): Bytes {
    return this.#gzip ??= bytesOf(
      gzipSync(this.plain, { level: this.#level, memLevel: this.#memLevel }),
    );
  }

  /** Part of a gzip stream that goes on: raw deflate blocks, flushed, none of them the last. */
  block(): Bytes {
    return this.#block ??= bytesOf(
      deflateRawSync(this.plain, { finishFlush: constants.Z_SYNC_FLUSH }),
    );
  }
}

/** `acceptEncoding`: the header. `gzip;q=0` refuses it. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  return acceptEncoding.split(",").some((part) => {
    const [coding = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    return (coding === "gzip" || coding === "x-gzip") &&
      !parameters.some((q) => /^q=0(\.0*)?$/.test(q));
  });
}

/** The buffer that zlib hands out may be larger than its content; a copy keeps only that. */
function bytesOf(buffer: Uint8Array): Bytes {
  return new Uint8Array(buffer);
}

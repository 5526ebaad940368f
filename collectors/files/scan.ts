/**
 * Reads text of `/proc` and `/sys` from its bytes, without making strings. One scanner is kept for a
 * file and reset at each tick.
 *
 * @module
 */

const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const ZERO = 48;
const NINE = 57;
const POINT = 46;
/** 2^64 has as many. */
const DIGITS_MOST = 20;

/** Of UTF-8. */
const CHARACTER_BYTES_MOST = 4;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Where in its bytes a parser stands.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ascii, Scanner } from "./scan.ts";
 *
 * const bytes = ascii("MemTotal:  131891200 kB\nMemFree: none\n");
 * const scanner = new Scanner();
 * scanner.reset(bytes, bytes.length);
 * const start = scanner.word();
 * assertEquals(scanner.text(start, scanner.at), "MemTotal:");
 * assertEquals(scanner.number(), 131891200);
 * scanner.nextLine();
 * scanner.word();
 * assertEquals(scanner.number(), -1);
 * ```
 */
export class Scanner {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the next read begins. */
  at = 0;
  /** One past the last byte. */
  end = 0;

  reset(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes;
    this.at = 0;
    this.end = length;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Nothing is left. */
  done(): boolean {
    return this.at >= this.end;
  }

  /** The byte at a position, or -1 past the end. */
  peek(at: number = this.at): number {
    return at < this.end ? this.#bytes[at]! : -1;
  }

  /** Past blanks and tabs, never past the end of the line. */
  skipBlanks(): void {
    const bytes = this.#bytes;
    let at = this.at;
    while (at < this.end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    this.at = at;
  }

  /** The line ends here (or the file does). */
  endOfLine(): boolean {
    return this.at >= this.end || this.#bytes[this.at] === NEWLINE;
  }

  /** To the beginning of the next line. */
  nextLine(): void {
    const bytes = this.#bytes;
    let at = this.at;
    while (at < this.end && bytes[at] !== NEWLINE) at++;
    this.at = at < this.end ? at + 1 : at;
  }

  /** Past a run of anything but blanks; returns where it began. Its end is `at`. */
  word(): number {
    this.skipBlanks();
    const bytes = this.#bytes;
    const start = this.at;
    let at = start;
    while (at < this.end) {
      const byte = bytes[at]!;
      if (byte === SPACE || byte === TAB || byte === NEWLINE) break;
      at++;
    }
    this.at = at;
    return start;
  }

  /**
   * A whole number after blanks. -1 where there is none: the counters read here are never negative.
   * Past 2^53 the last digits round; longer than 20 digits is no counter and gives -1.
   */
  number(): number {
    this.skipBlanks();
    const bytes = this.#bytes;
    const start = this.at;
    let at = start;
    let value = 0;
    while (at < this.end) {
      const byte = bytes[at]!;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + (byte - ZERO);
      at++;
    }
    this.at = at;
    return at === start || at - start > DIGITS_MOST ? -1 : value;
  }

  /**
   * A number with an optional fraction, such as `0.42`, after blanks, into a cell: a fraction that is
   * returned costs garbage. False where there is none.
   */
  decimalInto(into: Float64Array, at: number): boolean {
    const whole = this.number();
    if (whole < 0) return false;
    into[at] = whole;
    if (this.peek() !== POINT) return true;
    this.at++;
    const bytes = this.#bytes;
    const start = this.at;
    let fraction = 0;
    let scale = 1;
    while (this.at < this.end) {
      const byte = bytes[this.at]!;
      if (byte < ZERO || byte > NINE) break;
      fraction = fraction * 10 + (byte - ZERO);
      scale *= 10;
      this.at++;
    }
    into[at] = whole + fraction / scale;
    return this.at > start && this.at - start <= DIGITS_MOST;
  }

  /** Whether these bytes stand at a position. Does not move. */
  startsWith(text: Uint8Array, at: number = this.at): boolean {
    if (at + text.length > this.end) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    return true;
  }

  /**
   * A piece as a string. Bytes that are no UTF-8, as names of interfaces may hold, are spelled (`\xff`), so
   * that two names are never one. Allocates: for names met for the first time, and for messages.
   */
  text(start: number, end: number): string {
    const bytes = this.#bytes.slice(start, end);
    return decoded(bytes) ?? spelled(bytes);
  }

  /** The rest of the current line, for a message. */
  lineText(start: number = this.at): string {
    let end = start;
    while (end < this.end && this.#bytes[end] !== NEWLINE) end++;
    return this.text(start, Math.min(end, start + 120));
  }
}

/** Null where a byte is no part of a character. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Character by character, as many bytes as each has. */
function spelled(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    let length = 1;
    let character = decoded(bytes.subarray(at, at + length));
    while (character === null && length++ < CHARACTER_BYTES_MOST) {
      character = decoded(bytes.subarray(at, at + length));
    }
    text += character ?? `\\x${bytes[at]!.toString(16)}`;
    at += character === null ? 1 : length;
  }
  return text;
}

const encoder = new TextEncoder();

/** Bytes of a word to compare with; made once, at the top of a module. */
export function ascii(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * What a client is told first is some kilobytes, and what follows a few hundred bytes. Sent at once, the
 * first makes the buffer of its connection grow to twice its size, and there it stays for as long as the
 * client does. So it goes out in pieces, a turn of the event loop apart.
 *
 * @module
 */
import type { Bytes } from "../encoding.ts";

/** As large as the messages that follow may be. */
export const PIECE_BYTES = 1024;
/** A turn takes a millisecond or two. Of large hosts all messages are large, and nobody should wait. */
export const PIECES_MOST = 16;

/** Where the bytes for a client go. */
export type Outlet = Pick<ReadableStreamDefaultController<Bytes>, "enqueue">;

interface Rest {
  readonly bytes: Bytes;
  /** Of each piece, bytes. */
  readonly size: number;
  /** Of the next piece. */
  at: number;
}

export class Pieces {
  readonly #rests = new Map<Outlet, Rest>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The first piece is sent now, the others one by one. */
  begin(outlet: Outlet, messages: readonly Bytes[]): void {
    const bytes = joined(messages);
    const size = Math.max(PIECE_BYTES, Math.ceil(bytes.length / PIECES_MOST));
    const rest = { bytes, size, at: 0 };
    if (sendPiece(outlet, rest)) return;
    this.#rests.set(outlet, rest);
    this.#schedule();
  }

  /** Sends all that is left at once: something else is to go to the outlet, or its end. */
  finish(outlet: Outlet): void {
    const rest = this.#rests.get(outlet);
    if (rest === undefined) return;
    outlet.enqueue(rest.bytes.subarray(rest.at));
    this.drop(outlet);
  }

  /** For an outlet that is gone. */
  drop(outlet: Outlet): void {
    this.#rests.delete(outlet);
    if (this.#rests.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const [outlet, rest] of this.#rests) {
        if (sendPiece(outlet, rest)) this.#rests.delete(outlet);
      }
      if (this.#rests.size > 0) this.#schedule();
    }, 0);
  }
}

/** True when it was the last one. */
function sendPiece(outlet: Outlet, rest: Rest): boolean {
  const { bytes, size, at } = rest;
  rest.at = Math.min(bytes.length, at + size);
  outlet.enqueue(bytes.subarray(at, rest.at));
  return rest.at === bytes.length;
}

function joined(messages: readonly Bytes[]): Bytes {
  if (messages.length === 1) return messages[0]!;
  const whole = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const message of messages) {
    whole.set(message, at);
    at += message.length;
  }
  return whole;
}

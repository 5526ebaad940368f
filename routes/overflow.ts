/**
 * Who listens in the place of the listener while the process has no descriptor for one more
 * connection: each that comes is told so and closed, whatever it had asked for. It needs a handful of
 * descriptors and not one for each client.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** Connections that are told so at the same time; others wait for their turn in the kernel. */
export const TOLD_AT_ONCE_MOST = 8;
/** Of what the client sent: a connection that is closed with bytes unread is reset, and its answer lost. */
const READ_BYTES_MOST = 65_536;
/** A request comes at once with its connection, or it is one of those that are held open half-sent. */
const QUIET_MS = 20;
/** Nobody is waited for any longer: over TLS a client may never say a word. */
const TOLD_MS_MOST = 1000;
/** After an attempt to accept that failed. */
const PAUSE_MS = 100;

const BODY = JSON.stringify({
  error: {
    status: 503,
    message: "Cannot take one more connection: this process has no descriptor left, " +
      "needs others to end, or a larger LimitNOFILE",
  },
});
const ANSWER = new TextEncoder().encode([
  "HTTP/1.1 503 Service Unavailable",
  "content-type: application/json",
  `content-length: ${BODY.length}`,
  "content-security-policy: default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options: nosniff",
  "cache-control: no-store",
  "retry-after: 1",
  "connection: close",
  "",
  BODY,
].join("\r\n"));

export class Overflow {
  readonly #listener: Deno.Listener;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #told = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #turnedAway = 0;

  constructor(listener: Deno.Listener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
    this.#accepting = this.#accept();
  }

  /** Connections that were told so. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Resolves when nothing of it is open any more. */
  async close(): Promise<void> {
    this.#listener.close();
    this.#closing.abort();
    // The address is free again only when nobody accepts on it.
    await this.#accepting;
    await Promise.all(this.#told);
  }

  async #accept(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const telling = this.#tell(await this.#listener.accept());
        this.#told.add(telling);
        void telling.then(() => this.#told.delete(telling));
        if (this.#told.size >= TOLD_AT_ONCE_MOST) await Promise.race(this.#told);
      } catch {
        // Closed, a client that went while it waited, or still no descriptor: looked at again soon.
        await this.#clock.sleep(PAUSE_MS, signal);
      }
    }
  }

  async #tell(connection: Deno.Conn): Promise<void> {
    const told = new AbortController();
    // A write that waits for the client's part of a handshake ends with its connection.
    const stop = (): void => {
      told.abort();
      hangUp(connection);
    };
    this.#closing.signal.addEventListener("abort", stop);
    void this.#clock.sleep(TOLD_MS_MOST, told.signal).then(stop);
    try {
      await connection.write(ANSWER);
      this.#turnedAway++;
      await connection.closeWrite();
      await this.#drain(connection, told.signal);
    } catch {
      // It went before it was told.
    }
    this.#closing.signal.removeEventListener("abort", stop);
    stop();
  }

  /** Reads what the client had sent, and does not wait for what it may still send. */
  async #drain(connection: Deno.Conn, signal: AbortSignal): Promise<void> {
    const into = new Uint8Array(4096);
    const quiet = async (): Promise<null> => {
      await this.#clock.sleep(QUIET_MS, signal);
      return null;
    };
    for (let read = 0; read < READ_BYTES_MOST;) {
      const reading = connection.read(into).catch(() => null);
      const count = await Promise.race([reading, quiet()]);
      if (count === null) return;
      read += count;
    }
  }
}

function hangUp(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

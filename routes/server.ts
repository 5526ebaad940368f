/**
 * The listener: from an address to answers, and back. It ends in two ways: orderly, when it is told
 * to, and by itself, when the process has no descriptor left to accept a connection with; then those
 * who come are turned away with a sentence, until it can listen again.
 *
 * @module
 */
import type { Hono } from "hono";
import { type Address, PORT_MOST, printAddress } from "./address.ts";
import { STREAM_TYPE } from "./answer.ts";
import { CLOCK, type Clock } from "./clock.ts";
import { tlsCause, type TlsFiles } from "./doors/doors.ts";
import type { Hub } from "./stream/hub.ts";
import { OptionError } from "./options.ts";
import { Overflow } from "./overflow.ts";
import { complain } from "./speech.ts";
import { SpareDescriptors } from "./spare_descriptors.ts";

/** Streams are closed by then; what is still being answered is an answer of milliseconds. */
const SHUTDOWN_MS_MOST = 500;
/** While there are no descriptors: how often it looks whether there are. */
const LOOK_MS = 500;
/** Of what is wrong, while it stays so. */
const TELL_EVERY_MS = 10_000;

export interface ListenOptions {
  readonly address: Address;
  readonly app: Hono;
  readonly hub: Hub;
  /** Absent: it speaks plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  readonly clock?: Clock;
  readonly report?: (message: string) => void;
}

/** Listening could not begin; the message is one line for a person. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

export class Listener {
  /** Where it listens; a port 0 has become a port. */
  readonly address: Address;
  /** Resolves with the reason when it can never listen again. */
  readonly ended: Promise<string>;
  readonly #options: ListenOptions;
  readonly #clock: Clock;
  readonly #report: (message: string) => void;
  readonly #stopping = new AbortController();
  #end!: (reason: string) => void;
  #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #spare: SpareDescriptors;
  #toldMs = -Infinity;

  /** Listens. Throws `ListenError`, and `OptionError` where Deno may not, or not with these files of TLS. */
  constructor(options: ListenOptions) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
    this.#report = options.report ?? complain;
    this.address = options.address;
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.#spare = new SpareDescriptors(options.address.hostname);
    try {
      this.#server = this.#listen();
    } catch (error) {
      const message = `Cannot listen on ${printAddress(this.address)}: ` +
        causeOf(error, this.address);
      // Words of the start that do not fit together, and files that do not fit them, stay wrong, however
      // often it is started anew.
      throw error instanceof Deno.errors.NotCapable || tlsCause(error) !== undefined
        ? new OptionError(message)
        : new ListenError(message);
    }
    this.address = { ...options.address, port: this.#server.addr.port };
    void this.#spare.begin();
  }

  /** Ends all streams at once, and gives other answers half a second to be finished. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#options.hub.stop();
    this.#spare.release();
    const late = new AbortController();
    await Promise.race([
      this.#server.shutdown(),
      this.#clock.sleep(SHUTDOWN_MS_MOST, late.signal),
    ]);
    late.abort();
  }

  #listen(): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, port } = this.address;
    const { app, tls = {} } = this.#options;
    const server = Deno.serve(
      { hostname, port, ...tls, onListen: () => {} },
      (request, info) => {
        const answer = app.fetch(request, info);
        return request.method === "HEAD" ? withoutFalseLength(answer) : answer;
      },
    );
    server.finished.catch((error) => this.#again(error));
    return server;
  }

  /**
   * Streams and answers that are open go on: their connections are not the listener's. Those that
   * come are turned away until there are descriptors to take them.
   */
  async #again(error: unknown): Promise<void> {
    const { signal } = this.#stopping;
    this.#tellTrouble(error);
    while (!signal.aborted) {
      this.#spare.release();
      if (error instanceof Deno.errors.NotCapable) {
        return this.#end(this.#trouble(error));
      }
      const overflow = this.#overflow();
      await this.#room(signal);
      await overflow?.close();
      if (signal.aborted) return;
      try {
        this.#server = this.#listen();
        return;
      } catch (again) {
        error = again;
        this.#tellTrouble(error);
      }
    }
  }

  /** Waits until there are descriptors for some connections, and then has the spare ones again. */
  async #room(signal: AbortSignal): Promise<void> {
    do await this.#clock.sleep(LOOK_MS, signal); while (
      !signal.aborted && !await this.#spare.take()
    );
  }

  /** Undefined where the address is not to be had right now, as by another process. */
  #overflow(): Overflow | undefined {
    try {
      const { hostname, port } = this.address;
      const { tls } = this.#options;
      const listener = tls === undefined
        ? Deno.listen({ hostname, port })
        : Deno.listenTls({ hostname, port, ...tls });
      return new Overflow(listener, this.#clock);
    } catch (error) {
      this.#tellTrouble(error);
      return undefined;
    }
  }

  /** Once in a while: a client that takes all descriptors again and again shall not fill a log too. */
  #tellTrouble(error: unknown): void {
    const now = this.#clock.nowMs();
    if (now - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = now;
    this.#report(
      `${this.#trouble(error)}; who comes is turned away, and it tries again every ${LOOK_MS} ms`,
    );
  }

  #trouble(error: unknown): string {
    const cause = causeOf(error, this.address);
    return `Cannot go on listening on ${printAddress(this.address)}: ${cause}`;
  }
}

/**
 * Of an answer without a body Deno says that it has 0 bytes, to HEAD as well; of a stream, nobody knows
 * how many there would be (RFC 9110, section 8.6).
 */
async function withoutFalseLength(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  if (response.headers.get("content-type") !== STREAM_TYPE) return response;
  return new Response(new Blob([]).stream(), response);
}

/** What the system said, and what would help. */
function causeOf(error: unknown, address: Address): string {
  const { hostname, port } = address;
  if (error instanceof Deno.errors.AddrInUse) {
    const next = printAddress({ hostname, port: port < PORT_MOST ? port + 1 : port - 1 });
    return `another process has this port (EADDRINUSE), needs another one, such as --listen ${next}, ` +
      `or the end of that process, which ss -ltnp "sport = :${port}" names`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "no interface of this host has this address (EADDRNOTAVAIL), needs one that ip address lists";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not (EACCES), needs a port from 1024 up, or CAP_NET_BIND_SERVICE";
  }
  if (error instanceof Error && error.message.includes("(os error 24)")) {
    return "no descriptor left (EMFILE), needs others to end, or a larger LimitNOFILE";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno may not use this address, needs --allow-net=${printAddress(address)}`;
  }
  return tlsCause(error) ?? (error instanceof Error ? error.message : String(error));
}

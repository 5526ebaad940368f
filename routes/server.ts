/**
 * The listener: from an address to answers, and back. It ends in two ways: orderly, when it is told
 * to, and by itself, when the process has no descriptor left to accept a connection with; then it
 * listens again, later and later.
 *
 * @module
 */
import type { Hono } from "hono";
import { type Address, printAddress } from "./address.ts";
import { CLOCK, type Clock } from "./clock.ts";
import { tlsCause, type TlsFiles } from "./doors.ts";
import type { Hub } from "./hub.ts";

/** Streams are closed by then; what is still being answered is an answer of milliseconds. */
const SHUTDOWN_MS_MOST = 500;
const PAUSE_MS_LEAST = 100;
const PAUSE_MS_MOST = 5000;
/** A listener that held this long is no longer part of the last trouble. */
const CALM_MS = 30_000;

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
  #begunMs: number;
  #pauseMs = PAUSE_MS_LEAST;

  /** Listens. Throws `ListenError`. */
  constructor(options: ListenOptions) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
    this.#report = options.report ?? console.error;
    this.address = options.address;
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.#begunMs = this.#clock.nowMs();
    try {
      this.#server = this.#listen();
    } catch (error) {
      throw new ListenError(
        `Cannot listen on ${printAddress(this.address)}: ${causeOf(error, this.address)}`,
      );
    }
    this.address = { ...options.address, port: this.#server.addr.port };
  }

  /** Ends all streams at once, and gives other answers half a second to be finished. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#options.hub.stop();
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
    this.#begunMs = this.#clock.nowMs();
    const server = Deno.serve(
      { hostname, port, ...tls, onListen: () => {} },
      (request, info) => app.fetch(request, info),
    );
    server.finished.catch((error) => this.#again(error));
    return server;
  }

  async #again(error: unknown): Promise<void> {
    // Descriptors that are given back now are those that the next attempt needs.
    this.#options.hub.closeAll();
    if (this.#clock.nowMs() - this.#begunMs > CALM_MS) this.#pauseMs = PAUSE_MS_LEAST;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const cause = causeOf(error, this.address);
      const attempt = `Cannot go on listening on ${printAddress(this.address)}: ${cause}`;
      if (error instanceof Deno.errors.NotCapable) return this.#end(attempt);
      this.#report(`${attempt}; tries again in ${this.#pauseMs} ms`);
      await this.#clock.sleep(this.#pauseMs, signal);
      this.#pauseMs = Math.min(2 * this.#pauseMs, PAUSE_MS_MOST);
      if (signal.aborted) return;
      try {
        this.#server = this.#listen();
        return;
      } catch (again) {
        error = again;
      }
    }
  }
}

/** What the system said, and what would help. */
function causeOf(error: unknown, address: Address): string {
  const { hostname, port } = address;
  if (error instanceof Deno.errors.AddrInUse) {
    const next = printAddress({ hostname, port: port + 1 });
    return `another process has this port (EADDRINUSE), needs another one, such as --listen ${next}, ` +
      `or the end of that process, which ss -ltnp "sport = :${port}" names`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "no interface of this host has this address (EADDRNOTAVAIL), needs one that ip address lists";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not (EACCES), needs a port from 1024 up, or CAP_NET_BIND_SERVICE";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno may not use this address, needs --allow-net=${printAddress(address)}`;
  }
  return tlsCause(error) ?? (error instanceof Error ? error.message : String(error));
}

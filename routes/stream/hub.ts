/**
 * Render once, compress once, write many. While somebody listens, one pump waits for ticks; each tick
 * is made into one message for every place that clients are in, which in practice is one, and the
 * same bytes go to all of them. Nobody listening: no pump, no timer, no rendering.
 *
 * A client that does not keep up is skipped. Its place stays, so its next message holds all that it
 * missed, and nothing queues up for it.
 *
 * @module
 */
import type { Health, Sampler, Snapshot } from "../../collectors/mod.ts";
import { CLOCK, type Clock } from "../clock.ts";
import { type Bytes, Encoded, GZIP_HEADER } from "../encoding.ts";
import { Refusal } from "../refusal.ts";
import { complain } from "../speech.ts";
import { Chains, type Link } from "./chains.ts";
import { type Place, placeKey } from "./cursor.ts";
import { Pieces } from "./pieces.ts";
import { HEARTBEAT } from "./sse.ts";

/** A stream costs some 60 kB and a descriptor. */
export const CLIENTS_MOST = 10_000;
/** For requests beside the streams, and for what the worker opens for a moment. */
export const DESCRIPTORS_LEFT = 128;
/** Nothing finer than this goes to clients, however fast the ticks are: nobody reads it. */
export const MESSAGE_GAP_MS_LEAST = 100;
/** Proxies cut a stream that is quiet for half a minute or a minute. */
export const HEARTBEAT_MS = 15_000;
/**
 * A client that took nothing for so long is cut off, and nothing is kept for it. Its connection lasts
 * until it reads on or leaves: Deno notices the end only when it can write.
 */
export const STUCK_MS_MOST = 30_000;
/** `Sampler.watch` holds for ten seconds; ticks may be a minute apart. */
export const WATCH_MS = 5_000;
/** Messages kept for one tick. Clients of the same tick share one; the bound is for made-up cursors. */
const MESSAGES_MOST = 64;
const RETRY_AFTER_SECONDS = "5";

/** What a kind of stream tells. */
export interface Channel {
  /** Clients of channels with equal keys get the same messages. */
  readonly key: string;
  /**
   * Server-sent events that lead from a place to the snapshot, and the place they lead to. Empty text
   * where nothing is to be told.
   */
  compose(snapshot: Snapshot, from: Place): Composed;
  /** What clients are told when they come, and whenever the interval changes; empty for nothing. */
  aside?(intervalMs: number): string;
  /** What clients are told every `WATCH_MS` while ticks do not come; empty for nothing. */
  late?(snapshot: Snapshot, health: Health): string;
}

export interface Composed {
  readonly text: string;
  readonly next: Place;
}

interface Client {
  readonly channel: Channel;
  readonly gzip: boolean;
  readonly controller: ReadableStreamDefaultController<Bytes>;
  /** What it is told when it comes; null when that is with the pieces. */
  greeting: Bytes[] | null;
  place: Place;
  /** Bytes of what all clients of the channel were told last, without anything in between. */
  read: number;
  /** Since when it has taken nothing; NaN while it takes what it gets. */
  stuckSinceMs: number;
  /** It took nothing when the interval changed. */
  missedInterval: boolean;
  /** Of what `end` aborts, when the client has gone before. */
  unbind(): void;
}

interface Message {
  readonly encoded: Encoded | null;
  readonly next: Place;
}

export interface HubOptions {
  readonly sampler: Sampler;
  readonly clock?: Clock;
  readonly clientsMost?: number;
  /** Told of a channel that cannot compose; its clients go on with the next tick. */
  readonly report?: (message: string) => void;
}

export class Hub {
  readonly #sampler: Sampler;
  readonly #clock: Clock;
  readonly #clientsMost: number;
  readonly #report: (message: string) => void;
  readonly #clients = new Set<Client>();
  readonly #messages = new Map<string, Message>();
  readonly #chains = new Chains();
  readonly #pieces = new Pieces();
  readonly #heartbeat = new Encoded(HEARTBEAT);
  #snapshot: Snapshot | null = null;
  /** Sequence of the tick that all clients were told last, -1 for none. */
  #told = -1;
  #takenMs = -Infinity;
  #spokenMs = -Infinity;
  #stopped = false;
  #pumping = false;
  /** Ends what the pump is waiting for. */
  #turn = new AbortController();

  constructor(options: HubOptions) {
    this.#sampler = options.sampler;
    this.#clock = options.clock ?? CLOCK;
    this.#clientsMost = options.clientsMost ?? clientsMost(options.sampler);
    this.#report = options.report ?? complain;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** The channel of a key that somebody listens to: it alone knows what they were told. */
  channel(key: string): Channel | undefined {
    for (const { channel } of this.#clients) if (channel.key === key) return channel;
    return undefined;
  }

  /** A new stream, which `end` ends. Throws `Refusal` where no more are to be had. */
  open(
    channel: Channel,
    place: Place,
    gzip: boolean,
    end?: AbortSignal,
  ): ReadableStream<Bytes> {
    if (this.#stopped) {
      throw this.#full("Ringside is stopping, needs a new start");
    }
    if (this.#clients.size >= this.#clientsMost) {
      throw this.#full(`${this.#clients.size} are open, needs one of them to end`);
    }
    let client: Client;
    return new ReadableStream<Bytes>({
      start: (controller) => {
        const close = (): void => {
          if (this.#finish(client)) controller.close();
          this.#leave(client);
        };
        const unbind = (): void => end?.removeEventListener("abort", close);
        const greeting = gzip ? [GZIP_HEADER] : [];
        const state = { greeting, place, read: 0, stuckSinceMs: NaN, missedInterval: false };
        client = { channel, gzip, controller, unbind, ...state };
        end?.addEventListener("abort", close);
        this.#join(client);
      },
      cancel: () => this.#leave(client),
    });
  }

  /** Tells the interval to all that are shown it: the next tick may be a minute away. */
  tellInterval(): void {
    // With its next tick: that has nothing of a change that was taken back before it.
    for (const client of this.#clients) if (!this.#takes(client)) client.missedInterval = true;
    this.#sayToAll((channel) => this.#aside(channel));
  }

  /** Ends every stream, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    this.closeAll();
  }

  /** Ends every stream; clients may come back. */
  closeAll(): void {
    for (const client of this.#clients) {
      client.unbind();
      if (this.#finish(client)) client.controller.close();
    }
    this.#clients.clear();
    this.#idle();
  }

  #full(found: string): Refusal {
    return new Refusal(503, `Cannot open a stream: ${found}`, {
      "retry-after": RETRY_AFTER_SECONDS,
    });
  }

  #join(client: Client): void {
    this.#sampler.watch();
    this.#take();
    this.#tell(client);
    // Behind the tick, whose interval may be an older one.
    for (const text of [this.#aside(client.channel), this.#late(client.channel)]) {
      if (text !== "") this.#send(client, new Encoded(text));
    }
    if (client.greeting!.length > 0) this.#pieces.begin(client.controller, client.greeting!);
    client.greeting = null;
    this.#clients.add(client);
    if (this.#pumping) return;
    this.#pumping = true;
    this.#told = this.#snapshot?.sequence ?? -1;
    this.#spokenMs = this.#clock.nowMs();
    void this.#pump();
  }

  #leave(client: Client): void {
    client.unbind();
    this.#pieces.drop(client.controller);
    if (this.#clients.delete(client) && this.#clients.size === 0) this.#idle();
  }

  #idle(): void {
    this.#turn.abort();
    this.#messages.clear();
    this.#chains.close();
    this.#snapshot = null;
    this.#told = -1;
  }

  async #pump(): Promise<void> {
    while (this.#clients.size > 0) {
      this.#turn = new AbortController();
      await this.#next(this.#turn);
      if (this.#clients.size === 0) break;
      this.#sampler.watch();
      this.#take();
      await this.#tellAll();
      if (!this.#sampler.health().ticking) this.#sayToAll((channel) => this.#late(channel));
      this.#keepAlive();
      this.#dropStuck();
    }
    this.#pumping = false;
  }

  /** Waits for a tick that is to be told, but not much longer than `WATCH_MS`. */
  async #next(turn: AbortController): Promise<void> {
    await Promise.race([
      this.#sampler.wait(Math.max(0, this.#told), turn.signal),
      this.#clock.sleep(WATCH_MS, turn.signal),
    ]);
    const restMs = this.#takenMs + MESSAGE_GAP_MS_LEAST - this.#clock.nowMs();
    if (restMs > 0) await this.#clock.sleep(Math.ceil(restMs), turn.signal);
    turn.abort();
  }

  /** Takes the newest snapshot, at a join as well as at a turn. */
  #take(): void {
    const now = this.#clock.nowMs();
    if (this.#snapshot !== null && now - this.#takenMs < MESSAGE_GAP_MS_LEAST) return;
    this.#takenMs = now;
    const snapshot = this.#sampler.feed.latest();
    if (snapshot === null || snapshot.sequence === this.#snapshot?.sequence) return;
    this.#snapshot = snapshot;
    this.#messages.clear();
  }

  async #tellAll(): Promise<void> {
    // The last client may go while it is told, and take the snapshot of the turn with it.
    const snapshot = this.#snapshot;
    if (snapshot === null || snapshot.sequence === this.#told) return;
    const links = await this.#chains.links(
      this.#clients,
      ({ channel, place }) => this.#message(snapshot, channel, place),
    );
    for (const client of this.#clients) {
      if (!this.#takes(client)) continue;
      const link = links.get(client.channel.key);
      const told = client.gzip && client.place === link?.from
        ? this.#tellLink(client, link)
        : this.#tell(client);
      if (told) this.#spokenMs = this.#takenMs;
      if (client.missedInterval) this.#sayMissed(client);
    }
    if (this.#clients.size > 0) this.#told = snapshot.sequence;
  }

  #tellLink(client: Client, { encoded, next, block, least }: Link): boolean {
    client.place = next;
    this.#enqueue(client, client.read >= least ? block : encoded.block());
    client.read += encoded.plain.length;
    return true;
  }

  /** Whether the client took what it was sent last. */
  #takes(client: Client): boolean {
    const takes = (client.controller.desiredSize ?? -1) > 0;
    if (takes) client.stuckSinceMs = NaN;
    else if (Number.isNaN(client.stuckSinceMs)) client.stuckSinceMs = this.#clock.nowMs();
    return takes;
  }

  /** True when the client was sent something. */
  #tell(client: Client): boolean {
    if (this.#snapshot === null) return false;
    const message = this.#message(this.#snapshot, client.channel, client.place);
    if (message === null) return false;
    client.place = message.next;
    if (message.encoded !== null) this.#send(client, message.encoded);
    return message.encoded !== null;
  }

  #aside(channel: Channel): string {
    return channel.aside?.(this.#sampler.intervalMs) ?? "";
  }

  /** Empty where the newest tick is as new as it should be. */
  #late(channel: Channel): string {
    const health = this.#sampler.health();
    if (health.ticking || this.#snapshot === null) return "";
    return channel.late?.(this.#snapshot, health) ?? "";
  }

  #sayMissed(client: Client): void {
    client.missedInterval = false;
    const text = this.#aside(client.channel);
    if (text !== "") this.#send(client, new Encoded(text));
  }

  /** Made and compressed once for each channel. */
  #sayToAll(say: (channel: Channel) => string): void {
    const made = new Map<string, Encoded>();
    for (const client of this.#clients) {
      if (!this.#takes(client)) continue;
      const { channel } = client;
      let encoded = made.get(channel.key);
      if (encoded === undefined) made.set(channel.key, encoded = new Encoded(say(channel)));
      if (encoded.plain.length > 0) this.#send(client, encoded);
    }
  }

  /** Something that others were not told at this place of their text. */
  #send(client: Client, encoded: Encoded): void {
    client.read = 0;
    this.#enqueue(client, client.gzip ? encoded.block() : encoded.plain);
  }

  #enqueue(client: Client, bytes: Bytes): void {
    if (client.greeting !== null) client.greeting.push(bytes);
    else if (this.#finish(client)) client.controller.enqueue(bytes);
  }

  /**
   * Sends what is left of the greeting. False where the connection turned out to be gone: Deno then
   * cancels the stream at once, and nothing more may be sent.
   */
  #finish(client: Client): boolean {
    this.#pieces.finish(client.controller);
    return this.#clients.has(client);
  }

  #message(snapshot: Snapshot, channel: Channel, place: Place): Message | null {
    const key = `${channel.key}\n${placeKey(place)}`;
    const known = this.#messages.get(key);
    if (known !== undefined) return known;
    try {
      const { text, next } = channel.compose(snapshot, place);
      const message = { encoded: text === "" ? null : new Encoded(text), next };
      if (this.#messages.size < MESSAGES_MOST) this.#messages.set(key, message);
      return message;
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      this.#report(`Cannot tell tick ${snapshot.sequence} to stream "${channel.key}": ${found}`);
      return null;
    }
  }

  #keepAlive(): void {
    if (this.#clock.nowMs() - this.#spokenMs < HEARTBEAT_MS) return;
    for (const client of this.#clients) {
      if (this.#takes(client)) this.#send(client, this.#heartbeat);
    }
    this.#spokenMs = this.#clock.nowMs();
  }

  #dropStuck(): void {
    const now = this.#clock.nowMs();
    for (const client of this.#clients) {
      if (!(now - client.stuckSinceMs >= STUCK_MS_MOST)) continue;
      // An error drops what is queued; an orderly end would wait for it to be read. Deno logs it as it
      // is: a sentence is one line, an Error would be its stack.
      client.controller.error(
        `A stream was cut off: nothing of it was read for ${STUCK_MS_MOST} ms`,
      );
      this.#leave(client);
    }
  }
}

/** Streams that would take the last descriptors are refused with a sentence, and others still answered. */
function clientsMost({ descriptors }: Sampler): number {
  if (descriptors === null) return CLIENTS_MOST;
  const { open, most } = descriptors;
  return Math.max(1, Math.min(CLIENTS_MOST, most - open - DESCRIPTORS_LEFT));
}

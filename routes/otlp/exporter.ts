/**
 * Sends the newest snapshot to a collector, again and again. Nothing is kept for later: a total that
 * could not be sent is in the next one, and a gauge of then is nobody's business now.
 *
 * @module
 */
import type { Sampler } from "../../collectors/mod.ts";
import { printable } from "../../collectors/printable.ts";
import { otlpJson } from "../../views/otlp/json.ts";
import { type OtlpIdentity, otlpMessage } from "../../views/otlp/metrics.ts";
import { otlpProtobuf } from "../../views/otlp/protobuf.ts";
import type { Address } from "../address.ts";
import { CLOCK, type Clock } from "../clock.ts";
import { lateness } from "../probes.ts";
import { complain } from "../speech.ts";
import { instanceId } from "./instance.ts";
import type { OtlpOptions } from "./options.ts";
import { type OtlpOutcome, type OtlpSender, shownUrl, startOtlpSender } from "./sender.ts";

/** A receiver that comes and goes shall not fill a log. */
const TELL_EVERY_MS = 60_000;

export interface OtlpParts {
  readonly options: OtlpOptions;
  readonly sampler: Sampler;
  readonly version: string;
}

export interface OtlpExportParts extends OtlpParts {
  readonly sender: OtlpSender;
  /** Which of all services this is. */
  readonly instance: string;
  readonly clock?: Clock;
  readonly report?: (message: string) => void;
}

/** All that needs rights is done: what is left is to know where the service listens. */
export interface OtlpStart {
  begin(address: Address): Promise<void>;
  stop(): void;
}

/** Rejects with one sentence where it may not send. */
export async function startOtlp(parts: OtlpParts): Promise<OtlpStart> {
  const sender = await startOtlpSender(parts.options);
  let sending: OtlpExport | undefined;
  return {
    begin: async (address) => {
      const instance = await instanceId(parts.sampler.feed.profile, address);
      sending = new OtlpExport({ ...parts, sender, instance });
    },
    stop: () => (sending ?? sender).stop(),
  };
}

export class OtlpExport {
  readonly #parts: OtlpExportParts;
  readonly #identity: OtlpIdentity;
  readonly #clock: Clock;
  readonly #report: (message: string) => void;
  readonly #stopping = new AbortController();
  /** What was told last, while it stays so. */
  #trouble: string | null = null;
  #toldMs = -Infinity;

  constructor(parts: OtlpExportParts) {
    this.#parts = parts;
    const { version, instance, options: { resource } } = parts;
    this.#identity = { version, instance, resource };
    this.#clock = parts.clock ?? CLOCK;
    this.#report = parts.report ?? complain;
    void this.#run();
  }

  /** Gives up what is under way: the next start sends the same totals. */
  stop(): void {
    this.#stopping.abort();
    this.#parts.sender.stop();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { sampler, sender, options: { intervalMs } } = this.#parts;
    await sampler.wait(0, signal);
    while (!signal.aborted) {
      const begunMs = this.#clock.nowMs();
      const body = this.#body();
      const outcome = body === undefined ? undefined : await sender.send(body);
      if (signal.aborted) return;
      if (outcome !== undefined) this.#tell(outcome);
      if (outcome?.taken === false && outcome.ended) return;
      const tookMs = this.#clock.nowMs() - begunMs;
      const wantedMs = outcome?.taken === false ? outcome.retryAfterMs : undefined;
      await this.#clock.sleep(Math.max(intervalMs - tookMs, wantedMs ?? 1), signal);
    }
  }

  /** Undefined while ticks do not come: what stands still would be taken for rates of zero. */
  #body(): Uint8Array<ArrayBuffer> | undefined {
    const { sampler, options: { encoding } } = this.#parts;
    const snapshot = sampler.feed.latest();
    if (snapshot === null || lateness(sampler) !== undefined) return undefined;
    const message = otlpMessage(snapshot, this.#identity);
    if (encoding === "protobuf") return otlpProtobuf(message);
    return new TextEncoder().encode(JSON.stringify(otlpJson(message)));
  }

  #tell(outcome: OtlpOutcome): void {
    const url = shownUrl(this.#parts.options.url);
    const words = outcome.taken ? outcome.rejection : outcome.why;
    const why = words === undefined ? undefined : printable(words);
    if (why === undefined) {
      if (this.#trouble !== null) this.#report(`Sends metrics to ${url} again`);
      this.#trouble = null;
      return;
    }
    const now = this.#clock.nowMs();
    const ended = !outcome.taken && outcome.ended === true;
    if (!ended && (this.#trouble === why || now - this.#toldMs < TELL_EVERY_MS)) return;
    this.#trouble = why;
    this.#toldMs = now;
    const verb = outcome.taken ? "send all metrics" : "send metrics";
    this.#report(`Cannot ${verb} to ${url}: ${why}; ${this.#prospect(outcome)}`);
  }

  #prospect(outcome: OtlpOutcome): string {
    const { intervalMs } = this.#parts.options;
    if (outcome.taken) return `it goes on every ${intervalMs / 1000} s`;
    const { ended, retryAfterMs = 0 } = outcome;
    if (ended) return "no more is sent, needs a new start of the service";
    return retryAfterMs > intervalMs
      ? `it tries again in ${Math.ceil(retryAfterMs / 1000)} s, as it was told to`
      : `it tries again every ${intervalMs / 1000} s`;
  }
}

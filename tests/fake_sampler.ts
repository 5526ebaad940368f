/** A sampler over a stage: ticks come when the test says so. @module */
import type { Feed } from "../collectors/readings/feed.ts";
import type { Descriptors } from "../collectors/sampling/descriptors.ts";
import type { Health, Sampler } from "../collectors/sampling/sampler.ts";
import type { Stage } from "./stage.ts";

export class FakeSampler implements Sampler {
  readonly stage: Stage;
  readonly ended: Promise<string>;
  descriptors: Descriptors | null = null;
  healthNow: Health = { ticking: true, ageMs: 0, reading: null };
  /** How often somebody looked. */
  watched = 0;
  stopped = false;
  #end!: (reason: string) => void;
  #waiting = new Set<() => void>();

  constructor(stage: Stage) {
    this.stage = stage;
    this.ended = new Promise((resolve) => this.#end = resolve);
  }

  get feed(): Feed {
    return this.stage.feed;
  }

  get intervalMs(): number {
    return this.stage.intervalMs;
  }

  /** Calls of `wait` that have not come back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  setIntervalMs(intervalMs: number): void {
    if (!(intervalMs >= 10 && intervalMs <= 60_000)) throw new RangeError(`${intervalMs}`);
    this.stage.intervalMs = intervalMs;
  }

  wait(sequence: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!signal.aborted && this.feed.sequence() <= sequence) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener("abort", look, { once: true });
      look();
    });
  }

  watch(): void {
    this.watched++;
  }

  serving(): void {}

  health(): Health {
    return this.healthNow;
  }

  /** One tick of the stage, told to all that wait. */
  tick(advanceMs?: number): void {
    this.stage.tick(advanceMs);
    for (const look of [...this.#waiting]) look();
  }

  end(reason: string): void {
    this.#end(reason);
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.#end("The sampler was stopped");
    return Promise.resolve();
  }
}

/**
 * The main thread's half of sampling: starts the worker, follows what it publishes, and tells whether
 * it is alive.
 *
 * @module
 */
import { Control } from "./control.ts";
import type { Descriptors } from "./descriptors.ts";
import { Feed, type FeedSource } from "../readings/feed.ts";
import { COLLECTORS } from "./layout.ts";
import type { Narrowing } from "../narrowing.ts";
import type { FromWorker, News, WorkerOptions } from "./sampler_worker.ts";
import { RefusedOption } from "../refused_option.ts";
import { checkInterval } from "./schedule.ts";
import { Timeline } from "./timeline.ts";

export interface SamplerOptions {
  readonly intervalMs: number;
  readonly procfs: string;
  readonly sysfs: string;
  /** Which counters are opened; absent: all. */
  readonly narrowing?: Narrowing;
  /** For who looks a single time: all is read at each tick. Absent: as it is worth. */
  readonly eager?: true;
  /** Where a service manager hears that the service is alive; absent: nobody asks. */
  readonly notifySocket?: string;
}

/** Whether the numbers are fresh. */
export interface Health {
  /** The last tick came when it was due, give or take. */
  readonly ticking: boolean;
  /** Since the last tick, ms. */
  readonly ageMs: number;
  /** The collector that is being read right now, for a reading that hangs. */
  readonly reading: string | null;
}

/** What routes see of sampling. Tests implement it over a stage. */
export interface Sampler {
  readonly feed: Feed;
  /** Of the process, when sampling began; null where nobody tells. */
  readonly descriptors: Descriptors | null;
  readonly intervalMs: number;
  /** 10 to 60,000 ms. Throws `RangeError` outside. Takes effect with the next tick. */
  setIntervalMs(intervalMs: number): void;
  /** Resolves when a tick newer than `sequence` is there, or when `signal` aborts. */
  wait(sequence: number, signal: AbortSignal): Promise<void>;
  /** Somebody looks: for the next ten seconds, what is read only then is read. */
  watch(): void;
  health(): Health;
  /** The service answers: from now on its manager is told that it is alive. */
  serving(): void;
  /** Resolves with the reason when the worker is no more: the process should end. */
  readonly ended: Promise<string>;
  /** Ends the worker. Resolves when it has closed what it had open. */
  stop(): Promise<void>;
}

/**
 * `ffi` is full power over the process's user, so the worker that has it has nothing else: no byte from
 * the network comes near it, and it hears nothing but validated options.
 */
export const WORKER_RIGHTS: Deno.PermissionOptionsObject = {
  ffi: true,
  env: false,
  import: false,
  net: false,
  read: false,
  run: false,
  sys: false,
  write: false,
};

/** A page that was loaded without scripts keeps what is read on demand this long. */
const WATCH_MS = 10_000;
/** A tick later than this is not merely late. */
const STALE_MS_LEAST = 2000;
const STALE_INTERVALS = 3;
/** A reading that hangs this long does not come back: the supervisor must start the service anew. */
const HUNG_MS = 30_000;
/** Modules come from a disk and through a compiler, on a busy machine one after another: that is no reading. */
const LOADING_MS_MOST = 300_000;
const CHECK_EVERY_MS = 5000;

/** Starts the worker. Rejects with one sentence when there is nothing to sample here, `RefusedOption` for an option's sake. */
export async function startSampler(options: SamplerOptions): Promise<Sampler> {
  checkInterval(options.intervalMs);
  const control = new Control();
  control.setIntervalMs(options.intervalMs);
  const worker = new Worker(new URL("./sampler_worker.ts", import.meta.url).href, {
    type: "module",
    name: "sampler",
    deno: { permissions: WORKER_RIGHTS },
  });
  let hung: ReturnType<typeof setTimeout> | undefined;
  const opened = new Promise<WorkerSampler>((resolve, reject) => {
    let sampler: WorkerSampler | null = null;
    const limit = (ms: number): void => {
      clearTimeout(hung);
      hung = setTimeout(() => reject(new Error(hangs(ms, control))), ms);
    };
    limit(LOADING_MS_MOST);
    worker.onmessage = (event: MessageEvent<FromWorker>): void => {
      const message = event.data;
      if (message.type === "loaded") limit(HUNG_MS);
      else if (message.type === "opened") {
        const { profile, descriptors, news } = message;
        control.look();
        const source = sourceOf(news);
        const feed = new Feed(bootId(), profile, source);
        const supervised = options.notifySocket !== undefined;
        sampler = new WorkerSampler(control, feed, { source, descriptors, supervised });
        resolve(sampler);
      } else if (message.type === "failed") {
        if (sampler === null) {
          reject(message.refused ? new RefusedOption(message.message) : new Error(message.message));
        } else sampler.end(message.message);
      } else if (message.type === "closed") sampler?.end("The sampler was stopped");
      else sampler?.update(message.news);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      const message = `The sampler ended: ${event.message}`;
      if (sampler === null) reject(new Error(message));
      else sampler.end(message);
    };
  });
  worker.postMessage({ ...options, control: control.buffer } satisfies WorkerOptions);
  try {
    return await opened;
  } finally {
    clearTimeout(hung);
  }
}

function hangs(ms: number, control: Control): string {
  const collector = COLLECTORS[control.reading()];
  return `The sampler hangs: no tick for ${Math.round(ms / 1000)} s` +
    (collector === undefined ? "" : `, reading collector "${collector}"`);
}

/** Eight hexadecimal digits: enough to tell one run of the service from another. */
function bootId(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
}

/** What the news brings, and where it brings nothing what is known: the same objects. */
function sourceOf(news: News, known?: FeedSource): FeedSource {
  const timeline = news.timeline === null
    ? known?.timeline
    : new Timeline(news.timeline.shape, news.timeline.buffer);
  const problems = news.problems ?? known?.problems;
  const sources = news.sources ?? known?.sources;
  if (timeline === undefined || problems === undefined || sources === undefined) {
    throw new Error("Cannot follow the sampler: its first news lacks something");
  }
  const scopes = { ...known?.layout.scopes, ...news.layout.scopes };
  return { layout: { ...news.layout, scopes }, timeline, problems, sources };
}

interface Opened {
  readonly source: FeedSource;
  readonly descriptors: Descriptors | null;
  /** A service manager hears of the heartbeat. */
  readonly supervised: boolean;
}

class WorkerSampler implements Sampler {
  readonly feed: Feed;
  readonly descriptors: Descriptors | null;
  readonly ended: Promise<string>;
  readonly #control: Control;
  readonly #watchdog: ReturnType<typeof setInterval>;
  #end!: (reason: string) => void;
  #source: FeedSource;
  #intervalMs: number;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #idleChecks = 0;
  readonly #supervised: boolean;
  #serving = false;
  /** Told when there is news. */
  readonly #waiting = new Set<() => void>();

  constructor(control: Control, feed: Feed, { source, descriptors, supervised }: Opened) {
    this.#supervised = supervised;
    this.#control = control;
    this.feed = feed;
    this.descriptors = descriptors;
    this.#source = source;
    this.#intervalMs = control.intervalMs();
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.#watchdog = this.#startWatchdog();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  setIntervalMs(intervalMs: number): void {
    this.#intervalMs = checkInterval(intervalMs);
    this.#idleChecks = 0;
    this.#control.setIntervalMs(intervalMs);
  }

  async wait(sequence: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const published = this.#control.published();
      if (this.feed.sequence() > sequence) return;
      // A row of an instance that was not heard of yet counts only when the news has come too.
      await this.#change(published, signal);
    }
  }

  /** The next row, the next news or the end of the signal. Leaves nothing behind on what lives longer. */
  #change(published: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
      void this.#control.nextPublished(published).then(done);
    });
  }

  watch(): void {
    this.#control.setWatched(true);
    clearTimeout(this.#watchTimer);
    const timer = setTimeout(() => this.#control.setWatched(false), WATCH_MS);
    Deno.unrefTimer(timer);
    this.#watchTimer = timer;
  }

  health(): Health {
    const ageMs = this.#control.ageMs();
    const most = Math.max(STALE_MS_LEAST, STALE_INTERVALS * this.#intervalMs);
    return {
      ticking: ageMs <= most,
      ageMs,
      reading: COLLECTORS[this.#control.reading()] ?? null,
    };
  }

  serving(): void {
    if (!this.#supervised) return;
    this.#serving = true;
    this.#control.sayAlive();
  }

  stop(): Promise<void> {
    clearInterval(this.#watchdog);
    clearTimeout(this.#watchTimer);
    this.#control.stop();
    return this.ended.then(() => {});
  }

  end(reason: string): void {
    clearInterval(this.#watchdog);
    this.#end(reason);
  }

  update(news: News): void {
    this.#source = sourceOf(news, this.#source);
    this.feed.update(this.#source);
    for (const done of [...this.#waiting]) done();
  }

  /**
   * Counts checks and not time: after the whole process stood still (SIGSTOP, a suspended machine) the
   * first check finds an old row, and the worker must have its chance to tick.
   */
  #startWatchdog(): ReturnType<typeof setInterval> {
    let published = this.#control.published();
    const timer = setInterval(() => {
      if (this.#serving) this.#control.sayAlive();
      const now = this.#control.published();
      this.#idleChecks = now === published ? this.#idleChecks + 1 : 0;
      published = now;
      const most = Math.max(HUNG_MS, STALE_INTERVALS * this.#intervalMs);
      if (this.#idleChecks * CHECK_EVERY_MS < most) return;
      this.end(hangs(most, this.#control));
    }, CHECK_EVERY_MS);
    Deno.unrefTimer(timer);
    return timer;
  }
}

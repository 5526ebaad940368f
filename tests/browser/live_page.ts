/**
 * A page that lives, behind a gate: what its header says, word by word, and what a test does to it that
 * a person, a browser or a laptop would do.
 *
 * @module
 */
import type { Browser, BrowserContextOptions } from "playwright-core";
import { BusyService } from "./busy_service.ts";
import { PATIENCE_MS, WatchedPage } from "./chromium.ts";
import { Gate } from "./gate.ts";

export const STATE = `document.querySelector(".state").textContent`;
export const TICK = `Number(document.querySelector("#tick").title.replace(/\\D/g, ""))`;
export const FIGURES =
  `[...document.querySelectorAll(".v b, .huge b")].map((b) => b.textContent).join(" ")`;

const POLL_MS = 20;

/**
 * Words of the state in their order; a clock that a test puts forward; a tab that it hides; how often
 * the page looked whether its stream still speaks; chance, and what was waited for.
 */
const INSTRUMENTS = `
  globalThis.words = [];
  document.addEventListener("DOMContentLoaded", () => {
    const state = document.querySelector(".state");
    if (state === null) return;
    words.push(state.textContent);
    new MutationObserver(() => words.push(state.textContent)).observe(state, { childList: true });
  });
  globalThis.ahead = 0;
  globalThis.looks = 0;
  const now = Date.now;
  Date.now = () => now() + ahead;
  const every = globalThis.setInterval;
  globalThis.setInterval = (run, ms) =>
    every(() => {
      run();
      if (run.name === "look") looks++;
    }, ms);
  globalThis.away = sessionStorage.getItem("away") !== null;
  Object.defineProperty(document, "hidden", { get: () => away });
  globalThis.hide = (hidden) => {
    away = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  globalThis.chance = 0;
  Math.random = () => chance;
  globalThis.delays = [];
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...more) => {
    if (run.name === "connect") delays.push(ms);
    return later(run, ms, ...more);
  };
`;

export interface LivePageOptions extends BrowserContextOptions {
  readonly machine?: string;
  readonly answer?: Gate["answer"];
}

export class LivePage implements AsyncDisposable {
  readonly service: BusyService;
  readonly gate: Gate;
  readonly watched: WatchedPage;

  private constructor(service: BusyService, gate: Gate, watched: WatchedPage) {
    this.service = service;
    this.gate = gate;
    this.watched = watched;
  }

  /** The overview before it was asked for. */
  static async prepare(browser: Browser, options: LivePageOptions = {}): Promise<LivePage> {
    const { machine = "firecracker-2cpu", answer = "through", ...context } = options;
    const service = await BusyService.start({ machine });
    const gate = new Gate(service.url);
    gate.answer = answer;
    const watched = await WatchedPage.open(browser, context);
    await watched.page.addInitScript(INSTRUMENTS);
    return new LivePage(service, gate, watched);
  }

  /** The overview, alive. */
  static async open(browser: Browser, options: LivePageOptions = {}): Promise<LivePage> {
    const live = await LivePage.prepare(browser, options);
    await live.goto();
    await live.says("Live");
    return live;
  }

  async goto(path = "/"): Promise<void> {
    await this.watched.page.goto(this.gate.url + path);
  }

  /** Ticks until the page shows that tick, so often. */
  async tick(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.service.host.tick();
      await this.shows();
    }
  }

  /** Until the page shows the newest tick. */
  async shows(): Promise<void> {
    await this.until(`${TICK} === ${this.sequence}`);
  }

  get sequence(): number {
    return this.service.host.stage.snapshot.sequence;
  }

  get cursor(): string {
    return this.service.host.stage.snapshot.cursor;
  }

  async says(word: string): Promise<void> {
    await this.until(`${STATE} === ${JSON.stringify(word)}`);
  }

  /** What the state said so far, and forgets it. */
  async words(): Promise<readonly string[]> {
    return await this.watched.evaluate<string[]>("words.splice(0)");
  }

  /** Until the page has looked after its stream twice more: whatever it would find, it has found. */
  async looked(): Promise<void> {
    const looks = await this.watched.evaluate<number>("looks");
    await this.until(`looks >= ${looks + 2}`);
  }

  async until(expression: string): Promise<void> {
    await this.watched.until(expression);
  }

  async evaluate<T>(expression: string): Promise<T> {
    return await this.watched.evaluate<T>(expression);
  }

  /** Until so many requests for the stream came, and so many streams are open. */
  async untilGate(asked: number, open: number): Promise<void> {
    const { gate } = this;
    const begunMs = performance.now();
    while (gate.asked.length < asked || gate.open !== open) {
      if (performance.now() - begunMs > PATIENCE_MS) {
        const found = `${gate.asked.length} requests and ${gate.open} open streams`;
        throw new Error(`Cannot wait any longer: ${found}, needs ${asked} and ${open}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watched.close();
    await this.gate[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}

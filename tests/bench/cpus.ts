/**
 * What the page of 256 CPUs costs: time to render its grid and its table in a tick, bytes of a tick,
 * what a browser spends on it, and how a phone scrolls it beside the same page of 2 CPUs. A tick comes
 * each second of the scrolling.
 *
 * @module
 */
import { Marks } from "../../collectors/readings/marks.ts";
import { Encoded } from "../../routes/encoding.ts";
import { PageChannel } from "../../routes/stream/page_stream.ts";
import { render } from "../../views/html.ts";
import type { CpusChoice } from "../../views/cpus/choice.ts";
import { HeatCard } from "../../views/cpus/heat.tsx";
import { CpusTable } from "../../views/cpus/table.tsx";
import { createViews } from "../../views/mod.ts";
import { BusyService } from "../browser/busy_service.ts";
import { CHROMIUM, launch, WatchedPage } from "../browser/chromium.ts";
import { BusyHost } from "../busy_host.ts";
import { evenCpus, type MadeCpu, madeMachine } from "../made_machine.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const GRID_MS_MOST = 5;
const PHONE = { width: 360, height: 740 };
/** A phone of the middle is some four times slower than a desktop's CPU. */
const THROTTLED = 4;
/** Of scrolling down and up again, in frames of 60 a second. */
const FRAMES = 600;
const TICK_EVERY_FRAMES = 60;
const TICKS = 20;
/** Per frame, as a finger that moves fast. */
const STEP_PIXELS = 24;

const MANY = evenCpus(2, 64, 2);
const FEW = evenCpus(1, 2, 1);

export async function cpus(size: Size): Promise<Result[]> {
  const rounds = size === "smoke" ? 3 : 200;
  const frames = size === "smoke" ? 5 : FRAMES;
  const host = new BusyHost(await madeMachine(MANY));
  const results = [
    ...times("grid", host, rounds, (choice) => HeatCard({ choice, snapshot: host.stage.snapshot })),
    ...times(
      "table",
      host,
      rounds,
      (choice) => CpusTable({ choice, snapshot: host.stage.snapshot }),
    ),
    ...message(host),
  ];
  if (CHROMIUM === null) return [...results, { name: "256 CPUs: scrolling", missing: "chromium" }];
  const few = await inBrowser(FEW, frames);
  const many = await inBrowser(MANY, frames);
  return [
    ...results,
    { name: "2 CPUs: browser's CPU in a tick", value: few.tickMs, unit: "ms" },
    { name: "256 CPUs: browser's CPU in a tick", value: many.tickMs, unit: "ms" },
    { name: "2 CPUs: frame while scrolling, median", value: few.median, unit: "ms" },
    { name: "256 CPUs: the same, ratio to 2", value: many.median / few.median, unit: "x" },
    { name: "2 CPUs: slowest of 20 frames", value: few.slow, unit: "ms" },
    { name: "256 CPUs: the same, ratio to 2", value: many.slow / few.slow, unit: "x" },
  ];
}

/** Each choice of colour, or order, on ticks of its own, with all that is read for it. */
function times(
  name: string,
  host: BusyHost,
  rounds: number,
  part: (choice: CpusChoice) => Parameters<typeof render>[0],
): Result[] {
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    host.tick();
    const begunMs = performance.now();
    render(part({ by: "ipc", sort: "busy" }));
    spent.push(performance.now() - begunMs);
  }
  const bound = name === "grid" ? { most: GRID_MS_MOST } : {};
  return [{ name: `256 CPUs: ${name} of a tick`, value: median(spent), unit: "ms", ...bound }];
}

/** Of a tick at which every figure changed. */
function message(host: BusyHost): Result[] {
  const views = createViews({ url: (file) => file, version: "1.2.3" });
  const live = views.cpus.live({});
  const { feed } = host.stage;
  const sources = { feed, marks: new Marks(feed), version: "" };
  const channel = new PageChannel({ name: "cpus", ...live }, sources);
  const { next } = channel.compose(host.stage.snapshot, { kind: "new" });
  host.tick();
  const encoded = new Encoded(channel.compose(host.stage.snapshot, next).text);
  return [
    { name: "256 CPUs: message of a tick", value: encoded.plain.length, unit: "B" },
    { name: "256 CPUs: message of a tick, deflated", value: encoded.block().length, unit: "B" },
  ];
}

interface Seen {
  /** CPU time of the page's main thread, not slowed down. */
  readonly tickMs: number;
  readonly median: number;
  /** One of twenty took as long or longer. */
  readonly slow: number;
}

async function inBrowser(made: readonly MadeCpu[], frames: number): Promise<Seen> {
  const browser = await launch();
  try {
    await using service = await BusyService.start({
      machine: await madeMachine(made),
      historyTicks: 4,
    });
    const watched = await WatchedPage.open(browser, { viewport: PHONE, hasTouch: true });
    await watched.page.goto(`${service.url}/cpus?by=busy`);
    await watched.until(`document.querySelector(".state").dataset.state === "live"`);
    const session = await watched.page.context().newCDPSession(watched.page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const cpuSeconds = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")!.value;
    };
    const begun = await cpuSeconds();
    for (let tick = 0; tick < TICKS; tick++) {
      await watched.evaluate("new Promise(requestAnimationFrame)");
      service.host.tick();
      const { sequence } = service.host.stage.snapshot;
      await watched.until(
        `document.querySelector("#tick").title.replace(/\\D/g, "") === "${sequence}"`,
      );
    }
    const tickMs = (await cpuSeconds() - begun) * 1000 / TICKS;
    await session.send("Emulation.setCPUThrottlingRate", { rate: THROTTLED });
    await watched.page.exposeFunction("ringsideTick", () => service.host.tick());
    const spent = await watched.evaluate<number[]>(scrolling(frames));
    const slow = spent.toSorted((a, b) => a - b)[Math.floor(spent.length * 0.95)]!;
    return { tickMs, median: median(spent), slow };
  } finally {
    await browser.close();
  }
}

/** Milliseconds of each frame. */
function scrolling(frames: number): string {
  return `new Promise((resolve) => {
    const spent = [];
    let last = performance.now();
    let step = ${STEP_PIXELS};
    const frame = (now) => {
      spent.push(now - last);
      last = now;
      const end = document.documentElement.scrollHeight - innerHeight;
      if (scrollY >= end - 1) step = -${STEP_PIXELS};
      else if (scrollY <= 0) step = ${STEP_PIXELS};
      scrollBy(0, step);
      if (spent.length % ${TICK_EVERY_FRAMES} === 0) globalThis.ringsideTick();
      if (spent.length >= ${frames}) resolve(spent.slice(1));
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`;
}

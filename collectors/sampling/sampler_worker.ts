/**
 * The worker's half of sampling: the only thread that may call into libc. It hears one message, its
 * options, and from then on only the words of the control block.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import "./sampler_worker_modules.ts";
import { cpuListOf } from "../files/text.ts";
import { Control } from "./control.ts";
import { boundDescriptors, type Descriptors } from "./descriptors.ts";
import { Engine } from "./engine.ts";
import { type HostProfile, readHostProfile } from "../host/profile.ts";
import { LinuxKernel } from "../kernel/linux_kernel.ts";
import { LinuxTree } from "../kernel/linux_tree.ts";
import { NotifySocket } from "../kernel/notify_socket.ts";
import type { Layout } from "./layout.ts";
import { checkCpus, EVERYTHING, type Narrowing } from "../narrowing.ts";
import { registryOf } from "../registry.ts";
import { checkRoots, RefusedOption } from "../refused_option.ts";
import { Schedule } from "./schedule.ts";
import type { Source } from "../source.ts";
import { supervise, type Supervisor, UNSUPERVISED } from "./supervisor.ts";
import type { Timeline, TimelineShape } from "./timeline.ts";
import type { Problem } from "../trust.ts";

export interface WorkerOptions {
  readonly intervalMs: number;
  readonly procfs: string;
  readonly sysfs: string;
  readonly narrowing?: Narrowing;
  readonly eager?: true;
  readonly notifySocket?: string;
  readonly control: SharedArrayBuffer;
}

/** What the main thread must know before it can read rows. */
export interface News {
  /** Of its scopes those that are others than before. */
  readonly layout: Layout;
  /** Null where they are as they were. */
  readonly problems: readonly Problem[] | null;
  readonly sources: readonly Source[] | null;
  /** Only where it is another one than before: rows have become wider. */
  readonly timeline: { readonly shape: TimelineShape; readonly buffer: SharedArrayBuffer } | null;
}

export type FromWorker =
  /** Its modules are here, and it begins to read. */
  | { readonly type: "loaded" }
  | {
    readonly type: "opened";
    readonly profile: HostProfile;
    readonly descriptors: Descriptors | null;
    readonly news: News;
  }
  | { readonly type: "news"; readonly news: News }
  /** `refused`: for what an option says. */
  | { readonly type: "failed"; readonly message: string; readonly refused: boolean }
  | { readonly type: "closed" };

/** With those that are offline (Documentation/admin-guide/cputopology.rst). */
const PRESENT_CPUS = "/sys/devices/system/cpu/present";
/** By then modules are loaded, pages were asked for once, and the code for that is not needed again. */
const RELEASE_AFTER_MS = 10_000;
/** What was needed once since the last time goes again: compiling, collecting garbage. */
const RELEASE_EVERY_MS = 60_000;
/** With a long interval nobody should wait a minute for the second reading. */
const SECOND_TICK_MS_MOST = 1000;

self.onmessage = (event: MessageEvent<WorkerOptions>): void => {
  tell({ type: "loaded" });
  try {
    run(event.data);
    tell({ type: "closed" });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ type: "failed", message, refused: error instanceof RefusedOption });
  }
  self.close();
};

function tell(message: FromWorker): void {
  self.postMessage(message);
}

function run(options: WorkerOptions): void {
  const control = new Control(options.control);
  const supervisor = supervisorOf(options);
  const kernel = LinuxKernel.open();
  const tree = new LinuxTree(kernel, { procfs: options.procfs, sysfs: options.sysfs });
  checkRoots(tree, options);
  const profile = readHostProfile(kernel, tree);
  const narrowing = options.narrowing ?? EVERYTHING;
  checkCpus(narrowing, cpuListOf(tree, PRESENT_CPUS) ?? profile.onlineCpus);
  const reading = (collector: number): void => control.setReading(collector);
  const specs = registryOf(narrowing).map((spec) =>
    options.eager ? { ...spec, minIntervalMs: 0 } : spec
  );
  const engine = new Engine({ specs, kernel, tree, clock: kernel, profile, reading });
  const schedule = new Schedule(kernel.monotonicMs(), options.intervalMs);
  const news = new Newscast(engine);

  tick(engine, control, schedule, kernel.monotonicMs());
  // By now everything has its descriptors, before a client can take one.
  const descriptors = boundDescriptors(kernel, tree);
  tell({ type: "opened", profile, descriptors, news: news.next() });
  control.publish();
  schedule.advance(kernel.monotonicMs());
  schedule.hasten(kernel.monotonicMs() + SECOND_TICK_MS_MOST);

  let releaseAtMs = kernel.monotonicMs() + RELEASE_AFTER_MS;
  while (true) {
    const wakeCount = control.wakeCount();
    supervisor.update(control.alive());
    if (control.stopped()) break;
    const intervalMs = control.intervalMs();
    if (intervalMs !== schedule.intervalMs) {
      schedule.setInterval(intervalMs, kernel.monotonicMs());
    }
    const leftMs = schedule.deadlineMs - kernel.monotonicMs();
    if (leftMs > 0) {
      control.sleep(wakeCount, leftMs);
      if (control.wakeCount() !== wakeCount) continue;
      // A wait may end a little early; the deadline is then met by the tick itself.
    }
    tick(engine, control, schedule, kernel.monotonicMs());
    // Before main is woken: a snapshot is made once, and should have its causes with it.
    if (news.isThere()) tell({ type: "news", news: news.next() });
    control.publish();
    const nowMs = kernel.monotonicMs();
    schedule.advance(nowMs);
    if (nowMs > releaseAtMs) {
      releaseAtMs = nowMs + RELEASE_EVERY_MS;
      kernel.releaseMemory();
    }
  }
  supervisor.stop();
  engine.close();
}

function supervisorOf({ notifySocket }: WorkerOptions): Supervisor {
  return notifySocket === undefined ? UNSUPERVISED : supervise(new NotifySocket(notifySocket));
}

/** Reused for every tick. */
const due = { deadlineMs: 0, intervalMs: 0, missed: 0, watched: false };

function tick(
  engine: Engine,
  control: Control,
  schedule: Schedule,
  nowMs: number,
): void {
  control.begin(nowMs);
  due.deadlineMs = schedule.deadlineMs;
  due.intervalMs = schedule.intervalMs;
  due.missed = schedule.missed;
  due.watched = control.watched();
  engine.read(due);
  engine.publish(due);
}

/** What the main thread was told last, to tell it only what is new. */
class Newscast {
  readonly #engine: Engine;
  /** What the last news brought. */
  #told: {
    readonly layoutVersion: number;
    readonly scopes: Layout["scopes"];
    readonly problemsVersion: number;
    readonly sources: readonly Source[] | null;
    readonly timeline: Timeline | null;
  } = { layoutVersion: -1, scopes: {}, problemsVersion: -1, sources: null, timeline: null };

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Whether there is any. A wider timeline is a new layout too. */
  isThere(): boolean {
    const { layoutVersion, problemsVersion, sources } = this.#engine;
    const told = this.#told;
    return layoutVersion !== told.layoutVersion || problemsVersion !== told.problemsVersion ||
      sources !== told.sources;
  }

  next(): News {
    const { layout, timeline, problemsVersion, sources } = this.#engine;
    const told = this.#told;
    const { version: layoutVersion, scopes } = layout;
    this.#told = { layoutVersion, scopes, problemsVersion, sources, timeline };
    const moved = Object.entries(scopes).filter(([id, scope]) => told.scopes[id] !== scope);
    const { shape, buffer } = timeline;
    return {
      layout: { ...layout, scopes: Object.fromEntries(moved) },
      problems: problemsVersion === told.problemsVersion ? null : this.#engine.problems(),
      sources: sources === told.sources ? null : sources,
      timeline: timeline === told.timeline ? null : { shape, buffer },
    };
  }
}

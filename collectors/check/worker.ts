/**
 * Reads the counters when it is told to, for a comparison with somebody who counts the same: the
 * collectors and the engine of the service, without its schedule. Each message is answered by one.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { type BusyTime, busyTimeOf } from "./busy_time.ts";
import { Engine } from "../sampling/engine.ts";
import { type HostProfile, readHostProfile } from "../host/profile.ts";
import { LinuxKernel } from "../kernel/linux_kernel.ts";
import { LinuxTree } from "../kernel/linux_tree.ts";
import { registryOf } from "../registry.ts";
import { checkCpus, type Narrowing } from "../narrowing.ts";
import { checkRoots, RefusedOption } from "../refused_option.ts";
import { talliesOf, type Tally } from "./tally.ts";
import type { Problem } from "../trust.ts";

export type ToCheckWorker =
  | {
    readonly type: "open";
    readonly procfs: string;
    readonly sysfs: string;
    readonly intervalMs: number;
    readonly narrowing: Narrowing;
  }
  | { readonly type: "tick" };

export type FromCheckWorker =
  | {
    readonly type: "ticked";
    readonly profile: HostProfile;
    readonly tallies: readonly Tally[];
    readonly busyTime: BusyTime;
    readonly problems: readonly Problem[];
  }
  | { readonly type: "failed"; readonly message: string; readonly refused: boolean };

/** Who counts through perf_event_open, and before them who knows the CPUs. */
const COUNTERS = ["cpu_time", "software_events", "core_counters", "l3_counters", "tsc"];

let check: Check | null = null;

self.onmessage = (event: MessageEvent<ToCheckWorker>): void => {
  const question = event.data;
  try {
    if (question.type === "open") check = new Check(question);
    self.postMessage(check!.tick());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = error instanceof RefusedOption;
    self.postMessage({ type: "failed", message, refused } satisfies FromCheckWorker);
  }
};

class Check {
  readonly #kernel = LinuxKernel.open();
  readonly #tree: LinuxTree;
  readonly #profile: HostProfile;
  readonly #engine: Engine;
  readonly #intervalMs: number;

  constructor({ procfs, sysfs, intervalMs, narrowing }: ToCheckWorker & { type: "open" }) {
    const kernel = this.#kernel;
    const tree = this.#tree = new LinuxTree(kernel, { procfs, sysfs });
    this.#intervalMs = intervalMs;
    checkRoots(tree, { procfs, sysfs });
    const profile = this.#profile = readHostProfile(kernel, tree);
    checkCpus(narrowing, profile.presentCpus ?? profile.onlineCpus);
    // What the service reads every few seconds only is read at both ends of the span.
    const specs = registryOf(narrowing)
      .filter(({ id }) => COUNTERS.includes(id))
      .map((spec) => ({ ...spec, minIntervalMs: 0 }));
    this.#engine = new Engine({ specs, kernel, tree, clock: kernel, profile });
  }

  tick(): FromCheckWorker {
    const deadlineMs = this.#kernel.monotonicMs();
    const engine = this.#engine;
    engine.read({ deadlineMs, intervalMs: this.#intervalMs, missed: 0, watched: true });
    return {
      type: "ticked",
      profile: this.#profile,
      tallies: talliesOf(engine.layout, engine.row, engine.sources),
      busyTime: busyTimeOf(this.#tree.text("/proc/stat")),
      problems: engine.problems(),
    };
  }
}

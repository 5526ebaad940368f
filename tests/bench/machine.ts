/** The collectors on the real machine in this thread, with time moved by hand. @module */
import { readHostProfile } from "../../collectors/host/profile.ts";
import type { HostTree } from "../../collectors/kernel/host_tree.ts";
import type { Clock, Kernel } from "../../collectors/kernel/kernel.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { Engine } from "../../collectors/sampling/engine.ts";

/** Ticks after which every collector was read at least once: the slowest is worth 5 s. */
export const ROUND_TICKS = 10;

export interface Between {
  tree(inner: HostTree): HostTree;
  kernel(inner: Kernel): Kernel;
}

export class Machine {
  readonly kernel = LinuxKernel.open();
  readonly tree = new LinuxTree(this.kernel);
  readonly engine: Engine;
  readonly #time: { now: number };
  readonly #due;

  constructor({ intervalMs = 1000, between }: { intervalMs?: number; between?: Between } = {}) {
    this.#due = { deadlineMs: 0, intervalMs, missed: 0, watched: false };
    const time = this.#time = { now: this.kernel.monotonicMs() };
    const kernel = this.kernel;
    const begun = { now: time.now, wall: Date.now() };
    // Only when a tick is due is decided here; within a tick time stands still.
    const clock: Clock = {
      monotonicMs: () => time.now,
      // Beside the other clock, or it would look as if it were set all the time.
      stampWall: (into, at) => {
        kernel.stampWall(into, at);
        into[at] = begun.wall + time.now - begun.now;
      },
      stamp: (into, at) => {
        kernel.stamp(into, at);
        into[at] = time.now;
      },
    };
    this.engine = new Engine({
      specs: REGISTRY,
      kernel: between?.kernel(kernel) ?? kernel,
      tree: between?.tree(this.tree) ?? this.tree,
      clock,
      profile: readHostProfile(kernel, this.tree),
    });
  }

  /** One tick, an interval later. */
  tick(): void {
    const due = this.#due;
    this.#time.now += due.intervalMs;
    due.deadlineMs += due.intervalMs;
    this.engine.read(due);
    this.engine.publish(due);
  }

  /** CPU time of this thread so far, ns (proc_pid_schedstat(5)). */
  threadCpuNs(): number {
    return Number(this.tree.text("/proc/thread-self/schedstat").split(" ")[0]);
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

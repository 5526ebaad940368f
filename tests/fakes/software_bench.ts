/** The collector of software events on a machine whose perf events are fake. @module */
import type { CollectorSpec } from "../../collectors/collector.ts";
import { EVERYTHING, type Narrowing } from "../../collectors/narrowing.ts";
import { softwareEventsOf } from "../../collectors/software_events.ts";
import type { Problem } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { FakeKernel } from "./fake_kernel.ts";
import { FakePerf } from "./fake_perf.ts";

const SOFTWARE = 1;
/** `config` of each event of the group. */
export const CPU_CLOCK = 0;
export const PAGE_FAULTS = 2;
export const SWITCHES = 3;
export const MIGRATIONS = 4;
export const MINOR = 5;
export const MAJOR = 6;
/** Events of one CPU's group. */
export const EVENTS = 6;

export class SoftwareBench {
  readonly kernel = new FakeKernel();
  readonly perf = new FakePerf(this.kernel);
  readonly stage: Stage;
  cpus: readonly number[];

  constructor(cpus: readonly number[], paranoid = 2, narrowing: Narrowing = EVERYTHING) {
    this.cpus = cpus;
    this.stage = new Stage([this.#owner(), softwareEventsOf(narrowing)], {
      tree: new TextTree(),
      kernel: this.kernel,
      profile: { perfEventParanoid: paranoid },
    });
  }

  /** A second goes by on every CPU, then a tick. */
  tick(): void {
    this.perf.run(1000);
    for (const cpu of this.cpus) this.perf.happen(cpu, SOFTWARE, CPU_CLOCK, 1_000_000_000);
    this.stage.tick();
  }

  happen(cpu: number, event: number, times: number | bigint): void {
    this.perf.happen(cpu, SOFTWARE, event, times);
  }

  problems(): readonly Problem[] {
    return this.stage.problems();
  }

  /** Owns the scope `cpu`, as the collector of CPU times does. */
  #owner(): CollectorSpec {
    return {
      id: "cpu_time",
      minIntervalMs: 0,
      open: (site) => {
        const instances = site.instances("cpu");
        return {
          read: () => {
            instances.begin();
            for (const cpu of this.cpus) instances.claim(String(cpu));
            instances.end();
          },
          close: () => {},
        };
      },
    };
  }
}

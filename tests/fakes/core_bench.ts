/** The collector of core counters on a machine whose perf events are fake. @module */
import type { CollectorSpec } from "../../collectors/collector.ts";
import { coreCountersOf } from "../../collectors/core_counters.ts";
import type { HostProfile } from "../../collectors/host/profile.ts";
import type { Narrowing } from "../../collectors/narrowing.ts";
import type { Problem } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { FakeKernel } from "./fake_kernel.ts";
import { FakePerf } from "./fake_perf.ts";

export const HARDWARE = 0;
export const HW_CACHE = 3;
const DEVICES = "/sys/bus/event_source/devices";

/** In a millisecond on CPU 0; CPU n counts n + 1 times as fast. By `type:config`. */
export const PER_MS: Readonly<Record<string, number>> = {
  "0:0": 3_000_000, // cycles
  "0:1": 4_500_000, // instructions
  "0:2": 90_000, // cache-references
  "0:3": 18_000, // cache-misses
  "0:4": 900_000, // branches
  "0:5": 27_000, // branch-misses
  "0:9": 2_600_000, // ref-cycles
  "3:0": 1_200_000, // L1-dcache-loads
  "3:65536": 60_000, // L1-dcache-load-misses
  "3:65537": 32_000, // L1-icache-load-misses
  "3:65539": 5000, // dTLB-load-misses
  "3:65540": 1000, // iTLB-load-misses
  "4:387": 1_568_000, // 0x0183, L1I hits of Skylake-SP
  "4:643": 32_000, // 0x0283, L1I misses
  "4:65316": 200_000, // 0xff24, L2 references of Skylake-SP
  "4:16164": 50_000, // 0x3f24, L2 misses
};

const SKYLAKE: Partial<HostProfile> = {
  cpuVendor: "intel",
  cpuFamily: 6,
  cpuModelNumber: 0x55,
  perfEventParanoid: 2,
};

/** Files of a machine with one core PMU. */
export const ONE_PMU: Readonly<Record<string, string>> = {
  [`${DEVICES}/cpu/type`]: "4\n",
  [`${DEVICES}/cpu/format/event`]: "config:0-7\n",
  [`${DEVICES}/cpu/format/umask`]: "config:8-15\n",
};

/** Files of a machine with one core PMU, and AMD's of the L3 caches, which is asked on these CPUs. */
export function amdL3(cpumask: string): Readonly<Record<string, string>> {
  return {
    ...ONE_PMU,
    [`${DEVICES}/amd_l3/type`]: "12\n",
    [`${DEVICES}/amd_l3/cpumask`]: `${cpumask}\n`,
    [`${DEVICES}/amd_l3/format/event`]: "config:0-7\n",
    [`${DEVICES}/amd_l3/format/umask`]: "config:8-15\n",
  };
}

/** A CPU that has it. */
export const ZEN3: Partial<HostProfile> = {
  cpuVendor: "amd",
  cpuFamily: 25,
  cpuModelNumber: 1,
};

export interface CoreBenchOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly profile?: Partial<HostProfile>;
  readonly narrowing?: Narrowing;
  /** Descriptors: those that may be open, and those that are. */
  readonly limit?: { readonly soft: number; readonly hard: number };
  readonly also?: readonly CollectorSpec[];
}

export class CoreBench {
  readonly kernel = new FakeKernel();
  readonly perf = new FakePerf(this.kernel);
  readonly tree: TextTree;
  readonly stage: Stage;
  cpus: readonly number[];
  soft: number;

  constructor(cpus: readonly number[], options: CoreBenchOptions = {}) {
    this.cpus = cpus;
    this.tree = new TextTree(options.files ?? ONE_PMU);
    const { soft, hard } = options.limit ?? { soft: 1024, hard: 524_288 };
    this.soft = soft;
    this.kernel.always("descriptorLimit", [], () => ({ soft: this.soft, hard }));
    this.kernel.always("setDescriptorLimit", [], (raised) => {
      this.soft = raised;
      return 0;
    });
    for (const [key, rate] of Object.entries(PER_MS)) this.perf.perMs.set(key, rate);
    this.stage = new Stage([
      this.#owner(),
      ...options.also ?? [],
      coreCountersOf(options.narrowing ?? {}),
    ], {
      tree: this.tree,
      kernel: this.kernel,
      profile: { ...SKYLAKE, ...options.profile, onlineCpus: cpus },
    });
  }

  /** Time goes by on every CPU, then a tick. */
  tick(ms = 1000): void {
    this.perf.pass(ms);
    this.stage.tick(ms);
  }

  ticks(count: number, ms = 1000): void {
    for (let i = 0; i < count; i++) this.tick(ms);
  }

  problems(): readonly Problem[] {
    return this.stage.problems();
  }

  problem(key: string): Problem | undefined {
    return this.problems().find((problem) => problem.key === key);
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

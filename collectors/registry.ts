/** The collectors, in the order in which a tick reads them; first what others only look up. @module */
import type { CollectorSpec } from "./collector.ts";
import { coreCountersOf } from "./core_counters.ts";
import { cpuTime } from "./cpu_time.ts";
import { disk } from "./disk.ts";
import { filesystem } from "./filesystem.ts";
import { frequency } from "./frequency.ts";
import { interrupts } from "./interrupts.ts";
import { l3CountersOf } from "./l3_counters.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { network } from "./network.ts";
import { numa } from "./numa.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { self } from "./self.ts";
import { softwareEventsOf } from "./software_events.ts";
import { thermal } from "./thermal.ts";
import { tscOf } from "./tsc.ts";

/** The same with counters narrowed to what somebody asked for. */
export function registryOf(narrowing: Narrowing): readonly CollectorSpec[] {
  return [
    cpuTime,
    load,
    memory,
    pressure,
    disk,
    network,
    interrupts,
    frequency,
    thermal,
    numa,
    filesystem,
    processes,
    // Last, in the order in which they get descriptors where these are few.
    tscOf(narrowing),
    coreCountersOf(narrowing),
    l3CountersOf(narrowing),
    softwareEventsOf(narrowing),
    self,
  ];
}

export const REGISTRY: readonly CollectorSpec[] = registryOf(EVERYTHING);

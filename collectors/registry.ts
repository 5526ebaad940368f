/** The collectors, in the order in which a tick reads them; first what others only look up. @module */
import { cacheLine } from "./cache_line.ts";
import type { CollectorSpec } from "./collector.ts";
import { coreCountersOf } from "./core_counters.ts";
import { cpuTime } from "./cpu_time.ts";
import { cstatesOf } from "./cstates.ts";
import { disk } from "./disk.ts";
import { energyOf } from "./energy.ts";
import { filesystem } from "./filesystem.ts";
import { frequency } from "./frequency.ts";
import { interrupts } from "./interrupts.ts";
import { l3CountersOf } from "./l3_counters.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { memoryBandwidthOf } from "./memory_bandwidth.ts";
import { msrClockOf } from "./msr_clock.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { network } from "./network.ts";
import { numa } from "./numa.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { resctrl } from "./resctrl.ts";
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
    cacheLine,
    resctrl,
    // Last, in the order in which they get descriptors where these are few.
    tscOf(narrowing),
    coreCountersOf(narrowing),
    l3CountersOf(narrowing),
    memoryBandwidthOf(narrowing),
    energyOf(narrowing),
    msrClockOf(narrowing),
    cstatesOf(narrowing),
    softwareEventsOf(narrowing),
    self,
  ];
}

export const REGISTRY: readonly CollectorSpec[] = registryOf(EVERYTHING);

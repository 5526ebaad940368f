/** The subjects, in the order in which their metrics get columns. @module */
import type { Subject } from "../catalogue.ts";
import { cacheLine } from "./cache_line.ts";
import { coreCounters } from "./core_counters.ts";
import { cpuTime } from "./cpu_time.ts";
import { cstates } from "./cstates.ts";
import { disk } from "./disk.ts";
import { energy } from "./energy.ts";
import { filesystem } from "./filesystem.ts";
import { frequency } from "./frequency.ts";
import { interrupts } from "./interrupts.ts";
import { lastLevelCache } from "./llc.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { memoryBandwidth } from "./memory_bandwidth.ts";
import { memoryReconciliation } from "./memory_reconciliation.ts";
import { msrClock } from "./msr_clock.ts";
import { network } from "./network.ts";
import { numa } from "./numa.ts";
import { paging } from "./paging.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { resctrl } from "./resctrl.ts";
import { sampler } from "./sampler.ts";
import { scheduler } from "./scheduler.ts";
import { self } from "./self.ts";
import { softwareEvents } from "./software_events.ts";
import { thermal } from "./thermal.ts";
import { tsc } from "./tsc.ts";

export const SUBJECTS: readonly Subject[] = [
  sampler,
  cpuTime,
  scheduler,
  load,
  memory,
  paging,
  pressure,
  disk,
  filesystem,
  network,
  interrupts,
  softwareEvents,
  coreCounters,
  lastLevelCache,
  memoryBandwidth,
  cacheLine,
  resctrl,
  memoryReconciliation,
  energy,
  tsc,
  msrClock,
  cstates,
  frequency,
  thermal,
  numa,
  processes,
  self,
];

/** The collectors, in the order in which a tick reads them; first what others only look up. @module */
import type { CollectorSpec } from "./collector.ts";
import { cpuTime } from "./cpu_time.ts";
import { disk } from "./disk.ts";
import { filesystem } from "./filesystem.ts";
import { frequency } from "./frequency.ts";
import { interrupts } from "./interrupts.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { numa } from "./numa.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { self } from "./self.ts";
import { softwareEvents } from "./software_events.ts";
import { thermal } from "./thermal.ts";

export const REGISTRY: readonly CollectorSpec[] = [
  cpuTime,
  load,
  memory,
  pressure,
  disk,
  network,
  interrupts,
  softwareEvents,
  frequency,
  thermal,
  numa,
  filesystem,
  processes,
  self,
];

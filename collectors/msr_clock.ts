/**
 * The clocks of each CPU that stand while it is halted, APERF and MPERF, by the kernel's own events for
 * them (PMU `msr`, arch/x86/events/msr.c). They take no counter of the CPU.
 *
 * @module
 */
import { CLOCK_TERMS } from "./catalogue/msr_clock.ts";
import { CollectorError, type CollectorSpec, type Site } from "./collector.ts";
import { readPmuDevice } from "./host/pmu_devices.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { type UncoreBox, UncoreCounters } from "./uncore/counters.ts";
import { namedTerms } from "./uncore/named_terms.ts";
import { needRoom } from "./uncore/room.ts";

const PMU = "msr";
const WHOM = "APERF and MPERF";
const METRICS: readonly string[] = CLOCK_TERMS.map(({ metric }) => metric);
/**
 * Knights Landing and Mill, whose clocks count every 1,024th cycle (get_aperf_mperf_multiplier, turbostat;
 * knl_get_aperf_mperf_shift, drivers/cpufreq/intel_pstate.c).
 */
const XEON_PHI: readonly number[] = [0x57, 0x85];
const XEON_PHI_CYCLES = 1024;

export function msrClockOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "msr_clock",
    minIntervalMs: 0,
    // Only x86 has them.
    applies: ({ machine }) => machine === "x86_64",
    open: (site) => open(site, narrowing),
  };
}

export const msrClock: CollectorSpec = msrClockOf(EVERYTHING);

function open(site: Site, narrowing: Narrowing): UncoreCounters {
  const device = readPmuDevice(site.tree, PMU);
  const cycles = cyclesOfCount(site);
  const note = cycles === 1 ? undefined : `A count is ${cycles} cycles.`;
  const terms = (device === undefined ? [] : namedTerms(device, CLOCK_TERMS))
    .map((term) => ({ ...term, unitsPerCount: term.unitsPerCount * cycles }));
  // One without the other tells nothing.
  if (terms.length < CLOCK_TERMS.length) throw absentEvents(site);
  const cpus = site.instances("cpu");
  return new UncoreCounters({
    site,
    narrowing,
    whom: WHOM,
    scope: "cpu",
    // They are those of the collector of CPU times.
    borrowed: true,
    metrics: METRICS,
    find: () => {
      const boxes = cpus.slots().map((slot): UncoreBox => {
        const name = cpus.nameOf(slot);
        const cpu = Number(name);
        return { name, groups: {}, pmu: PMU, cpu, terms, provenance: "kernel", note };
      });
      if (boxes.length > 0) return needRoom(site, narrowing, WHOM, boxes);
      throw new CollectorError(
        "failed",
        `Cannot open counters of ${WHOM}: no CPU is known, needs the cpu lines of /proc/stat`,
      );
    },
  });
}

/** Cycles that a count of either clock stands for. The kernel passes on what stands in the register. */
function cyclesOfCount({ profile: { cpuVendor, cpuFamily, cpuModelNumber } }: Site): number {
  const isXeonPhi = cpuVendor === "intel" && cpuFamily === 6 && cpuModelNumber !== undefined &&
    XEON_PHI.includes(cpuModelNumber);
  return isXeonPhi ? XEON_PHI_CYCLES : 1;
}

function absentEvents({ profile: { hypervisor } }: Site): CollectorError {
  return new CollectorError(
    "not_supported",
    'Cannot open events "msr/aperf/" and "msr/mperf/": found no such events in sysfs, needs ' +
      (hypervisor === undefined
        ? "a CPU that has these clocks and a kernel with CONFIG_PERF_EVENTS"
        : "a hypervisor that passes these clocks on, which few do"),
  );
}

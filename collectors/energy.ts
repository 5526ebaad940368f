/**
 * Energy of packages and cores as the CPU meters it (RAPL): by the kernel's PMUs `power` and `power_core`
 * (arch/x86/events/rapl.c), or by powercap where `power` is missing or refused. Of one package only one
 * of the two is ever read; a meter that the PMU in use does not have is not made up from the other.
 *
 * @module
 */
import { CORE_ENERGY, ENERGY_ZONES } from "./catalogue/energy.ts";
import { CollectorError, type CollectorSpec, type Reader, type Site } from "./collector.ts";
import { type CpuPlace, placesOf } from "./host/cpu_places.ts";
import { PowercapEnergy } from "./files/powercap.ts";
import { PackageNames } from "./host/package_names.ts";
import { cpumaskOf, readPmuDevice } from "./host/pmu_devices.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { isAmd } from "./pmu/cpu_model.ts";
import { type UncoreBox, UncoreCounters, type UncoreTerm } from "./uncore/counters.ts";
import { type NamedTerm, namedTerms } from "./uncore/named_terms.ts";
import { type Part, type SourcedReader, UncoreParts } from "./uncore/parts.ts";
import { needRoom } from "./uncore/room.ts";

/** What energy is counted in, as the PMU's file `events/NAME.unit` has it. */
const JOULES = "Joules";
/** Key of the cause that this CPU does not meter all that some do. */
const METERS = "meters";

interface EnergyPmu {
  readonly pmu: string;
  readonly scope: string;
  readonly whom: string;
  readonly wanted: readonly NamedTerm[];
  /** Makes what tells the places of the CPUs in the PMU's mask, again and again. */
  readonly places: (site: Site) => (cpus: readonly number[]) => readonly CpuPlace[];
  /** They use energy when all their CPUs are offline too, and nobody can tell how much. */
  readonly kept?: true;
}

const POWER: EnergyPmu = {
  pmu: "power",
  scope: "package",
  whom: "the energy of packages",
  wanted: ENERGY_ZONES,
  places: ({ tree, profile: { cpuVendor } }) => {
    // AMD's packages have one meter. Linux 6.9 to 6.11 asked each of their dies for it (mended by
    // 8d72eba1cf8c, "perf/x86/rapl: Fix the energy-pkg event for AMD CPUs").
    const names = new PackageNames(tree, isAmd(cpuVendor));
    return (cpus) => names.places(cpus);
  },
  kept: true,
};

const POWER_CORE: EnergyPmu = {
  pmu: "power_core",
  scope: "cpu_core",
  whom: "the energy of cores",
  wanted: [CORE_ENERGY],
  places: ({ tree }) => (cpus) => placesOf(tree, "core", cpus),
};

export function energyOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "energy",
    minIntervalMs: 0,
    open: (site) => open(site, narrowing),
  };
}

export const energy: CollectorSpec = energyOf(EVERYTHING);

function open(site: Site, narrowing: Narrowing): Reader {
  const core = termsOf(site, POWER_CORE);
  const parts: Part[] = [{
    key: POWER.pmu,
    metrics: POWER.wanted.map(({ metric }) => metric),
    open: (changed) => openPackages(site, narrowing, core.length > 0, changed),
  }];
  if (core.length > 0) {
    parts.push({
      key: POWER_CORE.pmu,
      metrics: [CORE_ENERGY.metric],
      open: (changed) => openPmu(site, narrowing, POWER_CORE, core, changed),
    });
  }
  return new UncoreParts(site, parts);
}

/** `cores`: whether each core has a meter of its own. */
function openPackages(
  site: Site,
  narrowing: Narrowing,
  cores: boolean,
  changed: () => void,
): SourcedReader {
  const terms = termsOf(site, POWER);
  let refused: CollectorError | undefined;
  if (terms.length > 0) {
    try {
      const counters = openPmu(site, narrowing, POWER, terms, changed);
      tellMissing(site, cores, terms.map(({ metric }) => metric), 'event of PMU "power"');
      return counters;
    } catch (error) {
      // A CPU that the options leave alone is asked by powercap too, with an interrupt.
      if (!(error instanceof CollectorError) || error.reason === "left_out") throw error;
      refused = error;
    }
  }
  try {
    const files = new PowercapEnergy(site);
    tellMissing(site, cores, files.metrics, "zone of powercap");
    return files;
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error;
    // The PMU asks for less.
    if (refused !== undefined) throw refused;
    throw error.reason === "not_supported" ? absentMeters(site) : error;
  }
}

function termsOf({ tree }: Site, { pmu, wanted }: EnergyPmu): readonly UncoreTerm[] {
  const device = readPmuDevice(tree, pmu);
  return device === undefined ? [] : namedTerms(device, wanted, JOULES);
}

function openPmu(
  site: Site,
  narrowing: Narrowing,
  { pmu, scope, whom, wanted, places: placesIn, kept }: EnergyPmu,
  terms: readonly UncoreTerm[],
  changed: () => void,
): UncoreCounters {
  const placesOfCpus = placesIn(site);
  return new UncoreCounters({
    site,
    narrowing,
    whom,
    scope,
    metrics: wanted.map(({ metric }) => metric),
    find: () => {
      const places = placesOfCpus(cpumaskOf(site.tree, pmu));
      const boxes = places.map((place): UncoreBox => ({
        ...place,
        pmu,
        terms,
        provenance: "kernel",
      }));
      return needRoom(site, narrowing, whom, boxes);
    },
    changed,
    ...(kept ? { kept } : {}),
  });
}

/** Not every CPU has every meter: who misses one is told so, all of them at once. */
function tellMissing(
  site: Site,
  cores: boolean,
  metered: readonly string[],
  what: string,
): void {
  const lacking = ENERGY_ZONES.filter(({ metric }) => !metered.includes(metric));
  const whom = lacking.map((zone) => zone.whom);
  const metrics = lacking.map(({ metric }) => metric);
  if (!cores) {
    whom.push(CORE_ENERGY.whom);
    metrics.push(CORE_ENERGY.metric);
  }
  if (metrics.length === 0) return site.resolve(METERS);
  site.report({
    key: METERS,
    reason: "not_supported",
    message: `Cannot count the energy of ${whom.join(", ")}: found no such ${what}` +
      `${cores ? "" : ' and no PMU "power_core"'}, needs a CPU that meters them`,
    metrics,
  });
}

function absentMeters({ profile: { hypervisor, machine } }: Site): CollectorError {
  const tried = 'Cannot count energy: found no PMU "power" in sysfs and no intel-rapl in ' +
    "/sys/class/powercap, needs";
  if (hypervisor !== undefined) {
    return new CollectorError(
      "not_supported",
      `${tried} the machine itself: virtual machines have no energy meters`,
    );
  }
  if (machine !== "x86_64") {
    return new CollectorError("not_supported", `${tried} an x86 CPU with RAPL`);
  }
  return new CollectorError(
    "not_supported",
    `${tried} a CPU with RAPL, and the kernel module rapl or intel_rapl_msr`,
    "Load the module: `sudo modprobe rapl`; CPUs from before 2011 (Intel) or 2017 (AMD) have no " +
      "energy meters",
  );
}

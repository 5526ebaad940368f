/**
 * Energy of packages and cores as the CPU meters it (RAPL): by the kernel's PMUs `power` and `power_core`
 * (arch/x86/events/rapl.c), or by powercap where `power` is missing or refused. Of one package only one
 * of the two is ever read; a meter that the PMU in use does not have is not made up from the other.
 *
 * @module
 */
import { CORE_ENERGY, ENERGY_ZONES } from "./catalogue/energy.ts";
import { CollectorError, type CollectorSpec, type Reader, type Site } from "./collector.ts";
import { cpuListOf } from "./host_files.ts";
import { type NamedTerm, namedTerms } from "./named_terms.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { readPmuDevice } from "./pmu_devices.ts";
import { PowercapEnergy } from "./powercap.ts";
import { type UncoreBox, UncoreCounters, type UncoreTerm } from "./uncore_counters.ts";
import { placesOf } from "./uncore_names.ts";
import { type Part, type SourcedReader, UncoreParts } from "./uncore_parts.ts";
import { needRoom } from "./uncore_room.ts";

/** What energy is counted in, as the PMU's file `events/NAME.unit` has it. */
const JOULES = "Joules";
/** Key of the cause that this CPU does not meter all that some do. */
const METERS = "meters";

interface EnergyPmu {
  readonly pmu: string;
  readonly kind: "package" | "core";
  readonly scope: string;
  readonly whom: string;
  readonly wanted: readonly NamedTerm[];
}

const POWER: EnergyPmu = {
  pmu: "power",
  kind: "package",
  scope: "package",
  whom: "the energy of packages",
  wanted: ENERGY_ZONES,
};

const POWER_CORE: EnergyPmu = {
  pmu: "power_core",
  kind: "core",
  scope: "cpu_core",
  whom: "the energy of cores",
  wanted: [CORE_ENERGY],
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
  const parts: Part[] = [{
    key: POWER.pmu,
    metrics: POWER.wanted.map(({ metric }) => metric),
    open: (changed) => openPackages(site, narrowing, changed),
  }];
  const core = termsOf(site, POWER_CORE);
  if (core.length > 0) {
    parts.push({
      key: POWER_CORE.pmu,
      metrics: [CORE_ENERGY.metric],
      open: (changed) => openPmu(site, narrowing, POWER_CORE, core, changed),
    });
  }
  return new UncoreParts(site, parts);
}

function openPackages(site: Site, narrowing: Narrowing, changed: () => void): SourcedReader {
  const terms = termsOf(site, POWER);
  let refused: CollectorError | undefined;
  if (terms.length > 0) {
    try {
      const counters = openPmu(site, narrowing, POWER, terms, changed);
      tellMissing(site, terms);
      return counters;
    } catch (error) {
      // A CPU that the options leave alone is asked by powercap too, with an interrupt.
      if (!(error instanceof CollectorError) || error.reason === "left_out") throw error;
      refused = error;
    }
  }
  try {
    return new PowercapEnergy(site);
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
  { pmu, kind, scope, whom, wanted }: EnergyPmu,
  terms: readonly UncoreTerm[],
  changed: () => void,
): UncoreCounters {
  const cpumask = `/sys/bus/event_source/devices/${pmu}/cpumask`;
  return new UncoreCounters({
    site,
    narrowing,
    whom,
    scope,
    metrics: wanted.map(({ metric }) => metric),
    find: () => {
      const places = placesOf(site.tree, kind, cpuListOf(site.tree, cpumask) ?? []);
      const boxes = places.map((place): UncoreBox => ({
        ...place,
        pmu,
        terms,
        provenance: "kernel",
      }));
      return needRoom(site, narrowing, whom, boxes);
    },
    changed,
  });
}

/** Not every CPU has every meter: who misses one is told so. */
function tellMissing(site: Site, terms: readonly UncoreTerm[]): void {
  const lacking = ENERGY_ZONES.filter(({ metric }) =>
    !terms.some((term) => term.metric === metric)
  );
  if (lacking.length === 0) return site.resolve(METERS);
  const found = terms.flatMap(({ events }) => events.map(({ name }) => name)).join(", ");
  site.report({
    key: METERS,
    reason: "not_supported",
    message: `Cannot count the energy of ${lacking.map(({ whom }) => whom).join(", ")}: ` +
      `found events ${found} and no others, needs a CPU that meters them`,
    metrics: lacking.map(({ metric }) => metric),
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

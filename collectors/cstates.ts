/**
 * How long cores, modules and packages of Intel CPUs spend in their idle states, by the PMUs for that
 * (arch/x86/events/intel/cstate.c): ticks at the rate of the time-stamp counter.
 *
 * @module
 */
import { IDLE_PMUS, type IdlePmu } from "./catalogue/cstates.ts";
import { CollectorError, type CollectorSpec, type Reader, type Site } from "./collector.ts";
import { placesOf } from "./host/cpu_places.ts";
import { cpumaskOf, readPmuDevice } from "./host/pmu_devices.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { type UncoreBox, UncoreCounters, type UncoreTerm } from "./uncore/counters.ts";
import { namedTerms } from "./uncore/named_terms.ts";
import { type Part, UncoreParts } from "./uncore/parts.ts";
import { needRoom } from "./uncore/room.ts";

export function cstatesOf(narrowing: Narrowing): CollectorSpec {
  return { id: "cstates", minIntervalMs: 0, open: (site) => open(site, narrowing) };
}

export const cstates: CollectorSpec = cstatesOf(EVERYTHING);

function open(site: Site, narrowing: Narrowing): Reader {
  const parts = IDLE_PMUS.flatMap((idle): Part[] => {
    const device = readPmuDevice(site.tree, idle.pmu);
    const terms = device === undefined ? [] : namedTerms(device, idle.terms);
    return terms.length === 0 ? [] : [partOf(site, narrowing, idle, terms)];
  });
  if (parts.length === 0) throw absentPmus(site);
  return new UncoreParts(site, parts);
}

function partOf(
  site: Site,
  narrowing: Narrowing,
  { pmu, kind, scope, whom }: IdlePmu,
  terms: readonly UncoreTerm[],
): Part {
  const metrics = terms.map(({ metric }) => metric);
  const find = (): readonly UncoreBox[] => {
    const places = placesOf(site.tree, kind, cpumaskOf(site.tree, pmu));
    const boxes = places.map((place) => ({ ...place, pmu, terms, provenance: "kernel" }) as const);
    return needRoom(site, narrowing, whom, boxes);
  };
  return {
    key: pmu,
    metrics,
    open: (changed) => new UncoreCounters({ site, narrowing, whom, scope, metrics, find, changed }),
  };
}

function absentPmus({ profile: { hypervisor } }: Site): CollectorError {
  const pmus = IDLE_PMUS.map(({ pmu }) => `"${pmu}"`).join(", ");
  const guest = hypervisor !== undefined;
  return new CollectorError(
    "not_supported",
    `Cannot open counters of idle states: found none of the PMUs ${pmus} in sysfs, needs ` +
      (guest
        ? "the machine itself: virtual machines have no counters of idle states"
        : "an Intel CPU, and the kernel module intel_cstate"),
    guest ? undefined : "On an Intel CPU, load the module: `sudo modprobe intel_cstate`",
  );
}

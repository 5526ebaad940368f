/**
 * The L3 caches of AMD CPUs, which have a PMU of their own (`amd_l3`, arch/x86/events/amd/uncore.c): one
 * box for each cache.
 *
 * @module
 */
import { L3_TERMS } from "./catalogue/llc.ts";
import { CollectorError, type CollectorSpec, type Site } from "./collector.ts";
import { cpumaskOf, readPmuDevice } from "./host/pmu_devices.ts";
import { cpuGroups } from "./host/topology.ts";
import { EVERYTHING, type Narrowing } from "./narrowing.ts";
import { isAmd } from "./pmu/cpu_model.ts";
import { l3Recipe } from "./pmu/recipes.ts";
import { type UncoreBox, UncoreCounters } from "./uncore/counters.ts";

const PMU = "amd_l3";
const METRICS: readonly string[] = L3_TERMS.map(({ metric }) => metric);

export function l3CountersOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "l3_counters",
    minIntervalMs: 0,
    // Others count their last-level cache in the cores.
    applies: ({ cpuVendor }) => isAmd(cpuVendor),
    open: (site) => open(site, narrowing),
  };
}

export const l3Counters: CollectorSpec = l3CountersOf(EVERYTHING);

function open(site: Site, narrowing: Narrowing): UncoreCounters {
  const device = readPmuDevice(site.tree, PMU);
  if (device === undefined) throw absentPmu(site);
  const recipe = l3Recipe(device);
  const terms = L3_TERMS.map(({ metric, role }) => ({
    metric,
    events: [recipe[role]],
    unitsPerCount: 1,
  }));
  return new UncoreCounters({
    site,
    narrowing,
    whom: "the L3 caches",
    scope: "l3_domain",
    metrics: METRICS,
    find: () =>
      cpumaskOf(site.tree, PMU).map((cpu): UncoreBox => {
        // A number would be that of another cache.
        const { l3_domain: name = `cpu${cpu}`, socket } = cpuGroups(site.tree, cpu);
        const groups = socket === undefined ? {} : { socket };
        return { name, groups, pmu: PMU, cpu, terms, provenance: "vendor" };
      }),
  });
}

function absentPmu({ profile }: Site): CollectorError {
  const { hypervisor } = profile;
  const needs = hypervisor === undefined
    ? "needs a kernel with CONFIG_PERF_EVENTS_AMD_UNCORE"
    : "needs a hypervisor that passes one on, or the machine itself";
  const remedy = hypervisor === undefined
    ? "Load the module: `sudo modprobe amd_uncore`"
    : undefined;
  return new CollectorError(
    "not_supported",
    `Cannot open counters of the L3 caches: found no PMU "${PMU}" in sysfs, ${needs}`,
    remedy,
  );
}

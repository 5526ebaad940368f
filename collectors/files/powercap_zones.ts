/**
 * The energy meters of `/sys/class/powercap` (Documentation/power/powercap/powercap.rst), found by the
 * names of their zones.
 *
 * @module
 */
import { isAmd } from "../pmu/cpu_model.ts";

/** What a zone of RAPL meters, by its file `name` (drivers/powercap/intel_rapl_common.c). */
export type PowercapKind = "package" | "core" | "uncore" | "dram" | "psys";

export interface PowercapZone {
  /** Its folder: `intel-rapl:0:1`. */
  readonly folder: string;
  readonly kind: PowercapKind;
  /** Number of the socket, `0`. */
  readonly socket: string;
  /** The same, with the die where a package has several: `0/1`. */
  readonly name: string;
}

const PARTS: readonly PowercapKind[] = ["core", "uncore", "dram"];
/**
 * The driver fills AMD's zone "core" from a meter of which each core has its own, and reads that of one
 * core (MSR_AMD_CORE_ENERGY_STATUS, drivers/powercap/intel_rapl_msr.c): it is not that of all cores.
 */
const PARTS_OF_AMD: readonly PowercapKind[] = PARTS.filter((part) => part !== "core");

/**
 * The zones of some folders, in the order of their numbers. `nameOf`: the text of a folder's file `name`.
 * Those of `intel-rapl-mmio` meter the same packages again and are left out, as is a second zone of one
 * kind in a package: what is metered once is added once, and on AMD the zone that is called cores and is
 * one. What some kernels call dies of an AMD package reads that package's one meter (mended by 26096aed255f,
 * "powercap/intel_rapl: Fix the energy-pkg event for AMD CPUs"). The board's zone is a part of no
 * package and stands beside the one that meters it: `psys-1` beside package 1, `psys` beside the first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { powercapZones } from "./powercap_zones.ts";
 *
 * const names: Record<string, string> = { "intel-rapl:0": "package-0", "intel-rapl:0:0": "dram" };
 * const zones = powercapZones(Object.keys(names), (folder) => names[folder]);
 * assertEquals(zones.map(({ kind, name }) => `${kind} of ${name}`), ["package of 0", "dram of 0"]);
 * ```
 */
export function powercapZones(
  folders: readonly string[],
  nameOf: (folder: string) => string | undefined,
  cpuVendor?: string,
): readonly PowercapZone[] {
  const tops: { readonly folder: string; readonly text: string }[] = [];
  for (const folder of numbered(folders, /^intel-rapl:(\d+)$/)) {
    tops.push({ folder, text: nameOf(folder)?.trim() ?? "" });
  }
  const packages = tops.flatMap(({ folder, text }): PowercapZone[] => {
    const [, socket, die] = /^package-(\d+)(?:-die-(\d+))?$/.exec(text) ?? [];
    if (socket === undefined) return [];
    const name = die === undefined || isAmd(cpuVendor) ? socket : `${socket}/${die}`;
    return [{ folder, kind: "package", socket, name }];
  });
  const parts = isAmd(cpuVendor) ? PARTS_OF_AMD : PARTS;
  const zones = new Map<string, PowercapZone>();
  const take = (zone: PowercapZone): void => {
    const key = `${zone.name} ${zone.kind}`;
    if (!zones.has(key)) zones.set(key, zone);
  };
  for (const own of packages) {
    take(own);
    for (const folder of numbered(folders, new RegExp(`^${own.folder}:(\\d+)$`))) {
      const kind = parts.find((part) => part === nameOf(folder)?.trim());
      if (kind !== undefined) take({ ...own, folder, kind });
    }
  }
  for (const { folder, text } of tops) {
    const [found, socket] = /^psys(?:-(\d+))?$/.exec(text) ?? [];
    if (found === undefined) continue;
    const beside = packages.find((own) => socket === undefined || own.socket === socket);
    if (beside !== undefined) take({ ...beside, folder, kind: "psys" });
  }
  return [...zones.values()];
}

/**
 * What a meter of `range` rose by from `last` to `raw`, all in one unit; NaN where nobody knows: it began
 * anew. One that falls by more than half of its range began at 0 again when it was full.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { meterIncrease } from "./powercap_zones.ts";
 *
 * assertEquals(meterIncrease(100, 150, 1000), 50);
 * assertEquals(meterIncrease(990, 20, 1000), 30);
 * assertEquals(meterIncrease(600, 500, 1000), NaN);
 * ```
 */
export function meterIncrease(last: number, raw: number, range: number): number {
  if (raw >= last) return raw - last;
  const wrapped = range - last + raw;
  return wrapped >= 0 && wrapped < range / 2 ? wrapped : NaN;
}

/** Those that fit, by the number in the pattern's group. */
function numbered(folders: readonly string[], pattern: RegExp): readonly string[] {
  return folders.flatMap((folder) => {
    const number = pattern.exec(folder)?.[1];
    return number === undefined ? [] : [{ folder, number: Number(number) }];
  }).toSorted((a, b) => a.number - b.number).map(({ folder }) => folder);
}

/**
 * How memory traffic can be counted on this machine: what of the known sources its PMUs offer.
 *
 * @module
 */
import { zenOf } from "./cpu_model.ts";
import type { PmuDevice } from "./device.ts";
import type {
  MemoryBox,
  MemoryCpus,
  MemoryMachine,
  MemoryPlan,
  MemorySource,
} from "./memory_source.ts";
import { AMD_MEMORY_SOURCES } from "./memory_sources_amd.ts";
import { ARM_MEMORY_SOURCES } from "./memory_sources_arm.ts";
import { INTEL_MEMORY_SOURCES } from "./memory_sources_intel.ts";
import { type CountedMemory, memoryTerms, worse } from "./memory_terms.ts";

export { whyNoMemory } from "./memory_absence.ts";

/** In order of preference. */
export const MEMORY_SOURCES: readonly MemorySource[] = [
  ...INTEL_MEMORY_SOURCES,
  ...AMD_MEMORY_SOURCES,
  ...ARM_MEMORY_SOURCES,
];

const NAMES_SHOWN = 3;
const INTEL_FAMILY = 6;
/** Of its socket or die: those that the driver would name. */
const NO_CPU = "no CPU in its cpumask";

/** A source, and what became of its PMUs here. */
interface Found {
  readonly source: MemorySource;
  readonly counted: readonly { readonly device: PmuDevice; readonly terms: CountedMemory }[];
  /** Names of PMUs, by why they cannot be counted. */
  readonly left: ReadonlyMap<string, readonly string[]>;
}

/**
 * The ways to count memory traffic here, the preferred first; those of one kind of traffic count the
 * same, and must never be added up. `devices`: all PMUs; what is no memory's is passed over.
 */
export function memoryPlans(
  devices: readonly PmuDevice[],
  machine: MemoryMachine,
): readonly MemoryPlan[] {
  return found(devices, machine).flatMap(({ source, counted, left }) => {
    const mayBeHalves = !fits(source.wholeOn, machine);
    const boxes = counted.flatMap(({ device, terms: { box: { clock, ...box } } }) =>
      cpusOf(device).map((cpu): MemoryBox => ({
        pmu: device.name,
        cpu,
        ...box,
        ...(clock === undefined || mayBeHalves ? {} : { clock }),
      }))
    );
    if (boxes.length === 0) return [];
    const missing = [...left.values()].reduce((sum, names) => sum + names.length, 0);
    const { id, name, traffic, perChannel } = source;
    const note = [source.note, missingNote(missing, counted.length)].filter(Boolean).join(" ");
    return {
      id,
      name,
      traffic,
      perChannel,
      ...(mayBeHalves ? { mayBeHalves } : {}),
      // A sum without some of its parts is too small, whoever vouches for the rest.
      provenance: missing > 0
        ? "unverified"
        : counted.map(({ terms: { provenance } }) => provenance).reduce(worse),
      ...(note === "" ? {} : { note }),
      ...(source.proxy === undefined ? {} : { proxy: source.proxy }),
      boxes,
    };
  });
}

/**
 * Why PMUs that count memory traffic cannot be used: a line each, for a person. Empty where there are no
 * such PMUs at all: `whyNoMemory` tells about that.
 */
export function unusableMemory(
  devices: readonly PmuDevice[],
  machine: MemoryMachine,
): readonly string[] {
  return found(devices, machine).flatMap(({ source, left }) =>
    [...left].map(([reason, names]) => {
      const rest = names.length - NAMES_SHOWN;
      const shown = names.slice(0, NAMES_SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
      const needs = reason === NO_CPU ? "a CPU of its socket online" : source.needs;
      return `Cannot count memory traffic on ${shown}: found ${reason}, needs ${needs}`;
    })
  );
}

function found(devices: readonly PmuDevice[], machine: MemoryMachine): readonly Found[] {
  const offered = MEMORY_SOURCES.filter(({ cpus }) => fits(cpus, machine));
  return offered.flatMap((source) => {
    const own = devices.filter((device) => isOf(device, source));
    if (own.length === 0) return [];
    const counted: { device: PmuDevice; terms: CountedMemory }[] = [];
    const left = new Map<string, string[]>();
    for (const device of own) {
      const terms = whyNoCpu(device) ?? memoryTerms(device, source);
      if (typeof terms !== "string") counted.push({ device, terms });
      else left.set(terms, [...left.get(terms) ?? [], device.name]);
    }
    return { source, counted, left };
  });
}

function isOf({ name, identifier }: PmuDevice, source: MemorySource): boolean {
  return source.pmu.test(name) && (source.identifier?.test(identifier ?? "") ?? true);
}

function fits(cpus: MemoryCpus | undefined, machine: MemoryMachine): boolean {
  if (cpus === undefined) return true;
  const { cpuVendor, cpuFamily, cpuModelNumber } = machine;
  const model = cpuFamily === INTEL_FAMILY ? cpuModelNumber : undefined;
  const { vendors, models, otherThan, zen, amd } = cpus;
  const generation = zenOf({ vendor: cpuVendor, family: cpuFamily, model: cpuModelNumber });
  return (vendors === undefined || cpuVendor === undefined || vendors.includes(cpuVendor)) &&
    (models === undefined || model !== undefined && models.includes(model)) &&
    (otherThan === undefined || model === undefined || !otherThan.includes(model)) &&
    (zen === undefined || generation !== undefined && zen.includes(generation)) &&
    (amd === undefined || cpuModelNumber !== undefined &&
        amd.some(([family, from, to]) =>
          cpuFamily === family && from <= cpuModelNumber && cpuModelNumber <= to
        ));
}

/** Where no file names CPUs, any would do: the kernel moves the event to the right one. */
function cpusOf({ cpumask }: PmuDevice): readonly number[] {
  return cpumask ?? [0];
}

function whyNoCpu({ cpumask, cpus, faults }: PmuDevice): string | undefined {
  const fault = faults.find((line) => line.startsWith("cpumask: "));
  if (fault !== undefined) return "a cpumask that cannot be read";
  if (cpumask?.length === 0) return NO_CPU;
  if (cpumask === undefined && cpus !== undefined) return "the CPUs of a core and no cpumask";
  return undefined;
}

function missingNote(missing: number, counted: number): string | undefined {
  if (missing === 0) return undefined;
  return `Without ${missing} of ${missing + counted} PMUs, which cannot be counted.`;
}

/**
 * The PMUs of CPU cores, and their events. Most machines have one, `cpu`. Where cores differ each type
 * has its own: `cpu_core` and `cpu_atom` (tools/perf/Documentation/
 * intel-hybrid.txt), `armv8_cortex_a55` and `armv8_cortex_a76`. Generic events then say which one they
 * mean, by its number in the upper half of `config` (PERF_PMU_TYPE_SHIFT, include/uapi/linux/
 * perf_event.h).
 *
 * @module
 */
import type { PmuDevice } from "./device.ts";
import { CACHE_EVENTS, EVENT_TYPE, HARDWARE_EVENTS } from "./event_codes.ts";
import { deposit, extract, hex } from "./format.ts";
import type { PmuEvent } from "./pmu_event.ts";

export interface CorePmu {
  readonly device: PmuDevice;
  /** In sysfs. */
  readonly name: string;
  /** The CPUs that have it; absent: all. */
  readonly cpus: readonly number[] | undefined;
  /** Whether generic events must name it, because it is one of several. */
  readonly extended: boolean;
  /** What its cores are called: the PMU's name. */
  readonly coreType: string;
}

/** PMUs of cores that need no list of CPUs to be known as such. */
const CORE_NAME = /^(cpu|cpu_(core|atom|lowpower)|armv[89]_\w+|apple_\w+_pmu|cpum_cf)$/;
const HYBRID_NAME = /^cpu_/;

const TYPE_SHIFT = 32n;

/** Those of them that count on CPU cores, ordered by their first CPU. */
export function corePmus(devices: readonly PmuDevice[]): readonly CorePmu[] {
  const found = devices.filter(isCore);
  return found
    .map((device) => ({
      device,
      name: device.name,
      cpus: device.cpus,
      extended: found.length > 1 || HYBRID_NAME.test(device.name),
      coreType: device.name,
    }))
    .toSorted((a, b) => firstCpu(a) - firstCpu(b));
}

/** Whether a PMU's name says that it counts on CPU cores. */
export function mayBeCore(name: string): boolean {
  return CORE_NAME.test(name);
}

/** Units outside the cores have a `cpumask`; software, tracepoints and the like have neither file. */
function isCore({ name, cpus, cpumask }: PmuDevice): boolean {
  return cpumask === undefined && (cpus !== undefined || CORE_NAME.test(name));
}

function firstCpu({ cpus }: CorePmu): number {
  return cpus === undefined ? -1 : cpus[0] ?? Number.MAX_SAFE_INTEGER;
}

/**
 * A generic event, by perf's own name: one of `HARDWARE_EVENTS` or `CACHE_EVENTS`, for any other throws
 * a `RangeError`. Whether the CPU has it only opening tells.
 */
export function genericEvent(pmu: CorePmu, name: string): PmuEvent {
  const hardware = new Map<string, number>(Object.entries(HARDWARE_EVENTS)).get(name);
  const code = hardware ?? new Map<string, number>(Object.entries(CACHE_EVENTS)).get(name);
  if (code === undefined) {
    throw new RangeError(
      `Cannot make generic event: found ${JSON.stringify(name)}, needs a name such as "cycles"`,
    );
  }
  const type = hardware === undefined ? EVENT_TYPE.hardwareCache : EVENT_TYPE.hardware;
  return pmu.extended
    ? {
      name: `${pmu.name}/${name}/`,
      type,
      config: BigInt(pmu.device.type) << TYPE_SHIFT | BigInt(code),
    }
    : { name, type, config: BigInt(code) };
}

/**
 * An event by its code, as the maker's manual has it. `label`: the manual's name, which perf then
 * prints.
 */
export function rawEvent(pmu: CorePmu, config: bigint, label?: string): PmuEvent {
  const terms = termsOf(pmu.device, config) ?? [`config=${hex(config)}`];
  if (label !== undefined) terms.push(`name=${label}`);
  return { name: `${pmu.name}/${terms.join(",")}/`, type: pmu.device.type, config };
}

/** The code in the PMU's own terms; `undefined` where they do not cover it. */
function termsOf({ formats }: PmuDevice, config: bigint): string[] | undefined {
  const names = ["event", "umask", ...[...formats.keys()].toSorted()];
  const terms: string[] = [];
  let rest = config;
  for (const name of new Set(names)) {
    const field = formats.get(name);
    if (field?.word !== "config") continue;
    const value = extract(field, rest);
    if (value === 0n && name !== "event") continue;
    terms.push(`${name}=${hex(value)}`);
    rest &= ~deposit(field, value);
  }
  return rest === 0n && terms.length > 0 ? terms : undefined;
}

/**
 * What counts memory traffic on this machine, looked for again when CPUs come or go: the PMU of a socket
 * whose CPUs are offline names no CPU, and cannot be counted until one is back.
 *
 * @module
 */
import { CollectorError, type Site } from "../collector.ts";
import { pmuNames, readPmuDevice } from "../host/pmu_devices.ts";
import type { PmuDevice } from "../pmu/device.ts";
import type { MemoryPlan } from "../pmu/memory_source.ts";
import { MEMORY_SOURCES, memoryPlans, unusableMemory, whyNoMemory } from "../pmu/memory_sources.ts";

export class MemoryDevices {
  plans: readonly MemoryPlan[] = [];
  /** Why PMUs that there are cannot be used, a line each. */
  unusable: readonly string[] = [];
  readonly #site: Site;
  readonly #known = new Map<string, PmuDevice>();

  constructor(site: Site) {
    this.#site = site;
    this.look();
  }

  look(): void {
    const { tree, profile } = this.#site;
    // Large machines have hundreds of other PMUs.
    const devices = pmuNames(tree)
      .filter((name) => MEMORY_SOURCES.some(({ pmu }) => pmu.test(name)))
      .flatMap((name) => readPmuDevice(tree, name) ?? [])
      .map((device) => this.#asKnown(device));
    for (const device of devices) this.#known.set(device.name, device);
    this.plans = memoryPlans(devices, profile);
    this.unusable = unusableMemory(devices, profile);
  }

  /** Why main memory is not counted here: a PMU that cannot be used says more than what is not there. */
  absence(): CollectorError {
    const [line] = this.unusable;
    if (line !== undefined) return new CollectorError("not_supported", line);
    const { tree, profile } = this.#site;
    const { hypervisor, kernelRelease } = profile;
    const devices = pmuNames(tree);
    const { message, remedy } = whyNoMemory(profile, { hypervisor, kernelRelease, devices });
    return new CollectorError("not_supported", message, remedy);
  }

  /** One whose CPUs went is still part of its plan, and missing from the sum: `UncoreCounters` says so. */
  #asKnown(device: PmuDevice): PmuDevice {
    const known = this.#known.get(device.name);
    if (device.cpumask?.length !== 0 || known?.cpumask === undefined) return device;
    return { ...device, cpumask: known.cpumask };
  }
}

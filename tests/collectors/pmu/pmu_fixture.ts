/** PMUs of cores as sysfs shows them: formats of arch/x86/events/ and drivers/perf/arm_pmuv3.c. */
import { type CorePmu, corePmus } from "../../../collectors/pmu/core_pmu.ts";
import { parseDevice, type PmuDevice } from "../../../collectors/pmu/device.ts";

export const INTEL_FORMATS = {
  "format/event": "config:0-7\n",
  "format/umask": "config:8-15\n",
  "format/edge": "config:18\n",
  "format/any": "config:21\n",
  "format/inv": "config:23\n",
  "format/cmask": "config:24-31\n",
  "format/ldlat": "config1:0-15\n",
};

export const AMD_FORMATS = {
  "format/event": "config:0-7,32-35\n",
  "format/umask": "config:8-15\n",
  "format/edge": "config:18\n",
  "format/inv": "config:23\n",
  "format/cmask": "config:24-31\n",
};

/** As the kernel lists what the CPU says it has. */
export const ARM_EVENTS: Readonly<Record<string, string>> = {
  "events/cpu_cycles": "event=0x0011\n",
  "events/inst_retired": "event=0x0008\n",
  "events/br_retired": "event=0x0021\n",
  "events/br_mis_pred": "event=0x0010\n",
  "events/l1d_cache": "event=0x0004\n",
  "events/l1d_cache_refill": "event=0x0003\n",
  "events/l1d_tlb_refill": "event=0x0005\n",
  "events/l1i_tlb_refill": "event=0x0002\n",
  "events/l1i_cache": "event=0x0014\n",
  "events/l1i_cache_refill": "event=0x0001\n",
  "events/stall_frontend": "event=0x0023\n",
  "events/stall_backend": "event=0x0024\n",
  "events/l2d_cache": "event=0x0016\n",
  "events/l2d_cache_refill": "event=0x0017\n",
  "events/l3d_cache": "event=0x002b\n",
  "events/l3d_cache_refill": "event=0x002a\n",
};

export const ARM_FORMATS = { "format/event": "config:0-15\n", "format/long": "config1:0\n" };

export function device(name: string, files: Readonly<Record<string, string>>): PmuDevice {
  return parseDevice(name, new Map(Object.entries({ type: "7\n", ...files })));
}

/** The only core PMU of a machine, but for those that always come with others. */
export function coreOf(name: string, files: Readonly<Record<string, string>>): CorePmu {
  const found = corePmus([device(name, files)])[0];
  if (found === undefined) throw new Error(`${name} is no PMU of cores`);
  return found;
}

/**
 * Every event that may stand for a term on some machine: for who asks a store of many machines for a
 * quantity, and must name it as each of them does.
 *
 * @module
 */
import { corePmus } from "./core_pmu.ts";
import type { CpuModel } from "./cpu_model.ts";
import { parseDevice } from "./device.ts";
import { ARM, type Core, CORES } from "./event_guide.ts";
import type { BundleId } from "./recipe.ts";
import { recipesFor } from "./recipes.ts";

const OTHER_MODELS: readonly CpuModel[] = [
  // Before Zen, without an L3 cache and with one.
  { vendor: "amd", family: 0x14, model: 1 },
  { vendor: "amd", family: 0x10, model: 2 },
  // A Zen of which nobody knows more.
  { vendor: "amd", family: 0x1b, model: 0 },
  { vendor: undefined, family: undefined, model: undefined },
];

/** Where cores differ, older kernels take the events of one kind by their numbers only. */
const ARM_OF_TWO = corePmus(
  ["armv8_cortex_a55", "armv8_cortex_a76"].map((name) =>
    parseDevice(name, new Map(Object.entries(ARM)))
  ),
)[0]!;

/** A PMU and the CPU that it counts on. */
type Counted = Pick<Core, "pmu" | "cpu">;

const X86_PMU = CORES[0]!.pmu;

const ALL: readonly Counted[] = [
  ...CORES,
  ...OTHER_MODELS.map((cpu) => ({ pmu: X86_PMU, cpu })),
  { pmu: ARM_OF_TWO, cpu: { vendor: "arm", family: undefined, model: undefined } },
];

/** As `perf stat` takes them, whatever they are preferred to; the events of one entry are added up. */
export function everyEvent(bundle: BundleId, role: string): readonly (readonly string[])[] {
  return ALL.flatMap(({ pmu, cpu }) =>
    (recipesFor(pmu, cpu).get(bundle) ?? [])
      .flatMap(({ terms }) => terms[role] === undefined ? [] : [terms[role]])
      .map((events) => events.map(({ name }) => name))
  );
}

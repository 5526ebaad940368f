/**
 * Which core a CPU has, by the numbers that CPUID gives it: what its makers' event lists go by
 * (arch/x86/include/asm/intel-family.h; arch/x86/kernel/cpu/amd.c, bsp_init_amd).
 *
 * @module
 */

export interface CpuModel {
  /** `intel`, `amd`, `hygon`, `arm`, ... */
  readonly vendor: string | undefined;
  /** Of x86 CPUs, as CPUID combines them: 6 and 0x55, 25 and 1. */
  readonly family: number | undefined;
  readonly model: number | undefined;
}

/** Cores that are counted alike. */
export type IntelCore =
  | "haswell"
  | "skylake"
  | "cannon_lake"
  | "ice_lake"
  | "ice_lake_server"
  | "golden_cove"
  | "lion_cove"
  | "tremont"
  | "gracemont"
  | "crestmont"
  | "skymont";

const INTEL_FAMILY = 6;

/** Model numbers of family 6 by their core; of hybrids, by their big one. */
const INTEL_CORES: Readonly<Record<IntelCore, readonly number[]>> = {
  // Haswell, Broadwell.
  haswell: [0x3c, 0x3f, 0x45, 0x46, 0x3d, 0x47, 0x4f, 0x56],
  // Skylake, Kaby, Coffee, Whiskey and Comet Lake; Skylake-SP, Cascade and Cooper Lake.
  skylake: [0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6, 0x55],
  cannon_lake: [0x66],
  // Ice Lake, Tiger Lake, Rocket Lake.
  ice_lake: [0x7d, 0x7e, 0x8c, 0x8d, 0xa7],
  ice_lake_server: [0x6a, 0x6c],
  // Sapphire, Emerald and Granite Rapids; Alder, Raptor and Meteor Lake, and Arrow Lake-U.
  golden_cove: [0x8f, 0xcf, 0xad, 0xae, 0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xaa, 0xac, 0xb5],
  // Arrow and Lunar Lake.
  lion_cove: [0xc5, 0xc6, 0xbd],
  tremont: [0x86, 0x96, 0x9c],
  // Alder Lake-N, which has no big core.
  gracemont: [0xbe],
  // Sierra Forest, Grand Ridge.
  crestmont: [0xaf, 0xb6],
  // Only beside big cores.
  skymont: [],
};

/** The small core of hybrids, by model number. */
const INTEL_ATOMS: Readonly<Partial<Record<IntelCore, readonly number[]>>> = {
  gracemont: [0x97, 0x9a, 0xb7, 0xba, 0xbf],
  crestmont: [0xaa, 0xac, 0xb5],
  skymont: [0xc5, 0xc6, 0xbd],
};

/** The core that a PMU (`cpu`, `cpu_core`, `cpu_atom`) counts on; absent where it is not known. */
export function intelCore({ vendor, family, model }: CpuModel, pmu: string): IntelCore | undefined {
  if (vendor !== "intel" || family !== INTEL_FAMILY || model === undefined) return undefined;
  if (pmu !== "cpu" && pmu !== "cpu_core" && pmu !== "cpu_atom") return undefined;
  const cores = Object.entries(pmu === "cpu_atom" ? INTEL_ATOMS : INTEL_CORES);
  return cores.find(([, models]) => models.includes(model))?.[0] as IntelCore | undefined;
}

/** Family of the first AMD CPU with Zen cores; all later ones have them. */
const ZEN_FAMILY = 0x17;
/** Hygon's Dhyana is a Zen 1 under a family number of its own. */
const HYGON_FAMILY = 0x18;

/** Whether a CPU is AMD's, or made after one of theirs. */
export function isAmd(vendor: string | undefined): boolean {
  return vendor === "amd" || vendor === "hygon";
}

/** Whether the cores are AMD's Zen, of whichever generation. */
export function isZen({ vendor, family }: CpuModel): boolean {
  return isAmd(vendor) && family !== undefined && family >= ZEN_FAMILY;
}

/** Generation of AMD's Zen cores; absent where it is another core, or one that is not known. */
export function zenOf(cpu: CpuModel): 1 | 2 | 3 | 4 | 5 | undefined {
  const { family, model } = cpu;
  if (!isZen(cpu) || model === undefined) return undefined;
  const among = (...ranges: readonly (readonly [from: number, to: number])[]): boolean =>
    ranges.some(([from, to]) => from <= model && model <= to);
  switch (family) {
    case ZEN_FAMILY:
      return among([0, 0x2f], [0x50, 0x5f]) ? 1 : 2;
    case HYGON_FAMILY:
      return 1;
    case 0x19:
      return among([0, 0xf], [0x20, 0x5f]) ? 3 : 4;
    case 0x1a:
      return among([0, 0x4f], [0x60, 0x7f]) ? 5 : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether an AMD CPU before Zen has an L3 cache (families 10h, and 15h in its first models), which the
 * kernel has no event for.
 */
export function hasUncountedL3({ vendor, family, model }: CpuModel): boolean {
  if (vendor !== "amd") return false;
  return family === 0x10 || (family === 0x15 && (model === undefined || model < 0x10));
}

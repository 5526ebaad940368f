/**
 * Which events stand for a quantity, maker by maker: what the recipes say for one core of each kind, and
 * the sources of memory traffic, as texts for a person. What really opens, only opening tells.
 *
 * @module
 */
import { type CorePmu, corePmus } from "./core_pmu.ts";
import type { CpuModel } from "./cpu_model.ts";
import { parseDevice } from "./device.ts";
import type { MemoryEvents, MemorySource } from "./memory_source.ts";
import { MEMORY_SOURCES } from "./memory_sources.ts";
import type { PmuEvent } from "./pmu_event.ts";
import type { BundleId, RecipeProvenance } from "./recipe.ts";
import { l3Recipe, recipesFor, whyNoRecipe } from "./recipes.ts";

/** How one term is counted on some cores of one maker. */
export interface EventChoice {
  /** `Intel`; several where they are counted alike. */
  readonly makers: readonly string[];
  /** Names of cores; empty: all that are known here. */
  readonly cores: readonly string[];
  /** Several are summed. Empty: `why` tells. */
  readonly events: readonly string[];
  readonly provenance: RecipeProvenance | undefined;
  readonly note: string | undefined;
  /** Why there is none. */
  readonly why: string | undefined;
}

export interface Core {
  readonly maker: "Intel" | "AMD" | "Arm";
  readonly name: string;
  readonly pmu: CorePmu;
  readonly cpu: CpuModel;
}

const X86 = {
  type: "4",
  "format/event": "config:0-7",
  "format/umask": "config:8-15",
};
const ZEN = { ...X86, "format/event": "config:0-7,32-35" };
/** Numbers of all events that recipes know: what a core has of them, it says in sysfs. */
const ARM_CODES = [
  0x01,
  0x02,
  0x03,
  0x04,
  0x05,
  0x08,
  0x10,
  0x11,
  0x14,
  0x16,
  0x17,
  0x21,
  0x23,
  0x24,
  0x2a,
  0x2b,
  0x36,
  0x37,
];
export const ARM = {
  type: "8",
  cpus: "0",
  "format/event": "config:0-15",
  ...Object.fromEntries(
    ARM_CODES.map((code) => [`events/e${code}`, `event=0x${code.toString(16)}`]),
  ),
};

function pmuOf(name: string, files: Readonly<Record<string, string>>): CorePmu {
  return corePmus([parseDevice(name, new Map(Object.entries(files)))])[0]!;
}

const INTEL_PMU = pmuOf("cpu", X86);
const AMD_PMU = pmuOf("cpu", ZEN);

function intel(name: string, model: number): Core {
  return { maker: "Intel", name, pmu: INTEL_PMU, cpu: { vendor: "intel", family: 6, model } };
}

function amd(name: string, family: number, model: number): Core {
  return { maker: "AMD", name, pmu: AMD_PMU, cpu: { vendor: "amd", family, model } };
}

/** One of each kind that recipes tell apart. */
export const CORES: readonly Core[] = [
  intel("Haswell, Broadwell", 0x3f),
  intel("Skylake to Cooper Lake", 0x55),
  intel("Cannon Lake", 0x66),
  intel("Ice, Tiger and Rocket Lake", 0x7d),
  intel("Ice Lake servers", 0x6a),
  intel("Golden Cove (Alder Lake, Sapphire Rapids and their heirs)", 0x8f),
  intel("Tremont", 0x86),
  intel("Gracemont", 0xbe),
  intel("Crestmont (Sierra Forest)", 0xaf),
  intel("others", 0),
  amd("Zen 1", 0x17, 0x01),
  amd("Zen 2", 0x17, 0x31),
  amd("Zen 3", 0x19, 0x01),
  amd("Zen 4", 0x19, 0x11),
  amd("Zen 5", 0x1a, 0x02),
  {
    maker: "Arm",
    name: "PMUv3",
    pmu: pmuOf("armv8_pmuv3_0", ARM),
    cpu: { vendor: "arm", family: undefined, model: undefined },
  },
];

/** Of one term of a bundle, by its role; cores that are counted alike are told together. */
export function coreChoices(bundle: BundleId, role: string): readonly EventChoice[] {
  const found = new Map<string, { choice: EventChoice; cores: string[] }>();
  for (const core of CORES) {
    const choice = choiceOf(core, bundle, role);
    const key = JSON.stringify(choice);
    const known = found.get(key);
    if (known === undefined) found.set(key, { choice, cores: [core.name] });
    else known.cores.push(core.name);
  }
  const all = (maker: string): number => CORES.filter((core) => core.maker === maker).length;
  return joined([...found.values()].map(({ choice, cores }) => ({
    ...choice,
    cores: cores.length === all(choice.makers[0]!) ? [] : cores,
  })));
}

/** Makers all of whose cores are counted alike are told together. */
function joined(choices: readonly EventChoice[]): readonly EventChoice[] {
  const found = new Map<string, EventChoice>();
  for (const choice of choices) {
    const { makers, ...rest } = choice;
    const key = JSON.stringify(choice.cores.length === 0 ? rest : choice);
    const known = found.get(key);
    found.set(
      key,
      known === undefined ? choice : { ...known, makers: [...known.makers, ...makers] },
    );
  }
  return [...found.values()];
}

function choiceOf({ maker, pmu, cpu }: Core, bundle: BundleId, role: string): EventChoice {
  const recipe = recipesFor(pmu, cpu).get(bundle)?.find(({ terms }) => role in terms);
  const shared = { makers: [maker], cores: [] };
  if (recipe !== undefined) {
    const { provenance, note } = recipe;
    return { ...shared, events: namesOf(recipe.terms[role]!), provenance, note, why: undefined };
  }
  return {
    ...shared,
    events: [],
    provenance: undefined,
    note: undefined,
    why: reasonOf(bundle, pmu, cpu),
  };
}

/** Without the model, which is one of several here. */
function reasonOf(bundle: BundleId, pmu: CorePmu, cpu: CpuModel): string {
  return whyNoRecipe(bundle, pmu, cpu).replace(/ is known on .*$/, " is known");
}

function namesOf(events: readonly PmuEvent[]): readonly string[] {
  return events.map(({ name }) => {
    const label = /\bname=([^/,]+)/.exec(name)?.[1];
    const code = name.replace(/,name=[^/]+/, "");
    return label === undefined ? name : `${label} (${code})`;
  });
}

/** The PMU of AMD's L3 caches. */
export function l3Choices(role: "references" | "misses"): readonly EventChoice[] {
  const device = parseDevice("amd_l3", new Map([["type", "20"], ["cpumask", "0"]]));
  return [{
    makers: ["AMD"],
    cores: ["Zen 1 and later"],
    events: [l3Recipe(device)[role].name],
    provenance: "vendor",
    note: undefined,
    why: undefined,
  }];
}

/** One way to count memory traffic, as texts. */
export interface MemoryChoice {
  /** As `/metrics` and the sheets of a card name it. */
  readonly id: string;
  readonly name: string;
  readonly traffic: MemorySource["traffic"];
  /** `uncore_imc_N`. */
  readonly pmu: string;
  readonly reads: string | undefined;
  readonly writes: string | undefined;
  readonly combined: string | undefined;
  readonly provenance: RecipeProvenance;
  readonly needs: string;
  readonly note: string | undefined;
}

/** In order of preference. */
export function memoryChoices(): readonly MemoryChoice[] {
  return MEMORY_SOURCES.map((source) => ({
    id: source.id,
    name: source.name,
    traffic: source.traffic,
    pmu: patternText(source.pmu),
    reads: eventsText(source.reads),
    writes: eventsText(source.writes),
    combined: eventsText(source.combined),
    provenance: source.provenance,
    needs: source.needs,
    note: source.note,
  }));
}

/** `/^uncore_(hbm|type_14)_\d+$/` as `uncore_hbm_N or uncore_type_14_N`. */
function patternText({ source }: RegExp): string {
  const text = source.replace(/^\^|\$$/g, "")
    .replace(/\(([^()]*)\)\?/g, "")
    .replaceAll("\\d+", "N")
    .replaceAll("[0-9a-f]+", "N");
  const choice = /^(.*)\(([^()|]*(?:\|[^()|]*)+)\)(.*)$/.exec(text);
  if (choice === null) return text;
  return choice[2]!.split("|").map((part) => `${choice[1]}${part}${choice[3]}`).join(" or ");
}

/** `cas_count_read × 64 B`; a long list by its first and its number. */
function eventsText(events: MemoryEvents | undefined): string | undefined {
  if (events === undefined) return undefined;
  const names = events.events.map(({ named, terms }) =>
    named === undefined ? terms! : typeof named === "string" ? named : patternText(named)
  );
  const text = names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(" + ");
  return `${text} × ${events.bytes} B`;
}

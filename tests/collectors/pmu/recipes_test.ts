/**
 * What each CPU is asked for: numbers typed from Intel's event lists, AMD's Processor Programming
 * References and Arm's manual, not from the code.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { CorePmu } from "../../../collectors/pmu/core_pmu.ts";
import { type BundleId, BUNDLES } from "../../../collectors/pmu/recipe.ts";
import {
  type CpuModel,
  l3Recipe,
  recipesFor,
  whyNoRecipe,
} from "../../../collectors/pmu/recipes.ts";
import {
  AMD_FORMATS,
  ARM_EVENTS,
  ARM_FORMATS,
  coreOf,
  device,
  INTEL_FORMATS,
} from "./pmu_fixture.ts";

const INTEL_CPU = coreOf("cpu", { type: "4", ...INTEL_FORMATS });
const AMD_CPU = coreOf("cpu", { type: "4", ...AMD_FORMATS });
const BIG = coreOf("cpu_core", { type: "4", cpus: "0-15", ...INTEL_FORMATS });
const SMALL = coreOf("cpu_atom", { type: "10", cpus: "16-23", ...INTEL_FORMATS });
const NEOVERSE = coreOf("armv8_pmuv3_0", {
  type: "8",
  cpus: "0-79",
  ...ARM_FORMATS,
  ...ARM_EVENTS,
});
const UNKNOWN: CpuModel = { vendor: undefined, family: undefined, model: undefined };

function intel(model: number): CpuModel {
  return { vendor: "intel", family: 6, model };
}

function amd(family: number, model: number): CpuModel {
  return { vendor: "amd", family, model };
}

/** One line a recipe: provenance, then `role type:config+config` in hexadecimal. */
function lines(pmu: CorePmu, cpu: CpuModel, bundle: BundleId): string[] {
  return (recipesFor(pmu, cpu).get(bundle) ?? []).map(({ terms, provenance }) => {
    const roles = Object.entries(terms).map(([role, events]) => {
      const codes = events.map(({ type, config }) => `${type}:${config.toString(16)}`);
      return `${role} ${codes.join("+")}`;
    });
    return [provenance, ...roles].join(", ");
  });
}

function check(
  pmu: CorePmu,
  cpu: CpuModel,
  expected: Readonly<Partial<Record<BundleId, readonly string[]>>>,
): void {
  for (const [bundle, recipes] of Object.entries(expected)) {
    assertEquals(lines(pmu, cpu, bundle as BundleId), [...recipes], bundle);
  }
}

const GENERIC = {
  core: ["kernel, cycles 0:0, instructions 0:1"],
  branch: ["kernel, branches 0:4, misses 0:5, instructions 0:1"],
  l1d: ["kernel, references 3:0, misses 3:10000, instructions 0:1"],
  tlb: ["kernel, dtlb_misses 3:10003, itlb_misses 3:10004, instructions 0:1"],
  stalls: ["kernel, frontend 0:7, backend 0:8, cycles 0:0"],
  clock: ["kernel, reference 0:9, cycles 0:0"],
} as const;
const L1I_BOTH = ["kernel, references 3:1, misses 3:10001, instructions 0:1"];
const L1I_MISSES = ["kernel, misses 3:10001, instructions 0:1"];
const L1I_TAGS = ["vendor, references 4:183+4:283, misses 4:283, instructions 0:1", ...L1I_MISSES];
const L1I_READS = ["vendor, references 4:180+4:280, misses 4:280, instructions 0:1", ...L1I_MISSES];
const LL_LOADS = ["kernel, references 3:2, misses 3:10002, instructions 0:1"];
const CACHE_PAIR = "kernel, references 0:2, misses 0:3, instructions 0:1";
const INTEL_L2 = "vendor, references 4:ff24, misses 4:3f24, instructions 0:1";
const INTEL_L2_DEMAND = "vendor, references 4:e724, misses 4:2724, instructions 0:1";

Deno.test("recipesFor() Skylake and its successors", () => {
  for (const model of [0x4e, 0x55, 0x8e, 0xa5]) {
    check(INTEL_CPU, intel(model), {
      ...GENERIC,
      llc: [CACHE_PAIR],
      l2: [INTEL_L2, INTEL_L2_DEMAND],
      l1i: L1I_TAGS,
    });
  }
});

Deno.test("recipesFor() Haswell and Broadwell, whose L1I has another event", () => {
  for (const model of [0x3c, 0x3f, 0x3d, 0x4f, 0x56]) {
    check(INTEL_CPU, intel(model), {
      ...GENERIC,
      l2: [INTEL_L2, INTEL_L2_DEMAND],
      l1i: L1I_READS,
    });
  }
});

Deno.test("recipesFor() Cannon Lake, of which no list tells the L1I's accesses", () => {
  check(INTEL_CPU, intel(0x66), { l2: [INTEL_L2, INTEL_L2_DEMAND], l1i: L1I_MISSES });
});

Deno.test("recipesFor() Ice, Tiger and Rocket Lake", () => {
  for (const model of [0x7e, 0x8c, 0xa7]) {
    check(INTEL_CPU, intel(model), { l2: [INTEL_L2, INTEL_L2_DEMAND], l1i: L1I_TAGS });
  }
});

Deno.test("recipesFor() Sapphire Rapids", () => {
  check(INTEL_CPU, intel(0x8f), {
    ...GENERIC,
    llc: [CACHE_PAIR],
    l2: [INTEL_L2, INTEL_L2_DEMAND],
    l1i: L1I_MISSES,
  });
});

Deno.test("recipesFor() Ice Lake SP, where only demand accesses to the L2 are listed", () => {
  check(INTEL_CPU, intel(0x6a), {
    ...GENERIC,
    llc: [CACHE_PAIR],
    l2: [INTEL_L2_DEMAND],
    l1i: L1I_TAGS,
  });
});

Deno.test("recipesFor() Alder Lake, each core type by its own list", () => {
  check(BIG, intel(0x97), {
    core: ["kernel, cycles 0:400000000, instructions 0:400000001"],
    llc: ["kernel, references 0:400000002, misses 0:400000003, instructions 0:400000001"],
    l2: [
      "vendor, references 4:ff24, misses 4:3f24, instructions 0:400000001",
      "vendor, references 4:e724, misses 4:2724, instructions 0:400000001",
    ],
    l1i: ["kernel, misses 3:400010001, instructions 0:400000001"],
  });
  check(SMALL, intel(0x97), {
    core: ["kernel, cycles 0:a00000000, instructions 0:a00000001"],
    llc: ["kernel, references 0:a00000002, misses 0:a00000003, instructions 0:a00000001"],
    l2: ["vendor, references 10:24, misses 10:124, instructions 0:a00000001"],
    l1i: ["kernel, references 3:a00000001, misses 3:a00010001, instructions 0:a00000001"],
    tlb: ["kernel, dtlb_misses 3:a00010003, itlb_misses 3:a00010004, instructions 0:a00000001"],
  });
});

Deno.test("recipesFor() small Intel cores of servers", () => {
  check(INTEL_CPU, intel(0x86), {
    l2: ["vendor, references 4:24, misses 4:124, instructions 0:1"],
    l1i: L1I_BOTH,
  });
  check(INTEL_CPU, intel(0xaf), {
    l2: ["vendor, references 4:224+4:124, misses 4:124, instructions 0:1"],
  });
});

Deno.test("recipesFor() Meteor, Arrow and Lunar Lake, whose L2s are counted by each core's list", () => {
  const all = "vendor, references 4:ff24, misses 4:3f24, instructions 0:400000001";
  const demand = "vendor, references 4:e724, misses 4:2724, instructions 0:400000001";
  const crestmont = "vendor, references 10:224+10:124, misses 10:124, instructions 0:a00000001";
  const skymont = "vendor, references 10:724, misses 10:124, instructions 0:a00000001";
  // The last of them is Arrow Lake-U, which has the cores of Meteor Lake.
  for (const model of [0xaa, 0xac, 0xb5]) {
    check(BIG, intel(model), { l2: [all, demand] });
    check(SMALL, intel(model), { l2: [crestmont] });
  }
  for (const model of [0xc5, 0xc6, 0xbd]) {
    check(BIG, intel(model), { l2: [all] });
    check(SMALL, intel(model), { l2: [skymont] });
  }
});

Deno.test("recipesFor() an Intel CPU that is not known: the kernel's events, and no L2", () => {
  check(INTEL_CPU, intel(0xfe), { ...GENERIC, llc: [CACHE_PAIR], l2: [], l1i: L1I_BOTH });
  check(INTEL_CPU, { vendor: "intel", family: undefined, model: undefined }, { l2: [] });
  check(BIG, intel(0xcc), { l2: [] });
});

const ZEN_1_TO_4_L2 = [
  "vendor, references 4:f960+4:ff70+4:ff71+4:ff72, misses 4:964+4:ff71+4:ff72, instructions 0:1",
  "vendor, references 4:f960, misses 4:964, instructions 0:1",
  CACHE_PAIR,
];

Deno.test("recipesFor() Zen 2 and Zen 3, whose cores count no L3", () => {
  for (const cpu of [amd(0x17, 0x31), amd(0x19, 0x01)]) {
    check(AMD_CPU, cpu, { ...GENERIC, llc: [], l2: ZEN_1_TO_4_L2, l1i: L1I_BOTH });
  }
  check(AMD_CPU, { vendor: "hygon", family: 0x18, model: 1 }, { llc: [], l2: ZEN_1_TO_4_L2 });
});

Deno.test("recipesFor() Zen 4", () => {
  check(AMD_CPU, amd(0x19, 0x11), {
    ...GENERIC,
    llc: [],
    l2: ZEN_1_TO_4_L2,
    l1i: ["vendor, references 4:100001f8e, misses 4:10000188e, instructions 0:1"],
  });
});

Deno.test("recipesFor() Zen 5", () => {
  check(AMD_CPU, amd(0x1a, 0x02), {
    ...GENERIC,
    llc: [],
    l2: [
      "vendor, references 4:f160+4:1f70+4:1f71+4:1f72, misses 4:964+4:1f71+4:1f72, instructions 0:1",
      "vendor, references 4:f160, misses 4:964, instructions 0:1",
      CACHE_PAIR,
    ],
    l1i: ["vendor, references 4:100001f8e, misses 4:10000188e, instructions 0:1"],
  });
});

Deno.test("recipesFor() a Zen that is not known yet: the kernel's requests to the L2", () => {
  check(AMD_CPU, amd(0x1a, 0x50), { llc: [], l2: [CACHE_PAIR], l1i: L1I_BOTH });
});

Deno.test("recipesFor() AMD before Zen: the L2's events are not shown as an L3's", () => {
  check(AMD_CPU, amd(0x0f, 0x6b), { ...GENERIC, llc: LL_LOADS, l2: [] });
  check(AMD_CPU, amd(0x15, 0x02), { ...GENERIC, llc: [], l2: [] });
});

Deno.test("recipesFor() Neoverse N1", () => {
  check(NEOVERSE, { vendor: "arm", family: undefined, model: undefined }, {
    core: GENERIC.core,
    branch: GENERIC.branch,
    l1d: GENERIC.l1d,
    tlb: GENERIC.tlb,
    stalls: GENERIC.stalls,
    l1i: L1I_BOTH,
    llc: [...LL_LOADS, "vendor, references 8:2b, misses 8:2a, instructions 0:1"],
    l2: ["vendor, references 8:16, misses 8:17, instructions 0:1"],
    clock: [],
  });
});

Deno.test("recipesFor() Arm: no number that the CPU does not list, since any opens and counts 0", () => {
  const small = coreOf("armv8_pmuv3_0", {
    type: "8",
    ...ARM_FORMATS,
    "events/cpu_cycles": "event=0x0011\n",
    "events/l2d_cache": "event=0x0016\n",
  });
  check(small, { vendor: "arm", family: undefined, model: undefined }, {
    llc: LL_LOADS,
    l2: ["vendor, references 8:16, instructions 0:1"],
  });
});

Deno.test("recipesFor() Arm cores that differ: by number where generic events cannot say which", () => {
  const big = { ...NEOVERSE, name: "armv8_cortex_a76", extended: true };
  check(big, UNKNOWN, {
    core: [
      "kernel, cycles 0:800000000, instructions 0:800000001",
      "vendor, cycles 8:11, instructions 8:8",
    ],
    branch: [
      "kernel, branches 0:800000004, misses 0:800000005, instructions 0:800000001",
      "vendor, branches 8:21, misses 8:10, instructions 8:8",
    ],
    l2: ["vendor, references 8:16, misses 8:17, instructions 8:8"],
    stalls: [
      "kernel, frontend 0:800000007, backend 0:800000008, cycles 0:800000000",
      "vendor, frontend 8:23, backend 8:24, cycles 8:11",
    ],
  });
});

Deno.test("recipesFor() a CPU of which nothing is known: the kernel's events, never those of Intel's LLC", () => {
  const cpu = coreOf("cpu", { type: "4" });
  for (const vendor of [undefined, "centaur", "zhaoxin"]) {
    check(cpu, { ...UNKNOWN, vendor }, { ...GENERIC, llc: LL_LOADS, l2: [], l1i: L1I_BOTH });
  }
});

Deno.test("recipesFor() names raw events as their makers do", () => {
  const names = (pmu: CorePmu, cpu: CpuModel): string[] =>
    Object.values(recipesFor(pmu, cpu).get("l2")![0]!.terms).flat().map(({ name }) => name);
  assertEquals(names(INTEL_CPU, intel(0x55)), [
    "cpu/event=0x24,umask=0xff,name=l2_rqsts.references/",
    "cpu/event=0x24,umask=0x3f,name=l2_rqsts.miss/",
    "instructions",
  ]);
  assertEquals(names(NEOVERSE, { ...UNKNOWN, vendor: "arm" }), [
    "armv8_pmuv3_0/event=0x16,name=L2D_CACHE/",
    "armv8_pmuv3_0/event=0x17,name=L2D_CACHE_REFILL/",
    "instructions",
  ]);
});

const CPUS: readonly (readonly [CorePmu, CpuModel])[] = [
  [INTEL_CPU, intel(0x55)],
  [INTEL_CPU, intel(0xaf)],
  [BIG, intel(0x97)],
  [SMALL, intel(0x97)],
  [AMD_CPU, amd(0x19, 0x01)],
  [AMD_CPU, amd(0x1a, 0x02)],
  [AMD_CPU, amd(0x15, 0x02)],
  [NEOVERSE, { ...UNKNOWN, vendor: "arm" }],
  [INTEL_CPU, UNKNOWN],
];

Deno.test("recipesFor() gives each bundle the partner that its ratios need", () => {
  for (const [pmu, cpu] of CPUS) {
    for (const [bundle, recipes] of recipesFor(pmu, cpu)) {
      const partner = ["stalls", "clock"].includes(bundle) ? "cycles" : "instructions";
      for (const recipe of recipes) {
        assertEquals(recipe.bundle, bundle);
        assertEquals(recipe.terms[partner]?.length, 1, `${pmu.name} ${bundle}`);
      }
    }
  }
});

Deno.test("recipesFor() writes notes as sentences", () => {
  for (const [pmu, cpu] of CPUS) {
    for (const recipe of [...recipesFor(pmu, cpu).values()].flat()) {
      if (recipe.note !== undefined) assertMatch(recipe.note, /^[A-Z][^\n]*[^.]\.$/);
    }
  }
});

Deno.test("recipesFor() gives roles that share an event the same object", () => {
  const terms = recipesFor(AMD_CPU, amd(0x19, 0x01)).get("l2")![0]!.terms;
  assert(terms["references"]![2] === terms["misses"]![1]);
  const l1i = recipesFor(INTEL_CPU, intel(0x55)).get("l1i")![0]!.terms;
  assert(l1i["references"]![1] === l1i["misses"]![0]);
});

Deno.test("whyNoRecipe() says why for each bundle that is left out", () => {
  for (const [pmu, cpu] of CPUS) {
    const found = recipesFor(pmu, cpu);
    for (const bundle of BUNDLES) {
      if (!found.has(bundle)) assertMatch(whyNoRecipe(bundle, pmu, cpu), /^[A-Z][^\n]*[^.]$/);
    }
  }
  assertEquals(
    whyNoRecipe("llc", AMD_CPU, amd(0x19, 0x01)),
    "AMD cores do not count the L3 cache: its PMU is amd_l3",
  );
  assertEquals(
    whyNoRecipe("llc", AMD_CPU, amd(0x15, 0x02)),
    "The kernel has no event for the L3 cache of AMD CPUs before Zen",
  );
  assertEquals(
    whyNoRecipe("l2", BIG, intel(0xcc)),
    "No event for the L2 cache is known on intel family 6 model 0xcc, PMU cpu_core",
  );
  assertEquals(
    whyNoRecipe("l2", INTEL_CPU, UNKNOWN),
    "No event for the L2 cache is known on cores of PMU cpu",
  );
  assertEquals(
    whyNoRecipe("clock", NEOVERSE, UNKNOWN),
    "The kernel has no event for reference cycles on Arm cores",
  );
});

Deno.test("l3Recipe() asks AMD's L3 for all accesses and for misses", () => {
  assertEquals(l3Recipe(device("amd_l3", { type: "13", cpumask: "0,8" })), {
    references: { name: "amd_l3/event=0x04,umask=0xff/", type: 13, config: 0xff04n },
    misses: { name: "amd_l3/event=0x04,umask=0x01/", type: 13, config: 0x0104n },
  });
});

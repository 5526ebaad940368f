/**
 * Memory traffic on every machine that `tests/fixtures/uncore` describes, counted to the end: each event
 * of its plans goes at the same rate on a kernel that is fake, and what is shown is that times what the
 * plan says a count is worth.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { memoryBandwidth } from "../../../collectors/memory_bandwidth.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { CoreBench, ONE_PMU } from "../../fakes/core_bench.ts";
import { TextTree } from "../../text_tree.ts";

const FIXTURES = new URL("../../fixtures/uncore/", import.meta.url);
/** Events in a millisecond on CPU 0; n + 1 times as many on CPU n. */
const PER_MS = 1000;
const WORDS = ["reads", "writes", "combined"] as const;

interface Term {
  readonly bytesPerCount: number;
  /** `12 0xf ampere_mcu_pmu/rd_rda_sent/`: type and config first. */
  readonly events: readonly string[];
}
type Box = { readonly cpu: number } & Partial<Record<(typeof WORDS)[number], Term>>;

interface Plan {
  readonly provenance: string;
  readonly traffic: "ddr" | "hbm" | "pmem";
  readonly proxy?: true;
  readonly boxes: readonly Box[];
}

interface Expected {
  readonly machine: Partial<HostProfile>;
  readonly plans: readonly Plan[];
}

function expectedOf(name: string): Expected {
  return JSON.parse(Deno.readTextFileSync(new URL(`${name}.plan.json`, FIXTURES)));
}

function benchOf(name: string, { machine, plans }: Expected): CoreBench {
  const tree = TextTree.parse(Deno.readTextFileSync(new URL(`${name}.txt`, FIXTURES)));
  const files = Object.fromEntries(tree.paths().map((path) => [path, `${tree.text(path)}\n`]));
  const boxes = plans.flatMap((plan) => plan.boxes);
  const bench = new CoreBench([...new Set([0, ...boxes.map(({ cpu }) => cpu)])], {
    files: { ...ONE_PMU, ...files },
    profile: { cpuVendor: undefined, cpuFamily: undefined, cpuModelNumber: undefined, ...machine },
    also: [memoryBandwidth],
  });
  for (const box of boxes) {
    for (const event of WORDS.flatMap((word) => box[word]?.events ?? [])) {
      const [type, config] = event.split(" ");
      bench.perf.perMs.set(`${type}:${BigInt(config!)}`, PER_MS);
    }
  }
  return bench;
}

/** Bytes a second of the whole host. */
function bytesOf({ boxes }: Plan, words: readonly (typeof WORDS)[number][]): number {
  return boxes.flatMap((box) => words.map((word) => ({ term: box[word], cpu: box.cpu })))
    .reduce(
      (sum, { term, cpu }) =>
        term === undefined
          ? sum
          : sum + term.events.length * term.bytesPerCount * PER_MS * 1000 * (cpu + 1),
      0,
    );
}

function shown(bench: CoreBench, metric: string): number | null {
  const reading = bench.stage.read(metric);
  return isMeasured(reading) ? reading.value : null;
}

const METRICS = {
  ddr: {
    reads: "memory_read_bytes",
    writes: "memory_write_bytes",
    combined: "memory_combined_bytes",
  },
  hbm: { reads: "hbm_read_bytes", writes: "hbm_write_bytes", combined: undefined },
  pmem: { reads: "pmem_read_bytes", writes: "pmem_write_bytes", combined: undefined },
} as const;

function checkPlan(bench: CoreBench, plan: Plan): void {
  for (const word of WORDS) {
    const metric = METRICS[plan.traffic][word];
    if (metric === undefined) continue;
    const counted = plan.boxes.some((box) => box[word] !== undefined);
    assertEquals(shown(bench, metric), counted ? bytesOf(plan, [word]) : null, metric);
    const reading = bench.stage.read(metric);
    if (!isMeasured(reading)) continue;
    const sure = plan.provenance === "kernel" || plan.provenance === "vendor";
    assertEquals(reading.grade, sure ? "exact" : "estimated", metric);
  }
}

const names = [...Deno.readDirSync(FIXTURES)]
  .flatMap(({ name }) => name.endsWith(".txt") ? [name.slice(0, -".txt".length)] : []).toSorted();

for (const name of names) {
  Deno.test(`memory_count counts on ${name} what its plan says, each kind of traffic once`, () => {
    const expected = expectedOf(name);
    const bench = benchOf(name, expected);
    bench.ticks(3);
    const of = (traffic: string): readonly Plan[] =>
      expected.plans.filter((plan) => plan.traffic === traffic);
    for (const traffic of ["ddr", "hbm", "pmem"]) {
      const [first] = of(traffic);
      if (first !== undefined) checkPlan(bench, first);
    }
    const [main, ...others] = of("ddr");
    assert(main !== undefined, "a machine without main memory");
    const second = others.find(({ proxy }) => proxy === undefined);
    assertEquals(
      shown(bench, "second_memory_bytes"),
      second === undefined ? null : bytesOf(second, WORDS),
    );
  });
}

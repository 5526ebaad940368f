import { assertEquals } from "@std/assert";
import type { Source } from "../../collectors/source.ts";
import { catalogueJson } from "../../routes/catalogue_json.ts";
import { HandFilled } from "../views/hand_filled.ts";

interface Told {
  readonly id: string;
  readonly sources: readonly unknown[];
  readonly perf_stat: string | null;
}

const SOURCES: readonly Source[] = [
  {
    metric: "l2_references",
    pmu: "cpu",
    events: ["cpu/event=0x24,umask=0xff/"],
    instances: ["0"],
    group: 3,
    provenance: "vendor",
    note: "Prefetches too.",
  },
  {
    metric: "l2_misses",
    pmu: "cpu",
    events: ["cpu/event=0x24,umask=0x3f/"],
    instances: ["0"],
    group: 3,
    provenance: "vendor",
  },
];

const HOST = new HandFilled([{
  "l2_references{0}": 1,
  "l2_misses{0}": 1,
  "software_page_faults{0}": 1,
}], { sources: SOURCES });

function told(id: string): Told {
  const { metrics } = catalogueJson(HOST.snapshot) as { metrics: readonly Told[] };
  return metrics.find((metric) => metric.id === id)!;
}

Deno.test("catalogueJson tells where a count comes from, and the line that counts the same", () => {
  const { sources, perf_stat } = told("l2_references");
  assertEquals(sources, [SOURCES[0]]);
  assertEquals(perf_stat, "perf stat -a -e cpu/event=0x24,umask=0xff/ sleep 1");
  assertEquals(told("l2_misses").sources, [{ ...SOURCES[1], note: null }]);
});

Deno.test("catalogueJson gives a ratio the sources of its terms, in one group", () => {
  const { sources, perf_stat } = told("l2_miss_ratio");
  assertEquals(sources.length, 2);
  assertEquals(
    perf_stat,
    "perf stat -a -e '{cpu/event=0x24,umask=0x3f/,cpu/event=0x24,umask=0xff/}' sleep 1",
  );
});

Deno.test("catalogueJson knows the kernel's own events, and what perf cannot count", () => {
  assertEquals(told("software_page_faults").perf_stat, "perf stat -a -e page-faults sleep 1");
  // Nobody counts them here.
  assertEquals(told("software_cpu_migrations").perf_stat, null);
  assertEquals([told("cpu_cycles").sources, told("cpu_cycles").perf_stat], [[], null]);
  assertEquals(told("disk_read_bytes").perf_stat, null);
});

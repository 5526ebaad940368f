/** The guide's texts and order: nothing is told of what does not exist, and nothing is left out. */
import { assert, assertEquals } from "@std/assert";
import { CARDS, DOCTOR_ROWS, metric, METRICS } from "../../collectors/catalogue.ts";
import { GUIDE, GUIDE_SECTIONS, isHelper } from "../../collectors/catalogue/guide.ts";
import { choicesOf, isTraffic, memoryWays } from "../../collectors/catalogue/guide_sources.ts";
import { hasProof } from "../../collectors/readings/proof.ts";

Deno.test("texts of the guide are of metrics that exist, and name others that do", () => {
  const broken: string[] = [];
  for (const [id, text] of Object.entries(GUIDE)) {
    if (!METRICS.has(id)) broken.push(`${id} is no metric`);
    if ("as" in text) {
      const other = GUIDE[text.as];
      if (other === undefined || "as" in other) broken.push(`${id} is told with ${text.as}`);
      continue;
    }
    for (const other of text.beside ?? []) {
      if (!METRICS.has(other) || other === id) broken.push(`${id} names ${other}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("every derived metric of the hardware has a text", () => {
  const silent = [...METRICS.values()].filter(({ id, kind }) =>
    kind === "derived" && hasProof(id) && GUIDE[id] === undefined
  );
  assertEquals(silent.map(({ id }) => id), []);
});

Deno.test("texts of the guide are two sentences at least, plain, and end", () => {
  const broken: string[] = [];
  for (const [id, text] of Object.entries(GUIDE)) {
    if ("as" in text) continue;
    const { normal, misread = "" } = text;
    for (const part of [normal, misread]) {
      if (part !== "" && !/^[^ ].*[^ ]\.$/.test(part) || /!| {2}|\?/.test(part)) broken.push(id);
    }
    const sentences = `${normal} ${misread}`.match(/[.:;] |\.$/g)!.length;
    if (sentences < 2) broken.push(`${id}: ${sentences}`);
  }
  assertEquals(broken, []);
});

Deno.test("the guide has every metric once, in the order of the page's cards", () => {
  const told = GUIDE_SECTIONS.flatMap(({ metrics }) => metrics);
  assertEquals(new Set(told).size, told.length);
  const all = [...METRICS.values()].filter((entry) => !isHelper(entry)).map(({ id }) => id);
  assertEquals(told.toSorted(), all.toSorted());
  const order = CARDS.map(({ id }) => id).filter((id) =>
    GUIDE_SECTIONS.some((section) => section.id === id)
  );
  assertEquals(GUIDE_SECTIONS.map(({ id }) => id), order);
  // What a card shows comes first, what that is made of after it, then what no card shows.
  const [first] = GUIDE_SECTIONS.find(({ id }) => id === "ipc")!.metrics;
  assertEquals(first, "instructions_per_cycle");
  const sectionOf = (id: string) => GUIDE_SECTIONS.find(({ metrics }) => metrics.includes(id))?.id;
  assertEquals(
    ["core_llc_misses", "volume_reads", "huge_pages_total", "softirqs_rcu"].map(sectionOf),
    ["caches", "disks", "memory", "interrupts"],
  );
});

Deno.test("what the doctor begins with stands in the guide", () => {
  const told = new Set(GUIDE_SECTIONS.flatMap(({ metrics }) => metrics));
  for (const { id, metrics } of DOCTOR_ROWS) assert(told.has(metrics[0]!), id);
});

Deno.test("helpers are times and counters of a group, and nothing that means something by itself", () => {
  const helpers = [...METRICS.values()].filter(isHelper).map(({ id }) => id);
  assert(helpers.includes("llc_group_instructions"));
  assert(helpers.includes("cpu_cycles_time_running_seconds"));
  assert(helpers.every((id) => /_time_(enabled|running)_seconds$|_group_/.test(id)));
  assert(!isHelper(metric("memory_sibling_bytes")));
});

/** Maker, cores, and events or why there are none. */
function lines(id: string): string[] {
  return choicesOf(id).map(({ makers, cores, events, why }) =>
    `${makers.join("+")} [${cores.join("; ")}] ${why ?? events.join(" + ")}`
  );
}

Deno.test("events are told by maker, and together where all count alike", () => {
  assertEquals(lines("instructions"), ["Intel+AMD+Arm [] instructions"]);
  assertEquals(lines("ref_cycles"), [
    "Intel+AMD [] ref-cycles",
    "Arm [] The kernel has no event for reference cycles on Arm cores",
  ]);
  const llc = lines("core_llc_misses");
  assert(llc.includes("AMD [] AMD cores do not count the L3 cache: its PMU is amd_l3"));
  assert(llc.includes("Arm [] LLC-load-misses"));
  assertEquals(lines("l3_misses"), ["AMD [Zen 1 and later] amd_l3/event=0x04,umask=0x01/"]);
});

Deno.test("cores that are counted differently are told apart, with the maker's names and codes", () => {
  const l2 = lines("l2_misses");
  const starting = (start: string) => l2.find((line) => line.startsWith(start));
  // Codes from Intel's and AMD's lists.
  assertEquals(
    starting("Intel [Ice Lake servers]"),
    "Intel [Ice Lake servers] l2_rqsts.all_demand_miss (cpu/event=0x24,umask=0x27/)",
  );
  assertEquals(
    starting("AMD [Zen 5]"),
    "AMD [Zen 5] l2_cache_req_stat.ic_dc_miss_in_l2 (cpu/event=0x64,umask=0x9/) + " +
      "l2_pf_miss_l2_hit_l3 (cpu/event=0x71,umask=0x1f/) + " +
      "l2_pf_miss_l2_l3 (cpu/event=0x72,umask=0x1f/)",
  );
  assertEquals(starting("Arm"), "Arm [] L2D_CACHE_REFILL (armv8_pmuv3_0/event=0x17/)");
  assertEquals(starting("Intel [others]"), "Intel [others] No event for the L2 cache is known");
});

Deno.test("every counter of a core, of energy and of idle states has its events told", () => {
  const silent = [...METRICS.values()].filter((entry) =>
    entry.kind !== "derived" && entry.sourced === entry.id && !isHelper(entry) &&
    choicesOf(entry.id).length === 0 && !isTraffic(entry.id)
  );
  // The first is an average over others, the second any way that was not taken.
  assertEquals(silent.map(({ id }) => id), ["memory_sibling_bytes", "second_memory_bytes"]);
});

Deno.test("ways to count memory traffic are told once each, without a pattern's letters", () => {
  const ways = memoryWays();
  const texts = ways.map(({ id: _, ...rest }) => JSON.stringify(rest));
  assertEquals(new Set(texts).size, texts.length);
  for (const text of texts) assert(!/\\\\|[\^$|?*[\]]/.test(text), text);
  const by = (id: string) => ways.find((way) => way.id === id)!;
  assertEquals(
    [by("intel_hbm").pmu, by("hisilicon_ddrc").pmu, by("intel_by_name").pmu],
    ["uncore_hbm_N or uncore_type_14_N", "hisi_scclN_ddrcN_N", "uncore_imc"],
  );
  assertEquals(by("amd_df_zen1").combined, "event=0x07,umask=0x38 and 7 more × 64 B");
  assertEquals(by("nvidia_grace").reads, "cmem_rd_data × 32 B");
});

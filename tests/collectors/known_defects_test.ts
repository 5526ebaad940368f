/**
 * What monitors of hardware counters are known to get wrong, each as a case that this one must get
 * right. The cases come from reading their sources and issue trackers.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { METRICS } from "../../collectors/catalogue.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { l3Counters } from "../../collectors/l3_counters.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { exposition } from "../../views/exposition/exposition.ts";
import { amdL3, CoreBench, HARDWARE, ZEN3 } from "../fakes/core_bench.ts";

function scrape(bench: CoreBench): string {
  return exposition(bench.stage.snapshot, "prometheus", { version: "test" });
}

/** The value of a sample, by the beginning of its line. */
function sample(text: string, beginning: string): number | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(beginning));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
}

Deno.test("counts that took turns are scrapeable as scaled, with the times to see by how much", () => {
  const bench = new CoreBench([0]);
  bench.perf.counters = 4;
  bench.ticks(11);
  const text = scrape(bench);
  const labels = '{cpu="0",event="cycles",pmu="cpu"}';
  const cycles = sample(text, `ringside_pmu_events_total${labels}`)!;
  const enabled = sample(text, `ringside_pmu_time_enabled_seconds_total${labels}`)!;
  const running = sample(text, `ringside_pmu_time_running_seconds_total${labels}`)!;
  assertAlmostEquals(enabled, 10, 1e-6);
  assertAlmostEquals(running / enabled, 1 / 7, 1e-6);
  // Not the seventh part of it that was counted.
  assertAlmostEquals(cycles / enabled, 3e9, 10);
});

Deno.test("accesses are called references, and hits nowhere", () => {
  const counters = [...METRICS.values()].filter((metric) =>
    metric.kind === "counter" && metric.sourced !== undefined
  );
  assert(counters.length > 40);
  for (const { id, name, exposition: exposed } of counters) {
    assert(!/hit/i.test(`${id} ${name} ${exposed?.name ?? ""}`), id);
  }
});

Deno.test("no rights are a cause that is told, and no series", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.refuse(ERRNO.EACCES);
  bench.ticks(2);
  const told = bench.problems().filter(({ collector }) => collector === "core_counters");
  assertEquals(told.map(({ reason }) => reason), ["denied"]);
  assert(!scrape(bench).includes("ringside_pmu_events_total{"));
});

Deno.test("an event that one CPU refuses goes on everywhere else", () => {
  const bench = new CoreBench([0, 1, 2]);
  bench.perf.refuse(ERRNO.ENOENT, { cpu: 0, type: HARDWARE, config: 3n });
  bench.ticks(3);
  assert(!isMeasured(bench.stage.read("core_llc_misses", "0")));
  assertEquals(bench.stage.rate("core_llc_misses", "1"), 36e6);
  assertEquals(bench.stage.rate("core_llc_misses", "2"), 54e6);
});

Deno.test("nothing overflows where counts times nanoseconds pass 2^64", () => {
  const bench = new CoreBench([0], { narrowing: { events: ["core"] } });
  bench.stage.intervalMs = 5000;
  bench.tick(5000);
  // 15e9 cycles times 5e9 ns is 7.5e19.
  bench.perf.run(5000, 2500);
  bench.perf.happen(0, HARDWARE, 0, 7_500_000_000);
  bench.stage.tick(5000);
  assertEquals(bench.stage.rate("cpu_cycles", "0"), 3e9);
});

Deno.test("IPC is of one group, and of no other CPUs than were asked for", () => {
  const bench = new CoreBench([0, 1]);
  bench.perf.counters = 4;
  bench.perf.perMs.set("0:1", 3_000_000);
  bench.ticks(3);
  const { snapshot } = bench.stage;
  const groups = ["cpu_cycles", "instructions"].map((id) => snapshot.source(id, "1")?.group);
  assertEquals(groups[0], groups[1]);
  assertEquals(bench.stage.rate("instructions_per_cycle", "1"), 1);
});

Deno.test("a counter whose share grows does not go backwards", () => {
  const bench = new CoreBench([0], { narrowing: { events: ["core"] } });
  bench.tick();
  // 100 in half of a second, then 5 in all of the next.
  bench.perf.run(1000, 500);
  bench.perf.happen(0, HARDWARE, 0, 100);
  bench.stage.tick();
  const first = bench.stage.cell("cpu_cycles", "0");
  bench.perf.run(1000, 1000);
  bench.perf.happen(0, HARDWARE, 0, 5);
  bench.stage.tick();
  const second = bench.stage.cell("cpu_cycles", "0");
  assertEquals(first, 200);
  assertEquals(second, 205);
  // Scaling totals, 105 counted in 1.5 s of 2, would have gone back to this.
  assert(second > 105 * 2 / 1.5);
});

Deno.test("an L3 cache's count stands at the cache, and at no CPU of it", () => {
  const also = [l3Counters];
  const bench = new CoreBench([0, 1], { files: amdL3("0"), profile: ZEN3, also });
  bench.perf.perMs.set(`12:${0x0104}`, 100);
  bench.ticks(3);
  assertEquals(bench.stage.rate("l3_misses"), 1e5);
  for (const cpu of ["0", "1"]) {
    const reading = bench.stage.read("llc_misses_per_second", cpu);
    assert(!isMeasured(reading));
    assertEquals(reading.absent, "coarser_only");
  }
  const samples = scrape(bench).split("\n").filter((line) => line.includes('pmu="amd_l3"'));
  assertEquals(samples.filter((line) => line.startsWith("ringside_pmu_events_total")).length, 2);
});

Deno.test("a guest is asked like any machine: what counts there is counted", () => {
  const bench = new CoreBench([0], { profile: { hypervisor: "KVM" } });
  bench.ticks(3);
  assertEquals(bench.stage.rate("instructions_per_cycle"), 1.5);
});

Deno.test("a virtual counter that hardly moves on a busy CPU is not believed, nor what is made of it", () => {
  const bench = new CoreBench([0]);
  bench.perf.perMs.set("0:1", 0);
  bench.ticks(4);
  const instructions = bench.stage.read("instructions", "0");
  assert(isMeasured(instructions));
  assertEquals(instructions.grade, "implausible");
  const ipc = bench.stage.read("instructions_per_cycle");
  assert(isMeasured(ipc));
  assertEquals(ipc.grade, "implausible");
});

/** Events of the caches by what `FakePerf` knows them by: references, then misses. */
const CACHE_EVENTS = {
  core_llc: ["0:2", "0:3"],
  l1d: ["3:0", "3:65536"],
  l2: ["4:65316", "4:16164"],
} as const;

function grades(bench: CoreBench, ids: readonly string[]): readonly string[] {
  return ids.map((id) => {
    const reading = bench.stage.read(id, "0");
    return isMeasured(reading) ? reading.grade : reading.absent;
  });
}

Deno.test("cache events that a hypervisor filters stand at 0, and neither they nor their MPKI is believed", () => {
  const bench = new CoreBench([0], { profile: { hypervisor: "KVM" } });
  for (const key of Object.values(CACHE_EVENTS).flat()) bench.perf.perMs.set(key, 0);
  bench.ticks(4);
  for (const prefix of Object.keys(CACHE_EVENTS)) {
    assertEquals(
      grades(bench, [`${prefix}_references`, `${prefix}_misses`]),
      ["implausible", "implausible"],
      prefix,
    );
  }
  assertEquals(grades(bench, ["l1d_mpki", "l2_mpki", "llc_mpki"]), [
    "implausible",
    "implausible",
    "implausible",
  ]);
  assertEquals(grades(bench, ["branch_mpki", "instructions"]), ["exact", "exact"]);
});

Deno.test("a cache that misses nothing is exact while it is accessed, and so is one of an idle CPU", () => {
  const hits = new CoreBench([0]);
  for (const [, misses] of Object.values(CACHE_EVENTS)) hits.perf.perMs.set(misses, 0);
  hits.ticks(4);
  assertEquals(grades(hits, ["core_llc_misses", "l1d_mpki", "l2_misses", "llc_mpki"]), [
    "exact",
    "exact",
    "exact",
    "exact",
  ]);
  const idle = new CoreBench([0]);
  // Ten million instructions a second, of which none may reach the last cache.
  idle.perf.perMs.set("0:1", 10_000);
  for (const key of CACHE_EVENTS.core_llc) idle.perf.perMs.set(key, 0);
  idle.ticks(4);
  assertEquals(grades(idle, ["core_llc_references", "llc_mpki"]), ["exact", "exact"]);
});

Deno.test("what is not counted is left out of a scrape, never written as 0", () => {
  const bench = new CoreBench([0]);
  bench.perf.refuse(ERRNO.ENOENT, { type: HARDWARE, config: 5n });
  bench.ticks(3);
  const text = scrape(bench);
  assert(!text.includes('event="branch-misses"'));
  assert(text.includes('event="branches"'));
});

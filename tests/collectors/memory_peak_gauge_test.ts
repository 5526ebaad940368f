import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { isMeasured } from "../../collectors/trust.ts";
import { icelake, IMC } from "../fakes/memory_machines.ts";

Deno.test("memory_siblings stand against a channel that stands while its siblings move", () => {
  const bench = icelake({ modules: 4 });
  bench.perf.perMs.set(IMC.read(0), 2000);
  bench.perf.perMs.set(IMC.write(0), 1000);
  bench.perf.perMs.set(IMC.read(1), 20);
  bench.ticks(4);
  const { stage } = bench;
  const grade = (id: string, instance?: string): string => {
    const reading = stage.read(id, instance);
    return isMeasured(reading) ? reading.grade : reading.absent;
  };
  assertEquals(grade("memory_read_bytes", "0/uncore_imc_0"), "exact");
  assertEquals(grade("memory_read_bytes", "0/uncore_imc_1"), "implausible");
  assertEquals(grade("memory_bytes_per_second"), "implausible");
});

Deno.test("memory_siblings say nothing against a channel that only writes, nor while they rest", () => {
  const bench = icelake({ modules: 4 });
  bench.perf.perMs.set(IMC.read(0), 2000);
  bench.perf.perMs.set(IMC.write(1), 2000);
  bench.ticks(4);
  const read = bench.stage.read("memory_read_bytes", "0/uncore_imc_1");
  assert(isMeasured(read));
  assertEquals([read.value, read.grade], [0, "exact"]);

  const resting = icelake({ modules: 4 });
  resting.perf.perMs.set(IMC.read(0), 100);
  resting.ticks(4);
  const rest = resting.stage.read("memory_read_bytes", "0/uncore_imc_1");
  assert(isMeasured(rest));
  assertEquals([rest.value, rest.grade], [0, "exact"]);
});

Deno.test("memory_siblings say nothing where each NUMA node has channels of its own", () => {
  const bench = icelake({
    modules: 4,
    profile: { sockets: 2, numaNodes: 4 },
  });
  bench.perf.perMs.set(IMC.read(0), 2000);
  bench.ticks(4);
  const read = bench.stage.read("memory_read_bytes", "0/uncore_imc_1");
  assert(isMeasured(read));
  assertEquals(read.grade, "exact");
});

Deno.test("memory_peak_gauge spreads the peak over the controllers, and shares are of it", () => {
  const bench = icelake({ modules: 4 });
  bench.perf.perMs.set(IMC.read(0), 100_000);
  bench.perf.perMs.set(IMC.read(1), 100_000);
  bench.ticks(4);
  const { stage } = bench;
  assertEquals(stage.rate("memory_peak_bytes_per_second"), 4 * 25.6e9);
  assertEquals(stage.rate("memory_peak_bytes_per_second", "1/uncore_imc_1"), 25.6e9);
  assertEquals(
    stage.snapshot.source("memory_read_bytes", "1/uncore_imc_1")?.note,
    "Peak of the memory: 4 channels × 3200 MT/s × 8 B.",
  );
  assertAlmostEquals(stage.rate("memory_peak_ratio"), 2 * 4 * 6.4e9 / (4 * 25.6e9), 1e-12);
});

Deno.test("memory_peak_gauge gives channels without modules no share of the peak", () => {
  const bench = icelake({ modules: 2 });
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.ticks(14);
  const { stage } = bench;
  assertEquals(stage.rate("memory_peak_bytes_per_second"), 2 * 25.6e9);
  assertEquals(stage.rate("memory_peak_bytes_per_second", "0/uncore_imc_0"), 25.6e9);
  assertEquals(stage.rate("memory_peak_bytes_per_second", "0/uncore_imc_1"), 0);
});

Deno.test("memory_peak_gauge has no peak where more channels move data than there are", () => {
  const bench = icelake({ modules: 2 });
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.perf.perMs.set(IMC.read(1), 1000);
  bench.ticks(3);
  const peak = bench.stage.read("memory_peak_bytes_per_second");
  assert(!isMeasured(peak));
  assert(peak.problem?.message.includes("found 2 channels in the firmware's table and 4"));
});

Deno.test("memory_peak_gauge works out the peak by the memory's clock, and gives its counter back", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.perf.perMs.set(IMC.read(1), 1000);
  // 1.6 GHz, two transfers each.
  bench.perf.perMs.set(IMC.clock(0), 1_600_000);
  bench.tick();
  const open = bench.perf.openFds;
  bench.tick();
  assertEquals(bench.perf.openFds, open + 1);
  bench.tick();
  assertEquals(bench.perf.openFds, open);
  assertEquals(bench.stage.rate("memory_peak_bytes_per_second"), 4 * 3.2e9 * 8);
  assertEquals(
    bench.stage.snapshot.source("memory_read_bytes", "0/uncore_imc_0")?.note,
    "Peak of the memory, by its clock: 4 channels × 3200 MT/s × 8 B.",
  );
});

Deno.test("memory_peak_gauge says why there is no peak", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.ticks(4);
  const peak = bench.stage.read("memory_peak_bytes_per_second");
  assert(!isMeasured(peak));
  assert(peak.problem !== undefined);
  assert(!isMeasured(bench.stage.read("memory_peak_ratio")));
});

Deno.test("memoryBandwidth believes no total above the peak", () => {
  const bench = icelake({ modules: 4 });
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), 220_000);
  bench.ticks(4);
  const total = bench.stage.read("memory_bytes_per_second");
  assert(isMeasured(total));
  // 2 channels × 220 million lines, once and three times.
  assertEquals([total.value, total.grade], [112.64e9, "implausible"]);
});

/** Counters of memory that stop, or never began, while there is memory. @module */
import { assert, assertEquals } from "@std/assert";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import type { CoreBench } from "../../fakes/core_bench.ts";
import { FREE_RUNNING, icelake, IMC, nodes, SAPPHIRE_RAPIDS } from "../../fakes/memory_machines.ts";

const MB = 1e6;
const READ = "memory_read_bytes";

function told(bench: CoreBench): readonly (readonly [string, string])[] {
  return bench.problems()
    .filter(({ collector }) => collector === "memory_bandwidth")
    .map(({ key, message }) => [key, message] as const)
    .filter(([key]) => key !== "peak");
}

function wordOf(reading: Reading): string {
  return isMeasured(reading) ? `${reading.value / MB} ${reading.grade}` : reading.absent;
}

function setRates(bench: CoreBench, reads: number): void {
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), reads);
}

/** Counters of socket 1 stand; those of CPU 0 count so many lines in a second. */
function firstSocketOnly(bench: CoreBench, lines: number, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    for (const type of [20, 21]) bench.perf.happen(0, type, 0x0f04, lines);
    bench.tick();
  }
}

Deno.test("memoryBandwidth gives up a source that moved and then stops, and never shows a zero of it", () => {
  const bench = icelake({ files: FREE_RUNNING });
  setRates(bench, 1000);
  bench.perf.perMs.set(IMC.freeRead, 2000);
  bench.perf.perMs.set(IMC.freeWrite, 1000);
  bench.ticks(5);
  assertEquals(wordOf(bench.stage.read("memory_bytes_per_second")), "512 exact");
  setRates(bench, 0);
  const shown: string[] = [];
  for (let i = 0; i < 6; i++) {
    bench.tick();
    shown.push(wordOf(bench.stage.read("memory_bytes_per_second")));
  }
  assertEquals(shown.filter((word) => word.startsWith("0 ")), []);
  assertEquals(shown.at(-1), "768 exact");
  assertEquals(told(bench), [[
    "ddr/zero/intel_imc_icx",
    "Cannot count memory traffic with Intel memory controllers (uncore_imc): found counts that " +
    "stay at zero, needs counts that move",
  ]]);
});

Deno.test("memoryBandwidth shows nothing of its only source while it stands, and takes it up again", () => {
  const bench = icelake();
  setRates(bench, 1000);
  bench.ticks(5);
  setRates(bench, 0);
  bench.tick();
  assert(!isMeasured(bench.stage.read(READ)), "a zero is shown at once");
  assertEquals(told(bench), []);
  bench.ticks(5);
  const reading = bench.stage.read(READ);
  assert(!isMeasured(reading));
  assert(reading.problem?.message.includes("stay at zero"), "no cause");
  setRates(bench, 1000);
  bench.ticks(2);
  assertEquals(wordOf(bench.stage.read(READ)), "512 exact");
  assertEquals(told(bench), []);
});

Deno.test("memoryBandwidth compares with no second source that stopped", () => {
  const bench = icelake({ files: FREE_RUNNING });
  setRates(bench, 1000);
  bench.perf.perMs.set(IMC.freeRead, 2000);
  bench.ticks(5);
  bench.perf.perMs.set(IMC.freeRead, 0);
  bench.tick();
  assert(!isMeasured(bench.stage.read("second_memory_bytes")));
  bench.ticks(5);
  assert(!isMeasured(bench.stage.read("second_memory_bytes")));
  assertEquals(told(bench).map(([key]) => key), ["second/still"]);
  assertEquals(wordOf(bench.stage.read("memory_bytes_per_second")), "512 exact");
});

Deno.test("memoryBandwidth tries every source again after a while where none moves", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.ticks(12);
  bench.perf.perMs.set(IMC.freeRead, 1000);
  bench.ticks(12);
  assert(!isMeasured(bench.stage.read(READ)));
  bench.tick(600_000);
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read(READ)), "256 exact");
  assertEquals(told(bench).map(([key]) => key), ["ddr/zero/intel_imc_icx"]);
});

Deno.test("memoryBandwidth misses a socket whose counters stand while the other moves data", () => {
  const bench = icelake();
  firstSocketOnly(bench, 5_000_000, 2);
  assert(!isMeasured(bench.stage.read(READ, "1/uncore_imc_0")), "a zero is shown at once");
  firstSocketOnly(bench, 5_000_000, 4);
  const dead = bench.stage.read(READ, "1/uncore_imc_0");
  assert(!isMeasured(dead));
  const why =
    "Cannot count memory traffic on socket 1 with Intel memory controllers (uncore_imc): " +
    "found counts that stay at zero while the others move, needs counts that move";
  assertEquals([dead.absent, dead.problem?.message], ["failed", why]);
  const sum = bench.stage.read("memory_bytes_per_second");
  assert(isMeasured(sum));
  assertEquals([sum.value, sum.partial], [640 * MB, { counted: 2, present: 4 }]);
  assertEquals(told(bench), [["ddr/socket/1", why]]);
  setRates(bench, 1000);
  bench.ticks(3);
  assertEquals(wordOf(bench.stage.read(READ, "1/uncore_imc_0")), "192 exact");
  assertEquals(told(bench), []);
});

Deno.test("memoryBandwidth goes on missing a socket that stands when other CPUs come or go", () => {
  const bench = icelake();
  firstSocketOnly(bench, 5_000_000, 6);
  bench.cpus = [0, 1, 2];
  firstSocketOnly(bench, 5_000_000, 1);
  assertEquals(wordOf(bench.stage.read(READ, "1/uncore_imc_0")), "failed");
  firstSocketOnly(bench, 5_000_000, 1);
  assertEquals(wordOf(bench.stage.read(READ, "1/uncore_imc_0")), "failed");
  setRates(bench, 1000);
  bench.ticks(3);
  assertEquals(told(bench), []);
});

Deno.test("memoryBandwidth says nothing more of a socket whose source it gave up", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.freeRead, 2000);
  firstSocketOnly(bench, 5_000_000, 6);
  assertEquals(told(bench).map(([key]) => key), ["ddr/socket/1"]);
  bench.ticks(6);
  assertEquals(told(bench).map(([key]) => key), ["ddr/zero/intel_imc_icx"]);
});

Deno.test("memoryBandwidth shows zeros of memory on the package that rests after it moved", () => {
  const bench = icelake({ files: SAPPHIRE_RAPIDS, profile: { cpuModelNumber: 0x8f } });
  for (const type of [20, 25]) bench.perf.perMs.set(`${type}:${0xcf05}`, 1000);
  bench.ticks(4);
  bench.perf.perMs.set(`25:${0xcf05}`, 0);
  bench.ticks(6);
  assertEquals(wordOf(bench.stage.read("hbm_read_bytes")), "0 estimated");
});

Deno.test("memoryBandwidth judges a socket by whole seconds, however short its ticks are", () => {
  const bench = icelake();
  const keys: number[] = [];
  for (let i = 0; i < 20; i++) {
    for (const type of [20, 21]) bench.perf.happen(0, type, 0x0f04, 1_250_000);
    bench.tick(250);
    keys.push(told(bench).length);
  }
  // Three of its seconds, of which the first may have begun before.
  assert(keys.indexOf(1) > 2000 / 250, `told after ${keys.indexOf(1)} ticks`);
  assertEquals(wordOf(bench.stage.read(READ, "1/uncore_imc_0")), "failed");
  // As much in a second as is too little to judge by.
  const slow = icelake();
  for (let i = 0; i < 20; i++) {
    for (const type of [20, 21]) slow.perf.happen(0, type, 0x0f04, 100_000);
    slow.tick(250);
  }
  assertEquals(wordOf(slow.stage.read(READ, "1/uncore_imc_0")), "0 exact");
});

Deno.test("memoryBandwidth shows zeros of a socket whose NUMA node has no memory", () => {
  const zeros = (secondKib: number): string => {
    const bench = icelake({ files: nodes(secondKib) });
    firstSocketOnly(bench, 5_000_000, 6);
    return wordOf(bench.stage.read(READ, "1/uncore_imc_0"));
  };
  assertEquals(zeros(0), "0 exact");
  assertEquals(zeros(4096), "failed");
});

Deno.test("memoryBandwidth says nothing against a socket that rests while the other hardly moves", () => {
  const bench = icelake();
  firstSocketOnly(bench, 1000, 6);
  assertEquals(wordOf(bench.stage.read(READ, "1/uncore_imc_0")), "0 exact");
  assertEquals(told(bench), []);
});

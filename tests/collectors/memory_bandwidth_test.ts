import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { memoryBandwidthOf } from "../../collectors/memory_bandwidth.ts";
import { isMeasured } from "../../collectors/trust.ts";
import type { CoreBench } from "../fakes/core_bench.ts";
import {
  AMD,
  AMPERE_ONE,
  BESIDE_L3,
  DF_EVENTS,
  FREE_RUNNING,
  icelake,
  IMC,
  NO_CORES,
  rome,
  SAPPHIRE_RAPIDS,
  UNKNOWN_SERVER,
  UNNAMED,
} from "../fakes/memory_machines.ts";

/** A cache line of each channel in a microsecond: 64 MB/s on CPU 0, three times that on CPU 2. */
const LINES_PER_MS = 1000;
const MB = 1e6;

function told(bench: CoreBench): readonly (readonly [string, string])[] {
  return bench.problems()
    .filter(({ collector }) => collector === "memory_bandwidth")
    .map(({ key, message }) => [key, message] as const);
}

Deno.test("memoryBandwidth counts each controller of both sockets apart, and all of them once", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.perf.perMs.set(IMC.write(0), 500);
  bench.perf.perMs.set(IMC.read(1), 2000);
  bench.perf.perMs.set(IMC.write(1), 100);
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.names("memory_channel"), [
    "0/uncore_imc_0",
    "1/uncore_imc_0",
    "0/uncore_imc_1",
    "1/uncore_imc_1",
  ]);
  assertEquals(stage.rate("memory_read_bytes", "0/uncore_imc_0"), 64 * MB);
  assertEquals(stage.rate("memory_read_bytes", "1/uncore_imc_0"), 192 * MB);
  assertEquals(stage.rate("memory_write_bytes", "1/uncore_imc_1"), 19.2 * MB);
  // CPUs of the mask only: the other two would count everything again.
  assertEquals(new Set(bench.perf.cpus.filter((cpu) => cpu % 2 === 1)), new Set([1, 3]));
  const socket = stage.snapshot.readGroup("memory_read_bytes", "socket", "1");
  assert(isMeasured(socket));
  assertEquals(socket.value, 576 * MB);
  assertEquals(stage.rate("memory_bytes_per_second"), (1500 + 2100) * 4 * 64_000);
  const total = stage.read("memory_bytes_per_second");
  assert(isMeasured(total));
  assertEquals([total.grade, total.bound, total.mixed], ["exact", undefined, undefined]);
});

Deno.test("memoryBandwidth tells the PMU, the events and who vouches for them", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(3);
  const source = bench.stage.snapshot.source("memory_read_bytes", "1/uncore_imc_1");
  assertEquals(source?.pmu, "uncore_imc");
  assertEquals(source?.instances.length, 4);
  assertEquals(source?.provenance, "kernel");
});

Deno.test("memoryBandwidth counts a second source apart, and never adds it", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.perf.perMs.set(IMC.freeRead, 1000);
  bench.perf.perMs.set(IMC.freeWrite, 20);
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.rate("memory_bytes_per_second"), 256 * MB);
  assertEquals(stage.names("second_memory_source"), [
    "0/uncore_imc_free_running_0",
    "1/uncore_imc_free_running_0",
  ]);
  assertEquals(stage.rate("second_memory_bytes"), 1020 * 4 * 64_000);
});

Deno.test("memoryBandwidth gives up a source that opens and stands still, and says which", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.freeRead, 1000);
  bench.perf.perMs.set(IMC.freeWrite, 500);
  for (let i = 0; i < 3; i++) {
    bench.tick();
    const reading = bench.stage.read("memory_read_bytes");
    assert(!isMeasured(reading), "a counter that stands is shown");
  }
  bench.ticks(4);
  assertEquals(bench.stage.rate("memory_read_bytes"), 256 * MB);
  assertEquals(bench.stage.names("memory_channel"), [
    "0/uncore_imc_free_running_0",
    "1/uncore_imc_free_running_0",
  ]);
  assertEquals(told(bench).filter(([key]) => key.startsWith("ddr")), [[
    "ddr/zero/intel_imc_icx",
    "Cannot count memory traffic with Intel memory controllers (uncore_imc): found counts that " +
    "stay at zero, needs counts that move",
  ]]);
  const second = bench.stage.read("second_memory_bytes");
  assert(!isMeasured(second));
});

Deno.test("memoryBandwidth gives up no source whose counters others hold", () => {
  const bench = icelake({ ...NO_CORES, files: FREE_RUNNING });
  bench.perf.counters = 4;
  for (const cpu of [0, 2]) bench.perf.held.set(cpu, 4);
  // What runs freely needs no counter.
  bench.perf.free.add(30);
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(8);
  const waiting = bench.stage.read("memory_read_bytes");
  assert(!isMeasured(waiting));
  assertEquals(waiting.absent, "not_counted");
  bench.perf.held.clear();
  bench.ticks(2);
  assertAlmostEquals(bench.stage.rate("memory_read_bytes", "0/uncore_imc_0"), 64 * MB, 1000);
});

Deno.test("memoryBandwidth compares with nothing that counts something near", () => {
  const bench = icelake({ bare: true, profile: AMPERE_ONE, files: BESIDE_L3 });
  bench.perf.perMs.set(`20:${0x0f}`, LINES_PER_MS);
  bench.perf.perMs.set(`30:${0x2a}`, 10);
  bench.ticks(3);
  assertEquals(bench.stage.rate("memory_read_bytes"), 256 * MB);
  assert(!isMeasured(bench.stage.read("second_memory_bytes")));
});

Deno.test("memoryBandwidth shows nothing where no source moves, and says so; then what moves after all", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.ticks(12);
  const reading = bench.stage.read("memory_read_bytes");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assert(reading.problem?.message.includes("stay at zero, as those of all others do"));
  assertEquals(told(bench).map(([key]) => key), ["ddr/still"]);
  assertEquals([...bench.stage.values().keys()].filter((key) => key.startsWith("memory_read")), []);
  bench.perf.perMs.set(IMC.read(1), LINES_PER_MS);
  bench.ticks(3);
  assertEquals(bench.stage.rate("memory_bytes_per_second"), 256 * MB);
  assertEquals(told(bench).map(([key]) => key).filter((key) => key.endsWith("still")), []);
});

Deno.test("memoryBandwidth counts memory on the package for itself", () => {
  const bench = icelake({ profile: { cpuModelNumber: 0x8f }, files: SAPPHIRE_RAPIDS });
  bench.perf.perMs.set(`20:${0xcf05}`, LINES_PER_MS);
  bench.perf.perMs.set(`25:${0xcf05}`, 10 * LINES_PER_MS);
  bench.perf.perMs.set(`25:${0xf005}`, LINES_PER_MS);
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.rate("memory_read_bytes"), 256 * MB);
  assertEquals(stage.names("hbm_channel"), ["0/uncore_hbm_0", "1/uncore_hbm_0"]);
  assertEquals(stage.rate("hbm_read_bytes"), 2560 * MB);
  assertEquals(stage.rate("hbm_write_bytes", "1/uncore_hbm_0"), 192 * MB);
});

Deno.test("memoryBandwidth gives counters of memory at rest back, and looks at it now and then", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.tick();
  const open = bench.perf.openFds;
  bench.ticks(7);
  // Reads and writes of two channels on two sockets.
  assertEquals(bench.perf.openFds, open - 8);
  const none = bench.stage.read("pmem_read_bytes");
  assert(!isMeasured(none));
  // Most machines have none, and nothing is wrong with them.
  assertEquals([none.absent, none.problem?.quiet], ["not_supported", true]);
  bench.perf.perMs.set(IMC.pmemRead(0), 10);
  bench.tick(600_000);
  bench.ticks(3);
  assertEquals(bench.stage.rate("pmem_read_bytes"), 10 * 4 * 64_000);
  assertEquals(bench.stage.rate("memory_bytes_per_second"), 256 * MB);
  assertEquals(told(bench).map(([key]) => key).filter((key) => key.startsWith("pmem")), []);
  // Of the same PMU, and counted by a group of its own.
  const groups = ["memory_read_bytes", "pmem_read_bytes"].map((metric) =>
    bench.stage.snapshot.source(metric, "0/uncore_imc_0")?.group
  );
  assertEquals(new Set(groups).size, 2);
});

Deno.test("memoryBandwidth says once why it may not be opened, and opens when it may", () => {
  const bench = icelake({ files: FREE_RUNNING });
  for (const type of IMC.types) bench.perf.refuse(ERRNO.EACCES, { type });
  bench.ticks(2);
  const denied = bench.stage.read("memory_bytes_per_second");
  assert(!isMeasured(denied));
  assertEquals([denied.absent, denied.problem?.reason], ["denied", "denied"]);
  assert(denied.problem?.remedy !== undefined);
  assertEquals(told(bench).length, 1);
  bench.perf.allowAll();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(8);
  assertEquals(bench.stage.rate("memory_bytes_per_second"), 256 * MB);
});

Deno.test("memoryBandwidth takes the next source where the first is refused, and says why", () => {
  const bench = icelake({ files: FREE_RUNNING });
  for (const type of IMC.types.slice(0, 2)) bench.perf.refuse(ERRNO.EBUSY, { type });
  bench.perf.perMs.set(IMC.freeRead, 1000);
  bench.ticks(3);
  assertEquals(bench.stage.rate("memory_read_bytes"), 256 * MB);
  const [[key, message] = ["", ""]] = told(bench).filter(([key]) => key.startsWith("ddr"));
  assertEquals(key, "ddr/refused/intel_imc_icx");
  assert(message.includes("EBUSY"), message);
});

Deno.test("memoryBandwidth misses a refused controller in every sum", () => {
  const bench = icelake();
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 2, type: IMC.types[0]! });
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.perf.perMs.set(IMC.read(1), LINES_PER_MS);
  bench.ticks(3);
  const reading = bench.stage.read("memory_read_bytes");
  assert(isMeasured(reading));
  assertEquals([reading.value, reading.partial], [320 * MB, { counted: 3, present: 4 }]);
});

Deno.test("memoryBandwidth follows its events to another CPU of the socket, by the same name", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(3);
  for (const mask of IMC.cpumasks) bench.tree.set(mask, "1,2\n");
  bench.perf.offline(0);
  bench.cpus = [1, 2, 3];
  bench.ticks(3);
  assertEquals(bench.stage.names("memory_channel").length, 4);
  assertEquals(bench.stage.rate("memory_read_bytes", "0/uncore_imc_0"), 128 * MB);
});

Deno.test("memoryBandwidth leaves out what the options leave out, and says so", () => {
  const bench = icelake({ also: [memoryBandwidthOf({ cpus: [0, 1] })] });
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(3);
  const reading = bench.stage.read("memory_read_bytes");
  assert(isMeasured(reading));
  assertEquals(reading.partial, { counted: 2, present: 4 });
  const left = bench.stage.read("memory_read_bytes", "1/uncore_imc_0");
  assert(!isMeasured(left));
  assertEquals(left.absent, "left_out");
});

Deno.test("memoryBandwidth believes no total that is three times what a second source counts", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.read(0), 3000);
  bench.perf.perMs.set(IMC.freeRead, 1000);
  bench.ticks(4);
  const total = bench.stage.read("memory_bytes_per_second");
  assert(isMeasured(total));
  assertEquals([total.grade, total.doubt?.rule], ["implausible", "limit"]);
});

Deno.test("memoryBandwidth never calls exact what nobody vouches for", () => {
  const bench = icelake({ profile: UNKNOWN_SERVER, files: UNNAMED });
  bench.perf.perMs.set(`20:${0xcf05}`, LINES_PER_MS);
  bench.ticks(3);
  const read = bench.stage.read("memory_read_bytes");
  assert(isMeasured(read));
  assertEquals([read.value, read.grade], [256 * MB, "estimated"]);
  assertEquals(
    bench.stage.snapshot.source("memory_read_bytes", "0/uncore_type_6_0")?.provenance,
    "unverified",
  );
});

Deno.test("memoryBandwidth counts 8 events of a fabric by turns on 4 counters, as a total", () => {
  const bench = rome();
  bench.perf.counters = 4;
  for (const config of DF_EVENTS) bench.perf.perMs.set(`${AMD.type}:${config}`, 1000);
  bench.ticks(4);
  const total = bench.stage.read("memory_bytes_per_second");
  assert(isMeasured(total));
  assertEquals(total.value, 8 * 4 * 64 * MB);
  assertEquals([total.grade, total.coverage], ["estimated", 0.5]);
  // The total of reads and writes is a sum of one term: its word goes on to it.
  assertEquals(total.hearsay, "third_party");
  assert(!isMeasured(bench.stage.read("memory_read_bytes")));
});

Deno.test("memoryBandwidth counts reads and writes by turns in a box with one counter", () => {
  const bench = icelake(NO_CORES);
  bench.perf.counters = 1;
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.perf.perMs.set(IMC.write(0), 500);
  bench.ticks(12);
  assertAlmostEquals(bench.stage.rate("memory_read_bytes"), 256 * MB, 1000);
  const total = bench.stage.read("memory_bytes_per_second");
  assert(isMeasured(total));
  assertEquals([total.mixed, total.grade === "exact"], [true, false]);
});

Deno.test("memoryBandwidth says why a guest has none of it", () => {
  const bench = icelake({ bare: true, profile: { hypervisor: "KVM" } });
  bench.ticks(2);
  const reading = bench.stage.read("memory_controller_bytes_per_second");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assert(reading.problem?.message.startsWith("Cannot "), reading.problem?.message);
});

Deno.test("memoryBandwidth gives every descriptor back", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.ticks(2);
  bench.stage.engine.close();
  assertEquals(bench.perf.openFds, 0);
});

/** Memory controllers whose CPUs come and go, and sources that are refused for a while. @module */
import { assert, assertEquals } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import type { CoreBench } from "../../fakes/core_bench.ts";
import {
  FREE_RUNNING,
  genoa,
  icelake,
  IMC,
  SAPPHIRE_RAPIDS,
  UMC,
} from "../../fakes/memory_machines.ts";

const MB = 1e6;
const LINES_PER_MS = 1000;
const TOTAL = "memory_bytes_per_second";
const DDR = 20;
const HBM = 25;
const READS = 0xcf05;

function messages(bench: CoreBench): readonly string[] {
  return bench.problems()
    .filter(({ collector, key }) => collector === "memory_bandwidth" && key !== "peak")
    .map(({ message }) => message);
}

function wordOf(reading: Reading): string {
  if (!isMeasured(reading)) return reading.absent;
  const { value, grade, partial } = reading;
  const some = partial === undefined ? "" : ` ${partial.counted} of ${partial.present}`;
  return `${value / MB} ${grade}${some}`;
}

function xeonMax(): CoreBench {
  const bench = icelake({ files: SAPPHIRE_RAPIDS, profile: { cpuModelNumber: 0x8f } });
  bench.perf.perMs.set(`${DDR}:${READS}`, LINES_PER_MS);
  bench.perf.perMs.set(`${HBM}:${READS}`, LINES_PER_MS);
  return bench;
}

function bothChannels(bench: CoreBench): void {
  for (const socket of [0, 1]) {
    bench.perf.perMs.set(UMC.reads(socket), LINES_PER_MS);
    bench.perf.perMs.set(UMC.writes(socket), LINES_PER_MS);
  }
}

function secondSocket(bench: CoreBench, there: boolean): void {
  bench.cpus = there ? [0, 1, 2, 3] : [0, 1];
  for (const cpu of [2, 3]) {
    if (there) bench.perf.online(cpu);
    else bench.perf.offline(cpu);
  }
}

Deno.test("memoryBandwidth misses the controllers of a socket that goes offline, and says so", () => {
  const bench = icelake();
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), LINES_PER_MS);
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "512 exact");
  secondSocket(bench, false);
  for (const mask of IMC.cpumasks) bench.tree.set(mask, "0\n");
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "128 estimated 2 of 4");
  const gone = bench.stage.read("memory_read_bytes", "1/uncore_imc_0");
  assert(!isMeasured(gone));
  assertEquals(gone.absent, "gone");
  assertEquals(messages(bench).length, 1);
  secondSocket(bench, true);
  for (const mask of IMC.cpumasks) bench.tree.set(mask, "0,2\n");
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "512 exact");
  assertEquals(messages(bench), []);
});

Deno.test("memoryBandwidth leaves each channel its share of the peak when the others go offline", () => {
  const bench = icelake({ modules: 4 });
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), LINES_PER_MS);
  const share = (): string =>
    wordOf(bench.stage.read("memory_peak_bytes_per_second", "0/uncore_imc_0"));
  bench.ticks(4);
  const before = share();
  secondSocket(bench, false);
  for (const mask of IMC.cpumasks) bench.tree.set(mask, "0\n");
  bench.ticks(4);
  assertEquals([before, share()], ["25600 exact", "25600 exact"]);
});

Deno.test("memoryBandwidth misses a PMU that is of one socket when that goes offline", () => {
  const bench = genoa({ offline: false });
  bothChannels(bench);
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "512 exact");
  secondSocket(bench, false);
  bench.tree.set(UMC.cpumask, "\n");
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "128 estimated 1 of 2");
  // What is gone is told once, and the PMU is none that cannot be used.
  assertEquals(messages(bench).length, 1);
});

Deno.test("memoryBandwidth plans again when the CPUs of a socket come", () => {
  const bench = genoa({ offline: true });
  bothChannels(bench);
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "128 estimated");
  assertEquals(messages(bench), [
    "Cannot count memory traffic on amd_umc_1: found no CPU in its cpumask, needs a CPU of its " +
    "socket online",
  ]);
  secondSocket(bench, true);
  bench.tree.set(UMC.cpumask, "2\n");
  bench.ticks(4);
  assertEquals(bench.stage.names("memory_channel"), ["0/amd_umc_0", "1/amd_umc_1"]);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "512 exact");
  assertEquals(messages(bench), []);
});

Deno.test("memoryBandwidth takes up another list of sources when CPUs bring one", () => {
  const bench = icelake({ bare: true, files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.freeRead, LINES_PER_MS);
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(4);
  assertEquals(bench.stage.names("memory_channel").length, 2);
  const pmu = IMC.cpumasks[0]!.replace("/cpumask", "");
  for (const [file, text] of [["type", "20"], ["cpumask", "0,2"], ["format/event", "config:0-7"]]) {
    bench.tree.set(`${pmu}/${file}`, `${text}\n`);
  }
  bench.tree.set(`${pmu}/format/umask`, "config:8-15\n");
  bench.cpus = [0, 1, 2];
  bench.ticks(4);
  assertEquals(bench.stage.names("memory_channel"), ["0/uncore_imc_0", "1/uncore_imc_0"]);
  assertEquals(wordOf(bench.stage.read("second_memory_bytes")), "256 exact");
});

Deno.test("memoryBandwidth tries main memory again that was refused while other memory opened", () => {
  const bench = xeonMax();
  bench.perf.refuse(ERRNO.EBUSY, { type: DDR });
  bench.ticks(4);
  assert(!isMeasured(bench.stage.read("memory_read_bytes")));
  assertEquals(wordOf(bench.stage.read("hbm_read_bytes")), "256 estimated");
  assert(messages(bench)[0]?.includes("EBUSY"), messages(bench).join());
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read("memory_read_bytes")), "256 exact");
  assertEquals(messages(bench), []);
});

Deno.test("memoryBandwidth tries other memory again that was refused", () => {
  const bench = xeonMax();
  bench.perf.refuse(ERRNO.EBUSY, { type: HBM });
  bench.ticks(4);
  assertEquals(wordOf(bench.stage.read("memory_read_bytes")), "256 exact");
  assert(!isMeasured(bench.stage.read("hbm_read_bytes")));
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read("hbm_read_bytes")), "256 estimated");
  assertEquals(messages(bench), []);
});

Deno.test("memoryBandwidth looks again at memory at rest, also when it was refused the last time", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(8);
  for (const config of [0xe3n, 0xe7n]) bench.perf.refuse(ERRNO.EBUSY, { config });
  bench.tick(600_000);
  bench.ticks(2);
  const refused = bench.stage.read("pmem_read_bytes");
  assert(!isMeasured(refused));
  assert(refused.problem?.message.includes("EBUSY"), refused.absent);
  bench.perf.allowAll();
  bench.perf.perMs.set(IMC.pmemRead(0), 10);
  bench.tick(600_000);
  bench.ticks(3);
  assertEquals(wordOf(bench.stage.read("pmem_read_bytes")), "2.56 exact");
  assertEquals(messages(bench), []);
});

Deno.test("memoryBandwidth tries a second source again that was refused", () => {
  const bench = icelake({ files: FREE_RUNNING });
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.perf.perMs.set(IMC.freeRead, LINES_PER_MS);
  bench.perf.refuse(ERRNO.EBUSY, { type: IMC.types[2] });
  bench.ticks(4);
  assert(!isMeasured(bench.stage.read("second_memory_bytes")));
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read("second_memory_bytes")), "256 exact");
});

Deno.test("memoryBandwidth goes on with other memory while main memory cannot be read, and takes it up", () => {
  const bench = xeonMax();
  bench.ticks(4);
  // Its CPU is gone, and so is the right to open it elsewhere.
  bench.perf.refuse(ERRNO.EMFILE, { type: DDR });
  bench.cpus = [0, 1, 2];
  bench.ticks(3);
  assert(!isMeasured(bench.stage.read("memory_read_bytes")));
  assertEquals(wordOf(bench.stage.read("hbm_read_bytes")), "256 estimated");
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read("memory_read_bytes")), "256 exact");
});

Deno.test("memoryBandwidth fails as a whole where nothing else is counted, and comes back", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.read(0), LINES_PER_MS);
  bench.ticks(8);
  bench.perf.refuse(ERRNO.EMFILE, { type: IMC.types[0] });
  bench.perf.refuse(ERRNO.EMFILE, { type: IMC.types[1] });
  bench.cpus = [0, 1, 2];
  bench.ticks(2);
  const keys = bench.problems().filter(({ collector }) => collector === "memory_bandwidth")
    .map(({ key }) => key);
  assertEquals(keys, ["failed"]);
  bench.perf.allowAll();
  bench.ticks(8);
  assertEquals(wordOf(bench.stage.read(TOTAL)), "256 exact");
});

Deno.test("memoryBandwidth finds controllers whose module is loaded later than that of other memory", () => {
  const { imc, hbm } = Object.groupBy(
    Object.entries(SAPPHIRE_RAPIDS),
    ([path]) => path.includes("uncore_imc") ? "imc" : "hbm",
  );
  const bench = icelake({ files: Object.fromEntries(hbm!), profile: { cpuModelNumber: 0x8f } });
  bench.perf.perMs.set(`${DDR}:${READS}`, LINES_PER_MS);
  bench.perf.perMs.set(`${HBM}:${READS}`, LINES_PER_MS);
  bench.ticks(4);
  assertEquals(messages(bench).length, 1);
  for (const [path, text] of imc!) bench.tree.set(path, text);
  bench.tick(1_800_000);
  bench.ticks(3);
  assertEquals(wordOf(bench.stage.read("memory_read_bytes")), "256 exact");
  assertEquals(messages(bench), []);
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { memoryBandwidth } from "../../../collectors/memory_bandwidth.ts";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import { type Slot, table } from "../../fixtures/smbios/tables.ts";
import { CoreBench, ONE_PMU } from "../../fakes/core_bench.ts";
import { FREE_RUNNING, icelake, IMC } from "../../fakes/memory_machines.ts";

const DEVICES = "/sys/bus/event_source/devices";
const DMI = "/sys/firmware/dmi/tables/DMI";
const MODULES_MB = 1e6 / 64;

function gradeOf(reading: Reading): string {
  return isMeasured(reading) ? reading.grade : reading.absent;
}

/** A client with two memory controllers, whose channels nobody tells. */
function client(slots: readonly Slot[]): CoreBench {
  const controller = (place: number): readonly (readonly [string, string])[] =>
    Object.entries({
      type: `${30 + place}\n`,
      cpumask: "0\n",
      "format/event": "config:0-7\n",
      "format/umask": "config:8-15\n",
      "events/data_read": "event=0xff,umask=0x20\n",
      "events/data_write": "event=0xff,umask=0x30\n",
    }).map(([file, text]) => [`${DEVICES}/uncore_imc_free_running_${place}/${file}`, text]);
  const bench = new CoreBench([0, 1], {
    also: [memoryBandwidth],
    files: {
      ...ONE_PMU,
      ...Object.fromEntries([...controller(0), ...controller(1)]),
      "/sys/devices/system/cpu/cpu0/topology/physical_package_id": "0\n",
    },
    profile: { cpuVendor: "intel", cpuFamily: 6, cpuModelNumber: 0x8c, sockets: 1, numaNodes: 1 },
  });
  bench.tree.set(DMI, table(slots, false));
  return bench;
}

/** A mobile CPU of AMD's with four controllers of DDR5-5600, of 32 bits each. */
function krackan(profile: Partial<HostProfile> = {}): CoreBench {
  const controllers = [0, 1, 2, 3].flatMap((place) =>
    Object.entries({
      type: `${40 + place}\n`,
      cpumask: "0\n",
      "format/event": "config:0-7\n",
      "format/rdwrmask": "config:8-9\n",
    }).map(([file, text]) => [`${DEVICES}/amd_umc_${place}/${file}`, text])
  );
  const bench = new CoreBench([0, 1], {
    also: [memoryBandwidth],
    files: {
      ...ONE_PMU,
      ...Object.fromEntries(controllers),
      "/sys/devices/system/cpu/cpu0/topology/physical_package_id": "0\n",
    },
    profile: {
      cpuVendor: "amd",
      cpuFamily: 0x1a,
      cpuModelNumber: 0x60,
      sockets: 1,
      numaNodes: 1,
      ...profile,
    },
  });
  for (const type of [40, 41, 42, 43]) {
    bench.perf.perMs.set(`${type}:${0x10a}`, 100_000);
    bench.perf.perMs.set(`${type}:0`, 2_800_000);
  }
  return bench;
}

Deno.test("memory_peak_gauge tells no peak by the clock of controllers that may be half channels", () => {
  const mobile = krackan();
  mobile.ticks(30);
  assert(!isMeasured(mobile.stage.read("memory_host_peak_bytes_per_second")));
  assertEquals(gradeOf(mobile.stage.read("memory_bytes_per_second")), "exact");
  const whole = [[0x19, 0x11], [0x19, 0xa0], [0x1a, 0x02], [0x19, 0x61], [0x1a, 0x44]] as const;
  for (const [cpuFamily, cpuModelNumber] of whole) {
    const other = krackan({ cpuFamily, cpuModelNumber });
    other.ticks(30);
    assertEquals(other.stage.rate("memory_host_peak_bytes_per_second"), 4 * 5.6e9 * 8);
  }
});

Deno.test("memory_peak_gauge takes twice as many controllers as channels for halves of them", () => {
  const module = { speed: 5600, configured: 5600 };
  const slots = ["A", "B"].map((name) => ({
    locator: "DIMM 0",
    bank: `P0 CHANNEL ${name}`,
    ...module,
  }));
  const bench = krackan();
  bench.tree.set(DMI, table(slots, false));
  bench.ticks(5);
  const { stage } = bench;
  assertEquals(stage.rate("memory_host_peak_bytes_per_second"), 2 * 5.6e9 * 8);
  assertEquals(stage.rate("memory_peak_bytes_per_second", "0/amd_umc_3"), 5.6e9 * 4);
  // Two whole channels, one of them empty, are not two halves of the other.
  const half = krackan();
  half.tree.set(DMI, table(slots, false));
  for (const type of [42, 43]) half.perf.perMs.set(`${type}:${0x10a}`, 0);
  half.ticks(5);
  assertEquals(half.stage.rate("memory_peak_bytes_per_second", "0/amd_umc_0"), 5.6e9 * 8);
});

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

Deno.test("memory_peak_gauge knows no peak of a controller whose channels nobody tells", () => {
  // 20 GB/s, all of them through the one controller that has a module.
  const bench = client([{ locator: "ChannelA-DIMM0" }]);
  bench.perf.perMs.set(`30:${0x20ff}`, 16_000 * MODULES_MB / 1000);
  bench.perf.perMs.set(`30:${0x30ff}`, 4000 * MODULES_MB / 1000);
  bench.ticks(5);
  const { stage } = bench;
  const first = "0/uncore_imc_free_running_0";
  assertEquals(stage.rate("memory_bytes_per_second", first), 20e9);
  assertEquals(gradeOf(stage.read("memory_bytes_per_second", first)), "exact");
  assert(!isMeasured(stage.read("memory_peak_bytes_per_second", first)));
  assert(!isMeasured(stage.read("memory_peak_ratio", first)));
  assert(!isMeasured(stage.snapshot.readGroup("memory_peak_ratio", "socket", "0")));
  assertEquals(stage.rate("memory_host_peak_bytes_per_second"), 25.6e9);
  assertAlmostEquals(stage.rate("memory_peak_ratio"), 20 / 25.6, 1e-12);
});

Deno.test("memory_peak_gauge judges all controllers together where it knows no more", () => {
  const bench = client([{ locator: "ChannelA-DIMM0" }]);
  bench.perf.perMs.set(`30:${0x20ff}`, 30_000 * MODULES_MB / 1000);
  bench.ticks(5);
  assertEquals(gradeOf(bench.stage.read("memory_bytes_per_second")), "implausible");
  assertEquals(gradeOf(bench.stage.read("memory_peak_ratio")), "implausible");
});

Deno.test("memory_peak_gauge knows no peak of a channel while it does not know which have memory", () => {
  // Three channels of four: two of one socket, one of the other.
  const bench = icelake({ modules: 3 });
  bench.perf.perMs.set(IMC.read(0), 1000);
  bench.ticks(4);
  const { stage } = bench;
  assert(!isMeasured(stage.read("memory_peak_bytes_per_second", "0/uncore_imc_0")));
  assert(!isMeasured(stage.read("memory_peak_bytes_per_second")));
  assertEquals(stage.rate("memory_host_peak_bytes_per_second"), 3 * 25.6e9);
  assertAlmostEquals(stage.rate("memory_peak_ratio"), 4 * 64e6 / (3 * 25.6e9), 1e-12);
});

Deno.test("memory_siblings say nothing where channels hold different amounts", () => {
  const bench = icelake();
  const large = { size: 0x7fff, extendedSize: 65536 };
  bench.tree.set(
    DMI,
    table([
      { locator: "P0_DIMM_A1", ...large },
      { locator: "P0_DIMM_B1", size: 8192 },
      { locator: "P1_DIMM_A1", ...large },
      { locator: "P1_DIMM_B1", size: 8192 },
    ]),
  );
  bench.perf.perMs.set(IMC.read(0), 5000);
  bench.perf.perMs.set(IMC.read(1), 100);
  bench.ticks(5);
  const { stage } = bench;
  assertEquals(gradeOf(stage.read("memory_read_bytes", "0/uncore_imc_1")), "exact");
  assertEquals(gradeOf(stage.read("memory_bytes_per_second")), "exact");
});

/** Both channels of both sockets, in millions of lines a second. */
function moving(bench: CoreBench, lines: number): void {
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), lines * 1000);
}

Deno.test("memory_peak_gauge works out the peak by each socket's clock, and gives the counters back", () => {
  const bench = icelake();
  moving(bench, 1);
  // 1.2 GHz on the first socket, three times that on the other; two transfers each.
  bench.perf.perMs.set(IMC.clock(0), 1_200_000);
  bench.tick();
  const open = bench.perf.openFds;
  bench.tick();
  assertEquals(bench.perf.openFds, open + 2);
  bench.tick();
  assertEquals(bench.perf.openFds, open);
  // Once is not enough to say anything, and that is said.
  const early = bench.stage.read("memory_peak_bytes_per_second");
  assert(!isMeasured(early));
  assertEquals(early.absent, "not_yet");
  assert(early.problem?.message.includes("less than twice"), early.problem?.message);
  bench.ticks(11);
  assert(bench.perf.openFds <= open);
  const { stage } = bench;
  assertEquals(stage.rate("memory_peak_bytes_per_second"), 2 * (2.4e9 + 7.2e9) * 8);
  assertEquals(stage.rate("memory_host_peak_bytes_per_second"), 2 * (2.4e9 + 7.2e9) * 8);
  assertEquals(stage.rate("memory_peak_bytes_per_second", "1/uncore_imc_0"), 7.2e9 * 8);
  assertEquals(
    stage.snapshot.source("memory_read_bytes", "0/uncore_imc_0")?.note,
    "Peak of the memory, by its clock: 2 channels × 2400 MT/s × 8 B + " +
      "2 channels × 7200 MT/s × 8 B.",
  );
  assertEquals(bench.problem("peak"), undefined);
});

Deno.test("memory_peak_gauge keeps the fastest clock that it found", () => {
  const bench = icelake();
  moving(bench, 1);
  bench.perf.perMs.set(IMC.clock(0), 400_000);
  bench.ticks(15);
  const peak = (): number => bench.stage.rate("memory_peak_bytes_per_second", "0/uncore_imc_0");
  assertEquals(peak(), 0.8e9 * 8);
  bench.perf.perMs.set(IMC.clock(0), 1_600_000);
  bench.ticks(310);
  assertEquals(peak(), 3.2e9 * 8);
  bench.perf.perMs.set(IMC.clock(0), 400_000);
  bench.ticks(310);
  assertEquals(peak(), 3.2e9 * 8);
});

Deno.test("memory_peak_gauge looks at the clock again when more moves than it allows", () => {
  const bench = icelake();
  moving(bench, 1);
  bench.perf.perMs.set(IMC.clock(0), 400_000);
  bench.ticks(15);
  // The memory was clocked down while it rested. 19.2 GB/s of 6.4, and of 25.6 in truth.
  bench.perf.perMs.set(IMC.clock(0), 1_600_000);
  moving(bench, 300);
  bench.ticks(15);
  const { stage } = bench;
  assertEquals(stage.rate("memory_peak_bytes_per_second", "0/uncore_imc_0"), 3.2e9 * 8);
  assertEquals(gradeOf(stage.read("memory_bytes_per_second")), "exact");
  assertAlmostEquals(stage.rate("memory_peak_ratio"), 0.75, 1e-12);
});

Deno.test("memory_peak_gauge judges nothing by a clock that was counted once", () => {
  const bench = icelake();
  bench.perf.perMs.set(IMC.clock(0), 400_000);
  moving(bench, 300);
  for (let tick = 0; tick < 12; tick++) {
    bench.tick();
    assert(gradeOf(bench.stage.read("memory_bytes_per_second")) !== "implausible", `tick ${tick}`);
  }
});

Deno.test("memory_bandwidth believes a second source no more than the first", () => {
  const bench = icelake({ files: FREE_RUNNING });
  moving(bench, 1);
  bench.perf.perMs.set(IMC.freeRead, 6000);
  bench.ticks(6);
  const { stage } = bench;
  assertEquals(stage.rate("memory_bytes_per_second"), 512e6);
  assertEquals(stage.rate("second_memory_bytes"), 1536e6);
  assertEquals(gradeOf(stage.read("memory_bytes_per_second")), "exact");
  assertEquals(gradeOf(stage.read("second_memory_bytes")), "implausible");
  const residual = stage.read("memory_residual_second_bytes_per_second");
  assertEquals(gradeOf(residual), "implausible");
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

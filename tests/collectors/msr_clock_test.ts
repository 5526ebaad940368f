import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { CollectorSpec } from "../../collectors/collector.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { msrClock, msrClockOf } from "../../collectors/msr_clock.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { tsc } from "../../collectors/tsc.ts";
import { CoreBench, type CoreBenchOptions, ONE_PMU } from "../fakes/core_bench.ts";

const MSR = "/sys/bus/event_source/devices/msr";
const TYPE = 9;

const FILES: Readonly<Record<string, string>> = {
  ...ONE_PMU,
  [`${MSR}/type`]: `${TYPE}\n`,
  [`${MSR}/format/event`]: "config:0-63\n",
  [`${MSR}/events/tsc`]: "event=0x00\n",
  [`${MSR}/events/aperf`]: "event=0x01\n",
  [`${MSR}/events/mperf`]: "event=0x02\n",
};

function machine(options: CoreBenchOptions = {}): CoreBench {
  const bench = new CoreBench([0, 1], { files: FILES, also: [tsc, msrClock], ...options });
  // CPU 0 is halted half of the time, CPU 1 never.
  bench.perf.perMs.set(`${TYPE}:0`, 2_600_000);
  bench.perf.perMs.set(`${TYPE}:1`, 1_500_000);
  bench.perf.perMs.set(`${TYPE}:2`, 1_300_000);
  return bench;
}

Deno.test("msrClock tells for how much of the time each CPU was not halted", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage } = bench;
  assertEquals(stage.rate("unhalted_ratio", "0"), 0.5);
  assertEquals(stage.rate("unhalted_ratio", "1"), 1);
  const host = stage.read("unhalted_ratio");
  assert(isMeasured(host));
  assertEquals([host.value, host.grade, host.mixed], [0.75, "exact", undefined]);
  assertEquals(stage.snapshot.source("aperf_cycles", "1")?.events, ["msr/aperf/"]);
});

Deno.test("msrClock gives the active clock where the cores do not count reference cycles", () => {
  const bench = machine();
  bench.ticks(3);
  // By the core's own counters: 3.0 by 2.6 of 2.6 GHz.
  assertAlmostEquals(bench.stage.rate("active_frequency_hertz"), 3e9, 1);
  const without = machine();
  without.perf.refuse(ERRNO.ENOENT, { type: 0, config: 9n });
  without.perf.perMs.set(`${TYPE}:1`, 1_000_000);
  without.ticks(3);
  assertAlmostEquals(without.stage.rate("active_frequency_hertz", "0"), 2e9, 1);
  assertAlmostEquals(without.stage.rate("active_frequency_hertz"), 2e9, 1);
});

Deno.test("msrClock counts nothing in the tick in which a suspend set the clocks to 0", () => {
  const bench = machine();
  bench.ticks(3);
  const { stage, perf } = bench;
  const before = stage.cell("aperf_cycles", "0");
  // What they had counted before the service began is gone too: less than nothing is left.
  for (const cpu of [0, 1]) for (const clock of [0, 1, 2]) perf.happen(cpu, TYPE, clock, -1e15);
  bench.ticks(1);
  const lost = stage.read("unhalted_ratio", "0");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "not_counted");
  assertEquals(stage.cell("aperf_cycles", "0"), before);
  bench.ticks(2);
  assertEquals(stage.rate("unhalted_ratio", "0"), 0.5);
  assertEquals(stage.cell("aperf_cycles", "0"), before + 2 * 1_500_000_000);
});

Deno.test("msrClock takes a count of a Xeon Phi for the 1,024 cycles that it stands for", () => {
  for (const cpuModelNumber of [0x57, 0x85]) {
    const bench = machine({ profile: { cpuModelNumber } });
    bench.perf.perMs.set(`${TYPE}:1`, 1_536_000 / 1024);
    bench.perf.perMs.set(`${TYPE}:2`, 1_300_480 / 1024);
    bench.ticks(3);
    const { stage } = bench;
    assertEquals(stage.rate("aperf_cycles", "0"), 1_536_000_000);
    assertAlmostEquals(stage.rate("unhalted_ratio", "0"), 0.5, 1e-3);
    assertAlmostEquals(stage.rate("unhalted_ratio", "1"), 1, 1e-3);
    assertEquals(stage.snapshot.source("mperf_cycles", "0")?.note, "A count is 1024 cycles.");
  }
  const other = machine({ profile: { cpuVendor: "amd", cpuFamily: 0x17, cpuModelNumber: 0x57 } });
  other.ticks(3);
  assertEquals(other.stage.rate("unhalted_ratio", "0"), 0.5);
});

Deno.test("msrClock follows CPUs and leaves them to who owns them", () => {
  const bench = machine({ also: [tsc, msrClockOf({ cpus: [0] })] });
  bench.ticks(3);
  assertEquals(bench.stage.names("cpu"), ["0", "1"]);
  assertEquals(bench.stage.rate("unhalted_ratio", "0"), 0.5);
  const left = bench.stage.read("unhalted_ratio", "1");
  assert(!isMeasured(left));
  assertEquals(left.absent, "left_out");
  const whole = machine();
  whole.ticks(3);
  whole.perf.offline(1);
  whole.tick();
  whole.cpus = [0];
  whole.ticks(3);
  assertEquals(whole.stage.names("cpu"), ["0"]);
  assertEquals(whole.stage.rate("unhalted_ratio"), 0.5);
  whole.perf.online(1);
  whole.cpus = [0, 1];
  whole.ticks(3);
  assertEquals(whole.stage.rate("unhalted_ratio", "1"), 1);
  assertEquals(whole.problems().filter(({ collector }) => collector === "msr_clock"), []);
});

/** Says once where CPUs are, as the collector of CPU times does. */
const sockets: CollectorSpec = {
  id: "numa",
  minIntervalMs: 3_600_000,
  open: (site) => ({
    read: () => {
      const cpus = site.instances("cpu");
      for (const cpu of ["0", "1"]) cpus.claim(cpu, {}, { socket: cpu });
    },
    close: () => {},
  }),
};

Deno.test("msrClock leaves CPUs in the groups that they are in", () => {
  const bench = machine({ also: [sockets, tsc, msrClock] });
  bench.ticks(3);
  const reading = bench.stage.snapshot.readGroup("unhalted_ratio", "socket", "0");
  assert(isMeasured(reading));
  assertEquals(reading.value, 0.5);
});

Deno.test("msrClock is not there without its events, as in most virtual machines", () => {
  const { [`${MSR}/events/aperf`]: _, ...files } = FILES;
  const bench = machine({ files, profile: { hypervisor: "KVM" } });
  bench.ticks(2);
  const reading = bench.stage.read("unhalted_ratio");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
  assertStringIncludes(reading.problem?.message ?? "", "hypervisor");
});

Deno.test("msrClock leaves the last descriptors to others", () => {
  const bench = machine({ limit: { soft: 122, hard: 122 } });
  bench.ticks(2);
  const reading = bench.stage.read("aperf_cycles");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "failed");
  assertStringIncludes(reading.problem?.message ?? "", "needs a limit of open files of 124");
  assertStringIncludes(reading.problem?.remedy ?? "", "Raise the limit of open files");
});

Deno.test("msrClock says once why it may not be opened", () => {
  const bench = machine();
  bench.perf.refuse(ERRNO.EACCES, { type: TYPE, config: 1n });
  bench.perf.refuse(ERRNO.EACCES, { type: TYPE, config: 2n });
  bench.ticks(3);
  const told = bench.problems().filter(({ collector }) => collector === "msr_clock");
  assertEquals(told.map(({ reason }) => reason), ["denied"]);
  assertStringIncludes(told[0]?.message ?? "", "APERF and MPERF on cpu 0-1");
});

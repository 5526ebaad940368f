import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { memoryBandwidthOf } from "../../../collectors/memory_bandwidth.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { genoa, icelake, IMC, UMC } from "../../fakes/memory_machines.ts";
import { table } from "../../fixtures/smbios/tables.ts";

const DMI = "/sys/firmware/dmi/tables/DMI";

Deno.test("the share of peak is that of the channels that are counted, where the firmware knows of more", () => {
  // The other socket is offline, and its controllers with it.
  const bench = genoa({ offline: true });
  bench.tree.set(DMI, table([{ locator: "P0_DIMM_A1" }, { locator: "P1_DIMM_A1" }], false));
  bench.perf.perMs.set(UMC.reads(0), 100_000);
  bench.ticks(5);
  const { stage } = bench;
  assertEquals(stage.rate("memory_peak_bytes_per_second", "0/amd_umc_0"), 25.6e9);
  assertEquals(stage.rate("memory_host_peak_bytes_per_second"), 2 * 25.6e9);
  assertAlmostEquals(stage.rate("memory_peak_ratio"), 6.4 / 25.6, 1e-12);
});

Deno.test("the share of peak is that of three channels where the fourth has no PMU", () => {
  const bench = icelake({ modules: 4 });
  bench.tree.set(IMC.cpumasks[1]!, "0\n");
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), 100_000);
  bench.ticks(5);
  const bytes = bench.stage.rate("memory_bytes_per_second");
  assertAlmostEquals(bench.stage.rate("memory_peak_ratio"), bytes / (3 * 25.6e9), 1e-12);
});

Deno.test("a clock tells no peak of controllers that are not counted, and none of the host", () => {
  const bench = icelake({ also: [memoryBandwidthOf({ cpus: [0, 1] })] });
  for (const channel of [0, 1]) bench.perf.perMs.set(IMC.read(channel), 100_000);
  bench.perf.perMs.set(IMC.clock(0), 1_600_000);
  bench.ticks(25);
  const { stage } = bench;
  const part = { counted: 2, present: 4 };
  const sum = stage.read("memory_peak_bytes_per_second");
  assert(isMeasured(sum));
  assertEquals([sum.value, sum.partial], [2 * 25.6e9, part]);
  assert(!isMeasured(stage.read("memory_peak_bytes_per_second", "1/uncore_imc_0")));
  const host = stage.read("memory_host_peak_bytes_per_second");
  assert(!isMeasured(host));
  assertEquals(host.absent, "not_counted");
  assert(host.problem?.message.includes("found controllers that are not counted"));
  const ratio = stage.read("memory_peak_ratio");
  assert(isMeasured(ratio));
  assertEquals([ratio.value, ratio.partial], [0.25, part]);
});

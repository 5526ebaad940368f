/** The doctor's rows that are counted outside of the cores. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { CollectorError } from "../../collectors/collector.ts";
import { diagnose } from "../../collectors/diagnosis.ts";
import type { HostProfile } from "../../collectors/host.ts";
import { PerfMachine } from "../fakes/perf_machine.ts";
import { HandFilled } from "../views/hand_filled.ts";
import { causesOf, diagnosisOf, line, uncore } from "./diagnosed.ts";

Deno.test("diagnose() looks for PMUs outside of the cores by the maker of the CPU", () => {
  const on = (cpuVendor: string, devices: readonly string[], more: Partial<HostProfile> = {}) =>
    diagnosisOf({ paranoid: 0, devices: ["cpu", ...devices] }, {
      outside: false,
      profile: { cpuVendor, ...more },
    });
  const there = "missing ok ok ok - ok ok";
  for (
    const [vendor, device] of [
      ["intel", "uncore_imc_11"],
      ["intel", "uncore_imc"],
      ["intel", "uncore_imc_free_running_0"],
      ["amd", "amd_umc_3"],
      ["amd", "amd_df"],
      // The number of the die stands in the middle.
      ["arm", "hisi_sccl13_ddrc2"],
      ["nvidia", "nvidia_scf_pmu_0"],
    ] as const
  ) {
    assertEquals(line(on(vendor, [device]), "memory_bandwidth"), there, device);
  }
  for (
    const [vendor, device] of [
      ["amd", "uncore_imc_0"],
      ["intel", "uncore_imcx"],
      ["arm", "hisi_sccl13_l3c2"],
    ] as const
  ) {
    assertEquals(line(on(vendor, [device]), "memory_bandwidth"), "missing ? NO ok - ok ok", device);
  }
  const intel = on("intel", []);
  const [memory] = causesOf(intel, "memory_bandwidth");
  const cause = intel.causes.find(({ id }) => id === memory);
  assertStringIncludes(cause?.message ?? "", 'Cannot count with PMU "uncore_imc"');
  assertStringIncludes(cause?.remedy ?? "", "sudo modprobe intel_uncore");
  assertEquals(intel.exitCode, 1);
});

Deno.test("diagnose() says once that a guest has nothing outside of the cores", () => {
  const found = diagnosisOf({ paranoid: 0 }, {
    soft: true,
    hard: true,
    outside: false,
    profile: { cpuVendor: "intel", hypervisor: "KVM" },
    refused: {
      memory_bandwidth: new CollectorError("not_supported", "Cannot find a memory controller"),
      energy: new CollectorError("not_supported", "Cannot find a meter"),
    },
  });
  assertEquals(line(found, "memory_bandwidth"), "missing NO ? ok - ok ok");
  assertEquals(line(found, "energy"), "missing NO ? ok - ok ok");
  assertEquals(found.causes.map(({ id, remedy }) => [id, remedy]), [["no_uncore", undefined]]);
  assertEquals(found.exitCode, 0);
});

Deno.test("diagnose() names the limit that a count is over", () => {
  const ticks = [1, 2, 3].map((second) => ({
    ...uncore(second),
    "memory_peak_bytes_per_second{0}": 1e9,
  }));
  const perfAccess = new PerfMachine({ paranoid: 0 }).access();
  const found = diagnose(new HandFilled(ticks, { profile: { perfAccess } }).snapshot);
  assertEquals(line(found, "memory_bandwidth").split(" ")[0], "partial");
  assertEquals(
    found.causes.find(({ id }) => id.startsWith("implausible"))?.message,
    'Cannot believe "Memory controllers": found more than 1.05 times the peak of the memory in ' +
      "window after window, needs less",
  );
});

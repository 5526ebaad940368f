/** The doctor's rows that are counted outside of the cores. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import { diagnose } from "../../../collectors/doctor/diagnosis.ts";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { PerfMachine } from "../../fakes/perf_machine.ts";
import { HandFilled, type HandFilledOptions } from "../../views/hand_filled.ts";
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

Deno.test("diagnose() does not say that a guest was given nothing outside of the cores where it was", () => {
  const message = "Cannot count energy: found no meter, needs the machine itself";
  const on = (devices: readonly string[], refused: HandFilledOptions["refused"] = {}) =>
    diagnosisOf({ paranoid: 0, devices: ["cpu", ...devices] }, {
      soft: true,
      hard: true,
      outside: false,
      profile: { cpuVendor: "amd", hypervisor: "KVM" },
      refused,
    });
  const told = on(["amd_df"], { energy: new CollectorError("not_supported", message) });
  assertEquals(line(told, "memory_bandwidth"), "missing ok ok ok - ok ok");
  assertEquals(line(told, "energy"), "missing NO ? ok - ok ok");
  assertEquals(causesOf(told, "energy"), ["power"]);
  // The words of the collector that looked for it.
  assertEquals(told.causes.map((cause) => cause.message), [message]);
  assertEquals(told.exitCode, 0);
  assertEquals(
    on(["amd_df"]).causes.map((cause) => cause.message),
    [
      'Cannot count with PMU "power": not in /sys/bus/event_source/devices, found amd_df, cpu, ' +
      "needs a hypervisor that passes it on",
    ],
  );
  // A PMU of another row is one too.
  assertEquals(causesOf(on(["amd_l3"]), "memory_bandwidth"), ["amd_umc amd_df"]);
  assertEquals(causesOf(on([]), "energy"), ["no_uncore"]);
});

Deno.test("diagnose() lays to the driver what a remedy brings, and to the hardware what none does", () => {
  const on = (remedy?: string) =>
    diagnosisOf({ paranoid: 0 }, {
      soft: true,
      hard: true,
      outside: false,
      refused: { resctrl: new CollectorError("not_supported", "Cannot read traffic", remedy) },
    });
  const mount = "`sudo mount -t resctrl resctrl /sys/fs/resctrl`";
  const unmounted = on(mount);
  assertEquals(line(unmounted, "mbm"), "missing - NO - - - -");
  const cause = unmounted.causes.find(({ id }) => id.startsWith("resctrl "));
  assertEquals([cause?.layers, cause?.remedy], [["driver"], mount]);
  assertEquals(line(on(), "mbm"), "missing NO - - - - -");
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

/** The doctor's matrix, on machines whose answers and readings a test sets. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DOCTOR_ROWS } from "../../../collectors/catalogue.ts";
import { timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import { diagnose } from "../../../collectors/doctor/diagnosis.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { GUEST, PerfMachine, PERFMON, SYS_ADMIN } from "../../fakes/perf_machine.ts";
import { HandFilled } from "../../views/hand_filled.ts";
import { causesOf, CORE, diagnosisOf, hardware, line, software, uncore } from "./diagnosed.ts";

Deno.test("diagnose() finds everything in order on bare metal", () => {
  const found = diagnosisOf(
    { paranoid: 2, capabilities: SYS_ADMIN },
    { hard: true, soft: true },
  );
  for (const { id, needs } of DOCTOR_ROWS) {
    const expected = needs === "none"
      ? "- - - - - -"
      : `${needs === "perf" ? "-" : "ok"} ok ok ok ok ok`;
    assertEquals(line(found, id), `measured ${expected}`, id);
  }
  assertEquals([found.causes, found.exitCode], [[], 0]);
});

Deno.test("diagnose() needs no capability at level 0", () => {
  const found = diagnosisOf({ paranoid: 0 }, { hard: true, soft: true });
  assertEquals(line(found, "core"), "measured ok ok ok - ok ok");
});

Deno.test("diagnose() says once that a guest has no PMU, and who can change it", () => {
  const found = diagnosisOf(
    { paranoid: 2, capabilities: SYS_ADMIN, cycles: ERRNO.ENOENT, devices: GUEST },
    { soft: true, profile: { hypervisor: "VMware" } },
  );
  assertEquals(line(found, "core"), "missing NO ? ok ok ok ok");
  assertEquals(line(found, "software"), "measured - ok ok ok ok ok");
  const [cause, ...others] = found.causes;
  assertEquals(others, []);
  assertEquals([cause?.id, cause?.layers], ["no_pmu", ["hardware"]]);
  assertStringIncludes(cause?.remedy ?? "", "virtualized CPU performance counters");
  // Nobody can do that from inside.
  assertEquals(cause?.outside, true);
  assertEquals([causesOf(found, "tlb"), causesOf(found, "software")], [["no_pmu"], []]);
  assertEquals(found.exitCode, 0);
});

Deno.test("diagnose() lays a lacking PMU on bare metal to the driver", () => {
  const found = diagnosisOf(
    { paranoid: 0, cycles: ERRNO.ENOENT, devices: GUEST },
    { soft: true },
  );
  assertEquals(line(found, "core"), "missing ? NO ok - ok ok");
});

Deno.test("diagnose() says what a distribution's level 3 asks of nobody", () => {
  const found = diagnosisOf({ paranoid: 3, patched: true });
  assertEquals(line(found, "core"), "missing ok ok NO NO ok ok");
  assertEquals(line(found, "software"), "missing - ok NO NO ok ok");
  assertEquals(found.causes.map(({ id, layers, message }) => ({ id, layers, message })), [{
    id: "level",
    layers: ["paranoid", "capability"],
    message: 'Cannot count "dummy" of this process, in user mode: EACCES, permission denied, ' +
      "perf_event_paranoid is 3, needs 0 or lower, or CAP_SYS_ADMIN",
  }]);
  assertEquals(found.exitCode, 1);
  // CAP_PERFMON is not what is missing then.
  const capable = diagnosisOf({ paranoid: 3, patched: true, capabilities: PERFMON });
  assertEquals(line(capable, "core"), "missing ok ok NO ok ok ok");
});

Deno.test("diagnose() sees a seccomp filter, and nothing behind it", () => {
  const found = diagnosisOf({
    paranoid: 2,
    filter: ERRNO.EPERM,
    files: { "/.dockerenv": "" },
  });
  assertEquals(line(found, "core"), "missing ok ok ? ? NO ?");
  assertEquals(line(found, "software"), "missing - ok ? ? NO ?");
  assertEquals(found.causes.map(({ id }) => id), ["filter"]);
  assertStringIncludes(found.causes[0]?.remedy ?? "", "--cap-add PERFMON");
});

Deno.test("diagnose() sees that a capability does not count in a user namespace", () => {
  const found = diagnosisOf({ paranoid: 2, capabilities: SYS_ADMIN, contained: true });
  assertEquals(line(found, "core"), "missing ok ok NO NO ok ok");
  assertEquals(found.causes.map(({ id }) => id), ["user_namespace"]);
});

Deno.test("diagnose() knows nothing of the hardware below a sandbox", () => {
  const found = diagnosisOf({ filter: ERRNO.ENODEV, devices: null });
  assertEquals(line(found, "core"), "missing ? NO ? ? ? ?");
  assertEquals(line(found, "software"), "missing - NO ? ? ? ?");
  assertEquals(found.causes.map(({ id }) => id), ["sandbox"]);
});

Deno.test("diagnose() tells a limit of descriptors from a lack of rights", () => {
  const found = diagnosisOf({ paranoid: 0, open: ERRNO.EMFILE });
  assertEquals(line(found, "core"), "missing ok ok ? ? ok NO");
  assertEquals(found.causes.map(({ id }) => id), ["descriptors"]);
  // One that only collectors reached.
  const reached = diagnosisOf({ paranoid: 0 }, {
    soft: true,
    refused: {
      core_counters: new CollectorError(
        "failed",
        "Cannot open hardware counters on cpu 0: EMFILE, too many open files in this process",
        "Raise the limit of open files: LimitNOFILE=65536 in the unit",
      ),
    },
  });
  assertEquals(line(reached, "core"), "missing ok ok ok - ok NO");
  assertEquals(line(reached, "software"), "measured - ok ok - ok ok");
  assertEquals(reached.causes.map(({ id, layers }) => ({ id, layers })), [
    { id: "core_counters failed", layers: ["limit"] },
  ]);
  assertEquals(reached.exitCode, 1);
});

Deno.test("diagnose() goes from below upwards where two things are in the way", () => {
  const found = diagnosisOf(
    { paranoid: 2, cycles: ERRNO.ENOENT, devices: GUEST },
    { profile: { hypervisor: "KVM" } },
  );
  assertEquals(line(found, "core"), "missing NO ? NO NO ok ok");
  assertEquals(causesOf(found, "core"), ["no_pmu", "capability"]);
  assertEquals(causesOf(found, "software"), ["capability"]);
});

Deno.test("diagnose() does not tell again what collectors found for the same cause", () => {
  const found = diagnosisOf({ paranoid: 2 }, {
    refused: {
      core_counters: new CollectorError(
        "denied",
        "Cannot open hardware counters on cpu 0: EACCES, permission denied",
        "Give the service CAP_PERFMON",
      ),
      software_events: new CollectorError(
        "denied",
        "Cannot open software events on cpu 0: EACCES, permission denied",
        "Give the service CAP_PERFMON",
      ),
    },
  });
  assertEquals(found.causes.map(({ id }) => id), ["capability"]);
});

Deno.test("diagnose() shows in part what a CPU has in part, and no remedy where there is none", () => {
  const found = diagnosisOf({ paranoid: 0 }, {
    soft: true,
    hard: CORE.filter((metric) => metric !== "l1d_references"),
  });
  assertEquals(line(found, "l1d"), "partial ok ok ok - ok ok");
  assertEquals(line(found, "branch"), "measured ok ok ok - ok ok");
  assertEquals(found.exitCode, 0);
});

Deno.test("diagnose() does not take a counter that hardly counts for one that counts", () => {
  // Twice, each far more than a CPU can do.
  const absurd = [1, 2, 3].map((second) => ({
    ...hardware(second),
    ...software(second),
    ...uncore(second),
    "l2_misses{0}": 1e13 * second,
  }));
  const perfAccess = new PerfMachine({ paranoid: 0 }).access();
  const found = diagnose(new HandFilled(absurd, { profile: { perfAccess } }).snapshot);
  assertEquals(line(found, "l2"), "partial NO ok ok - ok ok");
  assertEquals(found.causes.map(({ message }) => message), [
    'Cannot believe "L2 misses": out of all proportion in window after window, ' +
    "as from a virtual PMU that works by half",
  ]);
});

Deno.test("diagnose() has the words of the collector that looked for a PMU", () => {
  const found = diagnosisOf({ paranoid: 0 }, {
    profile: { cpuVendor: "amd" },
    refused: {
      l3_counters: new CollectorError("not_supported", "Cannot find amd_l3", "Load it"),
    },
  });
  assertEquals(line(found, "llc"), "missing ? NO ok - ok ok");
  const cause = found.causes.find(({ id }) => id === "amd_l3");
  assertEquals([cause?.message, cause?.remedy], ["Cannot find amd_l3", "Load it"]);
  // The cores' own cause is another one, though it stands in the way of the same quantity.
  const guest = diagnosisOf({ paranoid: 0, cycles: ERRNO.ENOENT, devices: GUEST }, {
    profile: { cpuVendor: "amd", hypervisor: "KVM" },
    refused: {
      core_counters: new CollectorError("not_supported", "Cannot find a PMU", "Ask"),
      l3_counters: new CollectorError("not_supported", "Cannot find amd_l3"),
    },
  });
  assertEquals(causesOf(guest, "llc"), ["amd_l3"]);
  assertEquals(guest.causes.find(({ id }) => id === "amd_l3")?.message, "Cannot find amd_l3");
  assertEquals(guest.exitCode, 0);
});

Deno.test("diagnose() says what is counted in turns, at different times, or not to be believed", () => {
  const names = ["cpu_cycles", "instructions", "branch_instructions", "branch_misses"];
  const source = (metric: string, group: number) => {
    const fixed = { pmu: "cpu", instances: ["0"], provenance: "kernel" } as const;
    return { metric, events: [metric], group, ...fixed };
  };
  const ticks = [1, 2, 3].map((second) => ({
    ...hardware(second, names),
    // A quarter of the time.
    [`${timeRunningOf("branch_misses")}{0}`]: second / 4,
    // A hundred instructions a cycle.
    "instructions{0}": 1e8 * second,
  }));
  const { snapshot } = new HandFilled(ticks, {
    sources: [
      source("cpu_cycles", 1),
      source("instructions", 1),
      source("branch_instructions", 1),
      source("branch_misses", 2),
    ],
  });
  assertEquals(diagnose(snapshot).caveats, {
    coverageLeast: 0.25,
    implausible: ["Instructions per cycle", "Cycles per instruction"],
    mixed: ["Branch miss ratio"],
  });
  assertEquals(diagnosisOf({ paranoid: 0 }, { hard: true, soft: true }).caveats, {
    coverageLeast: 1,
    implausible: [],
    mixed: [],
  });
});

Deno.test("diagnose() sees counters that somebody else holds", () => {
  const found = diagnosisOf({ paranoid: 0, cycles: ERRNO.EBUSY }, { soft: true });
  assertEquals(line(found, "core"), "missing ok ok ok - ok NO");
  assertStringIncludes(found.causes[0]?.remedy ?? "", "nmi_watchdog");
});

Deno.test("diagnose() sees a PMU that virtual machines were given", () => {
  const found = diagnosisOf({ paranoid: 0, cycles: ERRNO.EOPNOTSUPP }, { soft: true });
  assertEquals(line(found, "core"), "missing ok ok ok - ok NO");
  assertStringIncludes(found.causes[0]?.message ?? "", "needs them to end");
  assertStringIncludes(found.causes[0]?.remedy ?? "", "Stop the virtual machines");
});

Deno.test("diagnose() sees a PMU that does not even count cycles", () => {
  const found = diagnosisOf(
    { paranoid: 0, cycles: ERRNO.ENOENT },
    { soft: true, profile: { hypervisor: "KVM" } },
  );
  assertEquals(line(found, "core"), "missing NO ok ok - ok ok");
  assertEquals(found.causes.map(({ id }) => id), ["cycles"]);
});

Deno.test("diagnose() looks for the L3's own PMU where the maker has one", () => {
  const rules = { paranoid: 0 } as const;
  const metal = diagnosisOf(rules, { profile: { cpuVendor: "amd" } });
  assertEquals(line(metal, "llc"), "missing ? NO ok - ok ok");
  assertEquals(causesOf(metal, "llc"), ["amd_l3"]);
  assertEquals(
    metal.causes.find(({ id }) => id === "amd_l3")?.remedy,
    "Load the module: `sudo modprobe amd_uncore`",
  );
  assertEquals(metal.exitCode, 1);
  const guest = diagnosisOf(rules, { profile: { cpuVendor: "amd", hypervisor: "KVM" } });
  assertEquals(line(guest, "llc"), "missing NO ? ok - ok ok");
  assertEquals(guest.causes.find(({ id }) => id === "amd_l3")?.remedy, undefined);
  assertEquals(guest.exitCode, 0);
  const there = diagnosisOf({ paranoid: 0, devices: ["cpu", "amd_l3"] }, {
    profile: { cpuVendor: "amd" },
  });
  assertEquals(line(there, "llc"), "missing ok ok ok - ok ok");
});

Deno.test("diagnose() knows no cell where nothing was tried", () => {
  const found = diagnose(new HandFilled([{ load_1m: 1 }]).snapshot);
  assertEquals(line(found, "core"), "missing ? ? ? ? ? ?");
  assertEquals(found.facts, []);
});

Deno.test("every row's name fits a terminal, and its metrics exist", () => {
  const ids = DOCTOR_ROWS.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  for (const { name, metrics } of DOCTOR_ROWS) {
    assert(name.length <= 21, name);
    assert(metrics.length > 0);
  }
});

Deno.test("diagnose() tells what it looked at", () => {
  const { facts } = diagnosisOf({ paranoid: 2, contained: true, devices: GUEST });
  const told = Object.fromEntries(facts.map(({ id, value }) => [id, value]));
  assertEquals(told, {
    cpu: "Example CPU",
    hypervisor: "none seen",
    pmus: "breakpoint, msr, software, tracepoint",
    perf_event_paranoid: "2",
    cap_perfmon: "not held",
    cap_sys_admin: "not held",
    user_namespace: "another one, where capabilities do not count",
    seccomp: "off",
    runtime: "a shell",
    descriptors: "3 open, limit 1024, at most 4096",
    nmi_watchdog: "on: it holds a counter of each CPU",
    try_call: "the kernel answers",
    try_own_software: "works",
    try_cpu_software: "EACCES, permission denied",
    try_own_cycles: "works",
    try_cpu_cycles: "EACCES, permission denied",
  });
});

/** What of the software events is lost, and what is told, where the kernel refuses them. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import type { CollectorSpec } from "../../../collectors/collector.ts";
import { refusal, Refusals } from "../../../collectors/counters/refusals.ts";
import { softwareEvents } from "../../../collectors/software_events.ts";
import { isMeasured, type Problem, type Reading } from "../../../collectors/trust.ts";
import { claimedCpus } from "../../claimed_cpus.ts";
import { FakeKernel } from "../../fakes/fake_kernel.ts";
import { FakePerf } from "../../fakes/fake_perf.ts";
import {
  CPU_CLOCK,
  EVENTS,
  MAJOR,
  MIGRATIONS,
  MINOR,
  SoftwareBench,
  SWITCHES,
} from "../../fakes/software_bench.ts";
import { PerfMachine, PERFMON, type PerfRules } from "../../fakes/perf_machine.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

function absence(reading: Reading): { reason: string; message: string | undefined } {
  assert(!isMeasured(reading));
  return { reason: reading.absent, message: reading.problem?.message };
}

Deno.test("softwareEvents loses one event where one event is refused", () => {
  const bench = new SoftwareBench([0, 1, 2]);
  bench.perf.refuse(ERRNO.ENOENT, { config: BigInt(MIGRATIONS) });
  bench.tick();
  bench.happen(1, SWITCHES, 7);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "1"), 7);
  assertEquals(bench.stage.cell("software_cpu_migrations", "1"), NaN);
  assertEquals(bench.problems(), [{
    key: "cpu-migrations:ENOENT",
    collector: "software_events",
    reason: "not_supported",
    message: 'Cannot open event "cpu-migrations" on cpu 0-2: ENOENT, ' +
      "no such file, directory or event",
    remedy: undefined,
    metrics: ["software_cpu_migrations"],
  }]);
  assertEquals(
    absence(bench.stage.read("software_cpu_migrations", "1")).reason,
    "not_supported",
  );
});

Deno.test("softwareEvents loses one event on one CPU where only that is refused", () => {
  const bench = new SoftwareBench([0, 1]);
  bench.perf.refuse(ERRNO.EINVAL, { cpu: 1, config: BigInt(MAJOR) });
  bench.tick();
  bench.happen(0, MAJOR, 4);
  bench.happen(1, MINOR, 6);
  bench.tick();
  assertEquals(bench.stage.rate("software_major_faults", "0"), 4);
  assertEquals(bench.stage.rate("software_minor_faults", "1"), 6);
  assertEquals(bench.stage.cell("software_major_faults", "1"), NaN);
  const [problem, ...others] = bench.problems();
  assertEquals(others, []);
  assertEquals(problem?.instance, "1");
  assertEquals(problem?.metrics, ["software_major_faults"]);
});

Deno.test("softwareEvents goes on without its clock", () => {
  const bench = new SoftwareBench([0]);
  bench.perf.refuse(ERRNO.ENOENT, { config: BigInt(CPU_CLOCK) });
  bench.tick();
  bench.happen(0, SWITCHES, 9);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "0"), 9);
  assertAlmostEquals(bench.stage.cell("software_time_running_seconds", "0"), 1);
  assertEquals(bench.stage.cell("software_cpu_clock_seconds", "0"), NaN);
});

Deno.test("softwareEvents loses one CPU where one CPU is refused", () => {
  const bench = new SoftwareBench([0, 1, 2]);
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 1 });
  bench.tick();
  bench.happen(2, SWITCHES, 5);
  bench.tick();
  assertEquals(bench.stage.rate("software_context_switches", "2"), 5);
  assertEquals(bench.stage.cell("software_context_switches", "1"), NaN);
  assertEquals(bench.perf.openFds, 2 * EVENTS);
  const [problem, ...others] = bench.problems();
  assertEquals(others, []);
  assertEquals(
    [problem?.instance, problem?.message],
    ["1", "Cannot open software events on cpu 1: EBUSY, held by another user"],
  );
  assertEquals(absence(bench.stage.read("software_page_faults", "1")).message, problem?.message);
  assertEquals(
    absence(bench.stage.read("software_time_enabled_seconds", "1")).message,
    problem?.message,
  );
});

Deno.test("softwareEvents tells once that descriptors ran out, with the CPUs and the limit", () => {
  const bench = new SoftwareBench([0, 1, 2, 3]);
  // Two groups fit, and half of a third, which is given back.
  bench.perf.descriptorsMost = 2 * EVENTS + 3;
  bench.tick();
  bench.tick();
  assertEquals(bench.perf.cpus, [0, 1]);
  assertEquals(bench.perf.openFds, 2 * EVENTS);
  const [problem, ...others] = bench.problems();
  assertEquals(others, []);
  assertEquals(
    problem?.message,
    "Cannot open software events on cpu 2-3: EMFILE, too many open files in this process",
  );
  assertEquals([problem?.reason, problem?.instance], ["failed", undefined]);
  assertStringIncludes(problem?.remedy ?? "", "LimitNOFILE");
});

Deno.test("softwareEvents says once that all of it is denied, and how to get it", () => {
  const bench = new SoftwareBench([0, 1, 2, 3], 3);
  bench.perf.refuse(ERRNO.EACCES);
  bench.tick();
  const opens = bench.kernel.calls.filter((call) => call.startsWith("perfEventOpen"));
  assertEquals(opens.length, 1);
  const [problem, ...others] = bench.problems();
  assertEquals(others, []);
  assertEquals([problem?.key, problem?.reason], ["failed", "denied"]);
  assertEquals(
    problem?.message,
    "Cannot open software events on cpu 0: EACCES, permission denied, " +
      "perf_event_paranoid is 3, needs 0 or lower, or CAP_SYS_ADMIN",
  );
  assertStringIncludes(problem?.remedy ?? "", "kernel.perf_event_paranoid=2");
  assertEquals(absence(bench.stage.read("software_context_switches", "0")).reason, "denied");
  assertEquals(bench.perf.openFds, 0);
});

Deno.test("softwareEvents comes by itself when the right is given", () => {
  const bench = new SoftwareBench([0]);
  bench.perf.refuse(ERRNO.EACCES);
  bench.tick();
  assertEquals(bench.problems().length, 1);
  bench.perf.allowAll();
  for (let second = 0; second < 7; second++) bench.tick();
  assertEquals(bench.problems(), []);
  assertEquals(bench.stage.rate("software_context_switches", "0"), 0);
});

Deno.test("softwareEvents tells a filter, a missing kernel part and a sandbox apart", () => {
  for (
    const [errno, paranoid, reason, message, remedy] of [
      [ERRNO.EPERM, 2, "denied", "on cpu 0: EPERM, operation not permitted", "seccomp"],
      [ERRNO.ENOSYS, 2, "denied", "on cpu 0: ENOSYS, system call not implemented", "seccomp"],
      [ERRNO.ENOSYS, undefined, "not_supported", "on cpu 0: ENOSYS", "CONFIG_PERF_EVENTS=y"],
      [ERRNO.ENODEV, 2, "not_supported", "on cpu 0-1: ENODEV, no such device", undefined],
      [ERRNO.EINVAL, 2, "not_supported", "on cpu 0-1: EINVAL, invalid argument", undefined],
    ] as const
  ) {
    const kernel = new FakeKernel();
    new FakePerf(kernel).refuse(errno);
    const stage = new Stage([claimedCpus(0, 1), softwareEvents], {
      tree: new TextTree(),
      kernel,
      profile: { perfEventParanoid: paranoid },
    });
    stage.tick();
    const [problem, ...others] = stage.problems();
    assertEquals(others, []);
    assertEquals(problem?.reason, reason);
    assertStringIncludes(problem?.message ?? "", `Cannot open software events ${message}`);
    if (remedy === undefined) assertEquals(problem?.remedy, undefined);
    else assertStringIncludes(problem?.remedy ?? "", remedy);
  }
});

Deno.test("softwareEvents takes back what it told of a CPU that is gone", () => {
  const bench = new SoftwareBench([0, 1, 2]);
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 1 });
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 2 });
  bench.tick();
  assertStringIncludes(bench.problems()[0]?.message ?? "", "on cpu 1-2: EBUSY");
  bench.cpus = [0, 2];
  bench.tick();
  assertEquals(bench.problems().map((problem) => problem.message), [
    "Cannot open software events on cpu 2: EBUSY, held by another user",
  ]);
  bench.cpus = [0];
  bench.tick();
  assertEquals(bench.problems(), []);
});

Deno.test("softwareEvents fails loudly when a group cannot be read", () => {
  for (
    const [answer, found] of [
      [-ERRNO.EIO, "EIO, input/output error"],
      [16, "found 16 bytes, needs 120"],
      [0, "found 0 bytes, needs 120"],
    ] as const
  ) {
    const bench = new SoftwareBench([0, 1]);
    bench.tick();
    bench.kernel.expect("read", [], answer);
    bench.tick();
    assertEquals(bench.problems().map((problem) => problem.message), [
      `Cannot read software events on cpu 0: ${found}`,
    ]);
    assertEquals(bench.stage.cell("software_context_switches", "1"), NaN);
    assertEquals(bench.perf.openFds, 0);
  }
});

Deno.test("softwareEvents says that it knows no CPU", () => {
  const bench = new SoftwareBench([]);
  bench.tick();
  assertEquals(bench.problems().map((problem) => problem.message), [
    "Cannot open software events: no CPU is known, needs the cpu lines of /proc/stat",
  ]);
});

/** The sentence that a machine's answers make of an error. */
function told(errno: number, rules: PerfRules): { reason: string; message: string } {
  const perfAccess = new PerfMachine(rules).access();
  const { reason, message } = refusal("counters", [0, 1, 3], errno, {
    perfEventParanoid: perfAccess.paranoid,
    effectiveCapabilities: perfAccess.effectiveCapabilities,
    perfAccess,
  });
  return { reason, message: message.replace("Cannot open counters on cpu 0-1,3: ", "") };
}

Deno.test("refusal() says what is needed by what was tried", () => {
  const { EACCES, EBUSY, EINVAL, EMFILE, ENODEV, ENOENT, ENOSYS, EPERM } = ERRNO;
  const denied = "EACCES, permission denied";
  const cases: readonly (readonly [number, PerfRules, string, string])[] = [
    [
      EACCES,
      { paranoid: 2 },
      "denied",
      `${denied}, perf_event_paranoid is 2, needs 0 or lower, or CAP_PERFMON`,
    ],
    [
      EACCES,
      { paranoid: 3 },
      "denied",
      `${denied}, perf_event_paranoid is 3, needs 0 or lower, or CAP_PERFMON`,
    ],
    [
      EACCES,
      { paranoid: 3, patched: true },
      "denied",
      `${denied}, perf_event_paranoid is 3, needs 0 or lower, or CAP_SYS_ADMIN`,
    ],
    [
      EACCES,
      { paranoid: 3, patched: true, capabilities: PERFMON },
      "denied",
      `${denied}, perf_event_paranoid is 3, needs 2 or lower, or CAP_SYS_ADMIN`,
    ],
    [
      EACCES,
      { paranoid: 2, contained: true, capabilities: PERFMON },
      "denied",
      `${denied}, perf_event_paranoid is 2, needs 0 or lower, or CAP_PERFMON ` +
      "outside of this user namespace",
    ],
    [
      EACCES,
      { paranoid: 0, module: true },
      "denied",
      `${denied}, though perf_event_paranoid is 0, needs a security module that allows perf_event`,
    ],
    [
      EPERM,
      { paranoid: 2, filter: EPERM },
      "denied",
      "EPERM, operation not permitted, from a seccomp filter and not from the kernel, " +
      "needs one that allows perf_event_open",
    ],
    [
      ENOSYS,
      { devices: null },
      "not_supported",
      "ENOSYS, system call not implemented or filtered, perf_event_paranoid is not there either, " +
      "needs CONFIG_PERF_EVENTS=y",
    ],
    [
      ENODEV,
      { filter: ENODEV, devices: null },
      "not_supported",
      "ENODEV, no such device, as to every such call in this sandbox, " +
      "needs a kernel that has perf events",
    ],
    // The same number where the call works elsewhere.
    [ENODEV, { paranoid: 0 }, "gone", "ENODEV, no such device, needs a CPU that is online"],
    [
      ENOENT,
      { paranoid: 0 },
      "not_supported",
      "ENOENT, no such file, directory or event, needs a PMU that counts it",
    ],
    [
      EINVAL,
      { paranoid: 0 },
      "not_supported",
      "EINVAL, invalid argument, needs a PMU that counts it",
    ],
    [
      EMFILE,
      { paranoid: 0 },
      "failed",
      "EMFILE, too many open files in this process, the hard limit is 4096",
    ],
    [EBUSY, { paranoid: 0 }, "failed", "EBUSY, held by another user"],
  ];
  for (const [errno, rules, reason, message] of cases) {
    assertEquals(told(errno, rules), { reason, message });
  }
});

/** What is told of refusals on three CPUs. */
function problemsOf(refusals: Refusals): readonly Omit<Problem, "collector">[] {
  const told: Omit<Problem, "collector">[] = [];
  const teller: CollectorSpec = {
    id: "software_events",
    minIntervalMs: 0,
    open: (site) => {
      refusals.tell({ ...site, report: (problem) => told.push(problem) });
      return { read: () => {}, close: () => {} };
    },
  };
  new Stage([claimedCpus(0, 1, 2), teller], { tree: new TextTree() }).tick();
  return told;
}

Deno.test("Refusals tells which metrics an event costs, and on which CPUs", () => {
  const refusals = new Refusals({
    group: "caches",
    requests: [
      { name: "cycles", type: 0, config: 0n },
      { name: "LLC-loads", type: 3, config: 2n },
    ],
    metrics: ["cpu_cycles", ["core_llc_references", "core_llc_misses"]],
    groupMetrics: ["cpu_cycles"],
  });
  refusals.add(0, 1, ERRNO.ENOENT);
  refusals.add(2, 1, ERRNO.ENOENT);
  refusals.add(1, 0, ERRNO.EINVAL);
  const told = problemsOf(refusals);
  assertEquals(
    told.map(({ key, metrics, instance, instances }) => {
      return { key, metrics, instance, instances };
    }),
    [
      {
        key: "LLC-loads:ENOENT",
        metrics: ["core_llc_references", "core_llc_misses"],
        instance: undefined,
        instances: ["0", "2"],
      },
      { key: "cycles:EINVAL", metrics: ["cpu_cycles"], instance: "1", instances: undefined },
    ],
  );
});

import { assert, assertEquals } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import {
  GUEST,
  NO_CAPABILITY,
  PerfMachine,
  PERFMON,
  type PerfRules,
  SYS_ADMIN,
} from "../../fakes/perf_machine.ts";

const { E2BIG, EACCES, EMFILE, ENODEV, ENOENT, ENOSYS, EPERM } = ERRNO;

/** The five answers, in the order of the calls. */
function answers(rules: PerfRules): readonly number[] {
  const machine = new PerfMachine(rules);
  const { call, ownSoftware, cpuSoftware, ownCycles, cpuCycles } = machine.access().tries;
  assertEquals([...machine.open], [], "a descriptor is left open");
  return [call, ownSoftware, cpuSoftware, ownCycles, cpuCycles].map(({ errno }) => errno);
}

type Expected = readonly [name: string, rules: PerfRules, answers: readonly number[]];

const CAUSES: readonly Expected[] = [
  ["root on bare metal", { paranoid: 2, capabilities: SYS_ADMIN }, [E2BIG, 0, 0, 0, 0]],
  ["nobody at level 0", { paranoid: 0 }, [E2BIG, 0, 0, 0, 0]],
  ["nobody at level 1", { paranoid: 1 }, [E2BIG, 0, EACCES, 0, EACCES]],
  ["nobody at level 2", { paranoid: 2 }, [E2BIG, 0, EACCES, 0, EACCES]],
  ["a mainline kernel at level 3", { paranoid: 3 }, [E2BIG, 0, EACCES, 0, EACCES]],
  [
    "Debian's kernel at level 3",
    { paranoid: 3, patched: true, capabilities: PERFMON },
    [E2BIG, EACCES, EACCES, EACCES, EACCES],
  ],
  [
    "a guest without PMU",
    { paranoid: 2, capabilities: PERFMON, cycles: ENOENT, devices: GUEST },
    [E2BIG, 0, 0, ENOENT, ENOENT],
  ],
  // That there is no PMU is told before the right to a whole CPU is looked at.
  ["a guest without PMU, nobody", { paranoid: 1, cycles: ENOENT }, [
    E2BIG,
    0,
    EACCES,
    ENOENT,
    ENOENT,
  ]],
  ["a seccomp filter", { paranoid: 2, filter: EPERM }, [EPERM, EPERM, EPERM, EPERM, EPERM]],
  ["gVisor", { filter: ENODEV }, [ENODEV, ENODEV, ENODEV, ENODEV, ENODEV]],
  ["a kernel without perf", {}, [ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS]],
  [
    "no descriptor left",
    { paranoid: 0, open: EMFILE },
    [E2BIG, EMFILE, EMFILE, EMFILE, EMFILE],
  ],
];

Deno.test("probeAccess() asks so that the answers tell the causes apart, and closes what it opens", () => {
  for (const [name, rules, expected] of CAUSES) assertEquals(answers(rules), expected, name);
});

Deno.test("probeAccess() says what it tried, on the first CPU that is online", () => {
  const { tries } = new PerfMachine({ paranoid: 0 }).access();
  assertEquals(Object.values(tries).map(({ tried }) => tried), [
    "call perf_event_open",
    'count "dummy" of this process, in user mode',
    'count "dummy" on cpu 2',
    'count "cycles" of this process, in user mode',
    'count "cycles" on cpu 2',
  ]);
});

Deno.test("probeAccess() asks for cpu 0 where nobody tells which are online", () => {
  const machine = new PerfMachine({ paranoid: 0 });
  machine.tree.remove("/sys/devices/system/cpu/online");
  assertEquals(machine.access().tries.cpuSoftware.tried, 'count "dummy" on cpu 0');
});

Deno.test("probeAccess() reads what decides about perf events", () => {
  const { tries, ...facts } = new PerfMachine({
    paranoid: 3,
    capabilities: PERFMON,
    contained: true,
    filter: EPERM,
    devices: GUEST,
    files: {
      "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
      "/sys/class/dmi/id/product_name": "c5.large\n",
    },
  }).access();
  assert(tries.call.errno === EPERM);
  assertEquals(facts, {
    // The folder itself was open while it was counted.
    descriptors: { soft: 1024, hard: 4096, open: 3 },
    paranoid: 3,
    seccomp: 2,
    effectiveCapabilities: PERFMON,
    boundingCapabilities: "000001ffffffffff",
    userNamespace: true,
    nmiWatchdog: true,
    devices: ["breakpoint", "msr", "software", "tracepoint"],
    runtime: "host",
    firmware: "Amazon EC2 c5.large",
  });
});

Deno.test("probeAccess() leaves out what no file tells", () => {
  const machine = new PerfMachine({ devices: null });
  machine.tree.remove("/proc");
  machine.tree.remove("/sys");
  const { tries, ...facts } = machine.access();
  assertEquals(tries.call.errno, ENOSYS);
  assertEquals(facts, {
    descriptors: { soft: 1024, hard: 4096, open: undefined },
    paranoid: undefined,
    seccomp: undefined,
    effectiveCapabilities: undefined,
    boundingCapabilities: undefined,
    userNamespace: undefined,
    nmiWatchdog: undefined,
    devices: undefined,
    runtime: "host",
    firmware: undefined,
  });
});

Deno.test("probeAccess() gives plain data that travels between threads", () => {
  const access = new PerfMachine({ paranoid: 2, capabilities: NO_CAPABILITY }).access();
  assertEquals(structuredClone(access), access);
});

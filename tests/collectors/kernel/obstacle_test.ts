import { assertEquals } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import {
  CAP_PERFMON,
  CAP_SYS_ADMIN,
  holds,
  type Obstacle,
  obstacleBehind,
  obstacleOf,
} from "../../../collectors/kernel/obstacle.ts";
import {
  GUEST,
  PerfMachine,
  PERFMON,
  type PerfRules,
  SYS_ADMIN,
} from "../../fakes/perf_machine.ts";

const { EACCES, EBUSY, EIO, EMFILE, ENFILE, ENODEV, ENOENT, ENOSYS, EPERM } = ERRNO;

const CASES: readonly (readonly [Obstacle | null | undefined, PerfRules])[] = [
  [null, { paranoid: 2, capabilities: PERFMON }],
  [null, { paranoid: 0 }],
  [null, { paranoid: -1, contained: true }],
  // No PMU is no obstacle to the kernel's own events.
  [null, { paranoid: 2, capabilities: SYS_ADMIN, cycles: ENOENT, devices: GUEST }],
  ["capability", { paranoid: 1 }],
  ["capability", { paranoid: 2 }],
  // A mainline kernel knows no level 3, and treats it as 2.
  ["capability", { paranoid: 3 }],
  ["level", { paranoid: 3, patched: true }],
  ["level", { paranoid: 4, patched: true, capabilities: PERFMON }],
  [null, { paranoid: 4, patched: true, capabilities: SYS_ADMIN }],
  ["user_namespace", { paranoid: 2, capabilities: SYS_ADMIN, contained: true }],
  ["user_namespace", { paranoid: 3, patched: true, capabilities: SYS_ADMIN, contained: true }],
  // There a capability would not help.
  ["user_namespace", { paranoid: 1, contained: true }],
  ["security_module", { paranoid: 0, module: true }],
  ["security_module", { paranoid: 2, module: true }],
  ["security_module", { paranoid: 3, module: true, capabilities: SYS_ADMIN }],
  ["filter", { paranoid: 2, filter: EPERM }],
  ["filter", { paranoid: 2, filter: ENOSYS }],
  // Of a filter only: the kernel would have said E2BIG to the first call.
  ["filter", { paranoid: 2, filter: EACCES }],
  ["filter", { paranoid: 2, filter: ENODEV }],
  ["filter", { filter: EPERM, devices: null }],
  ["sandbox", { filter: ENODEV, devices: null }],
  ["no_perf", { devices: null }],
  ["descriptors", { paranoid: 0, open: EMFILE }],
  ["system_descriptors", { paranoid: 0, open: ENFILE }],
  [undefined, { paranoid: 0, open: EIO }],
];

Deno.test("obstacleOf() finds the one thing that is in the way", () => {
  for (const [obstacle, rules] of CASES) {
    assertEquals(obstacleOf(new PerfMachine(rules).access()), obstacle, JSON.stringify(rules));
  }
});

Deno.test("obstacleBehind() names an obstacle only for an error that comes from it", () => {
  const denied = new PerfMachine({ paranoid: 2 }).access();
  assertEquals(obstacleBehind(EACCES, denied), "capability");
  assertEquals(obstacleBehind(EBUSY, denied), undefined);
  const free = new PerfMachine({ paranoid: 0 }).access();
  // The level was raised since.
  assertEquals(obstacleBehind(EACCES, free), undefined);
  assertEquals(obstacleBehind(EACCES, undefined), undefined);
});

Deno.test("holds() reads a mask of capabilities", () => {
  assertEquals(holds(PERFMON, CAP_PERFMON), true);
  assertEquals(holds(PERFMON, CAP_SYS_ADMIN), false);
  assertEquals(holds(SYS_ADMIN, CAP_SYS_ADMIN), true);
  assertEquals(holds(undefined, CAP_SYS_ADMIN), false);
});

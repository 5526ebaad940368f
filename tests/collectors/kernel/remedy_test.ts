import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { remedyFor, type Rights } from "../../../collectors/kernel/remedy.ts";
import {
  NO_CAPABILITY,
  PerfMachine,
  PERFMON,
  type PerfRules,
  SYS_ADMIN,
} from "../../fakes/perf_machine.ts";

const NONE = NO_CAPABILITY;

function rights(perfEventParanoid: number | undefined, effectiveCapabilities?: string): Rights {
  return { perfEventParanoid, effectiveCapabilities };
}

function denied(paranoid: number | undefined, capabilities: string | undefined): string {
  return remedyFor(ERRNO.EACCES, "perf_event", rights(paranoid, capabilities)) ?? "none";
}

Deno.test("remedyFor() names CAP_PERFMON before the sysctl where it suffices", () => {
  for (const paranoid of [1, 2]) {
    assertMatch(
      denied(paranoid, NONE),
      /CAP_PERFMON.*, or lower the level: `sudo sysctl -w kernel\.perf_event_paranoid=0`$/,
    );
  }
});

Deno.test("remedyFor() asks for what is missing where the distribution raised the level", () => {
  const both = denied(3, NONE);
  assertMatch(both, /^At 3 the kernel asks for CAP_SYS_ADMIN: lower .*=2` and give it CAP_PERFMON/);
  assertEquals(
    denied(4, PERFMON),
    "At 4 the kernel asks for CAP_SYS_ADMIN: lower the level: " +
      "`sudo sysctl -w kernel.perf_event_paranoid=2`",
  );
});

/** What a machine's answers say about an error. */
function told(errno: number, rules: PerfRules, distribution?: string): string | undefined {
  const perfAccess = new PerfMachine(rules).access();
  return remedyFor(errno, "perf_event", {
    perfEventParanoid: perfAccess.paranoid,
    effectiveCapabilities: perfAccess.effectiveCapabilities,
    distribution,
    perfAccess,
  });
}

Deno.test("remedyFor() goes by what was tried and not by the error number alone", () => {
  const { EACCES, ENODEV, ENOSYS, EPERM } = ERRNO;
  const cases: readonly (readonly [number, PerfRules, RegExp])[] = [
    [EACCES, { paranoid: 2 }, /^Start it with CAP_PERFMON: .*, or lower .*paranoid=0`$/],
    // No distribution's patch: the capability suffices at 3 too.
    [EACCES, { paranoid: 3 }, /^Start it with CAP_PERFMON: /],
    [EACCES, { paranoid: 3, patched: true }, /paranoid=2` and start it with CAP_PERFMON: /],
    [EACCES, { paranoid: 2, contained: true }, /^Run it with CAP_PERFMON and outside of this user/],
    [EACCES, { paranoid: 2, module: true, capabilities: PERFMON }, /security module/],
    [EACCES, { paranoid: 2, filter: EACCES }, /seccomp profile that allows perf_event_open/],
    [EPERM, { paranoid: 2, filter: EPERM }, /seccomp profile that allows perf_event_open/],
    [ENOSYS, { devices: null }, /CONFIG_PERF_EVENTS=y/],
    [ENODEV, { filter: ENODEV, devices: null }, /^Run it outside of this sandbox \(gVisor/],
  ];
  for (const [errno, rules, remedy] of cases) {
    assertMatch(told(errno, rules) ?? "none", remedy, JSON.stringify(rules));
  }
  assertEquals(told(ENODEV, { paranoid: 0 }), undefined);
});

Deno.test("remedyFor() speaks of the runtime that this was started by", () => {
  const { EACCES, EMFILE, EPERM } = ERRNO;
  const runtimes = {
    docker: { "/.dockerenv": "" },
    podman: { "/run/.containerenv": "" },
    kubernetes: { "/proc/self/cgroup": "0::/kubepods/pod1/c2\n" },
    systemd: { "/proc/self/cgroup": "0::/system.slice/ringside.service\n" },
  } as const;
  const cases: readonly (readonly [keyof typeof runtimes, number, PerfRules, RegExp])[] = [
    [
      "docker",
      EPERM,
      { paranoid: 2, filter: EPERM },
      /`--cap-add PERFMON` \(Docker 23 or later\), or/,
    ],
    [
      "docker",
      EACCES,
      { paranoid: 2 },
      /^Start .*--cap-add PERFMON.*, or lower the level on the host: `/,
    ],
    [
      "docker",
      EACCES,
      { paranoid: 3, patched: true },
      /lower the level on the host: `sudo .*=2` and start/,
    ],
    ["docker", EACCES, { paranoid: 2, contained: true }, /--userns=host/],
    ["docker", EMFILE, { paranoid: 2 }, /`--ulimit nofile=65536`$/],
    ["podman", EACCES, { paranoid: 2, contained: true }, /^Start the container as root/],
    ["podman", EPERM, { paranoid: 2, filter: EPERM }, /where that does not do, with a seccomp/],
    ["kubernetes", EACCES, { paranoid: 2 }, /^Add PERFMON to securityContext.capabilities.add/],
    ["kubernetes", EPERM, { paranoid: 2, filter: EPERM }, /seccompProfile of type Localhost/],
    ["kubernetes", EACCES, { paranoid: 2, contained: true }, /^Set hostUsers: true/],
    ["systemd", EACCES, { paranoid: 2 }, /its unit: `AmbientCapabilities=CAP_PERFMON`/],
    ["systemd", EPERM, { paranoid: 2, filter: EPERM }, /SystemCallFilter=/],
    ["systemd", EACCES, { paranoid: 2, contained: true }, /PrivateUsers=no/],
    ["systemd", EMFILE, { paranoid: 2 }, /in the unit: `LimitNOFILE=65536`$/],
  ];
  for (const [runtime, errno, rules, remedy] of cases) {
    const files = runtimes[runtime];
    assertMatch(told(errno, { ...rules, files }) ?? "none", remedy, `${runtime} ${errno}`);
  }
});

Deno.test("remedyFor() names the distribution whose kernel it is, and in a container none", () => {
  const rules = { paranoid: 3, patched: true } as const;
  assertStringIncludes(
    told(ERRNO.EACCES, rules, "Debian GNU/Linux 13 (trixie)") ?? "",
    "At 3 the kernel of Debian GNU/Linux 13 (trixie) asks for CAP_SYS_ADMIN",
  );
  assertStringIncludes(
    told(ERRNO.EACCES, { ...rules, files: { "/.dockerenv": "" } }, "Alpine Linux") ?? "",
    "At 3 the kernel asks for CAP_SYS_ADMIN",
  );
});

Deno.test("remedyFor() gives who started it in a shell lines for a shell, and no unit", () => {
  const denied = told(ERRNO.EACCES, { paranoid: 2 }) ?? "";
  assertMatch(denied, /`sudo env .* setpriv .*--ambient-caps=\+perfmon deno task start`/);
  const full = told(ERRNO.EMFILE, { paranoid: 2 }) ?? "";
  assertMatch(full, /`sudo prlimit --pid \$\$ --nofile=65536`$/);
  for (const remedy of [denied, full]) assert(!/\bunit\b/.test(remedy), remedy);
});

Deno.test("remedyFor() puts what is to be pasted between backticks, each time both", () => {
  for (const files of [{}, { "/.dockerenv": "" }, { "/run/.containerenv": "" }]) {
    for (const errno of [ERRNO.EACCES, ERRNO.EMFILE, ERRNO.EPERM]) {
      const remedy = told(errno, { paranoid: 2, files }) ?? "";
      assertEquals((remedy.split("`").length - 1) % 2, 0, remedy);
    }
  }
});

Deno.test("remedyFor() says who may hold the counters", () => {
  assertMatch(told(ERRNO.EBUSY, { paranoid: 0 }) ?? "", /^Stop what holds .*nmi_watchdog=0/);
});

Deno.test("remedyFor() does not send those who hold the capability to fetch it", () => {
  for (
    const [paranoid, capabilities] of [[2, PERFMON], [2, SYS_ADMIN], [4, SYS_ADMIN]] as const
  ) {
    const remedy = denied(paranoid, capabilities);
    assertStringIncludes(remedy, "user namespace");
    assertStringIncludes(remedy, "security module");
  }
});

Deno.test("remedyFor() looks for a security module where the level allows everything", () => {
  for (const paranoid of [0, -1]) {
    const remedy = denied(paranoid, NONE);
    assertStringIncludes(remedy, "security module");
    assertStringIncludes(remedy, `kernel.perf_event_paranoid is ${paranoid}`);
  }
});

Deno.test("remedyFor() gives the mainline remedy where level and capabilities are hidden", () => {
  assertEquals(denied(undefined, undefined), denied(2, NONE));
});

Deno.test("remedyFor() tells a filter from a kernel without perf events", () => {
  assertStringIncludes(remedyFor(ERRNO.EPERM, "perf_event", rights(2, NONE)) ?? "", "seccomp");
  assertStringIncludes(remedyFor(ERRNO.ENOSYS, "perf_event", rights(2, NONE)) ?? "", "seccomp");
  assertEquals(
    remedyFor(ERRNO.ENOSYS, "perf_event", rights(undefined)),
    "Use a kernel that is built with CONFIG_PERF_EVENTS=y",
  );
});

Deno.test("remedyFor() names the limit that was reached", () => {
  for (const opened of ["perf_event", { file: "/proc/stat" }] as const) {
    const remedy = remedyFor(ERRNO.EMFILE, opened, rights(2));
    assertStringIncludes(remedy ?? "", "LimitNOFILE=65536");
    assertStringIncludes(remedyFor(ERRNO.ENFILE, opened, rights(2)) ?? "", "fs.file-max");
  }
});

Deno.test("remedyFor() names the file that may not be read", () => {
  for (const errno of [ERRNO.EACCES, ERRNO.EPERM]) {
    const remedy = remedyFor(errno, { file: "/sys/firmware/dmi/tables/DMI" }, rights(2));
    assertMatch(remedy ?? "", /group read \/sys\/firmware\/dmi\/tables\/DMI, or .*CAP_DAC_READ/);
    const process = remedyFor(errno, { file: "/proc/4242/io" }, rights(2));
    assertStringIncludes(process ?? "", "CAP_SYS_PTRACE");
  }
});

Deno.test("remedyFor() has nothing to say of what no setting changes", () => {
  assertEquals(remedyFor(ERRNO.ENOENT, "perf_event", rights(2)), undefined);
  assertEquals(remedyFor(ERRNO.ENOENT, { file: "/proc/pressure/cpu" }, rights(2)), undefined);
  assertEquals(remedyFor(ERRNO.ENODEV, "perf_event", rights(2)), undefined);
});

Deno.test("remedyFor() gives one sentence, capital first, without a full stop", () => {
  for (const level of [undefined, -1, 0, 1, 2, 3, 4]) {
    for (const capabilities of [undefined, NONE, PERFMON, SYS_ADMIN]) {
      for (const errno of Object.values(ERRNO)) {
        const remedy = remedyFor(errno, "perf_event", rights(level, capabilities));
        if (remedy === undefined) continue;
        assert(/^[A-Z].*[^.]$/.test(remedy) && !/\. [A-Z]/.test(remedy), remedy);
      }
    }
  }
});

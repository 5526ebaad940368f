import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { remedyFor, type Rights } from "../../../collectors/kernel/remedy.ts";

const NONE = "0000000000000000";
const PERFMON = "0000004000000000"; // bit 38
const SYS_ADMIN = "0000000000200000"; // bit 21

function rights(perfEventParanoid: number | undefined, effectiveCapabilities?: string): Rights {
  return { perfEventParanoid, effectiveCapabilities };
}

function denied(paranoid: number | undefined, capabilities: string | undefined): string {
  return remedyFor(ERRNO.EACCES, "perf_event", rights(paranoid, capabilities)) ?? "none";
}

Deno.test("remedyFor() names CAP_PERFMON before the sysctl where it suffices", () => {
  for (const paranoid of [1, 2]) {
    assertMatch(denied(paranoid, NONE), /CAP_PERFMON.*, or set kernel\.perf_event_paranoid=0/);
  }
});

Deno.test("remedyFor() asks for both where the distribution raised the level", () => {
  for (const capabilities of [NONE, PERFMON]) {
    const remedy = denied(3, capabilities);
    assertMatch(remedy, /^Set kernel\.perf_event_paranoid=2 .* and give the service CAP_PERFMON/);
    assertStringIncludes(remedy, "at 3 the kernel asks for CAP_SYS_ADMIN");
  }
  assertStringIncludes(denied(4, NONE), "at 4 the kernel");
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

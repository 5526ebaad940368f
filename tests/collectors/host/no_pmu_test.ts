import { assertEquals, assertStringIncludes } from "@std/assert";
import { noPmuProblem } from "../../../collectors/host/no_pmu.ts";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { GUEST, PerfMachine, type PerfRules } from "../../fakes/perf_machine.ts";
import { PROFILE } from "../../stage.ts";

function profile(hypervisor: string | undefined, rules: PerfRules): HostProfile {
  return { ...PROFILE, hypervisor, perfAccess: new PerfMachine(rules).access() };
}

const NO_PMU = { paranoid: 0, cycles: ERRNO.ENOENT, devices: GUEST } as const;

Deno.test("noPmuProblem() says what was found where, and what a guest needs", () => {
  assertEquals(noPmuProblem(profile("KVM", NO_PMU), GUEST), {
    reason: "not_supported",
    message: "Cannot count hardware events: no PMU of the CPU cores in " +
      "/sys/bus/event_source/devices, found breakpoint, msr, software, tracepoint, " +
      "needs a hypervisor that passes one on",
    remedy: "Whoever runs the host can pass its PMU on where the virtual machine monitor is able " +
      "to, for example QEMU with -cpu host,pmu=on, or libvirt with cpu " +
      "mode='host-passthrough' and features pmu state='on'",
  });
  assertStringIncludes(
    noPmuProblem(profile(undefined, NO_PMU), []).message,
    "found none at all, needs a kernel that drives the PMU of this CPU",
  );
});

Deno.test("noPmuProblem() knows where each hypervisor and cloud switches the PMU on", () => {
  const firmware = (vendor: string): PerfRules => ({
    ...NO_PMU,
    files: { "/sys/class/dmi/id/sys_vendor": `${vendor}\n` },
  });
  const cases: readonly (readonly [string | undefined, PerfRules, string])[] = [
    ["VMware", NO_PMU, "enable virtualized CPU performance counters"],
    ["Hyper-V", NO_PMU, "Set-VMProcessor VMNAME -Perfmon"],
    ["Xen", NO_PMU, "vpmu=on"],
    ["QEMU", NO_PMU, "-cpu host,pmu=on"],
    ["KVM", firmware("Amazon EC2"), ".metal"],
    ["KVM", firmware("Google"), "--performance-monitoring-unit=standard"],
    ["VirtualBox", NO_PMU, "in the settings of its hypervisor"],
    [undefined, NO_PMU, "dmesg"],
  ];
  for (const [hypervisor, rules, remedy] of cases) {
    assertStringIncludes(noPmuProblem(profile(hypervisor, rules), GUEST).remedy ?? "", remedy);
  }
});

Deno.test("noPmuProblem() blames no hypervisor where the kernel itself counts nothing", () => {
  const sandbox = noPmuProblem(profile("KVM", { filter: ERRNO.ENODEV, devices: null }), []);
  assertEquals(
    sandbox.message,
    'Cannot count "cycles" on cpu 2: ENODEV, no such device, as to every such call in this sandbox, ' +
      "needs a kernel that has perf events",
  );
  assertStringIncludes(sandbox.remedy ?? "", "gVisor");
  const bare = noPmuProblem(profile(undefined, { devices: null }), []);
  assertStringIncludes(bare.message, "perf_event_paranoid is not there either");
  assertEquals(bare.remedy, "Use a kernel that is built with CONFIG_PERF_EVENTS=y");
});

Deno.test("noPmuProblem() does without answers", () => {
  const { message } = noPmuProblem({ ...PROFILE, hypervisor: "KVM" }, ["software"]);
  assertStringIncludes(message, "found software, needs a hypervisor that passes one on");
});

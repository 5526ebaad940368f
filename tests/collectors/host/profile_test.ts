import { assertEquals } from "@std/assert";
import { type HostProfile, readHostProfile } from "../../../collectors/host/profile.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { FakeKernel } from "../../fakes/fake_kernel.ts";
import { TextTree } from "../../text_tree.ts";

const CPU = "/sys/devices/system/cpu";

/** Without what perf_event_open answered: access_test.ts looks at that. */
function profileOf(kernel: FakeKernel, tree: TextTree): Omit<HostProfile, "perfAccess"> {
  kernel.always("perfEventOpen", [], -ERRNO.ENOSYS);
  kernel.always("descriptorLimit", [], { soft: 1024, hard: 4096 });
  const { perfAccess, ...profile } = readHostProfile(kernel, tree);
  assertEquals(perfAccess?.tries.call.errno, ERRNO.ENOSYS);
  return profile;
}

function kernel(machine = "x86_64"): FakeKernel {
  return new FakeKernel().always("uname", [], {
    sysname: "Linux",
    nodename: "fig",
    release: "6.12.9-amd64",
    version: "#1 SMP PREEMPT_DYNAMIC",
    machine,
  });
}

/** Topology files: for each CPU its socket and the CPUs of its core. */
function topology(
  ...cpus: readonly (readonly [socket: number, siblings: string])[]
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [cpu, [socket, siblings]] of cpus.entries()) {
    files[`${CPU}/cpu${cpu}/topology/physical_package_id`] = `${socket}\n`;
    files[`${CPU}/cpu${cpu}/topology/core_cpus_list`] = `${siblings}\n`;
  }
  return files;
}

/** A server of two sockets with one core of two threads each. */
const SERVER: Readonly<Record<string, string>> = {
  "/proc/cpuinfo": [0, 1, 2, 3].map((cpu) =>
    `processor\t: ${cpu}\nvendor_id\t: GenuineIntel\n` +
    "model name\t: Intel(R) Xeon(R) Gold 6130   CPU @ 2.10GHz\n" +
    "flags\t\t: fpu vme de pse tsc msr\n"
  ).join("\n"),
  [`${CPU}/online`]: "0-3\n",
  [`${CPU}/present`]: "0-5\n",
  ...topology([0, "0,2"], [1, "1,3"], [0, "0,2"], [1, "1,3"]),
  "/sys/devices/system/node/online": "0-1\n",
  "/proc/stat": "cpu  1 2 3 4\nintr 5\nctxt 6\nbtime 1767225600\nprocesses 7\n",
  "/proc/meminfo": "MemTotal:       16384000 kB\nMemFree:         1000 kB\n",
  "/etc/os-release": 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
  "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  "/proc/sys/kernel/perf_event_paranoid": "3\n",
  "/proc/self/status": "Name:\tdeno\nCapPrm:\t000001ffffffffff\nCapEff:\t0000004000000000\n",
};

Deno.test("readHostProfile() reads a server of two sockets", () => {
  assertEquals(profileOf(kernel(), new TextTree(SERVER)), {
    hostname: "fig",
    kernelRelease: "6.12.9-amd64",
    machine: "x86_64",
    cpuModel: "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz",
    cpuVendor: "intel",
    cpuFamily: undefined,
    cpuModelNumber: undefined,
    sockets: 2,
    cores: 2,
    onlineCpus: [0, 1, 2, 3],
    presentCpus: [0, 1, 2, 3, 4, 5],
    numaNodes: 2,
    hypervisor: undefined,
    bootedAtMs: Date.UTC(2026, 0, 1),
    distribution: "Debian GNU/Linux 13 (trixie)",
    memoryBytes: 16_777_216_000,
    hostId: "0123456789abcdef0123456789abcdef",
    perfEventParanoid: 3,
    effectiveCapabilities: "0000004000000000",
  });
});

Deno.test("readHostProfile() knows nothing of a machine that shows nothing", () => {
  assertEquals(profileOf(kernel("riscv64"), new TextTree()), {
    hostname: "fig",
    kernelRelease: "6.12.9-amd64",
    machine: "riscv64",
    cpuModel: undefined,
    cpuVendor: undefined,
    cpuFamily: undefined,
    cpuModelNumber: undefined,
    sockets: undefined,
    cores: undefined,
    onlineCpus: [],
    presentCpus: undefined,
    numaNodes: undefined,
    hypervisor: undefined,
    bootedAtMs: undefined,
    distribution: undefined,
    memoryBytes: undefined,
    hostId: undefined,
    perfEventParanoid: undefined,
    effectiveCapabilities: undefined,
  });
});

Deno.test("readHostProfile() leaves out what is garbled or denied, and keeps the rest", () => {
  for (
    const [path, content, field] of [
      ["/proc/stat", "cpu  1 2 3 4\nbtime yesterday\n", "bootedAtMs"],
      ["/proc/stat", "cpu  1 2 3 4\nbtime 18446744073709548016\n", "bootedAtMs"],
      ["/proc/meminfo", "MemTotal:       lots kB\n", "memoryBytes"],
      ["/etc/os-release", "NAME=Linux\n", "distribution"],
      ["/etc/machine-id", "uninitialized\n", "hostId"],
      ["/proc/sys/kernel/perf_event_paranoid", "two\n", "perfEventParanoid"],
      ["/proc/self/status", "CapEff:\tnone\n", "effectiveCapabilities"],
      ["/sys/devices/system/node/online", "0-\n", "numaNodes"],
      [`${CPU}/present`, "0-\n", "presentCpus"],
      [`${CPU}/cpu2/topology/physical_package_id`, "-1\n", "sockets"],
    ] as const
  ) {
    const whole = profileOf(kernel(), new TextTree(SERVER));
    const garbled = new TextTree(SERVER);
    garbled.set(path, content);
    assertEquals(profileOf(kernel(), garbled), { ...whole, [field]: undefined }, path);
    const denied = new TextTree(SERVER);
    denied.fail(path, ERRNO.EACCES);
    assertEquals(profileOf(kernel(), denied), { ...whole, [field]: undefined }, path);
  }
});

Deno.test("readHostProfile() takes online CPUs from cpuinfo where sysfs is hidden", () => {
  const tree = new TextTree(SERVER);
  tree.remove("/sys");
  const profile = profileOf(kernel(), tree);
  assertEquals(profile.onlineCpus, [0, 1, 2, 3]);
  assertEquals([profile.sockets, profile.cores], [undefined, undefined]);
});

Deno.test("readHostProfile() counts only sockets and cores that are online", () => {
  const tree = new TextTree(SERVER);
  tree.set(`${CPU}/online`, "0,2\n");
  const { sockets, cores, onlineCpus } = profileOf(kernel(), tree);
  assertEquals({ sockets, cores, onlineCpus }, { sockets: 1, cores: 1, onlineCpus: [0, 2] });
});

Deno.test("readHostProfile() counts cores by the name that older kernels have", () => {
  const tree = new TextTree(SERVER);
  for (const [cpu, siblings] of ["0,2", "1,3", "0,2", "1,3"].entries()) {
    tree.remove(`${CPU}/cpu${cpu}/topology/core_cpus_list`);
    tree.set(`${CPU}/cpu${cpu}/topology/thread_siblings_list`, `${siblings}\n`);
  }
  assertEquals(profileOf(kernel(), tree).cores, 2);
});

Deno.test("readHostProfile() reads os-release with and without quotes, in either place", () => {
  for (
    const [line, name] of [
      ['PRETTY_NAME="Arch Linux"', "Arch Linux"],
      ["PRETTY_NAME='Alpine Linux v3.22'", "Alpine Linux v3.22"],
      ["PRETTY_NAME=Gentoo", "Gentoo"],
      ['PRETTY_NAME=""', undefined],
    ] as const
  ) {
    for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
      const tree = new TextTree({ [path]: `ID=x\n${line}\nHOME_URL="y"\n` });
      assertEquals(profileOf(kernel(), tree).distribution, name);
    }
  }
});

Deno.test("readHostProfile() tells a machine without an id by its boot", () => {
  const boot = "01234567-89ab-4def-8123-456789abcdef";
  const tree = new TextTree({
    "/etc/machine-id": "\n",
    "/proc/sys/kernel/random/boot_id": `${boot}\n`,
  });
  assertEquals(profileOf(kernel(), tree).hostId, boot);
});

Deno.test("readHostProfile() reads a level of paranoia below zero", () => {
  const tree = new TextTree({ "/proc/sys/kernel/perf_event_paranoid": "-1\n" });
  assertEquals(profileOf(kernel(), tree).perfEventParanoid, -1);
});

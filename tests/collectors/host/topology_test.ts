import { assertEquals } from "@std/assert";
import { cpuGroups } from "../../../collectors/host/topology.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { TextTree } from "../../text_tree.ts";

const DEVICES = "/sys/bus/event_source/devices";

/** The files of one CPU, by their path below its directory. */
function cpu(n: number, files: Readonly<Record<string, string>>): Record<string, string> {
  const below = `/sys/devices/system/cpu/cpu${n}`;
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${below}/${path}`, `${text}\n`]),
  );
}

Deno.test("cpuGroups tells type, L3 cache and socket of a CPU", () => {
  const tree = new TextTree({
    [`${DEVICES}/cpu/type`]: "4\n",
    [`${DEVICES}/amd_l3/cpumask`]: "0,8\n",
    ...cpu(9, { "topology/physical_package_id": "1", "cache/index3/id": "5" }),
  });
  assertEquals(cpuGroups(tree, 9), { core_type: "cpu", l3_domain: "5", socket: "1" });
});

Deno.test("cpuGroups names an L3 cache without a number after its first CPU", () => {
  const tree = new TextTree(cpu(3, { "cache/index3/shared_cpu_list": "2-3,6" }));
  assertEquals(cpuGroups(tree, 3), { l3_domain: "2" });
});

Deno.test("cpuGroups names a core after its first CPU, whichever file lists its threads", () => {
  const tree = new TextTree({
    ...cpu(9, { "topology/core_cpus_list": "1,9", "topology/thread_siblings_list": "9" }),
    ...cpu(10, { "topology/thread_siblings_list": "2,10" }),
  });
  assertEquals([cpuGroups(tree, 9), cpuGroups(tree, 10)], [{ core: "1" }, { core: "2" }]);
});

Deno.test("cpuGroups leaves out what the machine does not tell", () => {
  assertEquals(cpuGroups(new TextTree(), 0), {});
  // -1 is firmware's word for a socket that it does not know.
  const tree = new TextTree(cpu(0, {
    "topology/physical_package_id": "-1",
    "cache/index3/id": "none",
    "cache/index3/shared_cpu_list": "",
  }));
  tree.fail(DEVICES, ERRNO.EACCES);
  assertEquals(cpuGroups(tree, 0), {});
});

Deno.test("cpuGroups tells types of cores apart by the CPUs that each PMU has", () => {
  const hybrid = new TextTree({
    [`${DEVICES}/cpu_core/type`]: "4\n",
    [`${DEVICES}/cpu_core/cpus`]: "0-3\n",
    [`${DEVICES}/cpu_atom/type`]: "10\n",
    [`${DEVICES}/cpu_atom/cpus`]: "4-7\n",
    [`${DEVICES}/uncore_imc_0/type`]: "14\n",
    [`${DEVICES}/uncore_imc_0/cpumask`]: "0\n",
  });
  assertEquals([0, 5, 8].map((n) => cpuGroups(hybrid, n).core_type), [
    "cpu_core",
    "cpu_atom",
    undefined,
  ]);
  const arm = new TextTree({
    [`${DEVICES}/armv8_cortex_a53/type`]: "8\n",
    [`${DEVICES}/armv8_cortex_a72/type`]: "9\n",
    [`${DEVICES}/arm_spe_0/type`]: "10\n",
    [`${DEVICES}/armv8_cortex_a53/cpus`]: "0-3\n",
    [`${DEVICES}/armv8_cortex_a72/cpus`]: "4-5\n",
    [`${DEVICES}/arm_spe_0/cpumask`]: "0-5\n",
    [`${DEVICES}/software/type`]: "1\n",
  });
  assertEquals([3, 4].map((n) => cpuGroups(arm, n).core_type), [
    "armv8_cortex_a53",
    "armv8_cortex_a72",
  ]);
});

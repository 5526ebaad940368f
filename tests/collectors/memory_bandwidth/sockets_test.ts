import { assertEquals } from "@std/assert";
import { hasNoMemory } from "../../../collectors/memory_bandwidth/sockets.ts";
import { TextTree } from "../../text_tree.ts";

/** By node: its CPUs, and its kB; CPUs 0 and 1 are of socket 0, 2 and 3 of socket 1. */
function tree(nodes: readonly (readonly [cpus: string, kib: number | null])[]): TextTree {
  const found = new TextTree();
  for (const [node, [cpus, kib]] of nodes.entries()) {
    found.set(`/sys/devices/system/node/node${node}/cpulist`, `${cpus}\n`);
    if (kib === null) continue;
    found.set(
      `/sys/devices/system/node/node${node}/meminfo`,
      `Node ${node} MemTotal:   ${kib} kB\n`,
    );
  }
  for (const cpu of [0, 1, 2, 3]) {
    found.set(`/sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`, `${cpu >> 1}\n`);
  }
  return found;
}

Deno.test("hasNoMemory() is what all NUMA nodes of a socket say", () => {
  const nodes = [["0-1", 4096], ["2", 0], ["3", 0]] as const;
  assertEquals([hasNoMemory(tree(nodes), "0"), hasNoMemory(tree(nodes), "1")], [false, true]);
  const half = [["0-1", 0], ["2", 0], ["3", 4096]] as const;
  assertEquals([hasNoMemory(tree(half), "0"), hasNoMemory(tree(half), "1")], [true, false]);
});

Deno.test("hasNoMemory() does not say so where the kernel tells nothing", () => {
  assertEquals(hasNoMemory(tree([]), "0"), false);
  assertEquals(hasNoMemory(tree([["0-1", null]]), "0"), false);
  // A node without CPUs is memory that hangs elsewhere.
  assertEquals(hasNoMemory(tree([["", 0]]), "0"), false);
  // One node for all: NUMA is off.
  assertEquals(hasNoMemory(tree([["0-3", 4096]]), "1"), false);
});

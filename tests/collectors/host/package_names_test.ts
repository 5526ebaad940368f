import { assertEquals } from "@std/assert";
import { PackageNames } from "../../../collectors/host/package_names.ts";
import { TextTree } from "../../text_tree.ts";

/** Two CPUs, each of a die of its own; `dies`: their packages and dies. */
function machine(dies: readonly (readonly [socket: number, die: number])[]): TextTree {
  const tree = new TextTree();
  dies.forEach(([socket, die], cpu) => {
    const topology = `/sys/devices/system/cpu/cpu${cpu}/topology`;
    tree.set(`${topology}/physical_package_id`, `${socket}\n`);
    tree.set(`${topology}/die_id`, `${die}\n`);
  });
  return tree;
}

function namesOf(names: PackageNames, cpus: readonly number[]): readonly string[] {
  return names.places(cpus).map(({ name }) => name);
}

Deno.test("a die keeps the name that it had first, whether the others come or go", () => {
  const tree = machine([[0, 0], [0, 1]]);
  const both = new PackageNames(tree);
  assertEquals(namesOf(both, [0, 1]), ["0/0", "0/1"]);
  assertEquals(namesOf(both, [1]), ["0/1"]);
  assertEquals(namesOf(both, [0, 1]), ["0/0", "0/1"]);
  const late = new PackageNames(tree);
  assertEquals(namesOf(late, [0]), ["0"]);
  assertEquals(namesOf(late, [0, 1]), ["0", "0/1"]);
});

Deno.test("a package that is metered as one keeps its name through any of its dies", () => {
  const names = new PackageNames(machine([[0, 0], [0, 1], [1, 0]]));
  assertEquals(namesOf(names, [0, 2]), ["0", "1"]);
  assertEquals(namesOf(names, [1, 2]), ["0", "1"]);
});

Deno.test("a package that is known to be metered as one is asked on its first CPU only", () => {
  const tree = machine([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const names = new PackageNames(tree, true);
  const asked = (cpus: readonly number[]): readonly string[] =>
    names.places(cpus).map(({ cpu, name }) => `${name} on ${cpu}`);
  assertEquals(asked([0, 1, 2, 3]), ["0 on 0", "1 on 2"]);
  assertEquals(asked([1, 2, 3]), ["0 on 1", "1 on 2"]);
  const untold = new PackageNames(machine([]), true);
  assertEquals(namesOf(untold, [0, 1]), ["cpu0", "cpu1"]);
});

Deno.test("a CPU that goes while it is looked at costs the others no name", () => {
  const tree = machine([[0, 0], [1, 0]]);
  const names = new PackageNames(tree);
  assertEquals(namesOf(names, [0, 1]), ["0", "1"]);
  tree.remove("/sys/devices/system/cpu/cpu1/topology");
  assertEquals(namesOf(names, [0, 1]), ["0"]);
});

Deno.test("packages of a kernel that tells no topology have the names of their CPUs", () => {
  const names = new PackageNames(machine([]));
  assertEquals(namesOf(names, [0, 1]), ["cpu0", "cpu1"]);
});

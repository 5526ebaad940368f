import { assertEquals } from "@std/assert";
import { ThrottleCount } from "../../../collectors/files/throttle_count.ts";
import { TextTree } from "../../text_tree.ts";

const CPUS = "/sys/devices/system/cpu";
const DIRECTORIES = new Map([[0, `${CPUS}/cpu0`], [1, `${CPUS}/cpu1`]]);

/** One core with two threads. */
function core(first: number, second: number): TextTree {
  return new TextTree({
    [`${CPUS}/cpu0/topology/thread_siblings_list`]: "0-1\n",
    [`${CPUS}/cpu1/topology/thread_siblings_list`]: "0-1\n",
    [`${CPUS}/cpu0/thermal_throttle/core_throttle_count`]: `${first}\n`,
    [`${CPUS}/cpu1/thermal_throttle/core_throttle_count`]: `${second}\n`,
  });
}

Deno.test("ThrottleCount goes on at the next CPU of a core when the first goes offline", () => {
  const tree = core(10, 8);
  const count = new ThrottleCount(tree, "core");
  count.scan(DIRECTORIES);
  assertEquals(count.total(), 10);
  tree.remove(`${CPUS}/cpu0`);
  tree.set(`${CPUS}/cpu1/topology/thread_siblings_list`, "1\n");
  count.scan(DIRECTORIES);
  // What CPU 1 counted before was counted at CPU 0.
  assertEquals(count.total(), 10);
  tree.set(`${CPUS}/cpu1/thermal_throttle/core_throttle_count`, "11\n");
  assertEquals(count.total(), 13);
});

Deno.test("ThrottleCount goes back to the first CPU of a core when it returns", () => {
  const tree = core(10, 8);
  const count = new ThrottleCount(tree, "core");
  tree.remove(`${CPUS}/cpu0`);
  tree.set(`${CPUS}/cpu1/topology/thread_siblings_list`, "1\n");
  count.scan(DIRECTORIES);
  assertEquals(count.total(), 8);
  for (const path of core(30, 8).paths()) tree.set(path, core(30, 8).text(path));
  count.scan(DIRECTORIES);
  assertEquals(count.total(), 8);
  tree.set(`${CPUS}/cpu0/thermal_throttle/core_throttle_count`, "31\n");
  assertEquals(count.total(), 9);
});

Deno.test("ThrottleCount finds nothing where nothing is counted", () => {
  const tree = new TextTree({ [`${CPUS}/cpu0/topology/thread_siblings_list`]: "0\n" });
  const count = new ThrottleCount(tree, "core");
  count.scan(DIRECTORIES);
  assertEquals(count.found, false);
});

Deno.test("ThrottleCount holds one file open a unit, and closes it", () => {
  const tree = core(1, 1);
  const count = new ThrottleCount(tree, "core");
  count.scan(DIRECTORIES);
  assertEquals(tree.openFiles, 1);
  count.close();
  assertEquals(tree.openFiles, 0);
});

import { assertEquals } from "@std/assert";
import { memoryLimit } from "../../../collectors/sampling/memory_limit.ts";
import { TextTree } from "../../text_tree.ts";

const GROUP = "/sys/fs/cgroup";

Deno.test("memoryLimit() is the least of a group and those above it", () => {
  const files = {
    "/proc/self/cgroup": "0::/system.slice/ringside.service\n",
    [`${GROUP}/system.slice/ringside.service/memory.max`]: "max\n",
    [`${GROUP}/system.slice/memory.max`]: "134217728\n",
  };
  assertEquals(memoryLimit(new TextTree(files)), 2 ** 27);
  const own = { ...files, [`${GROUP}/system.slice/ringside.service/memory.max`]: "67108864\n" };
  assertEquals(memoryLimit(new TextTree(own)), 2 ** 26);
});

Deno.test("memoryLimit() reads version 1 of control groups, and what a container sees of them", () => {
  const first = new TextTree({
    "/proc/self/cgroup": "5:cpu,cpuacct:/a\n3:memory:/docker/abc\n0::/docker/abc\n",
    [`${GROUP}/memory/memory.limit_in_bytes`]: "268435456\n",
  });
  assertEquals(memoryLimit(first), 2 ** 28);
  const second = new TextTree({
    "/proc/self/cgroup": "0::/\n",
    [`${GROUP}/memory.max`]: "268435456\n",
  });
  assertEquals(memoryLimit(second), 2 ** 28);
});

Deno.test("memoryLimit() is infinite where nothing limits, or nobody tells", () => {
  assertEquals(memoryLimit(new TextTree()), Infinity);
  const files = {
    "/proc/self/cgroup": "0::/user.slice\n",
    [`${GROUP}/user.slice/memory.max`]: "max\n",
  };
  assertEquals(memoryLimit(new TextTree(files)), Infinity);
});

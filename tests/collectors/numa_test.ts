import { assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { numa } from "../../collectors/numa.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const NODES = "/sys/devices/system/node";

function meminfo(node: number, total: number, free: number): string {
  return `Node ${node} MemTotal:       ${total} kB
Node ${node} MemFree:        ${free} kB
Node ${node} MemUsed:        ${total - free} kB
Node ${node} Active(anon):   512 kB
Node ${node} HugePages_Total:     0
`;
}

function numastat(
  hit: number,
  miss: number,
  foreign: number,
  local: number,
  other: number,
): string {
  return `numa_hit ${hit}
numa_miss ${miss}
numa_foreign ${foreign}
interleave_hit 3
local_node ${local}
other_node ${other}
`;
}

function machine(): TextTree {
  return new TextTree({
    [`${NODES}/online`]: "0-1\n",
    [`${NODES}/node0/meminfo`]: meminfo(0, 1000, 400),
    [`${NODES}/node0/numastat`]: numastat(100, 10, 20, 80, 30),
    [`${NODES}/node1/meminfo`]: meminfo(1, 2000, 500),
    [`${NODES}/node1/numastat`]: numastat(200, 0, 0, 200, 0),
  });
}

Deno.test("numa gives the memory of each node in bytes, and the sum for the host", () => {
  const stage = new Stage([numa], { tree: machine() });
  stage.tick();
  assertEquals(stage.names("node"), ["0", "1"]);
  assertEquals(stage.cell("numa_memory_total_bytes", "1"), 2_048_000);
  assertEquals(stage.cell("numa_memory_free_bytes", "0"), 409_600);
  assertEquals(stage.cell("numa_memory_used_bytes", "0"), 614_400);
  assertEquals(stage.rate("numa_memory_total_bytes"), 3_072_000);
});

Deno.test("numa counts pages since boot and gives their rates", () => {
  const tree = machine();
  const stage = new Stage([numa], { tree });
  stage.tick();
  const counts = ["hit", "miss", "foreign", "interleave_hit", "local", "other"];
  assertEquals(counts.map((name) => stage.cell(`numa_${name}_pages`, "0")), [
    100,
    10,
    20,
    3,
    80,
    30,
  ]);
  tree.set(`${NODES}/node0/numastat`, numastat(150, 10, 30, 80, 30));
  stage.tick(5000);
  assertEquals(stage.rate("numa_hit_pages", "0"), 10);
  assertEquals(stage.rate("numa_foreign_pages", "0"), 2);
});

Deno.test("numa gives the remote share of what was handed out in the window", () => {
  const tree = machine();
  const stage = new Stage([numa], { tree });
  stage.tick();
  tree.set(`${NODES}/node0/numastat`, numastat(100, 10, 20, 110, 40));
  tree.set(`${NODES}/node1/numastat`, numastat(200, 0, 0, 210, 0));
  stage.tick(5000);
  // Node 0: 10 of 40; both together: 10 of 50.
  assertEquals(stage.rate("numa_remote_ratio", "0"), 0.25);
  assertEquals(stage.rate("numa_remote_ratio", "1"), 0);
  assertEquals(stage.rate("numa_remote_ratio"), 0.2);
});

Deno.test("numa has no remote share where no page was handed out", () => {
  const stage = new Stage([numa], { tree: machine() });
  stage.tick();
  stage.tick(5000);
  assertEquals(stage.read("numa_remote_ratio", "0"), { absent: "no_events" });
});

Deno.test("numa does not take counts that are switched off for zeros", () => {
  const tree = machine();
  tree.set("/proc/sys/vm/numa_stat", "0\n");
  const stage = new Stage([numa], { tree });
  stage.tick();
  assertEquals(stage.cell("numa_hit_pages", "0"), NaN);
  assertEquals(stage.cell("numa_memory_total_bytes", "0"), 1_024_000);
  assertEquals(stage.problems()[0]?.remedy, "`sudo sysctl vm.numa_stat=1`");
  tree.set("/proc/sys/vm/numa_stat", "1\n");
  stage.tick(5000);
  assertEquals(stage.cell("numa_hit_pages", "0"), 100);
  assertEquals(stage.problems(), []);
  // The kernel clears them as they are switched off.
  tree.set("/proc/sys/vm/numa_stat", "0\n");
  tree.set(`${NODES}/node0/numastat`, numastat(0, 0, 0, 0, 0));
  for (let tick = 0; tick < 3; tick++) stage.tick(5000);
  const reading = stage.read("numa_hit_pages", "0");
  assertEquals("absent" in reading && reading.problem?.key, "switch");
});

Deno.test("numa finds a node that was plugged in and lets go of one that is gone", () => {
  const tree = machine();
  const stage = new Stage([numa], { tree });
  stage.tick();
  tree.remove(`${NODES}/node1`);
  tree.set(`${NODES}/node2/meminfo`, meminfo(2, 5000, 5000));
  tree.set(`${NODES}/node2/numastat`, numastat(0, 0, 0, 0, 0));
  // It fails once on the node that is gone, and opens again 5 s later.
  stage.tick(5000);
  assertEquals(stage.problems().length, 1);
  stage.tick(5000);
  assertEquals(stage.names("node"), ["0", "2"]);
  assertEquals(stage.cell("numa_memory_free_bytes", "2"), 5_120_000);
  assertEquals(tree.openFiles, 4);
});

Deno.test("numa finds a node that was added while the others stay", () => {
  const tree = machine();
  const stage = new Stage([numa], { tree });
  stage.tick();
  tree.set(`${NODES}/node2/meminfo`, meminfo(2, 5000, 5000));
  tree.set(`${NODES}/node2/numastat`, numastat(0, 0, 0, 0, 0));
  stage.tick(300_000);
  assertEquals(stage.names("node"), ["0", "1", "2"]);
  assertEquals(tree.openFiles, 6);
});

Deno.test("numa is not supported by a kernel without nodes", () => {
  const stage = new Stage([numa], { tree: new TextTree() });
  stage.tick();
  assertEquals(stage.problems()[0]?.reason, "not_supported");
  assertStringIncludes(stage.problems()[0]!.message, "needs a kernel with CONFIG_NUMA=y");
});

Deno.test("numa leaves no file open when one of them cannot be had", () => {
  const tree = machine();
  tree.fail(`${NODES}/node1/numastat`, ERRNO.EACCES);
  const stage = new Stage([numa], { tree });
  stage.tick();
  assertEquals(stage.problems()[0]?.reason, "denied");
  assertEquals(tree.openFiles, 0);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { configurationOf, reconfigured } from "../../../collectors/resctrl/tree.ts";
import { kinds, machine, path, put, ROOT, stageOf } from "../../fixtures/resctrl/machine.ts";
import { TextTree } from "../../text_tree.ts";

Deno.test("resctrl has no number where the CPU has no counter now, says so once, and goes on from the next number", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  const file = path("", 0, "total");
  tree.set(file, "Unavailable\n");
  stage.tick();
  assertEquals(kinds(stage, "0"), [NaN, 0, NaN]);
  assertEquals(kinds(stage, "1"), [0, 0, 0]);
  const [problem, ...more] = stage.problems();
  assertEquals(more, []);
  assertEquals(problem?.reason, "not_counted");
  assertEquals(problem?.instances, ["0"]);
  assertEquals(
    problem?.message,
    `Cannot read "${file}": found "Unavailable", needs a counter of the CPU that is free for it`,
  );
  assertEquals(stage.read("mbm_total_bytes", "0"), { absent: "not_counted", problem });
  const version = stage.engine.problemsVersion;
  stage.tick();
  assertEquals(stage.engine.problemsVersion, version);
  // What an old kernel says then: a counter that was full, though it began at 0.
  put(tree, "", 0, 1000 + 2 ** 50, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 0);
  put(tree, "", 0, 1000 + 2 ** 50 + 300, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 300);
  assertEquals(stage.problems(), []);
});

Deno.test("resctrl says how to assign a counter that is not, and counts from then on", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  tree.set(path("batch", 0, "total"), "Unassigned\n");
  stage.tick();
  assertEquals(kinds(stage, "0"), [NaN, 0, NaN]);
  assertEquals(
    stage.problems()[0]?.remedy,
    `\`sudo sh -c 'echo "mbm_total_bytes:*=e" > ${ROOT}/batch/mbm_L3_assignments'\`, or ` +
      `\`sudo sh -c 'echo default > ${ROOT}/info/L3_MON/mbm_assign_mode'\` to leave it to the CPU`,
  );
  put(tree, "", 0, 1000 + 40, 600);
  tree.set(path("batch", 0, "total"), "4096\n");
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 40);
  tree.set(path("batch", 0, "total"), "4100\n");
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 44);
});

Deno.test("resctrl states an error of the CPU for all L3 caches that have it together", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  for (const domain of [0, 1]) tree.set(path("", domain, "local"), "Error\n");
  stage.tick();
  assertEquals(kinds(stage, "1"), [0, NaN, NaN]);
  assertEquals(stage.problems().map(({ reason, instances }) => [reason, instances]), [
    ["failed", ["0", "1"]],
  ]);
  put(tree, "", 0, 1000, 600);
  stage.tick();
  assertEquals(stage.problems()[0]?.instances, ["1"]);
  tree.set(path("", 0, "local"), "Error\n");
  stage.tick();
  tree.remove(`${ROOT}/mon_data/mon_L3_01`);
  stage.tick();
  assertEquals(stage.problems().map(({ instances }) => instances), [["0"]]);
});

Deno.test("resctrl does not take garbage for a number", async () => {
  for (const text of ["", "\n", "12x\n", "-5\n", "bytes\n", "9".repeat(30)]) {
    const tree = await machine();
    const stage = stageOf(tree);
    stage.tick();
    tree.set(path("", 0, "total"), text);
    stage.tick();
    assertEquals(kinds(stage, "0"), [NaN, 0, NaN], text);
    assertStringIncludes(stage.problems()[0]!.message, "needs a whole number");
    put(tree, "", 0, 1064, 600);
    stage.tick();
    assertEquals(kinds(stage, "0"), [64, 0, 0], text);
  }
});

Deno.test("resctrl loses only the L3 cache whose file fails, and tries it again", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  tree.fail(path("", 1, "total"), ERRNO.EIO);
  stage.tick();
  assertEquals(kinds(stage, "0"), [0, 0, 0]);
  assertEquals(kinds(stage, "1"), [NaN, 0, NaN]);
  assertStringIncludes(stage.problems()[0]!.message, "EIO");
  put(tree, "", 1, 70_000, 600);
  stage.tick(5000);
  assertEquals(stage.cell("mbm_total_bytes", "1"), 0);
  put(tree, "", 1, 70_064, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "1"), 64);
  assertEquals(stage.problems(), []);
});

Deno.test("resctrl does not call reads alone the total, and says how to count all again", async () => {
  const tree = await machine();
  const config = `${ROOT}/info/L3_MON/mbm_total_bytes_config`;
  tree.set(config, "0=0x33;1=0x7f\n");
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(kinds(stage, "0"), [NaN, 0, NaN]);
  assertEquals(kinds(stage, "1"), [0, 0, 0]);
  const [problem] = stage.problems();
  assertEquals(
    problem?.message,
    `Cannot take "mbm_total_bytes" for what its name says: found 0x33 in "${config}", needs 0x7f`,
  );
  assertEquals(problem?.remedy, `\`sudo sh -c 'echo "0=0x7f" > ${config}'\``);
  put(tree, "", 0, 90_000, 600);
  stage.tick();
  tree.set(config, "0=0x7f;1=0x7f\n");
  put(tree, "", 0, 0, 0);
  stage.tick(5000);
  put(tree, "", 0, 64, 64);
  stage.tick();
  assertEquals(kinds(stage, "0"), [64, 64, 0]);
});

Deno.test("what an event is set to count is read from masks and from words", () => {
  const info = `${ROOT}/info/L3_MON`;
  const of = (files: Record<string, string>, event: "mbm_total_bytes" | "mbm_local_bytes") => {
    const configuration = configurationOf(new TextTree(files), event);
    return configuration && reconfigured(configuration, event, 3)?.needs;
  };
  const total = `${info}/mbm_total_bytes_config`;
  assertEquals(of({}, "mbm_total_bytes"), undefined);
  assertEquals(of({ [total]: "0=0x33;3=0x7f\n" }, "mbm_total_bytes"), undefined);
  // Without CXL there is no slow memory to count.
  assertEquals(of({ [total]: "3=0x4f\n" }, "mbm_total_bytes"), undefined);
  assertEquals(of({ [total]: "3=0x3f\n" }, "mbm_total_bytes"), "0x7f");
  assertEquals(of({ [total]: "3=nonsense\n" }, "mbm_total_bytes"), undefined);
  const local = `${info}/mbm_local_bytes_config`;
  assertEquals(of({ [local]: "3=0x15\n" }, "mbm_local_bytes"), undefined);
  assertEquals(of({ [local]: "3=0x17\n" }, "mbm_local_bytes"), "0x15");
  assertEquals(of({ [local]: "3=0x30\n" }, "mbm_local_bytes"), "0x15");
  const filter = `${info}/event_configs/mbm_local_bytes/event_filter`;
  const words = "local_reads,local_non_temporal_writes,local_reads_slow_memory";
  assertEquals(of({ [filter]: `${words}\n` }, "mbm_local_bytes"), undefined);
  assertEquals(of({ [filter]: "local_reads\n" }, "mbm_local_bytes"), words);
});

Deno.test("resctrl that is not mounted says how to mount it", () => {
  const tree = new TextTree({ "/proc/cpuinfo": "flags\t\t: fpu cqm_mbm_total cqm_mbm_local\n" });
  const stage = stageOf(tree);
  stage.tick();
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "not_supported");
  assertStringIncludes(problem!.message, "it is not mounted, needs the resctrl filesystem there");
  assertEquals(problem?.remedy, "Mount it: `sudo mount -t resctrl resctrl /sys/fs/resctrl`");
  assertEquals(stage.read("mbm_total_bytes"), { absent: "not_supported", problem });
});

Deno.test("resctrl of a CPU without memory monitors has no remedy to offer", () => {
  const stage = stageOf(new TextTree({ "/proc/cpuinfo": "flags\t\t: fpu cqm_mbm_totally\n" }));
  stage.tick();
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "not_supported");
  assertStringIncludes(problem!.message, "needs a CPU that monitors memory bandwidth");
  assertEquals(problem?.remedy, undefined);
});

Deno.test("resctrl says that it may not read what it may not read", async () => {
  const tree = await machine();
  tree.fail(`${ROOT}/mon_data`, ERRNO.EACCES);
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(stage.problems()[0]?.reason, "denied");
  const other = await machine();
  other.fail(path("", 0, "total"), ERRNO.EACCES);
  const partly = stageOf(other);
  partly.tick();
  assertEquals(partly.problems()[0]?.reason, "denied");
  assertEquals(kinds(partly, "1"), [0, 0, 0]);
});

Deno.test("resctrl tells apart a filesystem that counts no traffic, and one that counts no local one", async () => {
  const tree = await machine();
  for (const domain of [0, 1]) tree.remove(path("", domain, "local"));
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1064, 0);
  tree.remove(path("", 0, "local"));
  stage.tick();
  assertEquals(kinds(stage, "0"), [64, NaN, NaN]);
  assertEquals(stage.problems().map(({ reason, metrics }) => [reason, metrics]), [
    ["not_supported", ["mbm_local_bytes", "mbm_remote_bytes"]],
  ]);
  const none = await machine();
  for (const domain of [0, 1]) {
    for (const event of ["total", "local"] as const) none.remove(path("", domain, event));
  }
  const idle = stageOf(none);
  idle.tick();
  assertEquals(idle.problems()[0]?.reason, "not_supported");
  assertStringIncludes(idle.problems()[0]!.message, "found no mbm_total_bytes");
});

Deno.test("resctrl that is unmounted while it is read fails with the way to mount it, and comes back", async () => {
  const tree = await machine();
  const again = await machine();
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1000 + 64, 600);
  stage.tick();
  tree.remove(ROOT);
  stage.tick();
  assertEquals(
    stage.problems()[0]?.remedy,
    "Mount it: `sudo mount -t resctrl resctrl /sys/fs/resctrl`",
  );
  assertEquals(tree.openFiles, 0);
  assertEquals(stage.cell("mbm_total_bytes", "0"), NaN);
  for (const name of again.paths()) if (name.startsWith(ROOT)) tree.set(name, again.text(name));
  stage.tick(1_800_000);
  assertEquals(stage.problems(), []);
  put(tree, "", 0, 1000 + 6, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 70);
});

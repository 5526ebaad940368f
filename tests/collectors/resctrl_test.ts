import { assert, assertEquals } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { mbmPlaces } from "../../collectors/resctrl/tree.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { kinds, machine, path, put, ROOT, stageOf } from "../fixtures/resctrl/machine.ts";
import type { Stage } from "../stage.ts";
import type { TextTree } from "../text_tree.ts";

Deno.test("resctrl counts the traffic of each L3 cache from its first reading on", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(stage.names("mbm_domain"), ["0", "1"]);
  assertEquals(kinds(stage, "0"), [0, 0, 0]);
  put(tree, "", 0, 1000 + 640, 600 + 64);
  stage.tick();
  assertEquals(kinds(stage, "0"), [640, 64, 576]);
  assertEquals(kinds(stage, "1"), [0, 0, 0]);
  assertEquals(stage.rate("mbm_total_bytes", "0"), 640);
  assertEquals(stage.rate("mbm_total_bytes"), 640);
  assertEquals(stage.problems(), []);
});

Deno.test("resctrl groups an L3 cache by its socket, and gives its files back", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(stage.snapshot.instances("mbm_domain").map(({ groups }) => groups), [
    { l3_domain: "0", socket: "0" },
    { l3_domain: "1", socket: "1" },
  ]);
  assertEquals(tree.openFiles, 4);
  stage.engine.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("resctrl adds control groups to the root, and not their monitoring groups again", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1000 + 10, 600);
  put(tree, "batch", 0, 2000 + 20, 700);
  put(tree, "batch/mon_groups/job", 0, 1500 + 20, 500);
  put(tree, "mon_groups/watch", 0, 100 + 10, 50);
  stage.tick();
  assertEquals(kinds(stage, "0"), [30, 0, 30]);
});

Deno.test("resctrl takes the sum that the kernel makes over sub-NUMA clusters, and adds none", async () => {
  const tree = await machine("clusters");
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(stage.names("mbm_domain"), ["0"]);
  tree.set(path("", 0, "total"), "1500\n");
  tree.set(`${ROOT}/mon_data/mon_L3_00/mon_sub_L3_00/mbm_total_bytes`, "900\n");
  tree.set(`${ROOT}/mon_data/mon_L3_00/mon_sub_L3_01/mbm_total_bytes`, "600\n");
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 500);
});

Deno.test("resctrl does not know what a counter that fell rose by, and keeps what the others counted", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1000 + 100, 600 + 100);
  put(tree, "batch", 0, 5, 5);
  stage.tick();
  assertEquals(kinds(stage, "0"), [NaN, NaN, NaN]);
  const lost = stage.read("mbm_total_bytes", "0");
  assert("absent" in lost);
  assertEquals(lost.absent, "not_yet");
  assertEquals(
    lost.problem?.message,
    `Cannot tell what "${
      path("batch", 0, "total")
    }" rose by: found that it began anew, as when a ` +
      "monitoring group of it is removed, needs another reading",
  );
  put(tree, "batch", 0, 5 + 7, 5 + 7);
  stage.tick();
  assertEquals(kinds(stage, "0"), [107, 107, 0]);
  assertEquals(stage.problems(), []);
});

/** The root's number is its own and that of its monitoring group `watch`, which counted so much. */
async function watched(counted: number): Promise<{ tree: TextTree; stage: Stage }> {
  const tree = await machine("groups");
  put(tree, "", 0, 1000 + counted, 600);
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1000 + counted + 20, 600);
  stage.tick();
  assertEquals(stage.rate("mbm_total_bytes", "0"), 20);
  return { tree, stage };
}

Deno.test("resctrl does not know what a group counted while one of its monitoring groups went", async () => {
  // Its number falls by what the other had counted; or rises, and by too little.
  for (const counted of [900, 15]) {
    const { tree, stage } = await watched(counted);
    tree.remove(`${ROOT}/mon_groups/watch`);
    put(tree, "", 0, 1000 + 20 + 20, 600);
    stage.tick();
    assert(!isMeasured(stage.read("mbm_total_bytes", "0")), `${counted}`);
    for (const total of [1060, 1080]) {
      put(tree, "", 0, total, 600);
      stage.tick();
    }
    assertEquals(stage.rate("mbm_total_bytes", "0"), 20);
    assertEquals(stage.problems(), []);
  }
});

Deno.test("resctrl does not take what a monitoring group brings along for traffic of its new place", async () => {
  const { tree, stage } = await watched(900);
  tree.remove(`${ROOT}/mon_groups/watch`);
  tree.set(`${ROOT}/batch/mon_groups/watch/tasks`, "1\n");
  put(tree, "", 0, 1000 + 20 + 20, 600);
  put(tree, "batch", 0, 2000 + 900, 700);
  stage.tick();
  assert(!isMeasured(stage.read("mbm_total_bytes", "0")));
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 20);
});

Deno.test("resctrl goes on counting while monitoring groups come", async () => {
  const { tree, stage } = await watched(900);
  tree.set(`${ROOT}/mon_groups/late/tasks`, "1\n");
  put(tree, "", 0, 1000 + 900 + 40, 600);
  stage.tick();
  assertEquals(stage.rate("mbm_total_bytes", "0"), 20);
});

Deno.test("resctrl counts all that a new group counted, in the reading that finds it", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  // All tasks move to a new group, which counts from 0.
  put(tree, "", 0, 1000 + 100, 600 + 50);
  put(tree, "late", 0, 9_000_000, 8_000_000);
  put(tree, "late", 1, 0, 0);
  stage.tick();
  assertEquals(kinds(stage, "0"), [9_000_100, 8_000_050, 1_000_050]);
  put(tree, "late", 0, 9_000_064, 8_000_000);
  stage.tick();
  assertEquals(kinds(stage, "0"), [9_000_164, 8_000_050, 1_000_114]);
  assertEquals(stage.rate("mbm_total_bytes", "0"), 64);
  assertEquals(tree.openFiles, 8);
});

Deno.test("resctrl counts what is there at its first look from then on", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  tree.fail(path("batch", 0, "total"), ERRNO.EACCES);
  stage.tick();
  put(tree, "batch", 0, 7000, 700);
  stage.tick(5000);
  assertEquals(stage.cell("mbm_total_bytes", "0"), 0);
  assertEquals(stage.rate("mbm_local_bytes", "0"), 0);
});

Deno.test("resctrl does not take a group that could not be looked at for a new one", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  tree.fail(`${ROOT}/batch/mon_data`, ERRNO.EMFILE);
  tree.set(`${ROOT}/stray`, "text\n");
  stage.tick();
  put(tree, "batch", 0, 2000 + 5, 700 + 5);
  tree.set(`${ROOT}/batch/mon_data`, "");
  tree.remove(`${ROOT}/stray`);
  stage.tick();
  assertEquals(kinds(stage, "0"), [5, 5, 0]);
});

Deno.test("resctrl counts an event that comes later from then on", async () => {
  const tree = await machine();
  tree.remove(path("", 0, "local"));
  const stage = stageOf(tree);
  stage.tick();
  assertEquals(stage.problems().map(({ key }) => key), ["mbm_local_bytes absent"]);
  put(tree, "", 0, 1000, 90_000);
  stage.tick(5000);
  assertEquals(kinds(stage, "0"), [0, 0, 0]);
  assertEquals(stage.problems(), []);
});

Deno.test("resctrl does not know what was counted while a group went, and keeps what it counted before", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "batch", 0, 2000 + 500, 700 + 500);
  stage.tick();
  tree.remove(`${ROOT}/batch`);
  put(tree, "", 0, 1000 + 30, 600 + 30);
  stage.tick();
  // What the group moved since the reading before went with it.
  assertEquals(kinds(stage, "0"), [NaN, NaN, NaN]);
  const lost = stage.read("mbm_total_bytes");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "not_yet");
  assertEquals(
    lost.problem?.message,
    `Cannot tell what "${path("batch", 0, "total")}" rose by: found that the control group ` +
      `"batch" was removed, and what it counted since the last reading with it, needs another reading`,
  );
  stage.tick();
  assertEquals(kinds(stage, "0"), [530, 530, 0]);
  assertEquals(stage.problems(), []);
  stage.tick();
  assertEquals(kinds(stage, "0"), [530, 530, 0]);
  assertEquals(stage.rate("mbm_total_bytes"), 0);
  assertEquals(tree.openFiles, 2);
});

Deno.test("resctrl takes a group that was made again under its name for another one", async () => {
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  // A directory that was removed leaves a descriptor that nothing can be read from.
  tree.fail(path("batch", 0, "total"), ERRNO.ENODEV);
  tree.fail(path("batch", 0, "local"), ERRNO.ENODEV);
  stage.tick();
  put(tree, "batch", 0, 300, 200);
  stage.tick();
  // Nothing could be read in between, so what is remote of it is not known.
  assertEquals(kinds(stage, "0"), [300, 200, 0]);
  tree.remove(`${ROOT}/batch`);
  stage.tick();
  put(tree, "batch", 0, 40, 30);
  stage.tick();
  assertEquals(kinds(stage, "0"), [340, 230, 0]);
  assertEquals(stage.problems(), []);
});

Deno.test("resctrl counts nothing from before a counter was assigned again", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  tree.set(path("", 0, "total"), "Unassigned\n");
  stage.tick();
  put(tree, "", 0, 5000, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 0);
  // Lost, opened again, and only then a number: whose count it goes on with is not known.
  tree.fail(path("", 0, "total"), ERRNO.EIO);
  stage.tick();
  tree.set(path("", 0, "total"), "Unavailable\n");
  stage.tick(5000);
  put(tree, "", 0, 90_000, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 0);
  put(tree, "", 0, 90_064, 600);
  stage.tick();
  assertEquals(stage.cell("mbm_total_bytes", "0"), 64);
});

Deno.test("resctrl sets off what the local count is ahead by before anything is remote again", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  put(tree, "", 0, 1000 + 100, 600 + 164);
  stage.tick();
  assertEquals(kinds(stage, "0"), [100, 164, 0]);
  put(tree, "", 0, 1000 + 264, 600 + 164);
  stage.tick();
  assertEquals(kinds(stage, "0"), [264, 164, 100]);
});

Deno.test("resctrl counts no traffic as remote that only one of the two files could tell", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  tree.set(path("", 0, "total"), "Unavailable\n");
  tree.set(path("", 0, "local"), "5600\n");
  stage.tick();
  put(tree, "", 0, 6000, 5600);
  stage.tick();
  // Where the total goes on from after it was lost nobody knows: old kernels add 2^44 counts.
  assertEquals(kinds(stage, "0"), [0, 5000, 0]);
  put(tree, "", 0, 6064, 5600);
  stage.tick();
  assertEquals(kinds(stage, "0"), [64, 5000, 64]);
});

Deno.test("resctrl lets go of an L3 cache whose CPUs are offline, and finds it again", async () => {
  const tree = await machine();
  const stage = stageOf(tree);
  stage.tick();
  tree.remove(`${ROOT}/mon_data/mon_L3_01`);
  stage.tick();
  assertEquals(stage.names("mbm_domain"), ["0"]);
  assertEquals(stage.problems(), []);
  put(tree, "", 1, 5, 5);
  stage.tick(5000);
  assertEquals(stage.names("mbm_domain"), ["0", "1"]);
});

Deno.test("only directories with counters are groups", async () => {
  const tree = await machine("groups");
  tree.set(`${ROOT}/stray`, "text\n");
  tree.set(`${ROOT}/empty/schemata`, "L3:0=ffff\n");
  const { groups, domains, events } = mbmPlaces(tree);
  assertEquals(groups, ["", "batch"]);
  assertEquals([...domains], [[0, "mon_L3_00"]]);
  assert(events.length === 2);
});

Deno.test("resctrl stays sound whatever befalls its files, and counts again when they are whole", async () => {
  const sound = await machine("groups");
  const files = sound.paths().filter((name) => name.startsWith(`${ROOT}/`));
  const texts = [
    "",
    "Unavailable\n",
    "Unassigned\n",
    "Error\n",
    "0\n",
    "-1\n",
    "\0\0",
    "9".repeat(400),
  ];
  let state = 7;
  const roll = (most: number): number => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % most;
  };
  const tree = await machine("groups");
  const stage = stageOf(tree);
  stage.tick();
  const metrics = ["mbm_total_bytes", "mbm_local_bytes", "mbm_remote_bytes"];
  let before = [0, 0, 0];
  for (let round = 0; round < 300; round++) {
    const name = files[roll(files.length)]!;
    const harm = roll(texts.length + 3);
    if (harm < texts.length) tree.set(name, texts[harm]!);
    else if (harm === texts.length) tree.fail(name, [ERRNO.EACCES, ERRNO.ENODEV, 5][roll(3)]!);
    else if (harm === texts.length + 1) tree.remove(name);
    else tree.remove(`${ROOT}/batch`);
    for (let tick = 0; tick < 2; tick++) {
      stage.tick([1000, 5000][roll(2)]);
      const now = metrics.map((metric) =>
        stage.names("mbm_domain").includes("0") ? stage.cell(metric, "0") : NaN
      );
      now.forEach((value, i) => {
        if (Number.isNaN(value)) {
          const reading = stage.read(metrics[i]!);
          assert("absent" in reading && reading.problem, `${metrics[i]} lacks a cause: ${name}`);
        } else assert(value >= before[i]! && Number.isFinite(value), `${metrics[i]} is ${value}`);
      });
      before = now.map((value, i) => Number.isNaN(value) ? before[i]! : value);
    }
    for (const path of sound.paths()) tree.set(path, sound.text(path) + "\n");
    // As long as a machine that had none of it is left alone.
    stage.tick(1_800_000);
    stage.tick(5000);
    assertEquals(stage.problems(), [], `${round}: ${name}, ${harm}`);
    assertEquals(tree.openFiles, 4);
  }
});

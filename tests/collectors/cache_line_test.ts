import { assertEquals, assertStringIncludes } from "@std/assert";
import { cacheLine } from "../../collectors/cache_line.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

function cache(cpu: number, index: number, level: number, line: string): [string, string][] {
  const directory = `/sys/devices/system/cpu/cpu${cpu}/cache/index${index}`;
  return [[`${directory}/level`, `${level}\n`], [`${directory}/coherency_line_size`, line]];
}

function machine(...caches: readonly [string, string][][]): TextTree {
  return new TextTree(Object.fromEntries(caches.flat()));
}

function stageOf(tree: TextTree): Stage {
  return new Stage([cacheLine], { tree });
}

Deno.test("cache_line gives the line of the last level, whatever the others have", () => {
  const stage = stageOf(machine(
    cache(0, 0, 1, "32\n"),
    cache(0, 1, 1, "32\n"),
    cache(0, 2, 2, "64\n"),
    cache(0, 3, 3, "128\n"),
  ));
  stage.tick();
  assertEquals(stage.cell("llc_line_bytes"), 128);
  assertEquals(stage.rate("llc_line_bytes"), 128);
  assertEquals(stage.problems(), []);
});

Deno.test("cache_line goes by the level, not by the number of the directory", () => {
  const stage = stageOf(machine(cache(0, 0, 2, "128\n"), cache(0, 1, 1, "64\n")));
  stage.tick();
  assertEquals(stage.cell("llc_line_bytes"), 128);
});

Deno.test("cache_line reads a machine that is online again and again without a file", () => {
  const tree = machine(cache(0, 0, 1, "64\n"));
  const stage = stageOf(tree);
  stage.tick();
  tree.remove("/sys");
  stage.tick(60_000);
  assertEquals(stage.cell("llc_line_bytes"), 64);
  assertEquals(tree.openFiles, 0);
});

Deno.test("cache_line asks the next CPU where the first one shows no cache", () => {
  const stage = stageOf(machine(cache(1, 0, 1, "64\n")));
  stage.tick();
  assertEquals(stage.cell("llc_line_bytes"), 64);
});

Deno.test("cache_line makes up no line where the last level does not tell its own", () => {
  for (const line of ["", "0\n", "sixty-four\n", "-64\n"]) {
    const stage = stageOf(machine(cache(0, 0, 1, "32\n"), cache(0, 1, 3, line)));
    stage.tick();
    assertEquals(stage.cell("llc_line_bytes"), NaN, line);
    assertEquals(stage.problems()[0]?.reason, "not_supported");
  }
});

Deno.test("cache_line is not supported where a container hides the caches", () => {
  const tree = machine(cache(0, 0, 3, "64\n"));
  tree.fail("/sys/devices/system/cpu/cpu0/cache/index0/level", ERRNO.EACCES);
  const stage = stageOf(tree);
  stage.tick();
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "not_supported");
  assertStringIncludes(problem!.message, "found no cache with a coherency_line_size");
  assertEquals(stage.read("llc_line_bytes"), { absent: "not_supported", problem });
});

Deno.test("cache_line reads the captured machine", async () => {
  const stage = stageOf(await TextTree.load("firecracker-2cpu"));
  stage.tick();
  assertEquals(stage.cell("llc_line_bytes"), 64);
});

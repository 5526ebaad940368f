import { assertEquals, assertStringIncludes } from "@std/assert";
import { load } from "../../collectors/load.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const PATH = "/proc/loadavg";

function stage(text: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ [PATH]: text });
  return { stage: new Stage([load], { tree }), tree };
}

Deno.test("load reads the three averages and the number of tasks", () => {
  const { stage: on } = stage("0.42 12.05 128.00 3/1190 4242\n");
  on.tick();
  assertEquals(on.cell("load_1m"), 0.42);
  assertEquals(on.cell("load_5m"), 12.05);
  assertEquals(on.cell("load_15m"), 128);
  assertEquals(on.cell("threads"), 1190);
});

for (
  const [what, text, needs] of [
    ["is empty", "", "needs three averages"],
    ["ends early", "0.42 0.36", "needs three averages"],
    ["has no slash", "0.42 0.36 0.31 3 119 4242", 'needs tasks as "running/all"'],
    ["ends behind the slash", "0.42 0.36 0.31 3/", 'needs tasks as "running/all"'],
    ["is negative", "-0.42 0.36 0.31 3/119 4242", "needs three averages"],
  ] as const
) {
  Deno.test(`load fails where the file ${what}`, () => {
    const { stage: on, tree } = stage(text);
    on.tick();
    const [problem] = on.problems();
    assertEquals(problem!.reason, "failed");
    assertStringIncludes(problem!.message, needs.replaceAll("", ""));
    assertEquals(tree.openFiles, 0);
  });
}

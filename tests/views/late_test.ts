import { assertEquals, assertStringIncludes } from "@std/assert";
import { createViews } from "../../views/mod.ts";
import { lateText } from "../../views/late.ts";
import { late } from "../../views/overview/updates.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const stage = new Stage([], { tree: new TextTree() });
stage.tick();
const LATE = { ageMs: 12_900, reading: "filesystem" };
const SAID = "no tick for 12 s, collector &quot;filesystem&quot; hangs";

Deno.test("lateText() names the collector that is being read, if there is one", () => {
  assertEquals(lateText(LATE), 'no tick for 12 s, collector "filesystem" hangs');
  assertEquals(lateText({ ageMs: 2000, reading: null }), "no tick for 2 s");
});

Deno.test("late() puts how old the figures are behind their time", () => {
  const html = late(stage.snapshot, LATE);
  assertStringIncludes(html, 'hx-target="#tick"');
  assertStringIncludes(html, `UTC</span>: ${SAID}</time>`);
});

Deno.test("documents of pages that live say how old they are where ticks do not come", () => {
  const { overview, cpus } = createViews({ url: (name) => name, version: "1.2.3" });
  const { snapshot } = stage;
  const common = {
    snapshot,
    series: stage.feed.series.read([], -1, 60_000),
    intervalMs: 1000,
  };
  for (
    const html of [
      [overview.document({ ...common, late: LATE }), overview.document(common)],
      [
        cpus.document({ ...common, choice: {}, late: LATE }),
        cpus.document({ ...common, choice: {} }),
      ],
    ]
  ) {
    assertEquals(html.map((page) => page.includes(SAID)), [true, false]);
  }
});

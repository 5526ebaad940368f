import { assertEquals } from "@std/assert";
import { load } from "../../../collectors/load.ts";
import { placeKey, placeOf } from "../../../routes/stream/cursor.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

function stage(ticks: number): Stage {
  const tree = new TextTree({ "/proc/loadavg": "0.00 0.01 0.05 1/119 4242\n" });
  const stage = new Stage([load], { tree });
  for (let i = 0; i < ticks; i++) stage.tick();
  return stage;
}

Deno.test("placeOf resumes a cursor of this boot whose rows are kept", () => {
  const { feed } = stage(3);
  const cases: readonly [string, string][] = [
    ["", "new"],
    ["stageboot-1", "1"],
    ["stageboot-3", "3"],
    ["stageboot-4", "future"],
    ["otherboot-2", "foreign_boot"],
    ["stageboot2", "foreign_boot"],
    ["stageboot--2", "foreign_boot"],
    ["stageboot-2 ", "foreign_boot"],
    ["stageboot-2e0", "foreign_boot"],
  ];
  for (const [cursor, place] of cases) {
    assertEquals(placeKey(placeOf(cursor, feed)), place, cursor);
  }
});

Deno.test("placeOf finds a cursor lost whose rows were overwritten", () => {
  // 960 coarse rows a second apart, one of them being written: rows 42 to 1000 can be read.
  const { feed } = stage(1000);
  assertEquals(feed.series.oldestSequence(), 42);
  assertEquals(placeKey(placeOf("stageboot-40", feed)), "fallen_out");
  assertEquals(placeKey(placeOf("stageboot-41", feed)), "41");
});

import { assertEquals, assertThrows } from "@std/assert";
import { load } from "../../../collectors/load.ts";
import { Marks } from "../../../collectors/readings/marks.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

function startStage(): Stage {
  return new Stage([load], { tree: new TextTree({ "/proc/loadavg": "0.5 0.5 0.5 1/9 42\n" }) });
}

Deno.test("Marks keep their place among the points when the clock is set", () => {
  const stage = startStage();
  const marks = new Marks(stage.feed);
  for (let tick = 0; tick < 5; tick++) stage.tick();
  marks.add("deploy", stage.clock.wall - 1500);
  const beforeLast = (): number => {
    const { seconds } = stage.feed.series.read([{ metric: "load_1m" }], 0, 60_000);
    return Math.round(1000 * (seconds.at(-1)! - marks.list()[0]!.seconds));
  };
  assertEquals(beforeLast(), 1500);
  for (const jumpMs of [-3_600_000, 40, 86_400_000]) {
    stage.clock.wall += jumpMs;
    const was = beforeLast();
    stage.tick();
    assertEquals(beforeLast(), was + 1000, `${jumpMs} ms`);
  }
  // A new one goes by the time that it is now.
  marks.add("rollback", stage.clock.wall);
  assertEquals(marks.list().at(-1), { seconds: stage.clock.wall / 1000, text: "rollback" });
});

Deno.test("Marks are forgotten with the rows that they stand in", () => {
  const stage = startStage();
  const marks = new Marks(stage.feed);
  stage.tick();
  stage.tick();
  marks.add("second", stage.clock.wall);
  stage.tick();
  marks.add("third", stage.clock.wall);
  assertEquals(marks.list().map(({ text }) => text), ["second", "third"]);
  const oldest = (): number => stage.feed.span()!.oldestMs;
  const begun = oldest();
  // The first row goes, then the second.
  while (oldest() < begun + 2000) stage.tick();
  assertEquals(marks.list().map(({ text }) => text), ["third"]);
  stage.tick();
  assertEquals(marks.list(), []);
});

Deno.test("Marks say from which tick on they are told", () => {
  const stage = startStage();
  const marks = new Marks(stage.feed);
  assertThrows(() => marks.add("early", 0), Error, "no tick has come yet");
  assertEquals([marks.list(), marks.changedAt, marks.version], [[], 0, 0]);
  stage.tick();
  stage.tick();
  marks.add("one", stage.clock.wall);
  assertEquals([marks.changedAt, marks.version], [3, 1]);
  marks.add("two", stage.clock.wall);
  assertEquals([marks.changedAt, marks.version], [3, 2]);
});

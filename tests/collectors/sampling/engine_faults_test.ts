import { assert, assertEquals } from "@std/assert";
import { type CollectorSpec, HOST_SLOT } from "../../../collectors/collector.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandCounted } from "../readings/hand_counted.ts";

Deno.test("Engine outlives a collector that throws whatever is asked of it, for ever or once", () => {
  const asked = { open: 0, read: 0, close: 0 };
  let broken: keyof typeof asked | undefined;
  const spec: CollectorSpec = {
    id: "load",
    minIntervalMs: 0,
    watchedOnly: true,
    open: (site) => {
      const column = site.column("load_1m");
      const ask = (what: keyof typeof asked): void => {
        asked[what]++;
        if (broken === what) throw new Error(`cannot ${what}`);
      };
      ask("open");
      return {
        read: (row) => {
          ask("read");
          row.gauge(column, HOST_SLOT, 7);
        },
        close: () => ask("close"),
      };
    },
  };
  const others = new HandCounted("core_counters");
  others.rises = { 0: { cpu_cycles: [3, 1, 1] } };
  const stage = new Stage([spec, others.spec], { tree: new TextTree() });
  const ticks = (count: number): void => {
    for (let tick = 0; tick < count; tick++) stage.tick();
  };
  const messages = (): readonly string[] => stage.problems().map(({ message }) => message);
  ticks(2);
  for (const what of ["open", "read"] as const) {
    broken = what;
    const before = asked[what];
    // It is open until it fails to read; it fails to open when it is opened anew.
    if (what === "open") {
      stage.watched = false;
      ticks(1);
      stage.watched = true;
    }
    ticks(12);
    assertEquals(messages(), [`cannot ${what}`]);
    assertEquals(stage.cell("load_1m"), NaN);
    assertEquals(stage.rate("cpu_cycles", "0"), 3);
    // Once, and again every five seconds.
    assertEquals(asked[what] - before, 3);
    broken = undefined;
    ticks(5);
    assertEquals([stage.rate("load_1m"), messages()], [7, []]);
  }
  broken = "close";
  stage.watched = false;
  ticks(2);
  assert(messages().includes("cannot close"), messages().join());
  assertEquals(stage.rate("cpu_cycles", "0"), 3);
  stage.watched = true;
  ticks(1);
  assertEquals(stage.rate("load_1m"), 7);
  stage.engine.close();
  // Nothing of the others' is lost: no tick, and no increase.
  const { values } = stage.feed.series
    .read([{ metric: "cpu_cycles", instance: "0" }], 0, 900_000);
  assertEquals(new Set(values[0]!.slice(1)), new Set([3]));
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { CARDS } from "../../../collectors/catalogue.ts";
import { chartKeys } from "../../../views/chart/chart.tsx";
import { aside, fragments, overviewSeries, partials } from "../../../views/overview/updates.ts";
import { HandFilled } from "../hand_filled.ts";

const CELLS = { "load_1m": 1, "cpu_user_seconds{0}": 1, "cpu_idle_seconds{0}": 1 };

Deno.test("fragments of one snapshot are the same each time", () => {
  const { snapshot } = new HandFilled([CELLS, CELLS]);
  assertEquals([...fragments(snapshot)], [...fragments(snapshot)]);
});

Deno.test("fragments change only where a figure did", () => {
  const host = new HandFilled([CELLS, CELLS, CELLS]);
  const before = fragments(host.snapshot);
  host.tick({ ...CELLS, "load_1m": 2 });
  const after = fragments(host.snapshot);
  const changed = [...after].filter(([id, html]) => before.get(id) !== html).map(([id]) => id);
  // The clock of the page, and the card that shows the load.
  assertEquals(changed, ["tick", "card-cpu_time-1"]);
});

Deno.test("aside tells the interval that is, however often it changes", () => {
  const told = [1000, 250, 1000].map(aside);
  assertStringIncludes(told[0]!, 'id="interval"');
  assertEquals([told[0] === told[1], told[0] === told[2]], [false, true]);
  assertEquals(fragments(new HandFilled([CELLS]).snapshot).has("interval"), true);
});

Deno.test("partials put each part into the place of its id", () => {
  assertEquals(
    partials([["a", '<p id="a">1</p>'], ["b", '<p id="b">2</p>']]),
    '<hx-partial hx-target="#a" hx-swap="outerMorph"><p id="a">1</p></hx-partial>' +
      '<hx-partial hx-target="#b" hx-swap="outerMorph"><p id="b">2</p></hx-partial>',
  );
  assertEquals(partials([]), "");
});

Deno.test("chartKeys names every line once, in a fixed order", () => {
  const { snapshot } = new HandFilled([CELLS, CELLS]);
  const names = overviewSeries(snapshot).map(({ metric, instance }) =>
    `${metric} ${instance ?? ""}`
  );
  assertEquals(new Set(names).size, names.length);
  assertEquals(chartKeys(CARDS, snapshot), overviewSeries(snapshot));
});

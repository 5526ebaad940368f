/** What the charts draw: estimates, gaps, marks, trends; nothing while the page is paused. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  chartTest,
  CPU,
  DISKS,
  drawn,
  explore,
  EXPLORING,
  POINTS,
  sample,
  tick,
  VIEW,
} from "./chart_page.ts";

/** Everything that is written into and dashed on a canvas. */
const SPY = `
  globalThis.written = new Set();
  globalThis.dashes = new Set();
  const { fillText, setLineDash } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    globalThis.written.add(text);
    return fillText.call(this, text, ...rest);
  };
  CanvasRenderingContext2D.prototype.setLineDash = function (dash) {
    globalThis.dashes.add(dash.join());
    return setLineDash.call(this, dash);
  };
`;

chartTest("estimates, gaps and marks are drawn and named", { before: SPY }, async ({ watched }) => {
  assertEquals(await watched.evaluate("globalThis.dashes.has('5,3')"), false);
  const missing = "(_, at) => at < 150 || at > 190";
  await sample(
    watched,
    `{
      reset: true,
      x: x.filter(${missing}),
      y: y.map((column) => column.map((v, at) => at === 191 ? null : v).filter(${missing})),
      z: y.map((column) => column.map((_, at) => at > 230 && at < 260 ? 0.713 : 1).filter(${missing})),
      marks: [[x[20], "deploy 7f3c2"], [x[22], "restart of everything"]],
    }`,
  );
  await watched.until(`globalThis.written.has("71\\u00a0%")`);
  await watched.until(`globalThis.written.has("43\\u00a0s gap")`);
  // Two seconds apart: the second has room after it, the first none, before or after.
  await watched.until(`globalThis.written.has("restart of everything")`);
  assert(await watched.evaluate("globalThis.dashes.has('5,3')"));
  assertEquals(
    await watched.evaluate(`[...globalThis.written].some((t) => /counted/.test(t))`),
    false,
  );
  const [label] = await watched.evaluate<string[]>(
    `[document.querySelector("${CPU} .uplot").ariaLabel]`,
  );
  assertMatch(label!, /, with gaps: 1$/);
  assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
});

chartTest("estimates alone say once how much was counted", { before: SPY }, async ({ watched }) => {
  await sample(watched, `{ reset: true, z: y.map((column) => column.map(() => 0.33)) }`);
  await watched.until(`globalThis.written.has("33\\u00a0% counted")`);
  assertEquals(await watched.evaluate(`globalThis.written.has("33\\u00a0%")`), false);
  assert(await watched.evaluate("globalThis.dashes.has('5,3')"));
  // Nothing of it needs more than came with the page.
  assertEquals(await watched.evaluate(EXPLORING), false);
});

const NO_LANGUAGE = `Object.defineProperty(Navigator.prototype, "language", { get: () => "C" })`;

chartTest(
  "a browser without a language draws its charts",
  { before: NO_LANGUAGE },
  async (visited) => {
    await tick(visited);
    const { watched } = visited;
    assertEquals(await watched.evaluate(`document.querySelectorAll("${CPU} canvas").length`), 1);
  },
);

chartTest("a chart is drawn when it moved by a pixel or outgrew its scale", {}, async (visited) => {
  const { watched } = visited;
  await watched.evaluate(`(() => {
    const chart = ringside.charts.get(document.querySelector("${DISKS}"));
    globalThis.times = 0;
    const { setData } = chart.plot;
    chart.plot.setData = (...all) => {
      times++;
      return setData(...all);
    };
    const { bbox, scales: { x } } = chart.plot;
    globalThis.pixel = (x.max - x.min) / bbox.width;
  })()`);
  const later = async (pixels: number, factor: number): Promise<number> => {
    const { length } = await watched.evaluate<number[]>(POINTS);
    await sample(
      watched,
      `{ x: [x.at(-1) + ${pixels} * pixel], y: y.map((column) => [column.at(-1) * ${factor}]) }`,
    );
    assertEquals(await watched.evaluate(`${POINTS}.length`), length + 1);
    await watched.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    return await watched.evaluate<number>("times");
  };
  assertEquals(await later(0.4, 1), 0);
  assertEquals(await later(0.4, 1), 0);
  assertEquals(await later(0.4, 1), 1);
  assertEquals(await later(0.1, 1), 1);
  assertEquals(await later(0.1, 1000), 2);
});

chartTest("while paused nothing is drawn, and afterwards all of it", {}, async (visited) => {
  const { watched } = visited;
  const picture = `document.querySelector("${CPU} canvas").toDataURL()`;
  const turn = async (paused: boolean): Promise<void> => {
    await watched.evaluate(`(() => {
      const { dataset } = document.documentElement;
      if (${paused}) dataset.paused = "";
      else delete dataset.paused;
      document.dispatchEvent(new Event("ringside:paused"));
    })()`);
  };
  await turn(true);
  await watched.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  const still = await watched.evaluate(picture);
  const held = await watched.evaluate<number>(`${POINTS}.at(-1)`);
  await tick(visited, 3);
  await watched.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  assert(await watched.evaluate(`${picture} === ${JSON.stringify(still)}`), "it was drawn");
  assertEquals(await watched.evaluate(`${VIEW}[1]`), held);
  assert(await watched.evaluate(`${POINTS}.at(-1) > ${held}`), "points were not taken");
  await turn(false);
  await watched.until(`${picture} !== ${JSON.stringify(still)}`);
  assert(await watched.evaluate(`${VIEW}[1] > ${held}`));
});

chartTest("a chart that stands still keeps its values at another size", {}, async (visited) => {
  const { watched } = visited;
  await explore(watched);
  await watched.page.mouse.move(2, 2);
  await watched.evaluate("ringside.zoomTo([ringside.now() - 120, ringside.now() - 60])");
  const plot = `ringside.charts.get(document.querySelector("${CPU}")).plot`;
  // The first point of its line is the first of what is zoomed into.
  const holds = `Math.abs(${POINTS}[${plot}.series[1].idxs[0]] - ${VIEW}[0]) < 2`;
  await watched.until(holds);
  // Old points were taken out: each of the others has another place.
  await watched.evaluate(`ringside.points.lists().forEach((list) => list.splice(0, 60))`);
  await watched.page.setViewportSize({ width: 1200, height: 4000 });
  await watched.until(`${plot}.width === document.querySelector("${CPU}").clientWidth`);
  await watched.until(holds);
});

chartTest("what nobody scrolled to is drawn for paper as it is now", {}, async (visited) => {
  const { watched } = visited;
  await watched.page.setViewportSize({ width: 1440, height: 500 });
  await watched.page.reload();
  await drawn(watched);
  const chart = `ringside.charts.get(document.querySelector("${DISKS}"))`;
  assertEquals(await watched.evaluate(`[${chart}.seen, ${chart}.plot]`), [false, null]);
  for (let times = 0; times < 2; times++) {
    await tick(visited, 3);
    // Before the event is over: Firefox takes its picture of the page then.
    const inked = `(dispatchEvent(new Event("beforeprint")), ${chart}.box.querySelector("canvas")
      .getContext("2d").getImageData(0, 0, 300, 100).data.some((part) => part > 0))`;
    assert(await watched.evaluate(inked));
    const printed = `[${chart}.seen, ${chart}.plot.scales.x.max === ringside.now()]`;
    assertEquals(await watched.evaluate(printed), [false, true]);
    await watched.evaluate(`dispatchEvent(new Event("afterprint"))`);
  }
});

chartTest("a page for other lines is loaded anew, once", {}, async ({ watched }) => {
  await watched.evaluate(`document.body.dataset.key = "mine", globalThis.sameDocument = true`);
  await sample(watched, `{ key: "mine" }`);
  assert(await watched.evaluate("globalThis.sameDocument"));
  const loaded = watched.page.waitForEvent("load");
  await sample(watched, `{ key: "other" }`);
  await loaded;
  assertEquals(await watched.evaluate("globalThis.sameDocument === undefined"), true);
  await drawn(watched);
  await watched.evaluate(`document.body.dataset.key = "mine", globalThis.sameDocument = true`);
  await sample(watched, `{ key: "other" }`);
  await watched.evaluate("new Promise((done) => setTimeout(done))");
  assert(await watched.evaluate("globalThis.sameDocument"), "it is loaded again and again");
});

chartTest("a trend in a table is drawn anew, with its gaps", {}, async (visited) => {
  const { watched } = visited;
  await watched.evaluate(`(() => {
    const [column] = document.querySelector("#chart-cpu_time").dataset.columns.split(" ");
    const trend = '<svg class="spark" data-column="' + column + '"><path d=""/></svg>';
    document.querySelector("main").insertAdjacentHTML("beforeend", trend);
  })()`);
  const path = `document.querySelector(".spark path").getAttribute("d")`;
  await tick(visited);
  await watched.until(`/^M\\d,\\d+h0(L\\d+,\\d+){29,30}$/.test(${path})`);
  await sample(
    watched,
    `{ reset: true, x: [...x, x.at(-1) + 1], y: y.map((c) => [...c, 0].map((v, at) => at > 99 && at < 200 ? null : v)) }`,
  );
  await watched.until(`${path}.split("M").length === 3`);
});

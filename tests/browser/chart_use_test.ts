/**
 * What people do with the charts: look at a moment, zoom, choose a span, take the points home.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  chartTest,
  CPU,
  DISKS,
  drawn,
  explore,
  EXPLORING,
  older,
  point,
  POINTS,
  SAID,
  tick,
  VIEW,
} from "./chart_page.ts";

chartTest("the pointer shows one moment on all charts", {}, async (visited) => {
  const { watched } = visited;
  await explore(watched);
  await point(watched, CPU, 0.6);
  await watched.until(`${SAID}.length > 3`);
  const said = await watched.evaluate<string[]>(SAID);
  assertEquals(new Set(said).size, 1, `${said}`);
  assertMatch(said[0]!, /^\d\d:\d\d:\d\d$/);
  // What is said is what is held, in percent.
  const [shown, held] = await watched.evaluate<[string, number]>(`(() => {
    const { points, charts } = globalThis.ringside;
    const box = document.querySelector("${CPU}");
    const time = ${SAID}[0];
    const at = points.seconds.findIndex((s) => new Date(s * 1000).toISOString().includes(time));
    const [column] = charts.get(box).lines();
    return [box.previousElementSibling.querySelector("b").textContent, column[at]];
  })()`);
  assertEquals(Number(shown.replace(/[^\d.]/g, "")).toFixed(1), (held * 100).toFixed(1));
  // It goes on with the time under a pointer that rests.
  await tick(visited, 3);
  await watched.until(`${SAID}[0] > ${JSON.stringify(said[0])}`);
  await watched.page.mouse.move(2, 2);
  await watched.until(`${SAID}.length === 0`);
  assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
});

chartTest("the arrow keys move the moment, which is read aloud", {}, async ({ watched }) => {
  const { keyboard } = watched.page;
  await watched.page.focus(CPU);
  assertEquals(
    await watched.evaluate(`[document.activeElement.role, document.activeElement.ariaLabel]`),
    ["application", "CPU time, share of all CPUs"],
  );
  await watched.until(EXPLORING);
  const instant = (at: string): string => `new Date(${POINTS}.at(${at}) * 1000).toISOString()`;
  const says = async (at: string): Promise<void> =>
    await watched.until(`${SAID}[0] === ${instant(at)}.slice(11, 19)`);
  for (
    const [key, at] of [["ArrowLeft", "-1"], ["ArrowLeft", "-2"], ["ArrowRight", "-1"]] as const
  ) {
    await keyboard.press(key);
    await says(at);
  }
  await keyboard.press("Home");
  await says("0");
  await keyboard.press("Shift+ArrowRight");
  await says("10");
  const heard = `[...document.querySelectorAll("[role=status]")].at(-1).textContent`;
  await watched.until(`/^\\d\\d:\\d\\d:\\d\\d: User [^,]+, System /.test(${heard})`);
  await keyboard.press("Escape");
  await watched.until(`${SAID}.length === 0`);
  assert(await watched.evaluate(`document.activeElement.matches("${CPU}")`), "the focus went");
});

chartTest("a moment that has left the axis is told no more", {}, async (visited) => {
  const { watched } = visited;
  await watched.page.focus(CPU);
  await watched.until(EXPLORING);
  await watched.page.keyboard.press("Home");
  await watched.until(`${SAID}.length > 3`);
  await tick(visited, 3);
  await watched.until(`${SAID}.length === 0`);
  await watched.page.keyboard.press("ArrowRight");
  await watched.until(`${SAID}.length > 3`);
});

chartTest(
  "a drag zooms all charts, which stand still until the whole is asked for",
  {},
  async (visited) => {
    const { watched } = visited;
    const { mouse } = watched.page;
    const controls = watched.page.locator(".spans p");
    await explore(watched);
    const zoom = async (): Promise<void> => {
      await point(watched, CPU, 0.4);
      await mouse.down();
      await point(watched, CPU, 0.5);
      await point(watched, CPU, 0.6);
      await mouse.up();
      await watched.until("globalThis.ringside.zoom !== null");
    };
    await zoom();
    assertMatch(await controls.innerText(), /^\d\d:\d\d:\d\d to \d\d:\d\d:\d\d\s+Whole span$/);
    const view = await watched.evaluate<[number, number]>(VIEW);
    assert(view[1] - view[0] > 30 && view[1] - view[0] < 90, `${view}`);
    const picture = `document.querySelector("${DISKS} canvas").toDataURL()`;
    await watched.until(`document.querySelector("${DISKS} .times").textContent.includes(":")`);
    await point(watched, CPU, 0.01);
    const still = await watched.evaluate(picture);
    const figures = `[...document.querySelectorAll(".v b")].map((b) => b.textContent).join()`;
    const before = await watched.evaluate(figures);
    await tick(visited, 2);
    assertEquals(await watched.evaluate(VIEW), view);
    assert(await watched.evaluate(`${picture} === ${JSON.stringify(still)}`), "a chart went on");
    assert(
      await watched.evaluate(`${figures} !== ${JSON.stringify(before)}`),
      "the figures stood still",
    );

    await watched.page.click(".spans button");
    await watched.until("globalThis.ringside.zoom === null");
    await watched.until(`document.querySelector("${DISKS} .times").textContent.includes("now")`);
    assert(await watched.evaluate(`document.activeElement.matches(".spans a[aria-current]")`));
    for (const back of ["dblclick", "Escape", "-"]) {
      await zoom();
      if (back === "dblclick") await watched.page.dblclick(CPU);
      else {
        await watched.page.focus(CPU);
        await watched.page.mouse.move(2, 2);
        for (let i = 0; i < 6; i++) await watched.page.keyboard.press(back);
      }
      await watched.until("globalThis.ringside.zoom === null");
    }
    await watched.page.keyboard.press("+");
    await watched.until("globalThis.ringside.zoom !== null");
    assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
  },
);

const asked: string[] = [];
const TABLE_SPAN = `document.querySelector("#chart-cpu_time figcaption a").search`;

chartTest(
  "a longer span brings older points, and is remembered",
  { older: asked },
  async (visited) => {
    const { service, watched } = visited;
    const times = `document.querySelector("${DISKS} .times").textContent`;
    const held = await watched.evaluate<number>(`${POINTS}.length`);
    await explore(watched);
    await watched.page.click(".spans a:has-text('15 min')");
    await watched.until(`${POINTS}.length > ${held}`);
    assertEquals(asked, ["?page=overview&span=15m"]);
    assertEquals(await watched.evaluate(TABLE_SPAN), "?span=15m");
    assert(await watched.evaluate(`${POINTS}.every((at, i) => i === 0 || at > ${POINTS}[i - 1])`));
    assertEquals(await watched.evaluate(`Math.round(${VIEW}[1] - ${VIEW}[0])`), 900);
    await watched.until(`${times} === "−15\u00a0min−10−5now"`);
    assertEquals(new URL(watched.page.url()).search, "");

    await watched.page.goto(service.url);
    await drawn(watched);
    await watched.until(`${TABLE_SPAN} === "?span=15m"`);
    await watched.until(`${times} === "−15\u00a0min−10−5now"`);
    assertEquals(await watched.page.locator(".spans [aria-current]").allInnerTexts(), ["15 min"]);
    await watched.page.click(".spans a:has-text('1 min')");
    await watched.until(`Math.round(${VIEW}[1] - ${VIEW}[0]) === 60`);
    assertEquals(asked.length, 2);
  },
);

chartTest(
  "a span is chosen by its link where storage is denied",
  {
    path: "/?span=1m",
    before:
      `Object.defineProperty(globalThis, "localStorage", { get() { throw new Error("no"); } })`,
  },
  async ({ watched }) => {
    await watched.until(EXPLORING);
    assertEquals(await watched.evaluate(`Math.round(${VIEW}[1] - ${VIEW}[0])`), 60);
    await watched.page.click(".spans a:has-text('5 min')");
    await watched.until(`Math.round(${VIEW}[1] - ${VIEW}[0]) === 300`);
    // The address names what was chosen since: it holds when the page is loaded again.
    await watched.page.reload();
    await watched.until(`${EXPLORING} && Math.round(${VIEW}[1] - ${VIEW}[0]) === 300`);
    assertEquals(new URL(watched.page.url()).search, "?span=5m");
  },
);

const all = { path: "/?span=all", older: [] };

chartTest("all that there is begins at the first point", all, async (visited) => {
  const { watched } = visited;
  await watched.until(`Math.round(${VIEW}[1] - ${VIEW}[0]) === 900`);
  await tick(visited);
  await watched.until(`Math.round(${VIEW}[1] - ${VIEW}[0]) === 910`);
});

chartTest(
  "what those who use charts need is asked for again where it did not come",
  {},
  async ({ watched }) => {
    let asked = 0;
    await watched.page.route("**/explore.*.js", async (route) => {
      if (asked++ === 0) await route.abort();
      else await route.continue();
    });
    await point(watched, CPU, 0.5);
    const over = `document.querySelector("${CPU}").dispatchEvent(
      new PointerEvent("pointerover", { bubbles: true }))`;
    await watched.until(`(${over}, ${EXPLORING})`);
    await point(watched, CPU, 0.6);
    await watched.until(`${SAID}.length > 3`);
    assertEquals([asked, watched.takeComplaints().length], [2, 1]);
  },
);

chartTest(
  "all that there is comes though a shorter span was chosen before it",
  {},
  async (visited) => {
    const { watched } = visited;
    await explore(watched);
    const spans: string[] = [];
    const both = Promise.withResolvers<void>();
    await watched.page.route("**/sample?*", async (route) => {
      const span = new URL(route.request().url()).searchParams.get("span")!;
      spans.push(span);
      // The second question is asked before the first is answered, and answered after that is taken.
      if (span === "15m") await both.promise;
      else both.resolve();
      if (span === "all") await watched.until(`${POINTS}.at(-1) - ${POINTS}[0] > 800`);
      await route.fulfill(await older(watched, span === "15m" ? 900 : 3000));
    });
    await watched.page.click(".spans a:has-text('15 min')");
    await watched.page.click(".spans a:has-text('All')");
    await watched.until(`Math.round(${VIEW}[1] - ${VIEW}[0]) === 3000`);
    assertEquals(spans, ["15m", "all", "all"]);
  },
);

chartTest("what is seen is saved as CSV and as JSON", {}, async ({ watched }) => {
  await explore(watched);
  const save = async (format: string): Promise<[string, string]> => {
    const [download] = await Promise.all([
      watched.page.waitForEvent("download"),
      watched.page.click(`[data-save=${format}]`),
    ]);
    const path = await download.path();
    return [download.suggestedFilename(), await Deno.readTextFile(path)];
  };
  const [name, csv] = await save("csv");
  assertMatch(name, /^busy-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/);
  const lines = csv.trimEnd().split("\r\n");
  assertEquals(lines.length - 1, await watched.evaluate(`${POINTS}.length`));
  assertMatch(lines[0]!, /^time,seconds,/);
  assert(lines[0]!.includes('"CPU time, share of all CPUs: User [1]"'), lines[0]);
  const cells = lines.at(-1)!.split(",");
  assertEquals(Number(cells[1]), await watched.evaluate(`${POINTS}.at(-1)`));
  assertEquals(new Date(cells[0]!).getTime(), Math.round(Number(cells[1]) * 1000));
  const [, text] = await save("json");
  const json = JSON.parse(text);
  assertEquals(json.host, "busy");
  assertEquals(
    json.series.length,
    await watched.evaluate(
      `[...globalThis.ringside.charts.values()].flatMap(({ names }) => names).length`,
    ),
  );
});

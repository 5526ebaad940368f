/**
 * The page of the CPUs in a browser: on machines of text with 2, 8, 20 and 256 CPUs, whose ticks come
 * when the test says so.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { evenCpus, hybridCpus, madeMachine } from "../made_machine.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService, type BusyServiceOptions } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { STATE, tick, visit } from "./visit.ts";

const PHONE = { width: 360, height: 740 };
/** The rows of 256 CPUs are wide, so few of them fit the memory that is kept. */
const FEW_TICKS = 4;

type Machine = BusyServiceOptions["machine"];

const large = (): Promise<Machine> => madeMachine(evenCpus(2, 64, 2));

async function start(machine: Machine): Promise<BusyService> {
  return await BusyService.start({ machine, historyTicks: FEW_TICKS });
}

const text = (selector: string): string =>
  `[...document.querySelectorAll("${selector}")].map((it) => it.textContent.trim())`;

browserTest("the keyboard chooses, sorts and opens a CPU, and comes back", async (browser) => {
  await using service = await start("server-2socket");
  const watched = await visit(browser, `${service.url}/cpus`);
  const { keyboard } = watched.page;
  const reach = async (words: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      await keyboard.press("Tab");
      const here = "document.activeElement.textContent.trim()";
      if (await watched.evaluate<string>(here) === words) return;
    }
    throw new Error(`Cannot reach "${words}" by keyboard`);
  };
  const enter = async (path: string): Promise<void> => {
    await Promise.all([watched.page.waitForURL(service.url + path), keyboard.press("Enter")]);
    await watched.until(`${STATE} === "live"`);
  };
  await reach("Busy");
  await enter("/cpus?by=busy");
  await reach("User");
  await enter("/cpus?by=busy&sort=user&order=desc#cpus-figures");
  const users = await watched.evaluate<string[]>(text("#cpus-table tr td:nth-of-type(4) b"));
  assertEquals(users.length, 8);
  assertEquals(users.map(Number), users.map(Number).toSorted((a, b) => b - a));
  await watched.evaluate(`document.querySelector("#cpus-table th a[aria-label='CPU 5']").focus()`);
  await enter("/cpus?by=busy&cpu=5");
  await reach("All CPUs");
  await enter("/cpus?by=busy");
  assertEquals(watched.takeComplaints(), []);
});

browserTest("a tick changes numbers and colours, and leaves focus and scroll", async (browser) => {
  await using service = await start("server-2socket");
  const watched = await visit(browser, `${service.url}/cpus?by=busy&sort=busy`, {
    viewport: PHONE,
  });
  const cells = text(".heat a");
  const first = await watched.evaluate<string[]>(cells);
  await watched.evaluate(`(() => {
    document.querySelector(".heat a").focus();
    document.querySelector(".scroll").scrollLeft = 90;
    scrollTo(0, 333);
    globalThis.kept = [...document.querySelectorAll(".heat a, #cpus-table tr, #cpus-table td")];
  })()`);
  await tick(service, watched, 3);
  assert(`${await watched.evaluate<string[]>(cells)}` !== `${first}`, "nothing changed");
  const state = await watched.evaluate(`[
    document.activeElement === document.querySelector(".heat a"),
    document.querySelector(".scroll").scrollLeft,
    scrollY,
    globalThis.kept.every((it) => it.isConnected),
  ]`);
  assertEquals(state, [true, 90, 333, true]);
  // Rows are in the order of what they say now.
  const busy = (await watched.evaluate<string[]>(text("#cpus-table tr td:nth-of-type(3) b")))
    .map(Number);
  assertEquals(busy, busy.toSorted((a, b) => b - a));
  assertEquals(watched.takeComplaints(), []);
});

browserTest("the page of one CPU lives, and says when it went offline", async (browser) => {
  await using service = await start("server-2socket");
  const watched = await visit(browser, `${service.url}/cpus?cpu=5`, {
    viewport: { width: 1440, height: 2000 },
  });
  await watched.until(`document.querySelectorAll("#main canvas").length === 4`);
  const figures = await watched.evaluate<string[]>(text("#cpu-figures .v b"));
  assert(figures.length > 15, `${figures.length} figures`);
  await tick(service, watched, 2);
  assert(`${await watched.evaluate<string[]>(text("#cpu-figures .v b"))}` !== `${figures}`);
  const { tree } = service.host;
  const [line] = /^cpu5 .*\n/m.exec(tree.text("/proc/stat"))!;
  tree.edit("/proc/stat", (stat) => stat.replace(line, ""));
  await tick(service, watched);
  assertEquals(await watched.evaluate(text("#cpu-figures h2")), ["CPU 5 is offline"]);
  assertEquals(await watched.evaluate(text("#cpu-facts dd")), ["offline"]);
  tree.edit("/proc/stat", (stat) => stat.replace(/^cpu6 /m, `${line}cpu6 `));
  await tick(service, watched, 2);
  assertEquals((await watched.evaluate<string[]>(text("#cpu-figures h2")))[0], "Time");
  assertEquals(watched.takeComplaints(), []);
});

const SAID = `[...document.querySelectorAll("#main .said.on time")].map((it) => it.textContent)`;
const FIRST = "globalThis.ringside.points.seconds[0]";
const SPAN = "globalThis.ringside.span";

browserTest("the charts of one CPU are explored as those of the overview", async (browser) => {
  // More than the stream begins with.
  await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 700 });
  const watched = await visit(browser, `${service.url}/cpus?cpu=5`, {
    viewport: { width: 1440, height: 2000 },
  });
  const { page } = watched;
  await watched.until(`document.querySelectorAll("#main canvas").length === 4`);
  assertEquals(await watched.evaluate(`document.querySelectorAll("[src*=explore]").length`), 0);

  // One moment on all charts.
  const plot = (await page.locator("#chart-cpu_ipc .u-over").boundingBox())!;
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height / 2);
  await watched.until(`document.querySelector(".said")`);
  await page.mouse.move(plot.x + plot.width / 2 + 1, plot.y + plot.height / 2);
  await watched.until(`${SAID}.length === 4`);
  assertEquals(new Set(await watched.evaluate<string[]>(SAID)).size, 1);

  // A longer span brings what came before, one line of this CPU a chart.
  const first = await watched.evaluate<number>(FIRST);
  const asked = page.waitForRequest(/\/sample\?page=cpus&cpu=5&span=15m$/);
  await page.getByRole("link", { name: "15 min" }).click();
  await asked;
  await watched.until(`${FIRST} < ${first - 300}`);
  assertEquals(await watched.evaluate(SPAN), 900);
  await tick(service, watched);
  await page.getByRole("link", { name: "1 min", exact: true }).click();
  await watched.until(`${SPAN} === 60`);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  assertMatch(download.suggestedFilename(), /^busy-CPU-5-[\dT-]+Z\.csv$/);
  const csv = await Deno.readTextFile(await download.path());
  const [head, ...rows] = csv.trim().split("\r\n");
  assertMatch(head!, /^time,seconds,"CPU 5, Instructions per cycle/);
  // Both ends of a minute.
  assertEquals(rows.length, 61);

  await page.locator("#chart-cpu_busy figcaption a").click();
  await page.waitForURL(/\/chart\/cpu_busy\?cpu=5&span=1m$/);
  assertMatch(await page.locator("h1").innerText(), /^CPU 5: /);
  await page.getByRole("link", { name: "The chart" }).click();
  await page.waitForURL(/\/cpus\?cpu=5&span=1m#chart-cpu_busy$/);
  await watched.until(`${STATE} === "live"`);
  assertEquals(watched.takeComplaints(), []);
});

browserTest("without scripts the grid, the table and the charts are whole", async (browser) => {
  await using service = await start("server-2socket");
  const watched = await WatchedPage.open(browser, { javaScriptEnabled: false });
  const { page } = watched;
  await page.goto(`${service.url}/cpus`);
  assertEquals(await page.locator(".heat a b").count(), 8);
  assertEquals(await page.locator("#cpus-table tbody tr").count(), 8);
  await page.locator(".heat a").nth(3).click();
  assert((await page.title()).startsWith("CPU 5,"), await page.title());
  assertEquals(await page.locator(".chart .pic path.line").count(), 4);
  await page.getByRole("link", { name: "15 min" }).click();
  assertEquals(await page.locator(".charts [aria-current]").innerText(), "15 min");
  await page.getByText("Next").click();
  assertEquals(await page.locator(".charts [aria-current]").innerText(), "15 min");
  assert((await page.title()).startsWith("CPU 6,"));
  const gone = await page.goto(`${service.url}/cpus?cpu=99`);
  assertEquals(gone?.status(), 404);
  await page.getByText("All CPUs").click();
  assertEquals(await page.locator("h1").innerText(), "CPUs");
  assertEquals(
    /\b(undefined|NaN|null|Infinity)\b/.exec(await page.locator("body").innerText()),
    null,
  );
});

browserTest("no page of CPUs is wider than its window", async (browser) => {
  const machines = [await large(), await madeMachine(hybridCpus(6, 8)), "firecracker-2cpu"];
  for (const machine of machines) {
    await using service = await start(machine);
    for (const path of ["/cpus", "/cpus?cpu=1", "/cpus?by=ipc"]) {
      const watched = await visit(browser, service.url + path);
      for (const width of [320, 360, 768, 1120, 1440, 2000, 2560]) {
        await watched.page.setViewportSize({ width, height: 900 });
        // A canvas follows its box a moment later.
        await watched.until(`document.documentElement.scrollWidth === ${width}`);
      }
      // Numbers are whole in the narrowest cells too.
      await watched.page.setViewportSize({ width: 320, height: 900 });
      const cut =
        `[...document.querySelectorAll(".heat a")].filter((it) => it.scrollWidth > it.clientWidth).length`;
      assertEquals(await watched.evaluate(cut), 0);
      assertEquals(watched.takeComplaints(), []);
      await watched.close();
    }
  }
});

for (const width of [360, 1440]) {
  browserTest(`nothing moves at ${width} pixels when all CPUs change`, async (browser) => {
    for (const machine of ["server-2socket", await large()]) {
      await using service = await start(machine);
      for (const path of ["/cpus?by=busy&sort=instructions", "/cpus", "/cpus?cpu=3"]) {
        const watched = await visit(browser, service.url + path, {
          viewport: { width, height: 9000 },
        });
        await tick(service, watched, 5);
        assertEquals(await watched.layoutShift(), 0, (await watched.shifted()).join("\n"));
        assertEquals(watched.takeComplaints(), []);
        await watched.close();
      }
    }
  });
}

/** Elements, and how many nodes a tick adds, removes, or changes in their attributes or text. */
const COUNT_CHANGES = `(() => {
  globalThis.changes = { childList: 0, attributes: 0, characterData: 0 };
  new MutationObserver((records) => {
    for (const { type } of records) globalThis.changes[type]++;
  }).observe(document.querySelector("main"), {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
})()`;

browserTest("where colours are forced the number of a busy CPU is read too", async (browser) => {
  await using service = await start("server-2socket");
  const watched = await visit(browser, `${service.url}/cpus?by=busy`, { forcedColors: "active" });
  const found = await watched.evaluate<string[]>(`(() => {
    const cell = document.querySelector(".heat a");
    return Array.from({ length: 10 }, (_, step) => {
      cell.className = "q" + step;
      return getComputedStyle(cell).color + " on " + getComputedStyle(cell).backgroundColor;
    });
  })()`);
  assertEquals(found, found.map(() => "rgb(0, 0, 0) on rgb(255, 255, 255)"));
  await watched.close();
});

browserTest("256 CPUs are a bounded page, of which a tick moves no element", async (browser) => {
  await using service = await start(await large());
  const watched = await visit(browser, `${service.url}/cpus?by=busy`, { viewport: PHONE });
  const elements = await watched.evaluate<number>(`document.querySelectorAll("main *").length`);
  assertEquals(await watched.evaluate(`document.querySelectorAll(".heat a").length`), 256);
  // Three elements a cell, a third of a hundred rows of figures.
  assert(elements < 4000, `${elements} elements`);
  await tick(service, watched);
  await watched.evaluate(COUNT_CHANGES);
  await tick(service, watched);
  const changes = await watched.evaluate<Record<string, number>>("globalThis.changes");
  assertEquals(changes.childList, 0, JSON.stringify(changes));
  assert(changes.characterData! > 100, "nothing changed");
  // A number and a colour a cell, a number, a unit and a ring a figure.
  assert(changes.characterData! + changes.attributes! < 1500, JSON.stringify(changes));
  // Each core is laid out by itself, and the table below the screen not at all.
  const contained = `[...document.querySelectorAll(".group li")]
    .every((it) => getComputedStyle(it).contain === "content")`;
  assert(await watched.evaluate(contained));
  const seen = `document.querySelector("#cpus-table")
    .checkVisibility({ contentVisibilityAuto: true })`;
  assertEquals(await watched.evaluate(seen), false);
  await watched.evaluate(`document.querySelector("#cpus-figures").scrollIntoView()`);
  await watched.until(seen);
  assertEquals(watched.takeComplaints(), []);
});

/** Contrast of text on its ground, by the formula of WCAG 2. */
const CONTRASTS = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(".steps i")].map((step) => {
    const { color, backgroundColor } = getComputedStyle(step);
    const [a, b] = [luminance(color), luminance(backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
})()`;

browserTest("numbers can be read on each of the ten colours, light and dark", async (browser) => {
  await using service = await start("firecracker-2cpu");
  for (const colorScheme of ["light", "dark"] as const) {
    const watched = await visit(browser, `${service.url}/cpus`, { colorScheme });
    const contrasts = await watched.evaluate<number[]>(CONTRASTS);
    assertEquals(contrasts.length, 10);
    assert(contrasts.every((contrast) => contrast >= 4.5), `${colorScheme}: ${contrasts}`);
    await watched.close();
  }
});

browserTest(
  "a cell is heard as a CPU with its number, in the place of its socket",
  async (browser) => {
    await using service = await start("server-2socket");
    const watched = await visit(browser, `${service.url}/cpus?by=busy`);
    const snapshot = await watched.page.locator(".heat").ariaSnapshot();
    assert(
      /region "Socket 0":\n.*\n.*\n\s+- list:\n\s+- listitem:\n\s+- link "CPU 0 [\d.≈]+"/.test(
        snapshot,
      ),
      snapshot,
    );
    const table = await watched.page.locator("#cpus-table").ariaSnapshot();
    assert(table.includes('table "Figures of each CPU"'), table);
    assert(/rowheader "CPU 3"/.test(table), table);
  },
);

/**
 * What axe-core finds on the pages: nothing. Its source is run as the debugger does, which no policy
 * of a page forbids.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import type { WatchedPage } from "./chromium.ts";
import { MACHINES, openPage, type PageCase, PAGES, tick } from "./pages.ts";

interface Look {
  readonly colorScheme: "light" | "dark";
  readonly width: number;
}

const LOOKS: readonly Look[] = [
  { colorScheme: "light", width: 1440 },
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 360 },
  { colorScheme: "dark", width: 360 },
];
/** Each theme and each width once. */
const FEWER_LOOKS = [LOOKS[0]!, LOOKS[3]!] as const;

/** Of text as small as that of the axes (WCAG 2.2, 1.4.3). */
const CONTRAST_LEAST = 4.5;
/** axe has some hundred rules; those that a page with one sentence passes. */
const RULES_LEAST = 10;

/**
 * Contrast of the text of an element with what is painted behind it. axe does not tell it of words that
 * lie over a canvas: nothing is drawn where the words of an axis stand.
 */
const CONTRAST = `(element) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const channels = (css) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (css) => {
    const [r, g, b] = [...channels(css)].map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = element;
  while (channels(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
  const { fill, color } = getComputedStyle(element);
  const ink = luminance(element instanceof SVGElement ? fill : color);
  const ground = luminance(getComputedStyle(behind).backgroundColor);
  return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
}`;

/** All that are on by themselves, and that what is pressed is as large as a finger needs. */
const RULES = `{ rules: { "target-size": { enabled: true } } }`;

/** What axe says, and what it leaves to people where that is no contrast that is high enough. */
const FAULTS = `(async () => {
  const contrast = ${CONTRAST};
  const { violations, incomplete, passes } = await axe.run(document, ${RULES});
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => id + ": " + target.join(" ")));
  for (const { id, nodes } of incomplete) {
    for (const { target } of nodes) {
      const told = id === "color-contrast" ? contrast(document.querySelector(target.join(" "))) : 0;
      if (told < ${CONTRAST_LEAST}) faults.push(id + ", not sure: " + target.join(" "));
    }
  }
  return { faults, rules: passes.length };
})()`;

async function faults(watched: WatchedPage, looks: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await watched.page.emulateMedia({ colorScheme });
    await watched.page.setViewportSize({ width, height: 900 });
    const { faults, rules } = await watched.evaluate<{ faults: string[]; rules: number }>(FAULTS);
    assert(rules > RULES_LEAST, `axe looked at ${rules} rules only`);
    found.push(...faults.map((fault) => `${colorScheme}, ${width} pixels: ${fault}`));
  }
  return found;
}

/** As the page is at first, then with everything open that can be opened. */
async function faultsOf(
  watched: WatchedPage,
  page: PageCase,
  looks: readonly Look[],
): Promise<string[]> {
  await watched.evaluate(`${axe}; 0`);
  if (page.variant || page.long) return await faults(watched, FEWER_LOOKS);
  const closed = await faults(watched, looks);
  const opened = await watched.evaluate<number>(`(() => {
    const closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    return closed.length;
  })()`);
  if (opened === 0) return closed;
  return [
    ...closed,
    ...(await faults(watched, FEWER_LOOKS)).map((fault) => `details open, ${fault}`),
  ];
}

for (const [index, machine] of MACHINES.entries()) {
  // Colours and widths are the same for all: the machine that has most shows them all.
  const looks = index === 0 ? LOOKS : FEWER_LOOKS;
  browserTest(`axe finds nothing on any page of ${machine}`, async (browser) => {
    await using service = await BusyService.start({ machine });
    const found: string[] = [];
    for (const page of PAGES) {
      const watched = await openPage(browser, service, page);
      if (page.stream !== undefined) await tick(service, watched);
      const faults = await faultsOf(watched, page, looks);
      found.push(...faults.map((fault) => `${page.name}, ${fault}`));
      assertEquals(watched.takeComplaints(), []);
      await watched.close();
    }
    assertEquals(found, []);
  });
}

browserTest("axe finds nothing on pages whose scripts do not run", async (browser) => {
  const found: string[] = [];
  for (const machine of MACHINES) {
    await using service = await BusyService.start({ machine });
    // The others have nothing that scripts would change.
    for (const page of PAGES.filter(({ stream, variant }) => stream !== undefined && !variant)) {
      // Where scripts are switched off altogether axe would not run either.
      const watched = await openPage(browser, service, page, { scripts: "blocked" });
      await watched.evaluate(`${axe}; 0`);
      assertEquals(await watched.evaluate(`document.querySelectorAll("canvas").length`), 0);
      const lines = await faults(watched, FEWER_LOOKS);
      found.push(...lines.map((fault) => `${machine}, ${page.name}, ${fault}`));
      await watched.close();
    }
  }
  assertEquals(found, []);
});

/** The login page as tools look at it: axe-core and html-validate find nothing, also after a wrong token. @module */
import { assertEquals } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

const OFF = { "void-style": "off", "attribute-empty-style": "off" } as const;
const RULES = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"], rules: OFF }),
);
const FAULTS = `axe.run(document).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target.join(" "))))`;

browserTest("nothing is found in the login, asked for and after a wrong token", async (browser) => {
  const token = "Tk0123456789abcdef0123456789abcdef";
  await using service = await BusyService.start({
    machine: "minimal-container",
    historyTicks: 2,
    token,
  });
  const watched = await WatchedPage.open(browser);
  const { page } = watched;
  for (const wrong of [false, true]) {
    await page.goto(`${service.url}/cpus`);
    if (wrong) {
      await page.fill("#token", "wrong-wrong-wrong");
      await page.press("#token", "Enter");
      await page.waitForSelector("#wrong");
    }
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [360, 1440]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await watched.evaluate(axe);
        assertEquals(await watched.evaluate(FAULTS), [], `${colorScheme} ${width}`);
      }
    }
  }
  // In the order of the page: the field, then the button.
  await page.focus("#token");
  await page.keyboard.press("Tab");
  assertEquals(await watched.evaluate("document.activeElement.textContent"), "Log in");
  const again = { accept: "text/html", "sec-fetch-site": "cross-site" };
  for (const headers of [{ accept: "text/html" }, again]) {
    const html = await (await fetch(`${service.url}/login?from=/cpus`, { headers })).text();
    const { results } = await RULES.validateString(html);
    const messages = results.flatMap(({ messages }) => messages);
    assertEquals(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`), []);
  }
  await watched.close();
});

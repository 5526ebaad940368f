/** A machine of the worst names in a browser: they are shown, and nothing of them runs. @module */
import { assert, assertEquals } from "@std/assert";
import { HARMS, hostileTree, HOSTNAME, nameOf, wordOf } from "../security/hostile.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { openPage, PAGES, tick } from "./pages.ts";

const FOREIGN_SELECTOR = "img, iframe, object, embed, base, [onerror], [onload], [onmouseover], " +
  "[onfocus], [autofocus], style, script:not([src^='static/'], [src^='../static/'])";
const FOREIGN = `[...document.querySelectorAll(${JSON.stringify(FOREIGN_SELECTOR)})]
  .map((element) => element.outerHTML)`;
/** Whose names stand one by one on the overview. */
const PLACES = ["disk", "network", "filesystem", "host"] as const;

browserTest(
  "names of the machine and marks run nothing on any page, and are shown",
  async (browser) => {
    await using service = await BusyService.start({
      machine: await hostileTree(),
      hostname: HOSTNAME,
      historyTicks: 20,
    });
    for (const harm of HARMS.filter((harm) => !/lines|terminal|direction|long/.test(harm))) {
      const response = await fetch(`${service.url}/api/v1/marks`, {
        method: "POST",
        body: new URLSearchParams({ text: nameOf("mark", harm) }),
      });
      assertEquals(response.status, 201, harm);
      await response.body?.cancel();
    }
    let overview = "";
    for (const page of PAGES) {
      const watched = await openPage(browser, service, page);
      if (page.stream !== undefined) {
        await tick(service, watched);
        await tick(service, watched);
      }
      // What is opened is loaded then: proofs, panels, and the points of charts under the pointer.
      await watched.evaluate(`[...document.querySelectorAll("summary")].forEach((s) => s.click())`);
      await watched.page.mouse.move(400, 400);
      await watched.page.waitForLoadState("load");
      assertEquals(await watched.evaluate("globalThis.harmed === undefined"), true, page.name);
      assertEquals(await watched.evaluate(FOREIGN), [], page.name);
      if (page.name === "overview") overview = await watched.evaluate("document.body.textContent");
      assertEquals(watched.takeComplaints(), [], page.name);
      await watched.close();
    }
    for (const place of PLACES) {
      const shown = HARMS.filter((harm) => overview.includes(wordOf(place, harm)));
      assert(shown.includes("image") && shown.includes("script"), `${place}: ${shown}`);
    }
  },
);

/** The pages that are read and not watched, in a browser: the guide, and the doctor's plan. */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

browserTest(
  "the guide and the doctor fit every width, and complain of nothing",
  async (browser) => {
    for (const machine of ["server-2socket", "minimal-container"]) {
      await using service = await BusyService.start({ machine, hostname: "db-07" });
      for (const width of [360, 768, 2560]) {
        const watched = await WatchedPage.open(browser, { viewport: { width, height: 900 } });
        for (const path of ["/metrics-guide", "/doctor"]) {
          await watched.page.goto(service.url + path);
          const found = await watched.evaluate<number>("document.documentElement.scrollWidth");
          assertEquals(found, width, `${machine}${path}`);
        }
        assertEquals(watched.takeComplaints(), []);
        await watched.close();
      }
    }
  },
);

browserTest(
  "a link to a metric of the guide leads to it, without a script too",
  async (browser) => {
    await using service = await BusyService.start({ machine: "firecracker-2cpu" });
    const watched = await WatchedPage.open(browser, {
      viewport: { width: 1440, height: 900 },
      javaScriptEnabled: false,
    });
    const { page } = watched;
    await page.goto(`${service.url}/doctor`);
    await page.getByRole("link", { name: "Memory bandwidth", exact: true }).click();
    await page.waitForURL(/\/metrics-guide#memory_controller_bytes_per_second$/);
    const box = await page.locator("#memory_controller_bytes_per_second h4").boundingBox();
    assert(box !== null && box.y >= 0 && box.y < 900, JSON.stringify(box));
    // What is missing leads to its reason, and that to the doctor.
    await page.locator("#memory_controller_bytes_per_second").getByText("not here").click();
    await page.waitForURL(/#why-memory_reconciliation-1$/);
    await page.locator("#about-memory_reconciliation").getByRole("link", { name: "unlock" })
      .click();
    await page.waitForURL(/\/doctor$/);
    await watched.close();
  },
);

browserTest("a step's command is copied from the keyboard", async (browser) => {
  await using service = await BusyService.start({ machine: "server-2socket" });
  const watched = await WatchedPage.open(browser, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const { page } = watched;
  await page.goto(`${service.url}/doctor`);
  await page.locator(".way button[data-copy]").first().focus();
  await page.keyboard.press("Enter");
  await watched.until(`document.querySelector(".way button").textContent === "Copied"`);
  assertEquals(
    await watched.evaluate<string>("navigator.clipboard.readText()"),
    "sudo mount -t resctrl resctrl /sys/fs/resctrl",
  );
  assertEquals(watched.takeComplaints(), []);
  await watched.close();
});

/** What answers under the address of an open page is another one than before: none of the old stays. @module */
import { assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { PATIENCE_MS } from "./chromium.ts";
import { TICK, visit } from "./visit.ts";

const MACHINE = { machine: "server-2socket", hostname: "db-07" } as const;

/** Fewer ticks than a page saw that was open before: it is told all anew. */
async function startAgain(before: BusyService, hostname: string): Promise<BusyService> {
  const port = Number(new URL(before.url).port);
  await before[Symbol.asyncDispose]();
  return await BusyService.start({ ...MACHINE, hostname, historyTicks: 2, port });
}

browserTest("a page whose address leads to another host is that host's", async (browser) => {
  for (const path of ["/", "/cpus", "/cpus?cpu=0"]) {
    const first = await BusyService.start({ ...MACHINE, historyTicks: 9 });
    const watched = await visit(browser, first.url + path);
    const madeAnew = watched.page.waitForEvent("load", { timeout: PATIENCE_MS });
    await using _ = await startAgain(first, "web-3");
    await madeAnew;
    const host = await watched.evaluate<string>(`document.querySelector(".host").textContent`);
    assertEquals([host.includes("web-3"), host.includes("db-07")], [true, false], path + host);
    await watched.close();
  }
});

browserTest(
  "a page of a host whose service was started again is not made anew",
  async (browser) => {
    for (const path of ["/", "/cpus", "/cpus?cpu=0"]) {
      const first = await BusyService.start({ ...MACHINE, historyTicks: 9 });
      const watched = await visit(browser, first.url + path);
      await watched.evaluate("globalThis.made = true");
      await using second = await startAgain(first, "db-07");
      second.host.tick();
      await watched.until(`${TICK} === ${second.host.stage.snapshot.sequence}`);
      second.host.tick();
      await watched.until(`${TICK} === ${second.host.stage.snapshot.sequence}`);
      assertEquals(await watched.evaluate("globalThis.made"), true, path);
      await watched.close();
    }
  },
);

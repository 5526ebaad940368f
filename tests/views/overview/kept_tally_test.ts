import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { keptTally, RECOUNT_MS } from "../../../views/overview/kept_tally.ts";
import { tally } from "../../../views/standing.ts";
import { BusyHost } from "../../busy_host.ts";

const INTERVAL_MS = 1000;

/** A host for which nothing is waited any more. */
async function settled(): Promise<BusyHost> {
  const host = await BusyHost.load("firecracker-2cpu");
  for (let tick = 0; tick < 12; tick++) host.tick();
  assertEquals(tally(host.stage.snapshot).waiting, 0);
  return host;
}

Deno.test("the tally of a page is counted again after three seconds, and is right then", async () => {
  const host = await settled();
  const first = keptTally(host.stage.snapshot);
  assertEquals(first, tally(host.stage.snapshot));
  for (let ms = INTERVAL_MS; ms < RECOUNT_MS; ms += INTERVAL_MS) {
    host.tick();
    assertStrictEquals(keptTally(host.stage.snapshot), first);
  }
  host.tick();
  const again = keptTally(host.stage.snapshot);
  assert(again !== first);
  assertEquals(again, tally(host.stage.snapshot));
});

Deno.test("the tally of a page is counted again at once where a cause comes", async () => {
  const host = await settled();
  const { unavailable } = keptTally(host.stage.snapshot);
  host.tree.fail("/proc/loadavg", 13);
  host.tick();
  const after = keptTally(host.stage.snapshot);
  assertEquals(after, tally(host.stage.snapshot));
  assert(after.unavailable > unavailable);
});

Deno.test("the tally of a page is counted at each tick while something is waited for", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  for (let tick = 0; tick < 8; tick++) {
    host.tick();
    assertEquals(keptTally(host.stage.snapshot), tally(host.stage.snapshot), `tick ${tick}`);
  }
});

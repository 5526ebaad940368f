import { assert, assertEquals } from "@std/assert";
import { CARDS } from "../../../collectors/catalogue.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { cardParts } from "../../../views/card/card.tsx";
import { trendColumns } from "../../../views/chart/chart.tsx";
import { render } from "../../../views/html.ts";
import { keptParts } from "../../../views/overview/kept_parts.ts";
import { tally } from "../../../views/standing.ts";
import { BusyHost } from "../../busy_host.ts";

type Parts = ReturnType<typeof keptParts>;

function kept(snapshot: Snapshot): readonly Parts[] {
  const trends = { columns: trendColumns(CARDS, snapshot), series: null, spanSeconds: 0 };
  return CARDS.map((card) => keptParts(card, snapshot, trends));
}

function made(snapshot: Snapshot): readonly Parts[] {
  const trends = { columns: trendColumns(CARDS, snapshot), series: null, spanSeconds: 0 };
  return CARDS.map((card) =>
    cardParts(card, snapshot, trends).map(([id, element]) => [id, render(element)] as const)
  );
}

for (const machine of ["server-2socket", "firecracker-2cpu", "minimal-container"]) {
  Deno.test(`what is kept of the cards of ${machine} and of their tally is what would be made, at each tick`, async () => {
    const host = await BusyHost.load(machine);
    let before: readonly Parts[] = [];
    let again = 0;
    for (let tick = 0; tick < 24; tick++) {
      host.tick();
      // A cause more, and one less again.
      if (tick === 12) host.tree.fail("/proc/loadavg", 13);
      if (tick === 18) host.tree.set("/proc/loadavg", "0.10 0.20 0.30 2/100 4242\n");
      const { snapshot } = host.stage;
      const parts = kept(snapshot);
      assertEquals(parts, made(snapshot), `tick ${tick}`);
      // Another list of the same cards was never told.
      assertEquals(tally(snapshot), tally(snapshot, [...CARDS]), `tick ${tick}`);
      again += parts.filter((each, i) => each === before[i]).length;
      before = parts;
    }
    assert(again > 24, `${again} were kept`);
  });
}

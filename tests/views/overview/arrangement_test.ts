import { assertEquals } from "@std/assert";
import type { Card, Place } from "../../../collectors/card.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import { arrange, type Arrangement } from "../../../views/overview/arrangement.ts";
import { type Cells, HandFilled } from "../hand_filled.ts";

function card(id: string, place: Place, metric: string, headline = false): Card {
  const shown = { metric };
  return {
    id,
    title: id,
    place,
    order: 1,
    blocks: [
      ...(headline ? [{ block: "headline", shown, caption: "all" } as const] : []),
      { block: "figures", rows: [shown] },
    ],
  };
}

const CARDS: readonly Card[] = [
  card("ipc", "core", "instructions_per_cycle", true),
  card("caches", "core", "l2_miss_ratio"),
  card("energy", "side", "energy_package_joules"),
  card("load", "wide", "load_1m", true),
  card("drives", "sys", "disk_read_bytes"),
  card("self", "foot", "self_threads"),
];

const ALL: Cells = {
  "load_1m": 1,
  "self_threads": 4,
  "disk_read_bytes{sda}": 1,
  "energy_package_joules{0}": 1,
  "cpu_cycles{0}": 1,
  "instructions{0}": 1,
};

/** Ids by place. */
function places(refused: readonly string[], cells: Cells = ALL): Record<string, unknown> {
  const none = new CollectorError("not_supported", "Cannot find it here");
  const { snapshot } = new HandFilled([cells, cells], {
    refused: Object.fromEntries(refused.map((collector) => [collector, none])),
  });
  const found: Arrangement = arrange(snapshot, CARDS);
  return Object.fromEntries(
    Object.entries(found).map(([place, cards]) => [
      place,
      typeof cards === "string" ? cards : cards.map(({ id }: Card) => id).join(" "),
    ]),
  );
}

Deno.test("with counters the core of the page is theirs, and every card is in its place", () => {
  assertEquals(places([]), {
    core: "ipc caches",
    side: "energy",
    wide: "load",
    sys: "drives",
    foot: "self",
    lacking: "",
    told: "sys",
  });
});

Deno.test("without counters the next figure has the core, and beside it stands what is lacking", () => {
  assertEquals(places(["core_counters"]), {
    core: "load",
    side: "",
    wide: "",
    sys: "energy drives",
    foot: "self",
    lacking: "ipc caches",
    told: "side",
  });
});

Deno.test("what is lacking stands beside the counters where nothing else does", () => {
  const found = places(["energy"]);
  assertEquals([found.core, found.side, found.lacking], ["ipc caches", "", "energy"]);
  assertEquals(found.told, "side");
});

Deno.test("every card is somewhere, once, whatever is lacking", () => {
  for (const refused of [[], ["core_counters"], ["energy"], ["disk", "core_counters", "self"]]) {
    const { told: _, ...rest } = places(refused);
    const ids = Object.values(rest).join(" ").split(" ").filter((id) => id !== "");
    assertEquals(ids.toSorted(), CARDS.map(({ id }) => id).toSorted(), refused.join(" "));
  }
});

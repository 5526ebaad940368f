import { assertEquals } from "@std/assert";
import { type Scope, SCOPES } from "../../../collectors/catalogue.ts";
import { IGNORED, UNKNOWN } from "../../../collectors/collector.ts";
import { SlotTable } from "../../../collectors/sampling/slot_table.ts";

/**
 * A table of four slots; `changes` counts how often readers would have to be told, `crowd` has who was not
 * taken in.
 */
function table(scope: Scope): {
  slots: SlotTable;
  changes: () => number;
  at: (n: number) => void;
  crowd: readonly string[];
} {
  const crowd: string[] = [];
  let changes = 0;
  let sequence = 1;
  const slots = new SlotTable(scope, 4, {
    sequence: () => sequence,
    oldestSequence: () => 0,
    grow: () => {},
    clear: () => {},
    changed: () => void changes++,
    exhausted: (_, name) => void crowd.push(name),
    relieved: () => void crowd.splice(0),
  });
  return { slots, changes: () => changes, at: (now) => void (sequence = now), crowd };
}

const SMALL: Scope = { id: "small", label: "name", name: "Small", spare: 0, most: 4 };
const FILESYSTEM = SCOPES.get("filesystem")!;
const PROCESS = SCOPES.get("process")!;

Deno.test("SlotTable.claim gives who is there the labels that it has now", () => {
  const { slots, changes } = table(FILESYSTEM);
  const slot = slots.claim("/home", { device: "/dev/sdb1", fstype: "xfs" });
  assertEquals(changes(), 1);
  assertEquals(slots.claim("/home", { device: "/dev/sdb1", fstype: "xfs" }), slot);
  assertEquals(changes(), 1);
  assertEquals(slots.claim("/home", { device: "/dev/sdc1", fstype: "xfs" }), slot);
  assertEquals(changes(), 2);
  assertEquals(slots.layout().instances[slot], {
    name: "/home",
    labels: { mountpoint: "/home", device: "/dev/sdc1", fstype: "xfs" },
    groups: {},
    bornSequence: 1,
    goneSequence: null,
  });
  // A label that is no longer told is gone, too.
  slots.claim("/home");
  assertEquals([slots.layout().instances[slot]!.labels, changes()], [{ mountpoint: "/home" }, 3]);
});

Deno.test("SlotTable.claim lets who comes back go on with its past, where one is remembered", () => {
  for (const [scope, born] of [[FILESYSTEM, 1], [PROCESS, 9]] as const) {
    const { slots, at } = table(scope);
    const slot = slots.claim("7");
    at(5);
    slots.begin();
    slots.end();
    assertEquals(slots.layout().instances[slot]!.goneSequence, 5);
    at(9);
    assertEquals(slots.claim("7"), slot);
    const { bornSequence, goneSequence } = slots.layout().instances[slot]!;
    assertEquals([bornSequence, goneSequence], [born, null]);
  }
});

Deno.test("SlotTable.claim tells readers that somebody belongs elsewhere from now on", () => {
  const { slots, changes } = table(FILESYSTEM);
  const slot = slots.claim("/a", {}, { socket: "0" });
  const groups = (): unknown => slots.layout().instances[slot]!.groups;
  assertEquals([groups(), changes()], [{ socket: "0" }, 1]);
  // Who names no groups leaves them as they are.
  slots.claim("/a");
  assertEquals([groups(), changes()], [{ socket: "0" }, 1]);
  const before = slots.slots();
  slots.claim("/a", {}, { socket: "1" });
  assertEquals([groups(), changes(), slots.slots() === before], [{ socket: "1" }, 2, false]);
  slots.begin();
  slots.end();
  slots.claim("/a", {}, {});
  assertEquals([groups(), changes()], [{}, 4]);
});

/** Who is there in one pass: looked up, and claimed where the table does not know them. */
function pass(slots: SlotTable, names: readonly string[]): readonly number[] {
  slots.begin();
  const found = names.map((name) => {
    const bytes = new TextEncoder().encode(name);
    const slot = slots.lookup(bytes, 0, bytes.length);
    return slot === UNKNOWN ? slots.claim(name) : slot;
  });
  slots.end();
  return found;
}

Deno.test("SlotTable takes in who had no room as soon as there is some", () => {
  const { slots, crowd } = table({ ...FILESYSTEM, most: 4 });
  assertEquals(pass(slots, ["a", "b", "c", "d", "e"]), [0, 1, 2, 3, IGNORED]);
  assertEquals(crowd, ["e"]);
  assertEquals(pass(slots, ["a", "b", "c", "d", "e"]), [0, 1, 2, 3, IGNORED]);
  assertEquals(crowd, ["e"]);
  assertEquals(pass(slots, ["a", "c", "d", "e"]), [0, 2, 3, IGNORED]);
  assertEquals(crowd, []);
  assertEquals(pass(slots, ["a", "c", "d", "e"]), [0, 2, 3, 1]);
  assertEquals(crowd, []);
});

Deno.test("SlotTable takes in as many as there is room for, and says that others wait still", () => {
  const { slots, crowd } = table({ ...FILESYSTEM, most: 4 });
  const all = ["a", "b", "c", "d", "e", "f"];
  pass(slots, all);
  pass(slots, all.slice(1));
  assertEquals(crowd, ["e", "f"]);
  assertEquals(pass(slots, all.slice(1)), [1, 2, 3, 0, IGNORED]);
  assertEquals(crowd, ["e", "f"]);
  pass(slots, ["d", "e", "f"]);
  assertEquals(pass(slots, ["d", "e", "f"]).includes(IGNORED), false);
  assertEquals(crowd, []);
});

Deno.test("SlotTable gives the room of one who waited and left to the next", () => {
  const { slots, crowd } = table({ ...FILESYSTEM, most: 4 });
  pass(slots, ["a", "b", "c", "d", "e", "f"]);
  pass(slots, ["b", "c", "d", "e", "f"]);
  // It was to be claimed in this pass, and is gone.
  pass(slots, ["b", "c", "d", "f"]);
  assertEquals(pass(slots, ["b", "c", "d", "f"]).includes(IGNORED), false);
  assertEquals(crowd, []);
});

Deno.test("SlotTable forgets who had no room and left", () => {
  const { slots, crowd } = table({ ...FILESYSTEM, most: 4 });
  const four = ["a", "b", "c", "d"];
  assertEquals(pass(slots, [...four, "e", "f"]), [0, 1, 2, 3, IGNORED, IGNORED]);
  pass(slots, [...four, "f"]);
  assertEquals(crowd, ["e", "f"]);
  pass(slots, four);
  assertEquals(crowd, []);
  // It was forgotten, so it is told again.
  pass(slots, [...four, "e"]);
  assertEquals(crowd, ["e"]);
});

Deno.test("SlotTable goes on ignoring who is not wanted when others leave", () => {
  const { slots } = table(FILESYSTEM);
  slots.ignore("x");
  pass(slots, ["a", "b", "c", "d", "e", "x"]);
  assertEquals(pass(slots, ["a", "x"])[1], IGNORED);
  assertEquals(pass(slots, ["a", "x"])[1], IGNORED);
});

Deno.test("SlotTable remembers so many changes of who has no slot, and of the time before the most", () => {
  const { slots, at } = table(SMALL);
  for (let pass = 1; pass <= 1000; pass++) {
    at(pass);
    slots.begin();
    for (let n = 0; n < 5 + pass % 7; n++) slots.claim(String(n));
    slots.end();
  }
  const steps = slots.layout().untaken!;
  assertEquals([steps.length, steps[0]!.sequence, steps[0]!.count], [64, 1, 7]);
  assertEquals([steps.at(-1)!.sequence, steps.at(-1)!.count], [1000, 1 + 1000 % 7]);
});

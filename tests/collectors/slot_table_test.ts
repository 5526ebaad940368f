import { assertEquals } from "@std/assert";
import { type Scope, SCOPES } from "../../collectors/catalogue.ts";
import { SlotTable } from "../../collectors/slot_table.ts";

/** A table of four slots; `changes` counts how often readers would have to be told. */
function table(scope: Scope): { slots: SlotTable; changes: () => number; at: (n: number) => void } {
  let changes = 0;
  let sequence = 1;
  const slots = new SlotTable(scope, 4, {
    sequence: () => sequence,
    oldestSequence: () => 0,
    grow: () => {},
    clear: () => {},
    changed: () => void changes++,
    exhausted: () => {},
  });
  return { slots, changes: () => changes, at: (now) => void (sequence = now) };
}

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
  slots.claim("/a", {}, { socket: "1" });
  assertEquals([groups(), changes()], [{ socket: "1" }, 2]);
  slots.begin();
  slots.end();
  slots.claim("/a", {}, {});
  assertEquals([groups(), changes()], [{}, 4]);
});

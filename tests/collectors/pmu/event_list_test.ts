import { assert, assertEquals, assertThrows } from "@std/assert";
import { meansEvent, parseEventList } from "../../../collectors/pmu/event_list.ts";

Deno.test("parseEventList() reads bundles and events, each once", () => {
  for (
    const [text, names] of [
      ["llc", ["llc"]],
      ["core,tlb,core", ["core", "tlb"]],
      [" branch , cache-misses ", ["branch", "cache-misses"]],
      ["branch-instructions,branches", ["branches"]],
      ["L1-dcache-load-misses", ["L1-dcache-load-misses"]],
      ["cpu_core/cycles/,stalls", ["cpu_core/cycles/", "stalls"]],
      [
        "l2,cpu/event=0x24,umask=0xff,name=a.b/,clock",
        ["l2", "cpu/event=0x24,umask=0xff,name=a.b/", "clock"],
      ],
    ] as const
  ) {
    assertEquals(parseEventList(text), [...names], text);
  }
});

Deno.test("parseEventList() refuses every other word, and quotes it", () => {
  for (
    const [text, found] of [
      ["LLC", "LLC"],
      ["core,l3", "l3"],
      ["context-switches", "context-switches"],
      ["cpu/event=1", "cpu/event=1"],
      ["cycles:u", "cycles:u"],
    ] as const
  ) {
    assertThrows(
      () => parseEventList(text),
      RangeError,
      `Cannot read events: found ${JSON.stringify(found)}, needs bundles (core, branch, llc, `,
    );
  }
});

Deno.test("parseEventList() refuses a list with nothing in one of its places", () => {
  for (
    const [text, found] of [
      ["", 'found "", needs bundles (core, '],
      [",", 'found "" in ",", needs bundles (core, '],
      ["llc,", 'found "" in "llc,", needs bundles (core, '],
      ["core,,llc", 'found "" in "core,,llc", needs bundles (core, '],
      ["core, ,cpu/event=1,umask=2/", 'found "" in "core, ,cpu/event=1,umask=2/", needs '],
    ] as const
  ) {
    assertThrows(() => parseEventList(text), RangeError, `Cannot read events: ${found}`);
  }
});

Deno.test("meansEvent() knows an event on every PMU, and no other that ends alike", () => {
  assert(meansEvent("cycles", "cycles"));
  assert(meansEvent("cycles", "cpu_core/cycles/"));
  assert(meansEvent("cpu_core/cycles/", "cpu_core/cycles/"));
  assert(!meansEvent("cpu_core/cycles/", "cpu_atom/cycles/"));
  assert(!meansEvent("cycles", "ref-cycles"));
  assert(!meansEvent("cycles", "cpu_core/ref-cycles/"));
});
